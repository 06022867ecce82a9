"""Reading a form: a few typed questions, each wrong answer noted beside its field.

What was typed is kept, so that a page can be shown again with its errors (GOV.UK error summary).
Sentences are marked for the catalogues and translated by the template.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web
from aiohttp.http import HttpProcessingError

from node.web.i18n import later
from node.web.refusals import MENDABLE, sentence_of
from node.web.words import FIELDS
from protocol.errors import Reason, Refused

MAX_FIELDS = 1_000
MAX_BODY_BYTES = 512 * 1024
UNREADABLE = (ValueError, RuntimeWarning, HttpProcessingError)
"""What aiohttp raises over parts of a form that are none; it warns of a part's header that it
cannot read and takes for empty."""
_KIND = "application/x-www-form-urlencoded"
# What no schema of ours accepts and nobody types on purpose: it comes along when one pastes.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# As the schemas have it (`types.json`, website).
_WEBSITE = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?"
    r"(?:/[A-Za-z0-9._~!$'()*+,;=:@%/-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?"
)
_UNSEEN_IN_LINE = re.compile(r"[\u200b\u200e\u200f\u2060-\u2065]")


@dataclass(frozen=True)
class Problem:
    """A sentence for the reader, with the values of its placeholders."""

    sentence: str
    values: Mapping[str, str | int] = field(default_factory=dict)


class Form:
    """One form: what was typed, and what is wrong with it."""

    def __init__(self, typed: Mapping[str, Sequence[str]] | None = None) -> None:
        self._typed = {name: list(values) for name, values in (typed or {}).items()}
        self.problems: dict[str, Problem] = {}

    @classmethod
    def filled(cls, **values: str | int | Sequence[str] | None) -> "Form":
        """A form as it is first shown, with what is already known."""
        typed: dict[str, list[str]] = {}
        for name, value in values.items():
            if isinstance(value, str | int):
                typed[name] = [str(value)]
            elif value is not None:
                typed[name] = list(value)
        return cls(typed)

    @property
    def ok(self) -> bool:
        return not self.problems

    def value(self, name: str) -> str:
        """What stands in the field, as it was typed."""
        return next(iter(self._typed.get(name, ())), "")

    def values(self, name: str) -> list[str]:
        return self._typed.get(name, [])

    def pairs(self) -> list[tuple[str, str]]:
        """Everything that was typed, for carrying it along unseen."""
        return [(name, value) for name, values in self._typed.items() for value in values]

    def put(self, name: str, value: str) -> None:
        """What stands in the field from now on."""
        self._typed[name] = [value]

    def put_all(self, name: str, values: Sequence[str]) -> None:
        """As `put`, for a field of several values."""
        self._typed[name] = list(values)

    def say(self, name: str, sentence: str, **values: str | int) -> None:
        """Notes what is wrong with `name`; "" is the form as a whole. The first word stands."""
        self.problems.setdefault(name, Problem(sentence, values))

    def text(self, name: str, *, longest: int, required: bool = True) -> str:
        """Free text: normalised (NFC), line ends as \\n, trimmed, at most `longest` characters.

        Control and direction-changing characters are left out.
        """
        plain = re.sub(r"\r\n?|[\u2028\u2029]", "\n", self.value(name))
        clean = unicodedata.normalize("NFC", _UNSEEN.sub("", plain)).strip()
        if required and not clean:
            self.say(name, later("Fill this in."))
        if len(clean) > longest:
            self.say(name, later("Shorten this to %(longest)s characters."), longest=longest)
        return clean

    def line(self, name: str, *, longest: int = 120, required: bool = True) -> str:
        """Text of one line."""
        typed = self.text(name, longest=longest, required=required)
        return " ".join(_UNSEEN_IN_LINE.sub("", typed).split())

    def secret(self, name: str, *, shortest: int = 1) -> str:
        """A password: every character counts, nothing is trimmed, nothing is shown again."""
        typed = self._typed.pop(name, [""])[0]
        if not typed:
            self.say(name, later("Fill this in."))
        elif len(typed) < shortest:
            self.say(name, later("Use at least %(shortest)s characters."), shortest=shortest)
        elif len(typed) > 1_000:
            self.say(name, later("Shorten this to %(longest)s characters."), longest=1_000)
        return typed

    def choice(self, name: str, allowed: Collection[str], *, required: bool = True) -> str:
        """One of `allowed`; "" where nothing was chosen and nothing is required."""
        chosen = self.value(name)
        if chosen in allowed or (not chosen and not required):
            return chosen
        self.say(name, later("Choose one of the list."))
        return ""

    def choices(
        self, name: str, allowed: Collection[str], *, fewest: int = 0, most: int = 1_000
    ) -> tuple[str, ...]:
        """Any of `allowed`, each once, in the order in which they were sent."""
        chosen = tuple(dict.fromkeys(one for one in self.values(name) if one))
        if any(one not in allowed for one in chosen):
            self.say(name, later("Choose from the list."))
        elif len(chosen) < fewest:
            self.say(name, later("Choose at least one."))
        elif len(chosen) > most:
            self.say(name, later("Choose at most %(most)s."), most=most)
        return tuple(one for one in chosen if one in allowed)

    def number(self, name: str, *, lowest: int, highest: int, required: bool = True) -> int | None:
        """A whole number between `lowest` and `highest`."""
        typed = self.value(name).strip()
        if not typed and not required:
            return None
        if re.fullmatch(r"[0-9]{1,9}", typed) and lowest <= int(typed) <= highest:
            return int(typed)
        self.say(
            name,
            later("Write a number between %(lowest)s and %(highest)s."),
            lowest=lowest,
            highest=highest,
        )
        return None

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A date as `<input type=date>` sends it, `2027-01-31`."""
        typed = self.value(name).strip()
        if not typed and not required:
            return None
        try:
            return date.fromisoformat(typed if _DAY.fullmatch(typed) else "")
        except ValueError:
            self.say(name, later("Write a date, for example 2027-01-31."))
            return None

    def tenths(self, name: str, *, most: int) -> int | None:
        """Degrees on the globe, `40.64` or `-8,65`, rounded to tenths: no exact place is kept."""
        typed = self.value(name).strip().replace(",", ".").replace("\u2212", "-")
        if not typed:
            return None
        if re.fullmatch(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,12})?", typed) and abs(float(typed)) <= most:
            return round(float(typed) * 10)
        self.say(
            name,
            later("Write degrees between %(lowest)s and %(highest)s, for example 40.6."),
            lowest=-most,
            highest=most,
        )
        return None

    def website(self, name: str) -> str:
        """The address of a web page; `school.example` is taken for `https://school.example`."""
        typed = self.line(name, longest=290, required=False)
        if not typed:
            return ""
        address = typed if "://" in typed else f"https://{typed}"
        if not _WEBSITE.fullmatch(address):
            self.say(name, later("Write an address such as https://school.example."))
        return address

    def ticked(self, name: str) -> bool:
        return self.value(name) == "yes"

    def handle(self, name: str) -> str:
        """A short name for signing in: 1 to 32 of a-z, 0-9, `_`, `.`, `-`."""
        typed = self.value(name).strip()
        # Capitals are meant plainly; the lower case of some other letters is an ASCII one too.
        typed = typed.lower() if typed.isascii() else typed
        if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,31}", typed):
            self.say(name, later("Use small letters, digits, dots and dashes, at most 32 in all."))
        return typed

    def mending(self, name: str = "", sentences: Mapping[Reason, str] | None = None) -> "_Mending":
        """Around an action: what it refuses and a person can mend is noted.

        It is noted at the field that the refusal names, else at `name`, in the words of
        `sentences` or the usual ones.
        """
        return _Mending(self, name, sentences or {})


class _Mending:
    def __init__(self, form: Form, name: str, sentences: Mapping[Reason, str]) -> None:
        self._form = form
        self._name = name
        self._sentences = sentences

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Refused):
            return False
        if error.reason not in MENDABLE and error.reason not in self._sentences:
            return False
        named = error.facts.get("field")
        field = named if isinstance(named, str) and named in FIELDS else self._name
        self._form.say(field, self._sentences.get(error.reason) or sentence_of(error.reason))
        return True


async def read_form(request: web.Request) -> Form:
    """The form that was sent.

    Refuses UNSUPPORTED_MEDIA_TYPE for anything but a urlencoded form (no page takes files yet),
    TOO_LARGE above 512 KiB, TOO_MANY_ITEMS above 1,000 fields, BAD_INPUT for what is not UTF-8.
    """
    if request.content_type != _KIND:
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, f"send the form as {_KIND}")
    body = await request.content.read(MAX_BODY_BYTES + 1)
    while len(body) <= MAX_BODY_BYTES and (more := await request.content.read(MAX_BODY_BYTES)):
        body += more
    if len(body) > MAX_BODY_BYTES:
        raise Refused(Reason.TOO_LARGE, f"a form holds at most {MAX_BODY_BYTES} bytes")
    if body.count(b"&") >= MAX_FIELDS:
        raise Refused(Reason.TOO_MANY_ITEMS, f"a form holds at most {MAX_FIELDS} fields")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Refused(Reason.BAD_INPUT, "the form is not percent-encoded UTF-8") from None
    typed: dict[str, list[str]] = {}
    for name, value in pairs:
        typed.setdefault(name, []).append(value)
    return Form(typed)


def local_path(wanted: str, otherwise: str = "/home") -> str:
    """`wanted` if it is a path on this node, else `otherwise`: nobody is sent to another site.

    A browser reads `//host`, `/\\host` and `/<tab>/host` as other sites, so a second slash, a
    backslash and control characters are refused wherever they stand at the beginning.
    """
    if not wanted.startswith("/") or len(wanted) > 2_000:
        return otherwise
    if "\\" in wanted or any(ord(one) <= 32 or ord(one) == 127 for one in wanted):
        return otherwise
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or wanted.startswith("//"):
        return otherwise
    return wanted
