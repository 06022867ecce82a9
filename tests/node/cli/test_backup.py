"""Backup, restore and verify as they are typed."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from node.cli import schoolgate
from tests.nodes import CHEAP, PASSWORD

PASSPHRASE = "seven quiet storks on a roof"


def run(folder: Path, *words: str, answer: str | None = None) -> Result:
    environment = CHEAP | {"SCHOOLGATE_FOLDER": str(folder)}
    return CliRunner().invoke(schoolgate, words, input=answer, env=environment)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    words = ["init", "--base-url", "http://127.0.0.9:8420", "--development"]
    words += ["--school", "Escola Azul", "--country", "pt"]
    words += ["--admin-handle", "rosa", "--admin-name", "Rosa Martins", "--password-stdin"]
    done = run(tmp_path / "node", *words, answer=PASSWORD)
    assert done.exit_code == 0, done.output
    return tmp_path / "node"


def test_one_command_each_backs_up_verifies_and_restores(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "azul.backup"
    asked = f"{PASSPHRASE}\n{PASSPHRASE}\n"
    made = run(folder, "backup", "--to", str(file), answer=asked)
    assert made.exit_code == 0, made.output
    assert "read back and whole" in made.output
    good = run(folder, "verify", str(file), answer=f"{PASSPHRASE}\n")
    assert good.exit_code == 0, good.output
    assert "its database is sound and its keys open" in good.output
    done = run(tmp_path / "new", "restore", str(file), answer=f"{PASSPHRASE}\n")
    assert done.exit_code == 0, done.output
    assert "active   rosa" in run(tmp_path / "new", "user", "list").output
    assert run(tmp_path / "new", "doctor").exit_code == 0


def test_the_nodes_own_passphrase_is_used_without_asking(folder: Path) -> None:
    (folder / "keys" / "backup.passphrase").write_text(PASSPHRASE + "\n")
    made = run(folder, "backup")
    assert made.exit_code == 0, made.output
    (file,) = (folder / "backups").iterdir()
    assert run(folder, "verify", str(file)).exit_code == 0


def test_a_folder_with_a_node_is_not_restored_over(folder: Path, tmp_path: Path) -> None:
    key = (folder / "keys" / "node.key").read_bytes()
    file = tmp_path / "azul.backup"
    run(folder, "backup", "--to", str(file), answer=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    done = run(folder, "restore", str(file), answer=f"{PASSPHRASE}\n")
    assert done.exit_code == 1
    assert "restore into a folder that holds no node" in done.output
    assert (folder / "keys" / "node.key").read_bytes() == key


@pytest.mark.parametrize("command", ["verify", "restore"])
def test_a_wrong_passphrase_and_a_cut_file_are_told_apart_from_good_ones(
    folder: Path, tmp_path: Path, command: str
) -> None:
    file = tmp_path / "azul.backup"
    run(folder, "backup", "--to", str(file), answer=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    wrong = run(tmp_path / "new", command, str(file), answer="another long passphrase\n")
    assert wrong.exit_code == 1
    assert "passphrase does not open" in wrong.output
    file.write_bytes(file.read_bytes()[:-100])
    cut = run(tmp_path / "new", command, str(file), answer=f"{PASSPHRASE}\n")
    assert cut.exit_code == 1
    assert "damaged or was cut off" in cut.output
    assert not (tmp_path / "new" / "config.toml").exists()
    none = run(tmp_path / "new", command, str(tmp_path / "none"), answer=f"{PASSPHRASE}\n")
    assert none.exit_code == 1
    assert "No such file" in none.output


def test_a_full_or_forbidden_place_is_told(folder: Path) -> None:
    asked = f"{PASSPHRASE}\n{PASSPHRASE}\n"
    done = run(folder, "backup", "--to", "/dev/full/x.backup", answer=asked)
    assert done.exit_code == 1
    assert "cannot be written" in done.output
    assert "Traceback" not in done.output
