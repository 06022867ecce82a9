"""The rules that law and guidance ask for, each as a test of its own."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from node import web
from node.actions import forum, ledger, materials, messages
from node.actions.materials import Said
from node.classroom import entry, release, retention, roster, taking_in, taking_part, working
from node.vault import register
from node.vault.register import Ends
from protocol.errors import Refused
from scripts.seeking import find
from tests import canary, pictures, tagged_films
from tests.attacks.speaking import Request, send
from tests.egress.fleet import files_of
from tests.egress.people import tokens_of
from tests.egress.scenario import make_class
from tests.node.classroom import pupil_files
from tests.node.classroom.classes import Twinned, sign_in, twin
from tests.node.classroom.classes import make_class as make_school
from tests.node.classroom.works import begin, hand_in, let_out
from tests.node.spaces.bringing import bring, files_at, in_pieces
from tests.node.spaces.schools import Shared, open_together, texts
from tests.node.web.browser import browsing
from tests.nodes import Node, make_partners, settle

TEMPLATES = Path(str(web.__file__)).parent / "templates"
ALONE = "Koala Orion"
"""Of whom nothing is known but a class and an alias."""


@pytest.fixture
async def shared(pair: tuple[Node, Node]) -> Shared:
    return await open_together(*pair)


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def test_minimisation_a_class_and_an_alias_are_enough_for_everything(
    twinned: Twinned,
) -> None:
    """GDPR art. 5 (1) (c)."""
    node, room = twinned.alpha.node, twinned.alpha.node.room
    async with room.vault.read() as view:
        row = await view.rows.one("SELECT * FROM pupils WHERE alias = $1", ALONE)
    assert row is not None
    told = {one for one, value in dict(row).items() if value is not None}
    assert told == {"id", "name", "class", "alias", "alias_key", "created_ms"}
    thread, card = await begin(twinned), twinned.alpha.cards[ALONE]
    opened = await roster.open_class(room, twinned.shared.ana, twinned.alpha.class_)
    assert await entry.sign_in_by_word(room, opened.class_.code, ALONE, card.word)
    async with browsing(node) as pupil:
        await pupil.send("/c/card", card=card.address.partition("#")[2])
        for path in ("/c/home", "/c/works", f"/c/w/{twinned.space}"):
            assert (await pupil.get(path)).status == 200, path
        there = f"/c/w/{twinned.space}/{thread.replace('/', '-')}"
        page = await pupil.get(there)
        sent = await pupil.submit(page, there, text="Swans.", language="en")
        assert sent.status == 200
    work = await hand_in(twinned, thread, "Seven storks.", ALONE)
    file = await pupil_files.bring(twinned, "River.jpg", alias=ALONE)
    for one in (work, file):
        await let_out(twinned, one)
    await settle(twinned.shared.alpha, twinned.shared.beta)
    assert "Seven storks." in (await texts(twinned.shared.beta, twinned.space))[0]
    assert [one.name for one in await files_at(twinned.shared.beta, twinned.space)] == [
        "River.webp"
    ]
    async with browsing(node) as pupil:
        await pupil.send("/c/card", card=card.address.partition("#")[2])
        taken = await pupil.client.post("/c/works/export", headers={"Origin": node.url})
        assert taken.status == 200


async def test_high_privacy_by_default_a_new_space_is_there_for_its_members_alone(
    twinned: Twinned, gamma: Node
) -> None:
    """Children's Code, standard 7; DSA art. 28."""
    shared = twinned.shared
    await make_partners(shared.alpha, gamma)
    await shared.alpha.account("rui")
    async with browsing(shared.alpha, "rui") as colleague:
        for part in ("", "/forum", "/members", "/materials", "/pages"):
            assert (await colleague.get(f"/w/{twinned.space}{part}")).status == 404, part
    async with browsing(shared.alpha, "ana") as member:
        assert (await member.get(f"/w/{twinned.space}")).status == 200
    path = f"/spaces/{twinned.space}/heads"
    assert (await send(shared.alpha, Request("GET", path, ()))).status == 401
    with pytest.raises(Refused):
        await forum.reply(
            gamma.context, gamma.admin, twinned.space, "none", text="Hello", language="en"
        )


async def test_high_privacy_by_default_lists_are_in_order_of_time_and_nothing_urges(
    twinned: Twinned,
) -> None:
    """No rank, no streak, nothing that begins by itself, and no letter to a pupil."""
    thread = await begin(twinned)
    for number in range(4):
        twinned.alpha.node.clock.advance(seconds=60)
        await let_out(twinned, await hand_in(twinned, thread, f"Number {number}."))
    assert (await texts(twinned.shared.alpha, twinned.space))[0] == [
        "Which?", *(f"Number {number}." for number in range(4)),
    ]  # fmt: skip
    urging = re.compile(
        r"\bautoplay\b|\bstreak|\bautofocus=.video|Notification\.request", re.IGNORECASE
    )
    assert urging.search("<video autoplay>"), "what urges is seen"
    for template in TEMPLATES.rglob("*.html"):
        assert not urging.search(template.read_text("utf-8")), template
    columns = {one for table in register.TABLES.values() for one in table.columns}
    assert columns & {"mail", "email", "phone", "push", "endpoint"} == set()
    assert await twinned.alpha.node.count("mails") == 0


async def test_high_privacy_by_default_no_adult_elsewhere_can_write_to_a_pupil(
    twinned: Twinned,
) -> None:
    shared, thread = twinned.shared, await begin(twinned)
    await let_out(twinned, await hand_in(twinned, thread, "Seven storks."))
    await settle(shared.alpha, shared.beta)
    async with twinned.alpha.node.room.vault.read() as view:
        row = await view.rows.one("SELECT pseudonym, alias FROM places WHERE ended_ms IS NULL")
    assert row is not None
    for name in (row["pseudonym"], row["alias"].replace(" ", "-"), row["alias"]):
        actor = f"{shared.alpha.url}/people/{name}"
        asked = await send(shared.alpha, Request("GET", f"/people/{row['pseudonym']}", ()))
        assert asked.status in {401, 404}
        with pytest.raises(Refused):
            await messages.send(shared.beta.context, shared.bob, actor, text="Hi", language="en")
    async with browsing(shared.beta, "bob") as bob:
        members = await bob.get(f"/w/{twinned.space}/members")
        assert row["alias"] in members.text
        assert f"/messages/{row['pseudonym']}" not in members.html
    # Whom he may write to, he can: a teacher of the other school.
    assert shared.ana.actor


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "MP4"])
@pytest.mark.parametrize("who", ["a teacher", "a pupil"])
async def test_location_off_no_octet_of_a_place_lies_at_origin_or_replica(
    twinned: Twinned, kind: str, who: str
) -> None:
    """Children's Code, standard 10. Small pictures, too; at the partner what he was sent."""
    shared, name = twinned.shared, f"River.{kind.lower()}"
    octets = tagged_films.film("h264.mp4") if kind == "MP4" else pictures.tagged(kind, (640, 480))
    traces = [pictures.OWNER.encode(), canary.WORD.encode(), b"+38.69", b"XYZ\0"]
    assert any(one in octets for one in traces), "there is something to be found"
    if who == "a pupil":
        await let_out(twinned, await pupil_files.bring(twinned, name, octets))
    else:
        said = Said(name, "A river.", "CC-BY-4.0", "en", residency="shared")
        ready = await bring(shared.alpha, shared.ana, twinned.space, name, octets)
        await materials.publish(shared.alpha.context, shared.ana, twinned.space, [(ready.id, said)])
    await settle(shared.alpha, shared.beta)
    assert len(await files_at(shared.beta, twinned.space)) == 1
    for node in (shared.alpha, shared.beta):
        kept = files_of(node.folder.path)
        assert octets not in kept
        assert [one for one in traces if one in kept] == [], node.name
        async with browsing(node, "ana" if node is shared.alpha else "bob") as teacher:
            listed = await teacher.get(f"/w/{twinned.space}/materials")
            (path,) = set(
                re.findall(rf"/w/{twinned.space}/materials/([0-9a-f]{{32}}-[\w-]+)", listed.html)
            )
            for part in ("", "/thumbnail"):
                answer = await teacher.client.get(f"/w/{twinned.space}/files/{path}{part}")
                shown = await answer.read()
                assert answer.status == 200 or (part and kind == "MP4"), (node.name, part)
                assert [one for one in traces if one in shown] == [], (node.name, part)


async def test_rectification_and_erasure_are_told_to_everybody_who_got_it(
    twinned: Twinned,
) -> None:
    """GDPR art. 17 and 19: the ledger says who confirmed; until then he is named as outstanding."""
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    await let_out(twinned, await hand_in(twinned, thread, "We saw Ciconia."))
    await settle(shared.alpha, shared.beta)
    assert b"Ciconia" in files_of(shared.beta.folder.path)
    await shared.beta.close_doors()
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    await roster.remove_pupil(room, shared.ana, twinned.alpha.class_, pupil.id, erase=True)
    await settle(shared.alpha)
    (open_one,) = (await ledger.list_all(shared.alpha.context, shared.alpha.admin, 1)).entries
    assert open_one.is_open
    await shared.beta.open_doors()
    shared.alpha.clock.advance(days=1)
    await settle(shared.alpha, shared.beta)
    (entry_,) = (await ledger.list_all(shared.alpha.context, shared.alpha.admin, 1)).entries
    assert not entry_.is_open
    assert [one.origin for one in entry_.owed] == [shared.beta.url]
    for node in (shared.alpha, shared.beta):
        assert "Ciconia" not in repr(await node.dump()), node.name


async def test_portability_a_pupils_own_work_is_taken_along_for_readers_and_programs(
    twinned: Twinned,
) -> None:
    """GDPR art. 20: one click, JSON and HTML and the media."""
    node, thread = twinned.alpha.node, await begin(twinned)
    await hand_in(twinned, thread, "Seven storks.")
    await pupil_files.bring(twinned, "River.jpg")
    async with browsing(node) as pupil:
        card = twinned.alpha.cards["Panda Nova"].address.partition("#")[2]
        await pupil.send("/c/card", card=card)
        answer = await pupil.client.post("/c/works/export", headers={"Origin": node.url})
        assert answer.status == 200
        octets = await answer.read()
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            files = {one: archive.read(one) for one in archive.namelist()}
    said = json.loads(next(files[one] for one in files if one.endswith(".json")))
    assert "Seven storks." in [one["text"] for one in said["works"]]
    page = next(files[one] for one in files if one.endswith(".html")).decode()
    assert "Seven storks." in page
    media = [one for one in files.values() if one[:4] == b"RIFF"]
    assert media, "the picture itself"
    assert "Nowak" not in page
    shared = twinned.shared
    other = await make_school(shared.beta, shared.bob)
    done = await taking_in.take_in(
        shared.beta.room, shared.bob, other.class_, other.pupils["Tiger Vega"].id,
        alias="", pieces=in_pieces(octets),
    )  # fmt: skip
    assert done.new == len(said["works"]) == 2, "another node takes it in"


async def test_retention_every_table_has_a_rule_and_time_purges_it(twinned: Twinned) -> None:
    """GDPR art. 5 (1) (e)."""
    room, thread = twinned.alpha.node.room, await begin(twinned)
    await hand_in(twinned, thread, "Seven storks.")
    await pupil_files.bring(twinned)
    async with room.vault.read() as view:
        there = {
            row["name"]
            for row in await view.rows.all(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        }
        assert there == register.TABLES.keys()
        assert await view.rows.count("SELECT count(*) FROM works") > 0
    twinned.alpha.node.clock.advance(days=4 * 365)
    await retention.step(room, room.context)
    async with room.vault.read() as view:
        for name, table in register.TABLES.items():
            if table.ends is not Ends.NEVER:
                assert await view.rows.count(f"SELECT count(*) FROM {name}") == 0, name
    left = room.vault.database.path.parent / "files"
    assert not left.is_dir() or list(left.iterdir()) == []


async def test_mentions_of_a_pupil_bear_the_alias_alone_wherever_they_are_read(
    shared: Shared,
) -> None:
    alpha, beta = shared.alpha, shared.beta
    own = await make_class(alpha, shared.ana)
    await taking_part.choose(alpha.room, shared.ana, shared.space, [own.pupils[0].id])
    thread = await forum.start_thread(
        beta.context, shared.bob, shared.space, title="Birds", text="Which?", language="en"
    )
    await settle(alpha, beta)
    work = await working.write_reply(
        alpha.room, own.pupils[0], shared.space, thread, text="Storks.", language="en", hand_in=True
    )
    _, held = await release.find_held(alpha.room, shared.ana, work)
    await release.release(alpha.room, shared.ana, work, version=held.work.version)
    await settle(alpha, beta)
    async with alpha.room.vault.read() as view:
        row = await view.rows.one("SELECT alias FROM places WHERE pupil = $1", own.pupils[0].id)
    assert row is not None
    await forum.reply(
        beta.context, shared.bob, shared.space, thread, text=f"{row['alias']} is right.",
        language="en",
    )  # fmt: skip
    await settle(alpha, beta)
    async with browsing(beta, "bob") as bob:
        page = await bob.get(f"/w/{shared.space}/forum/{thread.replace('/', '-')}")
    assert page.text.count(row["alias"]) >= 2, "as its author, and as it is mentioned"
    assert find(page.html.encode(), tokens_of(alpha)) == []
    assert find(files_of(beta.folder.path), tokens_of(alpha)) == []


async def test_security_what_opens_a_session_is_never_readable_after_it_was_handed_out(
    twinned: Twinned,
) -> None:
    """GDPR art. 32."""
    node = twinned.alpha.node
    secrets = [one.address.partition("#")[2] for one in twinned.alpha.cards.values()]
    secrets += [one.word for one in twinned.alpha.cards.values()]
    kept = files_of(node.folder.path).lower()
    assert [one for one in secrets if one.lower().encode() in kept] == []
    shown = []
    async with browsing(node, "ana") as ana:
        own = f"/classes/{twinned.alpha.class_}"
        one = f"{own}/pupils/{twinned.alpha.pupils[ALONE].id}"
        for path in ("/classes", own, f"{own}/cards", one):
            page = await ana.get(path)
            assert page.status == 200, path
            shown.append(page.html)
    assert [one for one in secrets if one in "".join(shown)] == []


async def test_security_limits_count_failures_and_not_a_class_behind_one_address(
    twinned: Twinned,
) -> None:
    """GDPR art. 32: a class of thirty comes in at one minute from one address."""
    node, room = twinned.alpha.node, twinned.alpha.node.room
    opened = await roster.open_class(room, twinned.shared.ana, twinned.alpha.class_)
    async with browsing(node) as tablet:

        async def enter(alias: str, word: str) -> int:
            shown = await tablet.send(
                "/c", class_code=opened.class_.code, alias=alias, secret_word=word
            )
            return shown.status

        good = twinned.alpha.cards["Tiger Vega"].word
        assert {await enter("Tiger Vega", good) for _ in range(40)} == {200}
        assert {await enter("Panda Nova", "wrong") for _ in range(20)} == {422}
        assert await enter("Panda Nova", twinned.alpha.cards["Panda Nova"].word) == 422
        assert await enter("Tiger Vega", good) == 200


async def test_accountability_record_and_assessment_are_made_from_the_classifications(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GDPR art. 5 (2), 30 and 35: what is classified otherwise is said otherwise."""
    async with browsing(twinned.alpha.node, "admin") as admin:
        record = await admin.get("/school/processing")
        assert record.status == 200
        for name, table in register.TABLES.items():
            assert name in record.text
            assert all(column in record.text for column in table.columns), name
        assert "Nowak" not in record.html
        monkeypatch.setitem(
            register.TABLES,
            "pupils",
            register.TABLES["reads"],
        )
        assert (await admin.get("/school/processing")).text != record.text
