"""Consents as a teacher records them and as parents withdraw them, without scripts."""

import re
from html import unescape

import pytest

from node.classroom import roster
from tests import pictures
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.test_portraits import publish_of
from tests.node.spaces.bringing import bring, files_at
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, browsing
from tests.nodes import settle


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


def page_of(twinned: Twinned) -> str:
    return f"/w/{twinned.space}/consents/{twinned.alpha.class_}"


TYPED = {"said": "space", "signed_on": "2026-11-18", "until": "2027-07-31"}
MATERIAL = {"licence": "CC-BY-4.0", "language": "en", "residency": "shared"}


def number_of(twinned: Twinned, alias: str) -> str:
    return str(twinned.alpha.pupils[alias].id)


async def record(ana: Browser, twinned: Twinned, alias: str) -> None:
    page = await ana.get(page_of(twinned))
    number = number_of(twinned, alias)
    done = await ana.submit(
        page, page_of(twinned), pupils=number, **{f"signer-{number}": "Eva Nowak"}, **TYPED
    )
    assert "told=consents-" in done.path, done.text


async def code_of(ana: Browser, twinned: Twinned, alias: str) -> str:
    page = await ana.get(page_of(twinned))
    printed = await ana.submit(page, "/forms", pupil=number_of(twinned, alias))
    assert printed.headers["Cache-Control"] == "no-store"
    found = re.findall(r"/consent/([a-z2-9-]{24})<", printed.html)
    assert len(found) == 1, printed.text
    return str(found[0])


async def test_slips_are_recorded_for_several_at_once_and_seen(twinned: Twinned) -> None:
    async with browsing(twinned.alpha.node, "ana") as ana:
        at = await ana.get(f"/w/{twinned.space}/pupils")
        assert page_of(twinned) in at.html
        page = await ana.get(page_of(twinned))
        assert "Nothing signed yet: 3" in page.text
        both = [number_of(twinned, one) for one in ("Panda Nova", "Koala Orion")]
        values = [*page.form(page_of(twinned)).values, *(("pupils", one) for one in both)]
        done = await ana.send(page_of(twinned), values, **TYPED)
        assert "Consent given: 2" in done.text
        assert "Nothing signed yet: 1" in done.text
        in_vain = await ana.submit(await ana.get(page_of(twinned)), page_of(twinned), **TYPED)
    assert in_vain.status == 422
    assert "Choose at least one" in in_vain.text


async def test_a_form_is_printed_in_the_language_of_the_class(twinned: Twinned) -> None:
    async with twinned.alpha.node.room.vault.write() as unit:
        await unit.change.run("UPDATE classes SET language = 'de'")
    async with browsing(twinned.alpha.node, "ana") as ana:
        page = await ana.get(page_of(twinned))
        printed = await ana.submit(page, "/forms", pupil=number_of(twinned, "Panda Nova"))
    assert 'lang="de"' in printed.html
    assert "Einwilligung" in printed.text
    assert "Mia Nowak-Reis" in printed.text


async def test_whoever_holds_a_slip_withdraws_in_two_steps_and_nobody_is_named(
    twinned: Twinned,
) -> None:
    async with browsing(twinned.alpha.node, "ana") as ana:
        await record(ana, twinned, "Panda Nova")
        code = await code_of(ana, twinned, "Panda Nova")
    async with browsing(twinned.alpha.node) as parent:
        page = await parent.get(f"/consent/{code}")
        asked = await parent.get(f"/consent/{code}/withdraw")
        done = await parent.submit(asked, "/withdraw")
        again = await parent.get(f"/consent/{code.replace('-', '').upper()}")
    for shown in (page, asked, done, again):
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.headers["Referrer-Policy"] == "strict-origin"
        for name in ("Mia", "Nowak", "Panda", "Eva", "5b"):
            assert name not in unescape(shown.html), name
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', shown.html)
    assert "Consent given" in page.text
    assert "Withdraw the consent?" in asked.text
    assert "Consent withdrawn" in done.text
    assert "Consent withdrawn" in again.text


async def test_every_code_that_opens_nothing_gets_the_same_answer(twinned: Twinned) -> None:
    said = set()
    async with browsing(twinned.alpha.node) as parent:
        for code in ("x", "aaaa-aaaa-aaaa-aaaa-aaaa", "%00", "%C3%BC" * 90, "..%2f..%2fme"):
            page = await parent.get(f"/consent/{code}")
            said.add((page.status, page.html))
        gone = await parent.send("/consent/aaaa-aaaa-aaaa-aaaa-aaaa/withdraw")
        said.add((gone.status, gone.html))
        assert len(said) == 1, [one[0] for one in said]
        assert "This code opens nothing" in gone.text
        last = gone
        for _ in range(20):
            last = await parent.get("/consent/x")
    assert last.status == 429
    assert int(last.headers["Retry-After"]) > 0


async def test_a_picture_is_marked_before_it_is_published_and_waits_for_consent(
    twinned: Twinned,
) -> None:
    shared, octets = twinned.shared, pictures.tagged("JPEG")
    upload = await bring(shared.alpha, shared.ana, shared.space, "Choir.jpg", octets)
    new = f"/w/{shared.space}/materials/new"
    async with browsing(shared.alpha, "ana") as ana:
        page = await ana.get(new)
        marking = await ana.get(f"{new}/{upload.id}/pupils")
        assert "Nothing signed yet" in marking.text
        marked = await ana.submit(marking, "/pupils", shown=number_of(twinned, "Panda Nova"))
        assert "1 pupil is in it" in marked.text
        typed = {f"alt-{upload.id}": "A choir.", f"name-{upload.id}": "Choir.webp"} | MATERIAL
        page = await ana.get(new)
        refused = await ana.submit(page, "/materials/publish", **typed)
        assert refused.status == 422
        assert "no consent counts for Mia Nowak-Reis" in refused.text
        await record(ana, twinned, "Panda Nova")
        done = await ana.submit(await ana.get(new), "/materials/publish", **typed)
        assert "told=files-published" in done.path, done.text
        code = await code_of(ana, twinned, "Panda Nova")
    await settle(shared.alpha, shared.beta)
    assert len(await files_at(shared.beta, shared.space)) == 1
    async with browsing(shared.alpha) as parent:
        await parent.send(f"/consent/{code}/withdraw")
    await settle(shared.alpha, shared.beta)
    assert await files_at(shared.beta, shared.space) == []


async def test_a_published_picture_is_marked_with_consent_or_deleted_everywhere(
    twinned: Twinned,
) -> None:
    shared, octets = twinned.shared, pictures.tagged("JPEG")
    upload = await bring(shared.alpha, shared.ana, shared.space, "Choir.jpg", octets)
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        typed = {f"alt-{upload.id}": "A choir.", f"name-{upload.id}": "Choir.webp"} | MATERIAL
        new = f"/w/{shared.space}/materials/new"
        await ana.submit(await ana.get(new), "/materials/publish", **typed)
        await settle(shared.alpha, shared.beta)
        (file,) = await files_at(shared.beta, shared.space)
        path = f"/w/{shared.space}/materials/{file.reference.replace('/', '-')}"
        assert (await bob.get(f"{path}/pupils")).status == 404
        assert "Who is in the picture" not in (await bob.get(path)).text
        assert f"{path}/pupils" in (await ana.get(path)).html
        marking = await ana.get(f"{path}/pupils")
        asked = await ana.submit(marking, "/pupils", shown=number_of(twinned, "Panda Nova"))
        assert asked.status == 422
        assert "No consent counts for Mia Nowak-Reis" in asked.text
        done = await ana.submit(
            asked, "/pupils", shown=number_of(twinned, "Panda Nova"), down="yes"
        )
    assert "told=picture-down" in done.path, done.text
    await settle(shared.alpha, shared.beta)
    assert await files_at(shared.beta, shared.space) == []


async def test_a_page_says_whose_consent_ended_before_a_picture_goes_to_all_schools(
    twinned: Twinned,
) -> None:
    file = await publish_of(twinned, "Panda Nova")
    path = f"/w/{twinned.space}/materials/{file.replace('/', '-')}"
    twinned.alpha.node.clock.advance(days=260)
    async with browsing(twinned.alpha.node, "ana") as ana:
        asked = await ana.get(f"{path}/residency")
        refused = await ana.submit(asked, "/residency", residency="shared")
        assert refused.status == 422
        assert "No consent counts for Mia Nowak-Reis any more" in refused.text
    (seen,) = await files_at(twinned.alpha.node, twinned.space)
    assert seen.stays_home


async def test_a_page_says_that_somebody_in_a_picture_was_forgotten(twinned: Twinned) -> None:
    shared, octets = twinned.shared, pictures.tagged("JPEG")
    upload = await bring(shared.alpha, shared.ana, shared.space, "Choir.jpg", octets)
    new = f"/w/{shared.space}/materials/new"
    typed = {f"alt-{upload.id}": "A choir.", f"name-{upload.id}": "Choir.webp"} | MATERIAL
    pupil = twinned.alpha.pupils["Koala Orion"].id
    async with browsing(shared.alpha, "ana") as ana:
        marking = await ana.get(f"{new}/{upload.id}/pupils")
        await ana.submit(marking, "/pupils", shown=str(pupil))
        room, class_ = twinned.alpha.node.room, twinned.alpha.class_
        await roster.remove_pupil(room, shared.ana, class_, pupil, erase=False)
        refused = await ana.submit(await ana.get(new), "/materials/publish", **typed)
        assert refused.status == 422
        assert "was marked with somebody whom your school has forgotten" in refused.text
        assert (
            await ana.submit(await ana.get(f"{new}/{upload.id}/pupils"), "/pupils")
        ).status == 200
        done = await ana.submit(await ana.get(new), "/materials/publish", **typed)
        assert "told=files-published" in done.path, done.text
