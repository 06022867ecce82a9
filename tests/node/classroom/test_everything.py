"""Everything about one pupil, for a parent's request; that it was read is kept."""

import pytest

from node.actions import forum
from node.classroom import everything, roster, slips
from node.classroom.everything import Everything
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned
from tests.node.classroom.consenting import agree
from tests.node.classroom.pupil_files import bring
from tests.node.classroom.test_portraits import publish_of
from tests.node.classroom.works import begin, hand_back, hand_in, let_out
from tests.node.web.browser import browsing
from tests.nodes import settle


async def collect(twinned: Twinned, alias: str = "Panda Nova") -> Everything:
    found = await everything.collect(
        twinned.alpha.node.room,
        twinned.shared.ana,
        twinned.alpha.class_,
        twinned.alpha.pupils[alias].id,
    )
    assert found is not None
    return found


async def test_all_that_is_kept_and_where_it_went_is_told(twinned: Twinned) -> None:
    shared, thread = twinned.shared, await begin(twinned)
    work = await hand_in(twinned, thread, "Storks.")
    named = await let_out(twinned, work)
    back = await hand_in(twinned, thread, "Again.")
    await hand_back(twinned, back, "Which?")
    await hand_in(twinned, thread, "Another's.", "Koala Orion")
    await publish_of(twinned, "Panda Nova", "Koala Orion")
    await agree(twinned, "Panda Nova", signer="Eva Nowak")
    found = await collect(twinned)
    assert found.known.names.family == "Nowak"
    assert [len(one.schools) for one in found.places] == [1]
    assert [one.signer for one in found.consents] == ["", "Eva Nowak"]
    assert [(one.name, one.mark.account) for one in found.pictures] == [
        ("Storks.webp", shared.ana.id)
    ]
    texts = {one.piece.text: [each.what for each in one.decisions] for one in found.works}
    assert texts == {"Storks.": ["released"], "Again.": ["returned"]}
    assert found.who[shared.ana.id] == "Ana Alves"
    assert {one.why for one in found.reads} >= {"everything", "pictures", "class_list"}
    await settle(shared.alpha, shared.beta)
    await forum.erase(shared.alpha.context, shared.ana, shared.space, named)
    await settle(shared.alpha, shared.beta)
    (gone,) = [one for one in (await collect(twinned)).works if one.piece.state == "released"]
    assert gone.piece.text == ""
    assert [one.received_ms is not None for one in gone.confirmations] == [True]


async def test_files_that_wait_their_words_and_printed_forms_are_told(twinned: Twinned) -> None:
    room, class_ = twinned.alpha.node.room, twinned.alpha.class_
    await bring(twinned, "Birds.txt", b"On Monday Mia Nowak counted storks.", alt="")
    await slips.make_forms(room, twinned.shared.ana, twinned.space, class_)
    found = await collect(twinned)
    (made,) = found.works
    assert made.piece.media is not None
    assert (made.piece.media.name, made.piece.media.octets) == ("Birds.txt", 35)
    assert any("counted storks" in one for one in made.words)
    assert [space for space, _ in found.slips] == [twinned.space]
    assert not found.cut_short
    path = f"/classes/{class_}/pupils/{found.known.pupil.id}/record"
    async with browsing(twinned.alpha.node, "ana") as ana:
        shown = (await ana.get(path)).text
    for said in ("Birds.txt", "counted storks", "Forms with a code were printed"):
        assert said in shown, said


async def test_a_pupil_of_alias_and_class_alone_has_a_printout_too(twinned: Twinned) -> None:
    found = await collect(twinned, "Koala Orion")
    assert found.known.names.display == ""
    path = f"/classes/{twinned.alpha.class_}/pupils/{found.known.pupil.id}"
    async with browsing(twinned.alpha.node, "ana") as ana:
        assert f"{path}/record" in (await ana.get(path)).html
        shown = await ana.get(f"{path}/record")
    assert shown.status == 200
    assert "Everything about Koala Orion" in shown.text
    assert "everything about one pupil" in shown.text


async def test_only_who_looks_after_the_class_reads_it(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    stranger = await twinned.alpha.node.account("rui", "Rui Sá")
    pupil = twinned.alpha.pupils["Panda Nova"].id
    for account, class_ in ((stranger, twinned.alpha.class_), (twinned.shared.ana, 99)):
        with pytest.raises(Refused) as refused:
            await everything.collect(room, account, class_, pupil)
        assert refused.value.reason is Reason.NOT_FOUND
    admin = await twinned.alpha.node.get("admin")
    reads = await roster.list_readings(room, admin, limit=50)
    assert "everything" not in {one.why for one in reads}
