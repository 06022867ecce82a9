"""Languages: catalogues, which one a reader gets, and how dates, numbers and names are written.

A catalogue is `locale/<tag>/LC_MESSAGES/messages.po`, read at start, so that a translator needs no
compiler. English is the language of the source texts. `qps` is a pseudo-language made on the fly:
what stays plain English in it has not gone through gettext.
"""

import io
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from importlib.resources import files

from babel import Locale, dates, numbers
from babel.messages import mofile, pofile
from babel.support import NullTranslations, Translations

SOURCE = "en"
PSEUDO = "qps"
_SLOT = re.compile(r"(%\([a-z_]+\)[sd]|%%|<[^>]*>)")
_PSEUDO_LETTERS = str.maketrans("aceinosuyACEINOSUY", "áçéîñöšûýÁÇÉÎÑÖŠÛÝ")
_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*"
)
_MAX_RANGES = 20
_JUST_NOW_S = 45


def later(text: str) -> str:
    """Marks `text` for the catalogues; it is translated where it is shown."""
    return text


class _Pseudo(NullTranslations):
    """Every text in brackets and with strange letters; placeholders and tags stay as they are."""

    def gettext(self, message: str) -> str:
        changed = [
            part if place % 2 else part.translate(_PSEUDO_LETTERS)
            for place, part in enumerate(_SLOT.split(message))
        ]
        return f"⟦{''.join(changed)}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    # Jinja asks by these names, which the class above binds to its own functions.
    ugettext = gettext
    ungettext = ngettext


@dataclass(frozen=True)
class Language:
    """One language of the face: BCP 47 `tag`, its catalogue, and CLDR's knowledge of it."""

    tag: str
    locale: Locale
    catalogue: NullTranslations

    @property
    def direction(self) -> str:
        return self.locale.text_direction

    @property
    def own_name(self) -> str:
        """The language's name in itself, as a reader looks for it: «Deutsch»."""
        if self.tag == PSEUDO:
            return "⟦Pseudo⟧"
        name = self.locale.get_language_name(self.locale.language) or self.tag
        return name[:1].upper() + name[1:]

    def gettext(self, text: str) -> str:
        return self.catalogue.gettext(text)

    def day(self, at: datetime, zone: tzinfo | None) -> str:
        return dates.format_date(at.astimezone(zone), "full", locale=self.locale)

    def date(self, at: datetime | date, zone: tzinfo | None) -> str:
        local = at.astimezone(zone) if isinstance(at, datetime) else at
        return dates.format_date(local, "medium", locale=self.locale)

    def time(self, at: datetime, zone: tzinfo | None) -> str:
        local = at.astimezone(zone)
        return dates.format_time(local, "short", tzinfo=local.tzinfo, locale=self.locale)

    def moment(self, at: datetime, zone: tzinfo | None) -> str:
        """Date and time of day, in the reader's language and the school's time zone."""
        local = at.astimezone(zone)
        return dates.format_datetime(local, "medium", tzinfo=local.tzinfo, locale=self.locale)

    def ago(self, at: datetime, now: datetime) -> str:
        if abs((at - now).total_seconds()) < _JUST_NOW_S:
            return self.gettext(later("just now"))
        return dates.format_timedelta(at - now, add_direction=True, locale=self.locale)

    def number(self, value: int) -> str:
        return numbers.format_decimal(value, locale=self.locale)

    def size(self, octets: int) -> str:
        """So many bytes in the unit that people know from their telephones."""
        value, unit = octets / 1000, "kB"
        for larger in ("MB", "GB"):
            if value >= 1000:
                value, unit = value / 1000, larger
        text = numbers.format_decimal(value, "0.#" if value < 10 else "0", self.locale)
        return f"{text}\N{NO-BREAK SPACE}{unit}"

    def language_name(self, tag: str) -> str:
        """The name of the language `tag` for this reader; the tag itself where CLDR has none."""
        name = self.locale.languages.get(tag.replace("-", "_"))
        return str(name or self.locale.languages.get(tag.split("-")[0]) or tag)

    def country_name(self, code: str) -> str:
        return str(self.locale.territories.get(code.upper()) or code)


class Languages:
    """All languages that this node's face speaks."""

    def __init__(self, known: list[Language]) -> None:
        self._by_tag = {language.tag: language for language in known}

    def tags(self) -> list[str]:
        return [tag for tag in self._by_tag if tag != PSEUDO]

    def offered(self) -> list[Language]:
        """What a reader may choose, by own name; never the pseudo-language."""
        return sorted((self._by_tag[tag] for tag in self.tags()), key=lambda one: one.own_name)

    def all(self) -> list[Language]:
        return list(self._by_tag.values())

    def choose(self, account: str | None, accept: str) -> Language:
        """The account's language, else the best of an `Accept-Language` (RFC 9110 §12.5.4)."""
        for wanted in [account] if account else []:
            found = self._near(wanted)
            if found is not None:
                return found
        for wanted in preferred(accept):
            found = self._near(wanted)
            if found is not None:
                return found
        return self._by_tag[SOURCE]

    def _near(self, tag: str) -> Language | None:
        return self._by_tag.get(tag) or self._by_tag.get(tag.split("-")[0].lower())


def preferred(accept: str) -> list[str]:
    """The language ranges of an `Accept-Language` header, best first, without malformed ones."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.split(",")[:_MAX_RANGES]):
        match = _RANGE.fullmatch(part)
        if match is not None and float(match[2] or "1") > 0:
            weighed.append((-float(match[2] or "1"), place, match[1]))
    return [tag for _, _, tag in sorted(weighed)]


@cache
def load() -> Languages:
    """English, every catalogue under `locale/`, and the pseudo-language; read once a process."""
    known = [Language(SOURCE, Locale("en"), NullTranslations())]
    for folder in sorted((files("node.web") / "locale").iterdir(), key=lambda one: one.name):
        if folder.is_dir():
            text = (folder / "LC_MESSAGES" / "messages.po").read_bytes()
            locale = Locale.parse(folder.name, sep="-")
            known.append(Language(folder.name, locale, _compiled(text)))
    known.append(Language(PSEUDO, Locale("en"), _Pseudo()))
    return Languages(known)


def from_ms(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _compiled(text: bytes) -> Translations:
    catalogue = pofile.read_po(io.BytesIO(text))
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
