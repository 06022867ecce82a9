"""The site for readers inside the file of a space: plain pages that need no server and no script.

Every address in it is relative and made of numbers and hashes, never of what somebody wrote.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from node.actions import walls
from node.actions.context import Carried, Look, Put
from node.storage import contents, pages, views
from node.storage.spaces import Space
from node.web import directory, words
from node.web.directory import Directory
from node.web.exhibits import ABSENT
from node.web.i18n import Language, Languages, from_ms, load
from node.web.safe import excerpt, one_line, text_as_html
from protocol.space.fold.block import kind_of
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File
from protocol.space.fold.membership import Member
from protocol.space.vocabulary import Role

COMMAND = "schoolgate space import"
AT_ONCE = 200
"""Things on one page of a list."""


async def write(look: Look, space: Space, told: Carried, put: Put) -> None:
    """Write all pages of the site, each after a look of its own; `put` takes them by their relative
    address."""
    async with look() as reader:
        everybody = await views.list_people(reader, space.id)
        people = {(one.home, one.pseudonym): one for one in everybody}
        actors = [*space.state.actors.values(), *(one.person for one in everybody if one.person)]
        known = await directory.look_up(reader, told.base, actors)
    site = _Site(look, space, told, put, known, people)
    await site.write()


@dataclass
class _Site:
    look: Look
    space: Space
    told: Carried
    put: Put
    known: Directory
    people: Mapping[tuple[str, str], Member]
    files: dict[str, File] = field(default_factory=dict)

    async def write(self) -> None:
        await self.put(
            "style.css",
            _environment(self._language).get_template("site/style.css").render().encode("utf-8"),
        )
        await self._write_materials()
        await self._write_pages()
        await self._write_walls()
        await self._write_forum()
        await self._write_updates()
        await self._render(
            "index.html", "site/index.html", schools=self._schools(), command=COMMAND
        )

    @property
    def _language(self) -> Language:
        return _languages().choose(self.told.language, "")

    async def _render(self, name: str, template: str, **data: object) -> None:
        up = "../" * name.count("/")
        text = (
            _environment(self._language)
            .get_template(template)
            .render(
                data,
                up=up,
                told=self.told,
                language=self._language,
                title=self.told.title or self.space.id[:8],
                author=self.author,
                school=self.school,
                absent=ABSENT,
                place_of=lambda sha256: (
                    up + self.told.files[sha256] if sha256 in self.told.files else ""
                ),
            )
        )
        await self.put(name, text.encode("utf-8"))

    async def _write_list(
        self, name: str, template: str, found: list[object], number: int, more: bool
    ) -> None:
        await self._render(
            _numbered(name, number),
            template,
            items=found,
            before="" if number == 1 else _numbered(name, number - 1),
            after=_numbered(name, number + 1) if more else "",
        )

    async def _write_materials(self) -> None:
        id_ = self.space.id
        number = 1
        async with self.look() as reader:
            albums = {one.reference: one for one, _ in await contents.list_albums(reader, id_)}
        while True:
            async with self.look() as reader:
                found = await contents.list_files(
                    reader, id_, limit=AT_ONCE + 1, offset=(number - 1) * AT_ONCE
                )
            page: list[object] = [(one, albums.get(one.album)) for one in found[:AT_ONCE]]
            self.files.update({one.reference: one for one in found[:AT_ONCE]})
            await self._write_list(
                "materials", "site/materials.html", page, number, len(found) > AT_ONCE
            )
            if len(found) <= AT_ONCE:
                return
            number += 1

    async def _write_updates(self) -> None:
        number = 1
        while True:
            async with self.look() as reader:
                found = await contents.list_updates(
                    reader, self.space.id, limit=AT_ONCE + 1, offset=(number - 1) * AT_ONCE
                )
            page: list[object] = [
                (one, [self.files[ref] for ref in self._pictures(one.home, one.pictures)])
                for one in found[:AT_ONCE]
            ]
            await self._write_list(
                "updates", "site/updates.html", page, number, len(found) > AT_ONCE
            )
            if len(found) <= AT_ONCE:
                return
            number += 1

    def _pictures(self, home: str, names: Iterable[str]) -> list[str]:
        return [ref for name in names if (ref := f"{home}/{name}") in self.files]

    async def _write_walls(self) -> None:
        listed: list[object] = []
        async with self.look() as reader:
            found = await walls.list_walls(reader, self.space.id)
        for at, one in enumerate(found, 1):
            async with self.look() as reader:
                cards = await walls.list_cards(reader, self.space.id, one.reference)
            told = sorted(cards, key=lambda card: (not card.place, card.place, card.reference))
            last = max(len(one.columns), 1) - 1
            columns = [
                (
                    name,
                    [
                        (card, self.files.get(card.file))
                        for card in told
                        if min(card.column, last) == number
                    ],
                )
                for number, name in enumerate(one.columns or ("",))
            ]
            path = f"walls/{at}.html"
            await self._render(path, "site/wall.html", wall=one, columns=columns)
            listed.append((path, one))
        await self._write_list("walls", "site/walls.html", listed, 1, more=False)

    async def _write_forum(self) -> None:
        number, at = 1, 0
        while True:
            async with self.look() as reader:
                found = await views.list_threads(
                    reader, self.space.id, limit=AT_ONCE + 1, offset=(number - 1) * AT_ONCE
                )
            page: list[object] = []
            for row in found[:AT_ONCE]:
                at += 1
                async with self.look() as reader:
                    posts = await views.list_of_thread(reader, self.space.id, row.reference)
                thread = row.post
                await self._render(
                    f"forum/{at}.html",
                    "site/thread.html",
                    thread=thread,
                    replies=[one for one in posts if one.kind != "thread"],
                    files=self.files,
                )
                page.append((f"forum/{at}.html", row))
            await self._write_list("forum", "site/forum.html", page, number, len(found) > AT_ONCE)
            if len(found) <= AT_ONCE:
                return
            number += 1

    async def _write_pages(self) -> None:
        number, at = 1, 0
        while True:
            async with self.look() as reader:
                found = await pages.list_pages(
                    reader, self.space.id, limit=AT_ONCE + 1, offset=(number - 1) * AT_ONCE
                )
            listed: list[object] = []
            for one in found[:AT_ONCE]:
                at += 1
                async with self.look() as reader:
                    blocks = await pages.list_blocks(reader, self.space.id, one.reference)
                await self._render(
                    f"pages/{at}.html",
                    "site/page.html",
                    page=one,
                    blocks=[
                        (
                            block,
                            kind_of(block.body),
                            self.files.get(getattr(block.body, "file", "")),
                        )
                        for block in blocks
                        if block.standing is Standing.SHOWN and block.body is not None
                    ],
                )
                listed.append((f"pages/{at}.html", one))
            await self._write_list("pages", "site/pages.html", listed, number, len(found) > AT_ONCE)
            if len(found) <= AT_ONCE:
                return
            number += 1

    def author(self, home: str, pseudonym: str) -> str:
        """Who wrote something: under the name that their school gives them, or their alias."""
        one = self.people.get((home, pseudonym))
        return one_line(one.name if one is not None and one.name else pseudonym[:6])

    def school(self, home: str) -> str:
        actor = self.space.state.actors.get(home)
        return "" if actor is None else one_line(self.known.school_of(actor).name)

    def _schools(self) -> list[tuple[str, bool, list[Member]]]:
        """Every school, whether it is a member at present, and its people who have not left."""
        found = []
        for node in sorted(self.space.state.actors, key=self.school):
            inside = [
                one
                for (home, _), one in sorted(self.people.items())
                if home == node and one.role is not Role.LEFT
            ]
            found.append((self.school(node), node in self.space.state.members, inside))
        return found


def _numbered(name: str, number: int) -> str:
    return f"{name}.html" if number == 1 else f"{name}-{number}.html"


@cache
def _languages() -> Languages:
    return load()


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        autoescape=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
        loader=PackageLoader("node.web"),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    filters: dict[str, Callable[..., object]] = {
        "excerpt": excerpt,
        "moment": lambda at_ms: language.moment(from_ms(at_ms), None),
        "name": one_line,
        "number": language.number,
        "said": text_as_html,
        "size": language.size,
    }
    environment.filters.update(filters)
    environment.globals["words"] = words
    # The extension hangs its functions on the environment at run time, so no type knows them.
    vars(environment)["install_gettext_translations"](language.catalogue, newstyle=True)
    return environment
