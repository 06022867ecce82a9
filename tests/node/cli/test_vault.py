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


def test_the_passphrase_of_its_own_is_taken_where_one_is_set(folder: Path, tmp_path: Path) -> None:
    (folder / "keys" / "backup.passphrase").write_text("another one of the node's backups")
    own, file = tmp_path / "vault.passphrase", tmp_path / "azul.vault"
    own.write_text(PASSPHRASE)
    with (folder / "config.toml").open("a") as config:
        config.write(f'\n[backup]\nvault_folder = "{tmp_path}"\nvault_passphrase_file = "{own}"\n')
    words = ("vault", "backup", "--to", str(file))
    nightly = run(folder, *words, "--passphrase-file", str(own))
    assert nightly.exit_code == 0, nightly.output
    (folder / "vault").rename(folder / "vault.old")
    done = run(folder, "vault", "restore", str(file))
    assert done.exit_code == 0, done.output
    assert run(folder, *words).exit_code == 0
    (folder / "vault").rename(folder / "vault.older")
    again = run(folder, "vault", "restore", str(file), "--passphrase-file", str(own))
    assert again.exit_code == 0, again.output
    (folder / "vault").rename(folder / "vault.oldest")
    bad = run(folder, "vault", "restore", str(file), "--passphrase-file", str(tmp_path / "none"))
    assert "write the passphrase of the copies of the vault into it" in bad.output


def test_a_backup_of_the_node_is_no_vault(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "azul.backup"
    made = run(folder, "backup", "--to", str(file), answer=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert made.exit_code == 0, made.output
    done = run(folder, "vault", "restore", str(file), answer=f"{PASSPHRASE}\n")
    assert done.exit_code == 1
    assert "no copy of a vault" in done.output
