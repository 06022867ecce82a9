"""The vault's own backup: sealed, read back, put in place; who was forgotten stays forgotten."""

from pathlib import Path

import pytest

from node.actions.permission import OPERATOR
from node.classroom import entry, files, handing_out, keeping, release, roster, second_step
from node.classroom.room import Classroom, open_classroom
from node.storage.accounts import Account
from node.vault import store
from protocol.errors import Reason, Refused
from tests.files import pdf
from tests.node.classroom.classes import School, Twinned, sign_in
from tests.node.classroom.pupil_files import bring, sealed
from tests.node.classroom.works import begin, hand_in, let_out
from tests.node.spaces.schools import texts
from tests.nodes import settle

KOALA = "Koala Orion"
PASSPHRASE = "seven quiet storks on a roof"


async def put_back(school: School, file: Path, passphrase: str = PASSPHRASE) -> None:
    """The vault goes, and its copy takes its place; the running node keeps the old one open."""
    context = school.node.context
    here = context.folder.vault
    here.rename(here.with_name("vault.old"))
    await keeping.restore(context, OPERATOR, file, passphrase)


async def test_a_vault_comes_back_from_its_copy_with_everybody_signed_out(
    school: School, tmp_path: Path
) -> None:
    file = tmp_path / "azul.vault"
    token = school.cards["Panda Nova"].address.partition("#")[2]
    session = (await entry.sign_in_by_card(school.node.room, token)).token
    await keeping.back_up(school.node.room, OPERATOR, file, PASSPHRASE)
    assert file.stat().st_mode & 0o077 == 0
    assert b"Panda" not in file.read_bytes()
    await put_back(school, file)
    async with open_classroom(school.node.context) as room:
        assert room is not None
        opened = await roster.open_class(room, school.teacher, school.class_)
        assert "Mia Nowak-Reis" in {one.names.display for one in opened.known}
        assert await entry.recognise(room, session) is None
        with pytest.raises(Refused) as refused:
            await entry.sign_in_by_card(room, token)
        assert refused.value.reason is Reason.BAD_CREDENTIALS, "an old card opens nothing"
        sheet = await handing_out.make_cards(room, school.teacher, school.class_)
        await entry.sign_in_by_card(room, sheet.cards[0].address.partition("#")[2])


async def test_a_copy_brings_back_nobody_who_was_halfway_in_and_no_pictures(
    school: School, tmp_path: Path
) -> None:
    file, room, teacher, class_ = tmp_path / "azul.vault", school.node.room, *of(school)
    await second_step.choose_entry(room, teacher, class_, style="pictured", second_step="asked")
    seen = ("cat", "sun", "sailboat")
    await second_step.choose_pictures(room, await show_card(school), seen)
    halfway = await show_card(school)
    with pytest.raises(Refused):
        await second_step.show(room, halfway, "sun cat sailboat")
    await keeping.back_up(room, OPERATOR, file, PASSPHRASE)
    await second_step.reset(room, teacher, class_, school.pupils["Panda Nova"].id)
    await put_back(school, file)
    async with open_classroom(school.node.context) as again:
        assert again is not None
        assert await second_step.find(again, halfway) is None
        chosen = await second_step.list_chosen(again, teacher, class_)
        assert (chosen.steps, chosen.missteps) == ({}, {}), "they were reset since"
        sheet = await handing_out.make_cards(again, teacher, class_)
        school.cards = {one.alias: one for one in sheet.cards}
        halfway = await show_card(school, again)
        with pytest.raises(Refused) as refused:
            await second_step.show(again, halfway, " ".join(seen))
        assert refused.value.reason is Reason.NOT_SIGNED_IN
        await second_step.choose_pictures(again, halfway, ("star", "moon", "fish"))


def of(school: School) -> tuple[Account, int]:
    return school.teacher, school.class_


async def show_card(school: School, room: Classroom | None = None) -> str:
    """The token of Panda Nova, who is halfway in."""
    card = school.cards["Panda Nova"].address.partition("#")[2]
    admission = await entry.sign_in_by_card(room or school.node.room, card)
    assert not admission.is_whole
    return admission.token


async def test_files_that_wait_come_back_and_those_of_whoever_was_forgotten_since_do_not(
    twinned: Twinned, tmp_path: Path
) -> None:
    file, room = tmp_path / "azul.vault", twinned.alpha.node.room
    works = [await bring(twinned), await bring(twinned, "Frogs.pdf", pdf(9_000), alias=KOALA)]
    assert len(sealed(twinned)) == 3
    await keeping.back_up(room, OPERATOR, file, PASSPHRASE)
    assert [one for one in room.vault.database.path.parent.iterdir() if "copy" in one.name] == []
    before = await shown(room, twinned, works[1])
    mia = twinned.alpha.pupils["Panda Nova"].id
    await roster.remove_pupil(room, twinned.alpha.teacher, twinned.alpha.class_, mia, erase=False)
    await put_back(twinned.alpha, file)
    async with open_classroom(twinned.alpha.node.context) as again:
        assert again is not None
        folder = store.folder_of(again.vault)
        assert len(list(folder.iterdir())) == 3
        await keeping.forget_again(again)
        await keeping.tidy_files(again)
        assert len(list(folder.iterdir())) == 1
        assert {one.stat().st_mode & 0o077 for one in (folder, *folder.iterdir())} == {0}
        assert await shown(again, twinned, works[1]) == before


async def shown(room: Classroom, twinned: Twinned, work: int) -> bytes:
    given = await release.show(room, twinned.shared.ana, work)
    return b"".join([piece async for piece in files.pieces(room, given)])


async def test_who_was_forgotten_since_is_forgotten_again(school: School, tmp_path: Path) -> None:
    file = tmp_path / "azul.vault"
    await keeping.back_up(school.node.room, OPERATOR, file, PASSPHRASE)
    gone = school.pupils["Panda Nova"].id
    await roster.remove_pupil(school.node.room, school.teacher, school.class_, gone, erase=False)
    await put_back(school, file)
    async with open_classroom(school.node.context) as room:
        assert room is not None
        assert await keeping.forget_again(room) == 1
        opened = await roster.open_class(room, school.teacher, school.class_)
        assert {one.pupil.alias for one in opened.known} == {"Tiger Vega", "Koala Orion"}


@pytest.mark.parametrize("spoil", ["passphrase", "cut", "changed", "another file"])
async def test_a_copy_that_does_not_open_leaves_nothing_behind(
    school: School, tmp_path: Path, spoil: str
) -> None:
    file = tmp_path / "azul.vault"
    await keeping.back_up(school.node.room, OPERATOR, file, PASSPHRASE)
    octets = file.read_bytes()
    spoiled = {
        "cut": octets[:-100],
        "changed": octets[:5000] + b"?" + octets[5001:],
        "another file": b"PK" + octets,
    }
    file.write_bytes(spoiled.get(spoil, octets))
    with pytest.raises(Refused) as refused:
        await put_back(school, file, "another passphrase" if spoil == "passphrase" else PASSPHRASE)
    assert refused.value.reason in (Reason.BAD_INPUT, Reason.BAD_DATA_FOLDER)
    path = school.node.folder.path
    assert not (path / "vault").exists()
    assert not (path / "vault.restoring").exists()


async def test_a_copy_goes_over_no_vault_and_into_no_other_school(
    twinned: Twinned, tmp_path: Path
) -> None:
    file = tmp_path / "azul.vault"
    await keeping.back_up(twinned.alpha.node.room, OPERATOR, file, PASSPHRASE)
    with pytest.raises(Refused) as over:
        await keeping.restore(twinned.alpha.node.context, OPERATOR, file, PASSPHRASE)
    assert over.value.reason is Reason.BAD_DATA_FOLDER
    beta = twinned.shared.beta
    beta.folder.vault.rename(beta.folder.path / "vault.old")
    with pytest.raises(Refused) as other:
        await keeping.restore(beta.context, OPERATOR, file, PASSPHRASE)
    assert other.value.reason is Reason.BAD_INPUT


async def test_a_pupil_who_is_erased_is_gone_at_every_school_and_each_confirms_it(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    thread = await begin(twinned)
    work = await hand_in(twinned, thread, "We saw Ciconia ciconia.")
    from_other = await hand_in(twinned, thread, "Frogs too.", "Koala Orion")
    from_mia = (await sign_in(twinned.alpha, "Panda Nova")).id
    _, held = await release.find_held(room, shared.ana, work)
    alias = held.alias
    for one in (work, from_other):
        await let_out(twinned, one)
    await settle(shared.alpha, shared.beta)
    assert "Ciconia" in repr(await shared.beta.dump())
    await roster.remove_pupil(
        room, twinned.alpha.teacher, twinned.alpha.class_, from_mia, erase=True
    )
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        kept = repr(await node.dump())
        assert "Ciconia" not in kept
        assert alias not in kept
        assert "Frogs too." in kept
    shown = (await texts(shared.beta, shared.space))[0]
    assert sorted(shown) == ["", "Frogs too.", "Which?"]
    assert await shared.alpha.count("receipts") >= 1, "the partner has confirmed it"


async def test_a_torn_line_keeps_no_school_from_starting(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    pupil = twinned.alpha.pupils["Panda Nova"]
    file = room.context.folder.refused_file
    file.write_text("half a li")
    async with room.vault.read() as view:
        row = await view.rows.one("SELECT name FROM pupils WHERE id = $1", pupil.id)
    assert row is not None
    await keeping.note_refused(room, row["name"], twinned.space, room.now_ms())
    with file.open("a") as stream:
        stream.write(f"{row['name']} {twinned.space} 17")
    assert await keeping.refuse_again(room) == 1, "the whole line counts"
    assert await keeping.refuse_again(room) == 0
