"""A space is carried away as one file, read without a server, and brought in again as it was."""

import asyncio
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from node.actions import cards, examine, export, forum, import_space, spaces, walls
from node.actions.permission import OPERATOR
from node.storage import spaces as space_rows
from protocol.errors import Reason, Refused
from tests import pictures
from tests.node.cli.test_commands import run
from tests.node.spaces.bringing import bytes_at, files_at, publish
from tests.node.spaces.paper import begin
from tests.node.spaces.schools import Shared, texts
from tests.node.spaces.test_erasure import WORD
from tests.nodes import Node, settle


@pytest.fixture
async def full(shared: Shared) -> Shared:
    """A thread with a reply, a page, a picture, and a thread that was erased."""
    here, there = shared.alpha.context, shared.beta.context
    thread = await forum.start_thread(
        here, shared.ana, shared.space, title="Storks", text="They <b>came</b>.", language="en"
    )
    gone = await forum.start_thread(
        here, shared.ana, shared.space, title="Gone", text=f"A {WORD}.", language="en"
    )
    await settle(shared.alpha, shared.beta)
    await forum.reply(there, shared.bob, shared.space, thread, text="Here too.", language="en")
    await publish(shared, pictures.tagged("JPEG", (320, 240)))
    await forum.erase(here, shared.ana, shared.space, gone)
    paper = await begin(shared)
    await paper.add("ana", "A block of the page.")
    wall = await walls.make(
        here,
        shared.ana,
        shared.space,
        title="A wall",
        columns=["To find out", "Found out"],
        language="en",
        audience="members",
    )
    await cards.add(
        here,
        shared.ana,
        shared.space,
        wall,
        text="How long is a stork?",
        file="",
        colour="yellow",
        column=0,
        language="en",
    )
    await settle(shared.alpha, shared.beta)
    return shared


async def carry(node: Node, space: str, target: Path, language: str = "en") -> Path:
    await export.export_now(node.context, OPERATOR, space, target, language)
    return target


def content_of(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class Links(HTMLParser):
    """What a page loads and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.found += [value or "" for name, value in attrs if name in {"href", "src"}]


async def test_the_site_inside_can_be_read_without_a_server(full: Shared, tmp_path: Path) -> None:
    held = content_of(await carry(full.alpha, full.space, tmp_path / "space.zip"))
    pages = {name: octets.decode() for name, octets in held.items() if name.endswith(".html")}
    assert {"index.html", "updates.html", "forum.html", "pages.html", "materials.html"} <= set(
        pages
    )
    whole = "\n".join(pages.values())
    for said in (
        "Storks",
        "They &lt;b&gt;came&lt;/b&gt;.",
        "Here too.",
        "A block of the page.",
        "Storks.webp",
        "Found out",
        "How long is a stork?",
        "Ana Alves",
        "Bob Bell",
        "School Beta",
    ):
        assert said in whole, said
    for name, text in pages.items():
        links = Links()
        links.feed(text)
        assert not links.tags & {"script", "iframe", "form", "object"}, name
        assert links.found
        for link in links.found:
            assert "://" not in link, link
            assert not link.startswith("/"), link
            target = (Path(name).parent / unquote(link)).as_posix()
            assert str(Path(*_flat(target))) in held, (name, link)


async def test_a_reply_stands_in_the_site_with_the_picture_that_it_shows(
    shared: Shared, tmp_path: Path
) -> None:
    here, ana, space = shared.alpha.context, shared.ana, shared.space
    file = await publish(shared, pictures.plain("PNG"))
    thread = await forum.start_thread(here, ana, space, title="Birds", text="?", language="en")
    await forum.reply(here, ana, space, thread, text="Like this.", language="en", file=file)
    held = content_of(await carry(shared.alpha, space, tmp_path / "space.zip"))
    page = held["forum/1.html"].decode()
    (where,) = re.findall(r'<img src="../([^"]+)" alt="A stork on a chimney."', page)
    assert where in held


def _flat(path: str) -> list[str]:
    parts: list[str] = []
    for one in path.split("/"):
        if one == "..":
            parts.pop()
        elif one != ".":
            parts.append(one)
    return parts


async def test_what_was_erased_is_not_in_the_file(full: Shared, tmp_path: Path) -> None:
    for number, node in enumerate((full.alpha, full.beta)):
        file = await carry(node, full.space, tmp_path / f"{number}.zip")
        for name, octets in content_of(file).items():
            assert WORD.encode() not in octets, name


async def test_the_pages_are_in_the_language_that_was_chosen(full: Shared, tmp_path: Path) -> None:
    held = content_of(await carry(full.alpha, full.space, tmp_path / "space.zip", "de"))
    assert b'lang="de"' in held["index.html"]


async def test_a_school_without_a_replica_keeps_an_archive(
    full: Shared, gamma: Node, tmp_path: Path
) -> None:
    file = await carry(full.alpha, full.space, tmp_path / "space.zip")
    reader = await gamma.account("cleo", "Cleo Costa")
    brought = await import_space.import_file(gamma.context, OPERATOR, file, ["cleo"])
    assert brought.archive
    assert (brought.files, brought.erased, brought.passed) == (2, 1, 0)
    assert await texts(gamma, full.space) == await texts(full.alpha, full.space)
    assert await files_at(gamma, full.space) == await files_at(full.alpha, full.space)
    found = (await files_at(gamma, full.space))[0]
    assert await bytes_at(gamma, full.space, found.sha256) is not None
    assert (await examine.examine(gamma.context, OPERATOR, full.space)).troubles == []
    async with gamma.context.database.read() as view:
        kept = await space_rows.get(view, full.space)
        assert kept.ended == "archive"
    assert [one.id for one in await spaces.list_spaces(gamma.context, reader)] == [full.space]
    with pytest.raises(Refused) as refused:
        await forum.start_thread(
            gamma.context, reader, full.space, title="No", text="No.", language="en"
        )
    assert refused.value.reason is Reason.READ_ONLY
    other = await gamma.account("dora", "Dora Diaz")
    assert await spaces.list_spaces(gamma.context, other) == []
    with pytest.raises(Refused) as refused:
        await spaces.find_space(gamma.context, other, full.space)
    assert refused.value.reason is Reason.NOT_FOUND
    await settle(gamma)
    again = await import_space.import_file(gamma.context, OPERATOR, file, [])
    assert (again.operations, again.files, again.erased) == (0, 0, 0)


async def test_a_replica_takes_what_it_lacks(full: Shared, tmp_path: Path) -> None:
    await full.beta.close_doors()
    await forum.start_thread(
        full.alpha.context, full.ana, full.space, title="Late", text="By hand.", language="en"
    )
    file = await carry(full.alpha, full.space, tmp_path / "space.zip")
    brought = await import_space.import_file(full.beta.context, OPERATOR, file, [])
    assert (brought.archive, brought.operations) == (False, 1)
    assert await texts(full.beta, full.space) == await texts(full.alpha, full.space)
    await full.beta.open_doors()
    await settle(full.alpha, full.beta)
    assert (await examine.examine(full.beta.context, OPERATOR, full.space)).troubles == []


async def test_what_is_erased_here_does_not_come_back_from_an_older_file(
    full: Shared, tmp_path: Path
) -> None:
    thread = await forum.start_thread(
        full.alpha.context, full.ana, full.space, title="Later", text=f"{WORD}!", language="en"
    )
    await settle(full.alpha, full.beta)
    file = await carry(full.alpha, full.space, tmp_path / "space.zip")
    assert any(WORD.encode() in octets for octets in content_of(file).values())
    await forum.erase(full.alpha.context, full.ana, full.space, thread)
    await settle(full.alpha, full.beta)
    before = await texts(full.beta, full.space)
    for node in (full.alpha, full.beta):
        brought = await import_space.import_file(node.context, OPERATOR, file, [])
        assert (brought.payloads, brought.operations) == (0, 0)
        assert await texts(node, full.space) == before
        async with node.context.database.read() as reader:
            assert not await reader.all("SELECT 1 FROM payloads WHERE payload LIKE $1", f"%{WORD}%")


async def test_the_command_line_carries_a_space_away_and_brings_it_in(
    full: Shared, gamma: Node, tmp_path: Path
) -> None:
    file = str(tmp_path / "space.zip")
    done = await asyncio.to_thread(
        run, full.alpha.folder.path, "space", "export", full.space, file, "--language", "de"
    )
    assert done.exit_code == 0, done.output
    taken = await asyncio.to_thread(
        run, full.alpha.folder.path, "space", "export", full.space, file
    )
    assert taken.exit_code == 1
    assert "is there already" in taken.output
    brought = await asyncio.to_thread(
        run, gamma.folder.path, "space", "import", file, "--reader", "admin"
    )
    assert brought.exit_code == 0, brought.output
    assert "an archive, read only" in brought.output
    shown = await asyncio.to_thread(run, gamma.folder.path, "space", "show", full.space)
    assert "an archive" in shown.output, shown.output
    nobody = await asyncio.to_thread(
        run, gamma.folder.path, "space", "import", file, "--reader", "nobody"
    )
    assert nobody.exit_code == 1
    assert "nobody here is called nobody" in nobody.output
