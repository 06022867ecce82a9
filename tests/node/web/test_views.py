"""Files that stay at their school, as people meet them on pages, without scripts."""

import re

from node.actions import spaces
from tests import pictures
from tests.files import film
from tests.node.spaces.bringing import bring, bytes_at
from tests.node.spaces.schools import Shared
from tests.node.spaces.viewing import FILM, kept_at_home, publish_home
from tests.node.web.browser import browsing
from tests.node.web.test_materials import ask_bytes
from tests.nodes import settle


def address(shared: Shared, file: str, kind: str = "files") -> str:
    return f"/w/{shared.space}/{kind}/{file.replace('/', '-')}"


async def test_whoever_brings_a_file_chooses_where_it_is_kept(shared: Shared) -> None:
    await bring(shared.alpha, shared.ana, shared.space, "Plan.png", pictures.plain("PNG"))
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        page = await ana.get(f"/w/{shared.space}/materials/new")
        assert "nobody can call that back" in page.text
        assert re.search(r'value="shared" checked', page.html)
        names = dict(re.findall(r'name="(name-[^"]+)" type="text" value="([^"]+)"', page.html))
        (name,) = names
        typed = {name.replace("name-", "ornament-"): "yes", "licence": "CC0-1.0", "language": "en"}
        path = f"/w/{shared.space}/materials/publish"
        wrong = await ana.send(path, list((names | typed | {"residency": "moon"}).items()))
        assert wrong.status == 422
        done = await ana.send(path, list((names | typed | {"residency": "home"}).items()))
        assert done.path.endswith("/materials?told=files-published")
        await settle(shared.alpha, shared.beta)
        seen = await ana.get(f"/w/{shared.space}/materials")
        assert "stays at its school" in seen.text
        assert "stays at its school" in (await bob.get(f"/w/{shared.space}/materials")).text
        file = await ana.get(seen_path(seen.html))
        assert "Only at School Alpha" in file.text
        file = await bob.get(seen_path(seen.html))
        assert "Your school keeps no copy of it" in file.text
        assert "at most" in file.text


def seen_path(html: str) -> str:
    return str(re.findall(r"/w/[^\"]+/materials/[0-9a-f]{32}-[^\"]+", html)[-1])


async def test_a_picture_comes_with_its_type_and_is_kept_by_nobody(shared: Shared) -> None:
    file = await publish_home(shared, pictures.plain("PNG", (600, 500)))
    await settle(shared.alpha, shared.beta)
    here = await kept_at_home(shared.alpha, shared.space, file)
    assert here is not None
    async with browsing(shared.beta, "bob") as bob:
        path = address(shared, file)
        for part, sha256 in (("", here.sha256), ("/thumbnail", here.thumbnail)):
            answer = await ask_bytes(bob, path + part, Accept="image/*")
            assert (answer.status, answer.content_type) == (200, "image/webp")
            assert await answer.read() == await bytes_at(shared.alpha, shared.space, sha256)
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Content-Disposition"] == "inline"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert "ETag" not in answer.headers
            assert "Last-Modified" not in answer.headers
        kept = await ask_bytes(bob, f"{path}?keep=1")
        assert kept.headers["Content-Disposition"].startswith("attachment; filename=")


async def test_a_film_is_sent_in_ranges_through_both_nodes(shared: Shared) -> None:
    octets = film(700_000)
    file = await publish_home(shared, octets, FILM)
    await settle(shared.alpha, shared.beta)
    async with browsing(shared.beta, "bob") as bob:
        path = address(shared, file)
        for asked, first, last in (
            ("bytes=100-199", 100, 199),
            ("bytes=600000-", 600_000, 699_999),
            ("bytes=-10", 699_990, 699_999),
            ("bytes=0-1", 0, 1),
        ):
            part = await ask_bytes(bob, path, Range=asked)
            assert (part.status, await part.read()) == (206, octets[first : last + 1])
            assert part.headers["Content-Range"] == f"bytes {first}-{last}/700000"
            assert part.content_type == "video/mp4"
        beyond = await ask_bytes(bob, path, Range="bytes=9999999-")
        assert (beyond.status, beyond.headers["Content-Range"]) == (416, "bytes */700000")
        # What is no range at all is passed over.
        whole = await ask_bytes(bob, path, Range="bytes=0-1,5-6")
        assert (whole.status, await whole.read()) == (200, octets)


async def test_strangers_and_colleagues_outside_get_what_is_not_there(shared: Shared) -> None:
    await shared.beta.account("carl")
    file = await publish_home(shared, film(5_000), FILM)
    await settle(shared.alpha, shared.beta)
    async with browsing(shared.beta, "carl") as carl, browsing(shared.beta) as nobody:
        for path in (address(shared, file), address(shared, file) + "/thumbnail"):
            told = {(await ask_bytes(one, path)).status for one in (carl, nobody)}
            assert told == {404}
    assert await shared.alpha.count("view_tickets") == 0


async def test_a_page_says_that_its_school_cannot_be_reached(shared: Shared) -> None:
    file = await publish_home(shared, pictures.plain("PNG", (600, 500)))
    await settle(shared.alpha, shared.beta)
    await shared.alpha.close_doors()
    async with browsing(shared.beta, "bob") as bob:
        page = await bob.get(address(shared, file, "materials"))
        assert page.status == 200
        assert 'loading="lazy"' in page.html
        assert "School Alpha" in page.text
        answer = await ask_bytes(bob, address(shared, file), Accept="text/html")
        assert answer.status == 502
        assert "cannot be reached just now" in await answer.text()
        # From then on the page itself knows, and asks nobody.
        page = await bob.get(address(shared, file, "materials"))
        assert "which cannot be reached just now" in page.text
        assert "<img class" not in page.html
        assert page.status == 200


async def test_its_owner_sends_it_to_all_and_keeps_it_again(shared: Shared) -> None:
    file = await publish_home(shared, film(5_000), FILM)
    await settle(shared.alpha, shared.beta)
    path = address(shared, file, "materials")
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        page = await ana.get(path)
        asked = await ana.get(page.link("/residency"))
        done = await ana.submit(asked, f"{path}/residency", residency="shared")
        assert done.path.endswith("told=file-goes")
        assert "At all schools of the project" in done.text
        same = await ana.submit(
            await ana.get(f"{path}/residency"), f"{path}/residency", residency="shared"
        )
        assert same.path == path
        wrong = await ana.submit(
            await ana.get(f"{path}/residency"), f"{path}/residency", residency="moon"
        )
        assert wrong.status == 422
        await settle(shared.alpha, shared.beta)
        asked = await ana.get(f"{path}/residency")
        assert "What somebody has saved or printed stays with them" in asked.text
        done = await ana.submit(asked, f"{path}/residency", residency="home")
        assert "Not yet confirmed by: School Beta" in done.text
        await settle(shared.alpha, shared.beta)
        assert "have deleted their copies: School Beta" in (await ana.get(path)).text
        assert (await bob.get(f"{path}/residency")).status == 403
        forged = await bob.send(f"{path}/residency", [("residency", "shared")])
        assert forged.status == 403


async def test_an_administrator_locks_it_here(shared: Shared) -> None:
    file = await publish_home(shared, pictures.plain("PNG", (600, 500)))
    await settle(shared.alpha, shared.beta)
    await shared.beta.account("boss", roles="teacher admin")
    await spaces.add_colleague(shared.beta.context, shared.bob, shared.space, "boss")
    path = address(shared, file, "materials")
    async with browsing(shared.beta, "boss") as boss:
        page = await boss.get(path)
        done = await boss.submit(page, f"{path}/lock")
        assert "has locked this file" in done.text
        assert (await ask_bytes(boss, address(shared, file))).status == 404
        await boss.submit(done, f"{path}/unlock")
        assert (await ask_bytes(boss, address(shared, file))).status == 200
