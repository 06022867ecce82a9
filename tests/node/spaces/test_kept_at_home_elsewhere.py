"""What stays at its school: wherever it is named, after a block, and in a copy of the space."""

from pathlib import Path

from node.actions import blocks, cards, export, import_space, walls
from node.actions import partners as partner_actions
from node.actions.blocks import Said as Body
from node.actions.permission import OPERATOR
from protocol.errors import Reason
from tests import pictures
from tests.files import film
from tests.node.spaces.bringing import on_disk
from tests.node.spaces.paper import begin
from tests.node.spaces.schools import Shared
from tests.node.spaces.viewing import FILM, look, publish_home, refusal, traces
from tests.node.web.browser import browsing
from tests.nodes import Node, settle


async def test_a_school_that_is_blocked_sees_nothing_from_that_moment_on(shared: Shared) -> None:
    file = await publish_home(shared, film(50_000), FILM)
    await settle(shared.alpha, shared.beta)
    await look(shared, file)
    await partner_actions.block(shared.alpha.context, OPERATOR, shared.beta.url)
    assert await refusal(shared, file) is Reason.UNREACHABLE


async def test_a_copy_of_the_space_brings_what_stays_to_no_other_school(
    shared: Shared, gamma: Node, tmp_path: Path
) -> None:
    octets = film(50_000)
    await publish_home(shared, octets, FILM)
    await settle(shared.alpha, shared.beta)
    target = tmp_path / "space.zip"
    await export.export_now(shared.alpha.context, OPERATOR, shared.space, target, "en")
    for node in (shared.beta, gamma):
        await import_space.import_file(node.context, OPERATOR, target, ())
        assert on_disk(node) == {}
        assert traces(node, octets) == []


async def test_it_is_shown_wherever_a_file_is_named(shared: Shared) -> None:
    alpha, space = shared.alpha.context, shared.space
    file = await publish_home(shared, pictures.plain("PNG", (600, 500)))
    there = file.replace("/", "-")
    paper = await begin(shared)
    body = Body("image", {"file": file}, "en")
    await blocks.add(alpha, shared.ana, space, paper.page, body, after="")
    wall = await walls.make(
        alpha,
        shared.ana,
        space,
        title="A wall",
        columns=["One"],
        language="en",
        audience="members",
    )
    await cards.add(
        alpha,
        shared.ana,
        space,
        wall,
        text="",
        file=file,
        colour="plain",
        column=0,
        language="en",
    )
    await settle(shared.alpha, shared.beta)
    thumbnail, whole = f"/w/{space}/files/{there}/thumbnail", f"/w/{space}/files/{there}"
    async with browsing(shared.beta, "bob") as bob:
        for path, picture in (
            (f"/w/{space}/pages/{paper.page.replace('/', '-')}", whole),
            (f"/w/{space}/walls/{wall.replace('/', '-')}", thumbnail),
            (f"/w/{space}/materials", thumbnail),
        ):
            page = await bob.get(path)
            assert f'src="{picture}"' in page.html, path
            answer = await bob.client.get(picture)
            assert (answer.status, answer.content_type) == (200, "image/webp")
