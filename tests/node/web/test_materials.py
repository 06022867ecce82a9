"""Updates and materials as people use them, without scripts, and the addresses of bytes."""

import io
import re

from aiohttp import FormData
from aiohttp.client_reqrep import ClientResponse
from yarl import URL

from node.actions import materials, news, uploads
from tests import pictures
from tests.files import film, pdf
from tests.node.spaces.bringing import bring, on_disk, publish
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, Shown, browsing
from tests.nodes import settle

PDF = pdf(10_000)


async def send_files(
    browser: Browser, space: str, *files: tuple[str, bytes], kind: str = "image/svg+xml"
) -> ClientResponse:
    """Send a form with files, whose type the browser claims to be `kind`."""
    form = FormData()
    for name, octets in files:
        form.add_field("file", octets, filename=name, content_type=kind)
    return await browser.client.post(
        f"/w/{space}/materials/new",
        data=form,
        headers={"Accept": "text/html", "Accept-Language": "en", "Origin": browser.origin},
    )


async def ask_bytes(browser: Browser, path: str, **headers: str) -> ClientResponse:
    return await browser.client.get(URL(path, encoded=True), headers=headers)


def field(shown: Shown | str, beginning: str) -> str:
    """The name of the first field that begins so."""
    html = shown if isinstance(shown, str) else shown.html
    found = re.search(rf'name="({beginning}-[A-Za-z0-9_-]+)"', html)
    assert found, beginning
    return found[1]


async def test_files_are_brought_described_and_seen_at_the_other_school(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        answer = await send_files(
            ana, shared.space, ("Stork.jpg", pictures.tagged("JPEG")), ("Plan.pdf", PDF)
        )
        html = await answer.text()
        assert "They have arrived." in html
        page = await ana.get(f"/w/{shared.space}/materials/new")
        alts = re.findall(r'name="(alt-[A-Za-z0-9_-]+)"', page.html)
        names = dict(re.findall(r'name="(name-[^"]+)" type="text" value="([^"]+)"', page.html))
        assert sorted(names.values()) == ["Plan.pdf", "Stork.webp"]
        picture = page.html.partition('src="/w/')[2].partition('"')[0]
        assert (await ask_bytes(ana, f"/w/{picture}")).status == 200
        typed = names | {"licence": "CC-BY-4.0", "language": "en", "residency": "shared"}
        bare = await ana.send(f"/w/{shared.space}/materials/publish", list(typed.items()))
        assert bare.status == 422
        assert "Say what is to be seen" in bare.text
        typed |= dict.fromkeys(alts, "A stork.")
        done = await ana.send(f"/w/{shared.space}/materials/publish", list(typed.items()))
        assert done.path.endswith("/materials?told=files-published")
        await settle(shared.alpha, shared.beta)
        seen = await bob.get(f"/w/{shared.space}/materials")
        assert "Stork.webp" in seen.text
        assert "Plan.pdf" in seen.text
        file = await bob.get(re.findall(r"/w/[^\"]+/materials/[0-9a-f]{32}-[^\"]+", seen.html)[-1])
        assert "A stork." in file.text
        assert "Others may use it and name us" in file.text


async def test_what_is_not_taken_is_named_and_the_rest_arrives(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana:
        answer = await send_files(
            ana,
            shared.space,
            ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"),
            ("Plan.pdf", PDF),
            ("empty.pdf", b""),
        )
        html = await answer.text()
        assert answer.status == 422
        assert "page.svg is not taken" in html
        assert 'value="Plan.pdf"' in html
        none = await send_files(ana, shared.space)
        assert none.status in {415, 422}
        assert len(on_disk(shared.alpha)) == 1


async def test_a_picture_is_sent_as_what_it_is_and_a_document_to_keep(shared: Shared) -> None:
    picture = await publish(shared, pictures.plain("PNG"))
    plan = await publish(shared, PDF)
    async with browsing(shared.alpha, "ana") as ana:
        path = f"/w/{shared.space}/files/{picture.replace('/', '-')}"
        answer = await ask_bytes(ana, path, Accept="application/activity+json")
        assert (answer.status, answer.content_type) == (200, "image/webp")
        assert answer.headers["Content-Disposition"] == "inline"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert (await ask_bytes(ana, f"{path}/thumbnail")).content_type == "image/webp"
        kept = await ask_bytes(ana, f"{path}?keep=1")
        assert kept.headers["Content-Disposition"].startswith("attachment; filename=")
        answer = await ask_bytes(ana, f"/w/{shared.space}/files/{plan.replace('/', '-')}")
        assert answer.content_type == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert await answer.read() == PDF


async def test_a_film_is_sent_in_ranges(shared: Shared) -> None:
    octets = film(25_000)
    file = await publish(shared, octets)
    async with browsing(shared.alpha, "ana") as ana:
        path = f"/w/{shared.space}/files/{file.replace('/', '-')}"
        part = await ask_bytes(ana, path, Range="bytes=100-199")
        assert (part.status, await part.read()) == (206, octets[100:200])
        assert part.headers["Content-Range"] == f"bytes 100-199/{len(octets)}"
        assert part.content_type == "video/mp4"
        beyond = await ask_bytes(ana, path, Range="bytes=9999999-")
        assert beyond.status == 416


async def test_strangers_and_colleagues_outside_get_what_is_not_there(shared: Shared) -> None:
    await shared.alpha.account("carl")
    file = await publish(shared, PDF)
    ready = await bring(shared.alpha, shared.ana, shared.space, "b.png", pictures.plain("PNG"))
    there = file.replace("/", "-")
    paths = [
        f"/w/{shared.space}/files/{there}",
        f"/w/{shared.space}/files/{there}/thumbnail",
        f"/w/{shared.space}/files/{'0' * 32}-{'A' * 22}",
        f"/w/{shared.space}/files/..%2F..%2Fnode.sqlite",
        f"/w/{shared.space}/uploads/{ready.id}/thumbnail",
        f"/w/{'A' * 43}/files/{there}",
    ]
    for handle in ("", "carl"):
        async with browsing(shared.alpha, handle) as somebody:
            found = set()
            for path in paths:
                answer = await ask_bytes(somebody, path, **{"Accept-Language": "en"})
                body = re.sub(r"/static/\w+/", "", await answer.text())
                found.add((answer.status, answer.content_type, body.replace(path, "")))
            assert {one[0] for one in found} == {404}
            assert len(found) == 1


async def test_an_update_is_written_with_a_picture_changed_and_deleted(shared: Shared) -> None:
    picture = (await publish(shared, pictures.plain("PNG"))).replace("/", "-")
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        form = await ana.get(f"/w/{shared.space}/updates/new")
        assert f'value="{picture}"' in form.html
        values = [("pictures", picture), ("text", "Fourteen storks!"), ("language", "en")]
        done = await ana.send(f"/w/{shared.space}/updates/new", [*values, ("audience", "teachers")])
        assert "Fourteen storks!" in done.text
        assert "Only the teachers of the project" in done.text
        await settle(shared.alpha, shared.beta)
        seen = await bob.get(f"/w/{shared.space}")
        assert "Fourteen storks!" in seen.text
        thumbnail = re.search(r'<img src="([^"]+/thumbnail)"', seen.html)
        assert thumbnail
        assert (await ask_bytes(bob, thumbnail[1])).status == 200
        edit = (await ana.get(f"/w/{shared.space}")).link("/edit")
        await ana.send(edit, [("text", "Fifteen."), ("language", "en"), ("audience", "members")])
        await settle(shared.alpha, shared.beta)
        seen = await bob.get(f"/w/{shared.space}/updates")
        assert "Fifteen." in seen.text
        assert "Fourteen" not in seen.text
        gone = await ana.send(edit.replace("/edit", "/delete"))
        assert "This was deleted." in gone.text
        await settle(shared.alpha, shared.beta)
        assert "Fifteen." not in (await bob.get(f"/w/{shared.space}/updates")).text
        for path in (edit, edit.replace("/edit", "/delete")):
            assert (await bob.get(path)).status == 403


async def test_an_update_without_words_or_with_anothers_picture_is_refused(
    shared: Shared,
) -> None:
    picture = (await publish(shared, pictures.plain("PNG"))).replace("/", "-")
    await settle(shared.alpha, shared.beta)
    async with browsing(shared.beta, "bob") as bob:
        path = f"/w/{shared.space}/updates/new"
        words = [("text", "Look"), ("language", "en"), ("audience", "members")]
        assert (await bob.send(path, [("text", ""), *words[1:]])).status == 422
        assert (await bob.send(path, [*words, ("pictures", picture)])).status == 403
        assert (await bob.send(path, [*words[:2], ("audience", "world")])).status == 422
        assert (await bob.send(path, words)).status == 200


async def test_an_album_holds_files_of_both_schools(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        made = await ana.send(
            f"/w/{shared.space}/albums/new", title="Birds", text="All we saw", language="en"
        )
        assert "The album is there." in made.text
        await settle(shared.alpha, shared.beta)
        page = await bob.get(f"/w/{shared.space}/materials")
        album = re.findall(r'href="(/w/[^"]+/albums/[0-9a-f]{32}[^"]+)"', page.html)[0]
        page = await bob.get(album)
        assert "Nothing lies in this album yet." in page.text
        add = await bob.get(page.link("?album="))
        assert "Bring files" in add.text
        await send_files(bob, shared.space, ("b.pdf", PDF))
        page = await bob.get(f"/w/{shared.space}/materials/new")
        typed = {
            field(page, "name"): "Counting.pdf",
            "album": album.rpartition("/")[2],
            "licence": "CC0-1.0",
            "language": "en",
            "residency": "shared",
        }
        done = await bob.send(f"/w/{shared.space}/materials/publish", list(typed.items()))
        assert "Counting.pdf" in done.text
        await settle(shared.alpha, shared.beta)
        assert "Counting.pdf" in (await ana.get(album)).text
        assert (await bob.send(f"{album}/delete")).status == 403
        assert (await ana.send(f"{album}/edit", title="", language="en")).status == 422
        assert (await ana.send(f"{album}/delete")).status == 200
        await settle(shared.alpha, shared.beta)
        assert (await bob.get(album)).status == 410
        assert "Counting.pdf" in (await bob.get(f"/w/{shared.space}/materials")).text


async def test_a_file_is_changed_and_deleted_by_who_brought_it(shared: Shared) -> None:
    file = (await publish(shared, pictures.plain("PNG"))).replace("/", "-")
    path = f"/w/{shared.space}/materials/{file}"
    async with browsing(shared.alpha, "ana") as ana:
        words = {"name": "Nest", "alt": "A nest.", "licence": "CC0-1.0", "language": "en"}
        assert "A nest." in (await ana.send(f"{path}/edit", list(words.items()))).text
        assert (await ana.send(f"{path}/edit", list((words | {"name": ""}).items()))).status == 422
        assert "Delete this file?" in (await ana.get(f"{path}/delete")).text
        gone = await ana.send(f"{path}/delete")
        assert "Not yet confirmed by: School Beta" in gone.text
        assert (await ask_bytes(ana, path.replace("materials", "files"))).status == 404
        assert (await ana.get(f"{path}/edit")).status == 410
        await settle(shared.alpha, shared.beta)
        assert "confirmed by: School Beta" in (await ana.get(path)).text


async def test_a_large_file_shows_where_it_is_and_comes_when_asked(shared: Shared) -> None:
    octets = pdf(10_600_000)
    file = (await publish(shared, octets)).replace("/", "-")
    await settle(shared.alpha, shared.beta)
    path = f"/w/{shared.space}/materials/{file}"
    async with browsing(shared.beta, "bob") as bob:
        assert "This file is large (11\N{NO-BREAK SPACE}MB)" in (await bob.get(path)).html
        coming = await bob.send(f"{path}/load")
        assert "It is being fetched" in coming.text
        await settle(shared.beta)
        assert "Download" in (await bob.get(path)).text


async def test_the_pieces_of_a_script_are_taken_where_they_belong(shared: Shared) -> None:
    async with browsing(shared.alpha, "ana") as ana:
        headers = {"Origin": ana.origin, "Accept-Language": "en"}
        bytes_ = headers | {"Content-Type": "application/offset+octet-stream"}

        async def post(
            path: str, data: bytes | dict[str, str] = b"", headers: dict[str, str] = headers
        ) -> tuple[int, dict[str, object]]:
            answer = await ana.client.post(path, data=data or None, headers=headers)
            return answer.status, await answer.json()

        begin = f"/w/{shared.space}/uploads?name=Plan.pdf"
        status, said = await post(begin, data={"name": "Plan.pdf", "size": str(len(PDF))})
        assert (status, said["offset"], said["ready"]) == (201, 0, False)
        path = str(said["path"])
        status, said = await post(path, data=PDF[:4000], headers=bytes_ | {"Upload-Offset": "0"})
        assert (status, said["offset"]) == (200, 4000)
        status, said = await post(path, data=PDF[:4000], headers=bytes_ | {"Upload-Offset": "0"})
        assert (status, said["reason"], said["offset"]) == (409, "conflict", 4000)
        for offset in ("", "-1", "x", "9" * 30):
            status, said = await post(path, data=b"", headers=bytes_ | {"Upload-Offset": offset})
            assert status == 400
        status, said = await post(f"{path}/finish")
        assert (status, said["offset"]) == (409, 4000)
        status, _ = await post(path, data=PDF[4000:], headers=bytes_ | {"Upload-Offset": "4000"})
        status, said = await post(f"{path}/finish")
        assert (status, said["ready"]) == (200, True)
        begin = f"/w/{shared.space}/uploads?name=x.svg"
        _, said = await post(begin, data={"name": "x.svg", "size": "6"})
        status, said = await post(
            f"{said['path']}?name=x.svg", data=b"<svg/>", headers=bytes_ | {"Upload-Offset": "0"}
        )
        assert (status, str(said["sentence"])[:23]) == (415, "x.svg is not taken: bri")
        status, said = await post(begin, data={"name": "a", "size": str(3 << 30)})
        assert (status, said["reason"]) == (413, "too_large")
        foreign = await ana.client.post(path, data=b"", headers=bytes_ | {"Origin": "https://e.x"})
        assert foreign.status == 403
        mine = await uploads.list_own(shared.alpha.context, shared.ana, shared.space)
        assert [one.name for one in mine] == ["Plan.pdf"]


async def test_what_was_said_of_a_file_is_never_markup(shared: Shared) -> None:
    said = materials.Said("<b>x</b>.pdf", "<script>alert(1)</script>", "CC0-1.0", "en")
    ready = await bring(shared.alpha, shared.ana, shared.space, "a.pdf", PDF)
    await materials.publish(shared.alpha.context, shared.ana, shared.space, [(ready.id, said)])
    await news.tell(
        shared.alpha.context, shared.ana, shared.space, text="<img src=x onerror=y>", language="en"
    )
    async with browsing(shared.alpha, "ana") as ana:
        for path in ("", "/materials", "/updates"):
            page = await ana.get(f"/w/{shared.space}{path}")
            assert "<script>alert" not in page.html
            assert "<img src=x" not in page.html


async def test_large_bodies_are_taken_where_files_are_brought_and_nowhere_else(
    shared: Shared,
) -> None:
    async with browsing(shared.alpha, "ana") as ana:
        headers = {"Origin": ana.origin, "Content-Type": "application/offset+octet-stream"}
        space = shared.space
        begun = await ana.client.post(
            f"/w/{space}/uploads",
            data={"name": "a.pdf", "size": "20000000"},
            headers={"Origin": ana.origin},
        )
        path = (await begun.json())["path"]
        small = headers | {"Upload-Offset": "0"}
        piece = io.BytesIO(pdf(3_000_000))
        taken = await ana.client.post(path, data=piece, headers=small)
        assert taken.status == 200
        for where in (path, f"/w/{space}/updates/new", f"/w/{space}/materials/publish"):
            large = io.BytesIO(bytes(17 << 20))
            refused = await ana.client.post(where, data=large, headers=small)
            assert refused.status == 413
