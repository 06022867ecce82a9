"""Catalogues for translators: `python -m node.web.catalogue` collects every text of the face and
brings each `locale/<tag>/LC_MESSAGES/messages.po` up to date, keeping what is translated.
"""

import io
from pathlib import Path

from babel import Locale
from babel.messages import Catalog, extract, pofile

HERE = Path(__file__).parent
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
_KEYWORDS = {**extract.DEFAULT_KEYWORDS, "later": None, "nlater": (1, 2)}
_HEAD = """\
msgid ""
msgstr ""
"Project-Id-Version: schoolgate\\n"
"Language: {tag}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def collect() -> Catalog:
    """Every text that the modules and templates of the face send through gettext."""
    found = Catalog(project="schoolgate", charset="utf-8", fuzzy=False)
    for name, line, message, comments, context in extract.extract_from_dir(
        HERE,
        method_map=_METHODS,
        options_map=_OPTIONS,
        keywords=_KEYWORDS,
        comment_tags=("Translators:",),
    ):
        place = (Path(name).as_posix(), line)
        found.add(message, None, [place], auto_comments=comments, context=context)
    return found


def read(tag: str) -> Catalog:
    """The catalogue of `tag` as it lies in the tree."""
    file = HERE / "locale" / tag / "LC_MESSAGES" / "messages.po"
    return pofile.read_po(io.BytesIO(file.read_bytes()), locale=Locale.parse(tag, sep="-"))


def untranslated(tag: str) -> list[str]:
    """The texts that `tag` lacks, or holds only as a guess."""
    there = read(tag)
    missing = []
    for message in collect():
        if not message.id:
            continue
        own = there.get(message.id, message.context)
        texts = [] if own is None else own.string if isinstance(own.string, tuple) else [own.string]
        if own is None or own.fuzzy or not texts or not all(texts):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def renew(tag: str) -> int:
    """Writes the catalogue of `tag` with today's texts; returns how many lack a translation."""
    there = read(tag)
    there.update(collect(), no_fuzzy_matching=True)
    there.obsolete.clear()
    write(tag, there)
    return len(untranslated(tag))


def write(tag: str, texts: Catalog) -> None:
    """Writes a catalogue in the one form that makes changes easy to review: sorted, undated."""
    out = io.BytesIO()
    pofile.write_po(out, texts, width=100, sort_output=True, include_lineno=False, omit_header=True)
    head = _HEAD.format(tag=tag, plural=texts.plural_forms)
    file = HERE / "locale" / tag / "LC_MESSAGES" / "messages.po"
    file.write_bytes(head.encode() + out.getvalue())


if __name__ == "__main__":
    for folder in sorted((HERE / "locale").iterdir()):
        print(f"{folder.name}: {renew(folder.name)} texts to translate")
