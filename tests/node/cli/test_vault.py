"""The vault's backup as it is typed."""

from pathlib import Path

from tests.node.cli.test_backup import PASSPHRASE, folder, run

__all__ = ["folder"]


def test_one_command_each_copies_the_vault_and_brings_it_back(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "azul.vault"
    asked = f"{PASSPHRASE}\n{PASSPHRASE}\n"
    made = run(folder, "vault", "backup", "--to", str(file), answer=asked)
    assert made.exit_code == 0, made.output
    assert "read back and whole" in made.output
    over = run(folder, "vault", "restore", str(file), answer=f"{PASSPHRASE}\n")
    assert over.exit_code == 1
    assert "holds a vault" in over.output
    (folder / "vault").rename(folder / "vault.old")
    done = run(folder, "vault", "restore", str(file), answer=f"{PASSPHRASE}\n")
    assert done.exit_code == 0, done.output
    assert "All pupils are signed out" in done.output
    assert (folder / "vault" / "vault.key").stat().st_mode & 0o077 == 0


def test_a_backup_of_the_node_is_no_vault(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "azul.backup"
    made = run(folder, "backup", "--to", str(file), answer=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert made.exit_code == 0, made.output
    done = run(folder, "vault", "restore", str(file), answer=f"{PASSPHRASE}\n")
    assert done.exit_code == 1
    assert "no copy of a vault" in done.output
