"""From a page's data to an answer: one Jinja environment per language, made once at start.

`render` is plain and synchronous: a page fetches its data first. A script of ours that asks for
part of a page (`HX-Request-Type: partial`) gets the same template inside a smaller layout.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import partial
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

from node.web import done, words
from node.web.assets import Assets
from node.web.i18n import Language, Languages, from_ms
from node.web.safe import excerpt, one_line, text_as_html

CSP = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept, Accept-Language, Cookie, HX-Request, HX-Request-Type",
}
HUES = 12
_ITEM = re.compile(r"[0-9a-f]{32}-[A-Za-z0-9_-]{22}")
_PLAIN = re.compile(r"\w+ \d+")


@dataclass(frozen=True)
class Viewer:
    """The person who looks at the page."""

    handle: str
    name: str
    admin: bool
    officer: bool = False
    guardian: bool = False


@dataclass(frozen=True)
class Frame:
    """What the frame of every page shows: the school, who looks, what waits, what was just done,
    and the address that undoes it.

    `learner` is the alias of a pupil who looks, empty for everybody else; `classes` tells whether
    this node has any.
    """

    language: Language
    school: str
    viewer: Viewer | None
    path: str
    waiting: int = 0
    unread: int = 0
    told: str = ""
    undo: str = ""
    partial: bool = False
    learner: str = ""
    classes: bool = False


FRAME = web.RequestKey("frame", Frame)


class _Compiled(BytecodeCache):
    """Templates as they were compiled, kept in memory for all languages of a process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class Face:
    """Templates, languages, files and time of one node's pages."""

    def __init__(
        self,
        languages: Languages,
        assets: Assets,
        now_ms: Callable[[], int],
        zone: tzinfo | None = None,
    ) -> None:
        """`zone` None is the machine's own: a school's node stands where the school is."""
        self.languages = languages
        self.assets = assets
        self._now_ms = now_ms
        self._zone = zone
        self._environments: dict[str, Environment] = {}

    def html(
        self, template: str, frame: Frame, data: Mapping[str, object], *, layout: str = ""
    ) -> str:
        """The page as text, in the frame of pages or in another `layout`.

        Raises jinja2.UndefinedError for data that the template misses.
        """
        environment = self._environments.get(frame.language.tag)
        if environment is None:
            # Made when its first reader comes: compiling the macros takes a tenth of a second.
            environment = self._environment(frame.language)
            self._environments[frame.language.tag] = environment
        return environment.get_template(template).render(
            data,
            frame=frame,
            layout=layout or ("layouts/partial.html" if frame.partial else "layouts/base.html"),
        )

    def day_of(self, at_ms: int) -> date:
        """The school's day on which a moment lies."""
        return from_ms(at_ms).astimezone(self._zone).date()

    def _environment(self, language: Language) -> Environment:
        offered = self.languages.offered()
        environment = Environment(
            autoescape=True,
            auto_reload=False,
            bytecode_cache=_COMPILED,
            extensions=["jinja2.ext.i18n"],
            loader=PackageLoader("node.web"),
            lstrip_blocks=True,
            trim_blocks=True,
            undefined=StrictUndefined,
        )
        environment.globals.update(
            asset=self.assets.url,
            flags=self.assets.symbols("flags.svg"),
            face_options=lambda: [(one.tag, one.own_name) for one in offered],
            now_ms=self._now_ms,
            words=words,
        )
        environment.filters.update(self._filters(language))
        environment.globals.update(_options(language))
        _install(environment, language)
        for name in ("ui", "fields"):
            environment.globals[name] = environment.get_template(f"parts/{name}.html").module
        return environment

    def _filters(self, language: Language) -> dict[str, Callable[..., object]]:
        zone = self._zone

        def date_of(at: int | date) -> str:
            return language.date(from_ms(at) if isinstance(at, int) else at, zone)

        def ago(at_ms: int) -> str:
            return language.ago(from_ms(at_ms), from_ms(self._now_ms()))

        return {
            "ago": ago,
            "clock": lambda at_ms: language.time(from_ms(at_ms), zone),
            "country": language.country_name,
            "date": date_of,
            "day": lambda at_ms: language.day(from_ms(at_ms), zone),
            "excerpt": excerpt,
            "grouped": grouped,
            "badge": partial(badge_of, sorted(self.assets.symbols("pictures.svg"))),
            "hue": hue_of,
            "initials": initials,
            "iso": lambda at_ms: from_ms(at_ms).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "language": language.language_name,
            "moment": lambda at_ms: language.moment(from_ms(at_ms), zone),
            "name": one_line,
            "number": language.number,
            "said": text_as_html,
            "size": language.size,
        }


FACE = web.AppKey("face", Face)


def render(
    request: web.Request, template: str, *, status: int = 200, **data: object
) -> web.Response:
    """The page `template` with `data`, in the reader's language, with every security header."""
    frame = request[FRAME]
    text = request.app[FACE].html(template, frame, data)
    headers = dict(HEADERS)
    # On a shared computer nobody may read a page with the Back button after signing out.
    headers["Cache-Control"] = "no-store" if frame.viewer or frame.learner else "no-cache"
    headers["Content-Language"] = frame.language.tag
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def see_other(path: str, told: str = "", undo: str = "") -> web.Response:
    """Sends the browser on to `path` after a form; `told` is a key of `done.TOLD`, and `undo` the
    item of a space that a button beside it brings back."""
    if told:
        main, mark, fragment = path.partition("#")
        undone = f"&undo={undo}" if undo else ""
        path = f"{main}{'&' if '?' in main else '?'}told={told}{undone}{mark}{fragment}"
    headers = {"Location": path, "Cache-Control": "no-store", "Vary": HEADERS["Vary"]}
    return web.Response(status=303, headers=headers)


def told_of(request: web.Request) -> str:
    """The sentence that the address asks for, if it is one of ours."""
    return done.TOLD.get(request.query.get("told", ""), "")


def undo_of(request: web.Request) -> str:
    """Where the button goes that undoes what was just done; "" where there is none."""
    part = done.UNDONE.get(request.query.get("told", ""), "")
    space, item = request.match_info.get("space", ""), request.query.get("undo", "")
    if not part or not space or not _ITEM.fullmatch(item):
        return ""
    return f"/w/{space}/{part}/{item}/restore"


def hue_of(actor_or_origin: str) -> int:
    """The hue, 1 to 12, of the school at that address: the same on every node."""
    parts = urlsplit(actor_or_origin)
    origin = f"{parts.scheme}://{parts.netloc}"
    return hashlib.sha256(origin.encode()).digest()[0] % HUES + 1


def badge_of(pictures: Sequence[str], alias: str) -> tuple[str, int]:
    """The picture and the hue, 1 to 12, beside an alias: the same on every node. None beside one of
    older pupils, a word and a number: the picture is empty, the hue 0."""
    if _PLAIN.fullmatch(alias):
        return "", 0
    drawn = hashlib.sha256(alias.casefold().encode()).digest()
    return pictures[drawn[0] % len(pictures)], drawn[1] % HUES + 1


def initials(name: str) -> str:
    """One or two letters that stand for a person where there is no picture."""
    parts = [part for part in one_line(name).split() if part[0].isalnum()]
    return "".join(part[0] for part in [*parts[:1], *parts[1:][-1:]]).upper() or "·"


def grouped(text: str, size: int = 4) -> str:
    """A fingerprint in groups, for comparing by eye; one that has groups keeps them."""
    if " " in text:
        return text
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


def _options(language: Language) -> dict[str, Callable[..., list[tuple[str, str]]]]:
    """What a list in a form offers, as pairs of code and name, sorted for the reader."""

    def named(codes: Iterable[str], name: Callable[[str], str]) -> list[tuple[str, str]]:
        return sorted(((code, name(code)) for code in codes), key=lambda one: one[1].casefold())

    def options(vocabulary: Mapping[str, str]) -> list[tuple[str, str]]:
        return [(code, language.gettext(label)) for code, label in vocabulary.items()]

    def language_options(first: Sequence[str] = ()) -> list[tuple[str, str]]:
        rest = [tag for tag in words.LANGUAGES if tag not in first]
        own = [(tag, language.language_name(tag)) for tag in first]
        return own + named(rest, language.language_name)

    def country_options() -> list[tuple[str, str]]:
        return named(words.COUNTRIES, language.country_name)

    return {
        "options": options,
        "sorted_options": lambda vocabulary: sorted(options(vocabulary), key=lambda one: one[1]),
        "language_options": language_options,
        "country_options": country_options,
    }


def _install(environment: Environment, language: Language) -> None:
    """Binds the catalogue; `newstyle` lets a placeholder be escaped like any other value."""
    # The extension hangs its functions on the environment at run time, so no type knows them.
    vars(environment)["install_gettext_translations"](language.catalogue, newstyle=True)
