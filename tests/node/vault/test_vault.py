"""The vault's own key and folder: what opens it, and what does not."""

from pathlib import Path

import pytest

from node.vault import classes, pupils
from node.vault.box import Box
from node.vault.pupils import Names, Reading, Why
from node.vault.vault import Vault, open_vault
from protocol.errors import Reason, Refused
from tests.nodes import START_MS, SeededChance


async def try_to_open(folder: Path) -> Reason | None:
    try:
        async with open_vault(folder, SeededChance("again"), now_ms=START_MS):
            return None
    except Refused as refused:
        return refused.reason


async def test_a_vault_is_for_its_owner_alone_and_opens_again(tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    assert await try_to_open(folder) is None
    assert folder.stat().st_mode & 0o077 == 0
    assert {one.stat().st_mode & 0o077 for one in folder.iterdir()} == {0}
    assert await try_to_open(folder) is None


@pytest.mark.parametrize("spoil", ["no key", "another key", "no hexadecimal", "others read"])
async def test_a_vault_without_its_own_key_is_refused_and_gets_no_new_one(
    tmp_path: Path, spoil: str
) -> None:
    folder = tmp_path / "vault"
    assert await try_to_open(folder) is None
    key = folder / "vault.key"
    match spoil:
        case "no key":
            key.unlink()
        case "another key":
            key.write_text(bytes(range(32)).hex())
        case "no hexadecimal":
            key.write_text("Schlüssel")
        case _:
            folder.chmod(0o750)
    before = sorted(one.name for one in folder.iterdir())
    assert await try_to_open(folder) is Reason.BAD_DATA_FOLDER
    assert sorted(one.name for one in folder.iterdir()) == before


async def test_what_a_restoring_left_that_was_killed_goes_when_the_vault_is_opened(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "vault"
    assert await try_to_open(folder) is None
    (tmp_path / "vault.restoring").mkdir()
    (tmp_path / "vault.restoring" / "vault.key").write_bytes(b"the key of all")
    assert await try_to_open(folder) is None
    assert [one.name for one in folder.parent.iterdir()] == ["vault"]


def test_a_sealed_text_opens_for_its_own_purpose_only() -> None:
    box = Box(bytes(range(32)), SeededChance("box"))
    sealed = box.seal("pupils.given", "Łucja")
    assert box.open("pupils.given", sealed) == "Łucja"
    assert sealed != box.seal("pupils.given", "Łucja")
    with pytest.raises(Refused):
        box.open("pupils.family", sealed)
    with pytest.raises(Refused):
        box.open("pupils.given", sealed[:-1] + bytes([sealed[-1] ^ 1]))


async def test_reading_a_record_is_kept_with_who_when_and_why(vault: Vault) -> None:
    async with vault.write() as unit:
        class_ = await classes.put(
            unit, code="c", name="5b", language="en", now_ms=1, ends_ms=9, account=7
        )
        pupil = await pupils.put(unit, class_, "Tiger Vega", Names("Ana Prata"), 1, name="one")
        (known,) = await pupils.read_class(unit, class_, Reading(7, Why.CLASS_LIST, 5))
        one = await pupils.read_one(unit, pupil, Reading(8, Why.ONE_PUPIL, 6))
        assert known.names.display == "Ana Prata"
        assert one == known
        read = await pupils.list_readings(unit, limit=9)
    assert [(one.account, one.pupil, one.why, one.at_ms) for one in read] == [
        (8, pupil, "one_pupil", 6),
        (7, None, "class_list", 5),
    ]
