"""Notices against a partner that lies: whose they are, how long they run, what they may hold."""

from datetime import timedelta

import pytest

from node.actions import notices as notices_
from node.storage.accounts import Account
from protocol import names, notices
from protocol.canonical import JSONObject
from protocol.errors import Reason
from protocol.notices import MAX_DAYS
from protocol.objects import stamp
from tests.attacks.hostile import QUEUE, Rogue, befriend, document, rogue
from tests.attacks.speaking import ACTIVITY, expect_refusal, snapshot
from tests.attacks.test_inbox import followed
from tests.attacks.test_render import EVERYTHING, MARKUP, shows
from tests.attacks.visiting import Visitor, signed_in
from tests.node.actions.test_notices import FIELDS
from tests.nodes import Node, VirtualClock


@pytest.fixture
async def eve(alpha: Node, mallory: Rogue) -> str:
    """Somebody at mallory's whom the administrator of alpha follows."""
    return await followed(alpha, mallory, "eve")


@pytest.fixture
async def bob(alpha: Node, mallory: Rogue) -> str:
    """Another one."""
    return await followed(alpha, mallory, "bob")


@pytest.fixture
async def ana(alpha: Node) -> Account:
    return await alpha.account("ana")


def notice(
    mallory: Rogue, writer: str, changes: JSONObject | None = None, *, days: float = 30
) -> JSONObject:
    """A signed notice; `changes` replaces its members."""
    built = notices.notice(
        names.notice_id(mallory.base, mallory.name()),
        mallory.written(),
        author=writer,
        school=f"{mallory.base}/schools/main",
        title="Who counts with us?",
        purpose="looking_for_partners",
        text="We look for a class.",
        language="en",
        languages=["en"],
        expires=mallory.now() + timedelta(days=days),
        reach="public",
    )
    return mallory.sign(built | (changes or {}), mallory.key(writer))


async def test_a003_no_notice_is_written_under_our_own_origin(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    ours = names.notice_id(alpha.url, mallory.name())
    forged = mallory.create(eve, notice(mallory, eve, {"id": ours}))
    await mallory.is_refused(alpha, forged, Reason.OWN_ORIGIN)
    elsewhere = names.notice_id("https://elsewhere.example", mallory.name())
    foreign = mallory.create(eve, notice(mallory, eve, {"id": elsewhere}))
    await mallory.is_refused(alpha, foreign, Reason.FOREIGN_ORIGIN)
    school: JSONObject = {"school": f"{alpha.url}/schools/school"}
    ours_too = mallory.create(eve, notice(mallory, eve, school))
    await mallory.is_refused(alpha, ours_too, Reason.FOREIGN_ORIGIN)
    own = notice(mallory, eve)
    await mallory.is_done(alpha, mallory.create(eve, own))
    assert await document(alpha, str(own["id"])) == own


async def test_a005_nobody_takes_a_notice_over(
    alpha: Node, mallory: Rogue, eve: str, bob: str
) -> None:
    own = notice(mallory, bob)
    await mallory.is_done(alpha, mallory.create(bob, own))
    members: JSONObject = {"id": own["id"], "version": 2}
    taken = notice(mallory, eve, members)
    await mallory.is_refused(alpha, mallory.update(eve, taken), Reason.NOT_OWNER)
    relayed = notice(mallory, bob, {**members, "content": "Write to Eve."})
    await mallory.is_refused(alpha, mallory.update(eve, relayed), Reason.NOT_OWNER)
    forged = mallory.sign({**own, **members, "content": "Write to Eve."}, mallory.key(eve))
    await mallory.is_refused(alpha, mallory.update(eve, forged), Reason.BAD_PROOF)
    buried = mallory.tombstone(own, {"attributedTo": eve})
    await mallory.is_refused(alpha, mallory.delete(eve, buried), Reason.NOT_OWNER)
    assert await document(alpha, str(own["id"])) == own
    better = notice(mallory, bob, members)
    await mallory.is_done(alpha, mallory.update(bob, better))
    assert await document(alpha, str(own["id"])) == better


async def test_a006_a_notice_keeps_its_school_its_day_and_its_kind(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    own = notice(mallory, eve)
    await mallory.is_done(alpha, mallory.create(eve, own))
    for change in (
        {"published": "2020-01-01T00:00:00Z"},
        {"school": f"{mallory.base}/schools/other"},
    ):
        attack = notice(mallory, eve, {"id": own["id"], "version": 2, **change})
        await mallory.is_refused(alpha, mallory.update(eve, attack), Reason.IMMUTABLE_FIELD)
    note = mallory.note(eve, {"id": own["id"], "version": 2})
    await mallory.is_refused(alpha, mallory.update(eve, note), Reason.IMMUTABLE_FIELD)
    better = notice(mallory, eve, {"id": own["id"], "version": 2, "reach": "accredited"})
    await mallory.is_done(alpha, mallory.update(eve, better))


async def test_a_notice_that_never_ends_or_has_ended_before_it_began_is_refused(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    long = mallory.now() + timedelta(days=MAX_DAYS, seconds=1)
    for expires in (
        "9999-12-31T23:59:59Z",
        stamp(long),
        stamp(mallory.now()),
        "2000-01-01T00:00:00Z",
    ):
        attack = notice(mallory, eve, {"expires": expires})
        await mallory.is_refused(alpha, mallory.create(eve, attack), Reason.BAD_SHAPE)
    for strange in ("2027-02-30T00:00:00Z", "tomorrow", "2027-01-01", 1_795_460_400):
        attack = notice(mallory, eve, {"expires": strange})
        await mallory.is_refused(alpha, mallory.create(eve, attack), Reason.BAD_SHAPE)
    await mallory.is_done(alpha, mallory.create(eve, notice(mallory, eve, days=MAX_DAYS)))


async def test_a_notice_that_is_dated_ahead_does_not_outlast_the_others(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    ahead = mallory.now() + timedelta(days=3_000)
    own = notice(mallory, eve)
    changes: JSONObject = {
        "updated": stamp(ahead),
        "expires": stamp(ahead + timedelta(days=MAX_DAYS)),
    }
    attack = notice(mallory, eve, {"id": own["id"], **changes})
    assert await mallory.told(alpha, mallory.create(eve, attack)) == ("refused", "clock_ahead")
    assert await alpha.count("objects WHERE kind = 'notice'") == 0
    late = notice(mallory, eve, days=2)
    await mallory.is_done(alpha, mallory.create(eve, late))


async def test_a_late_notice_is_kept_and_shown_to_nobody_as_open(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    over = notice(mallory, eve, days=1)
    alpha.clock.advance(days=2)
    await mallory.is_done(alpha, mallory.create(eve, over))
    assert await document(alpha, str(over["id"])) == over
    assert await alpha.count("feed") == 0
    visitor = await signed_in(alpha)
    page = await shows(visitor, "/notices")
    assert "Who counts with us?" not in page.words


async def test_a_notice_of_somebody_whom_nobody_follows_is_not_kept(
    alpha: Node, mallory: Rogue
) -> None:
    zoe = mallory.person("zoe")
    await mallory.is_done(alpha, mallory.follow(zoe, alpha.admin.actor))
    before = await snapshot(alpha, but=QUEUE)
    unasked = notice(mallory, zoe)
    await mallory.is_done(alpha, mallory.create(zoe, unasked))
    assert await snapshot(alpha, but=QUEUE) == before
    assert await alpha.count("objects WHERE kind = 'notice'") == 0


async def test_a122_a_notice_is_words_wherever_it_stands(
    alpha: Node, mallory: Rogue, eve: str, ana: Account
) -> None:
    visitor = await signed_in(alpha)
    own = notice(mallory, eve)
    await mallory.is_done(alpha, mallory.create(eve, own))
    there = f"{str(own['id']).removeprefix(mallory.base)}@{mallory.base.removeprefix('http://')}"
    for number, markup in enumerate((*MARKUP, EVERYTHING)):
        members: JSONObject = {"version": number + 2, "name": markup[:120], "content": markup}
        hostile = notice(mallory, eve, {"id": own["id"], **members})
        mallory.serve(hostile)
        await mallory.is_done(alpha, mallory.update(eve, hostile))
        for target in (
            "/notices",
            "/home",
            there,
            f"/people/eve@{there.partition('@')[2]}",
            f"/people/eve@{there.partition('@')[2]}/contact?notice={there.removeprefix('/notices/')}",
        ):
            page = await shows(visitor, target)
            assert page.elements
    typed = {
        "purpose": FIELDS.purpose,
        "language": "en",
        "languages": "en",
        "days": "30",
        "reach": "public",
        "title": MARKUP[0],
        "text": EVERYTHING,
    }
    writer = await signed_in(alpha, "ana")
    told = await writer.post("/notices/new", typed)
    assert told.status == 303
    await shows(writer, "/notices")
    await shows(Visitor(alpha), told.fields["location"])


async def test_a001_a_fetched_notice_counts_only_as_what_it_was_asked_for(
    alpha: Node, mallory: Rogue, clock: VirtualClock
) -> None:
    eve = mallory.person("eve")
    asked = notice(mallory, eve)
    path = str(asked["id"]).removeprefix(mallory.base)
    host = mallory.base.removeprefix("http://")
    visitor = await signed_in(alpha)
    async with rogue(clock, "c" * 32) as other:
        await befriend(alpha, other)
        zoe = other.person("zoe")
        for wrong in (
            notice(mallory, eve),
            notice(other, zoe),
            mallory.note(eve),
            mallory.sign({**asked, "attributedTo": zoe}, other.key(zoe)),
            mallory.sign(asked, mallory.key(f"{mallory.base}/people/bob")),
            mallory.profile("eve"),
        ):
            mallory.serve(wrong | {"id": wrong["id"]})
            mallory.answers[path] = mallory.answers[
                str(wrong["id"]).removeprefix(mallory.base).removeprefix(other.base)
            ]
            told = await visitor.get(f"{path}@{host}")
            assert told.status in {401, 403, 404, 502}, (told.status, wrong["id"])
            assert await alpha.count("objects WHERE kind = 'notice'") == 0
    mallory.serve(asked)
    await shows(visitor, f"{path}@{host}")
    assert await document(alpha, str(asked["id"])) == asked


async def test_an_unsigned_or_unknown_asker_gets_401_for_every_notice(
    alpha: Node, ana: Account, stranger: Rogue
) -> None:
    id_ = await notices_.write(alpha.context, ana, FIELDS)
    for path in (id_.removeprefix(alpha.url), "/notices/AAAAAAAAAAAAAAAAAAAAAA"):
        request = stranger.get(alpha, path).having(accept=ACTIVITY)
        await expect_refusal(alpha, request, Reason.UNKNOWN_KEY)
