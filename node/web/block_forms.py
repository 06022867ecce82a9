"""The plain form of a block: which questions each kind asks, and what an answer says."""

from node.actions.blocks import Said
from node.web import rooms, words
from node.web.forms import Form
from node.web.i18n import later
from protocol.errors import Refused
from protocol.space.fold.block import MAX_ENTRIES, MAX_ROWS, Body, Embed, is_address, written

LONGEST = 10_000
LONGEST_TABLE = 20_000
LONGEST_LINE = 200
_FIRST = {"image": "file", "file": "file", "embed": "url"}


def first_field(kind: str) -> str:
    """The field at which is noted what is wrong with a block as a whole."""
    return _FIRST.get(kind, "text")


def filled(body: Body) -> Form:
    """The form of a block as it stands."""
    parts = written(body)
    if parts.get("file"):
        parts["file"] = rooms.address_of(parts["file"])
    return Form.filled(**parts)


def read(form: Form, kind: str, stored: Body | None = None) -> Said:
    """What was typed; what is wrong with it stands in the form. What the form does not ask stays as
    it is in what is `stored`."""
    language = form.choice("language", words.LANGUAGES)
    match kind:
        case "heading":
            text = form.line("text", longest=LONGEST_LINE)
            parts = {"text": text, "level": form.choice("level", words.LEVELS)}
        case "list":
            text = form.text("text", longest=LONGEST)
            if len(text.split("\n")) > MAX_ENTRIES:
                form.say("text", later("A list has at most %(most)s entries."), most=MAX_ENTRIES)
            parts = {"text": text, "ordered": form.value("ordered")}
        case "table":
            text = form.text("text", longest=LONGEST_TABLE)
            if len(text.split("\n")) > MAX_ROWS:
                form.say("text", later("A table has at most %(most)s rows."), most=MAX_ROWS)
            parts = {"text": text, "head": form.value("head")}
        case "image" | "file":
            caption = form.text("caption", longest=500, required=False)
            parts = {"file": _file(form), "caption": caption}
        case "embed":
            parts = _embed(form, stored)
        case _:
            parts = {"text": form.text("text", longest=LONGEST)}
    return Said(kind, parts, language)


def _embed(form: Form, stored: Body | None) -> dict[str, str]:
    kept = stored if isinstance(stored, Embed) else Embed("link", {}, "")
    # What is no link may well have no address.
    url = form.line("url", longest=500, required=kept.type == "link")
    if url and url != kept.data.get("url") and not is_address(url):
        form.say("url", later("Write an address such as https://school.example."))
    title = form.line("title", longest=LONGEST_LINE, required=False)
    asked = {name: typed for name, typed in (("url", url), ("title", title)) if typed}
    rest = {name: value for name, value in kept.data.items() if name not in {"url", "title"}}
    return {"type": kept.type, **rest, **asked}


def _file(form: Form) -> str:
    try:
        return rooms.reference_of(form.value("file"))
    except Refused:
        form.say("file", later("Choose one of the list."))
        return ""
