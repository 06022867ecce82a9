"""The command line as an administrator types it: what it prints, what it refuses, and how."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from node.cli import schoolgate
from tests.nodes import CHEAP, PASSWORD


def run(folder: Path, *words: str, answer: str | None = None) -> Result:
    """Run one command on `folder`."""
    environment = CHEAP | {"SCHOOLGATE_FOLDER": str(folder)}
    return CliRunner().invoke(schoolgate, words, input=answer, env=environment)


def init(folder: Path, *more: str, password: str = PASSWORD) -> Result:
    words = ["init", "--base-url", "http://127.0.0.9:8420", "--development"]
    words += ["--school", "Escola Azul", "--country", "pt"]
    words += ["--admin-handle", "rosa", "--admin-name", "Rosa Martins", "--password-stdin"]
    return run(folder, *words, *more, answer=password)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A node that is set up."""
    done = init(tmp_path / "node")
    assert done.exit_code == 0, done.output
    return tmp_path / "node"


def test_init_prints_the_fingerprint_and_how_to_start(tmp_path: Path) -> None:
    done = init(tmp_path / "node")
    assert done.exit_code == 0
    assert "fingerprint" in done.output
    assert "schoolgate serve" in done.output
    assert (tmp_path / "node" / "keys" / "node.key").stat().st_mode & 0o777 == 0o600


def test_init_refuses_a_folder_that_holds_a_node(folder: Path) -> None:
    key = (folder / "keys" / "node.key").read_bytes()
    done = init(folder)
    assert done.exit_code == 1
    assert "already holds a node" in done.output
    assert (folder / "keys" / "node.key").read_bytes() == key


def test_init_refuses_a_short_password_before_it_writes_anything(tmp_path: Path) -> None:
    done = init(tmp_path / "node", password="short")
    assert done.exit_code == 1
    assert "at least" in done.output
    assert not (tmp_path / "node").exists()


@pytest.mark.parametrize(
    "address", ["http://school.example", "https://school.example/path", "ftp://x.example", "school"]
)
def test_init_refuses_an_address_that_cannot_be_public(tmp_path: Path, address: str) -> None:
    done = init(tmp_path / "node", "--base-url", address)
    assert done.exit_code == 1
    assert not (tmp_path / "node").exists()


def test_a_missing_folder_is_named_with_how_to_mend_it(tmp_path: Path) -> None:
    done = run(tmp_path / "nowhere", "user", "list")
    assert done.exit_code == 1
    assert "schoolgate init" in done.output


def test_people_are_added_listed_and_ended(folder: Path) -> None:
    added = run(folder, "user", "add", "ana", "--name", "Ana", "--password-stdin", answer=PASSWORD)
    assert added.exit_code == 0, added.output
    assert "active   ana" in run(folder, "user", "list").output
    assert run(folder, "user", "end", "ana").exit_code == 0
    assert "ended    ana" in run(folder, "user", "list").output


def test_the_last_administrator_stays(folder: Path) -> None:
    done = run(folder, "user", "end", "rosa")
    assert done.exit_code == 1
    assert "last administrator" in done.output


def test_a_taken_handle_is_refused(folder: Path) -> None:
    done = run(folder, "user", "add", "rosa", "--name", "Rosa", "--password-stdin", answer=PASSWORD)
    assert done.exit_code == 1
    assert "taken" in done.output


def test_an_invitation_is_an_address_of_this_node(folder: Path) -> None:
    done = run(folder, "user", "invite", "ana", "--name", "Ana")
    assert done.exit_code == 0
    assert done.output.startswith("http://127.0.0.9:8420/invite/")


def test_doctor_finds_a_new_node_sound(folder: Path) -> None:
    done = run(folder, "doctor")
    assert done.exit_code == 0, done.output
    assert "the database is sound" in done.output


def test_doctor_tells_that_a_key_is_readable_by_others(folder: Path) -> None:
    (folder / "keys" / "node.key").chmod(0o644)
    done = run(folder, "doctor")
    assert done.exit_code == 1
    assert "chmod 600" in done.output


def test_an_unreachable_partner_is_told_in_a_sentence(folder: Path) -> None:
    done = run(folder, "partner", "add", "http://127.0.0.8:9")
    assert done.exit_code == 1
    assert done.output.startswith("schoolgate: ")
    assert "Traceback" not in done.output


def test_approving_needs_the_fingerprint_that_was_compared(folder: Path) -> None:
    done = run(folder, "partner", "approve", "http://127.0.0.8:9", "0000 0000")
    assert done.exit_code == 1
    assert "not on the list" in done.output


def test_there_are_no_spaces_at_first(folder: Path) -> None:
    done = run(folder, "space", "list")
    assert (done.exit_code, done.output) == (0, "")


def test_every_setting_is_described_with_its_variable(tmp_path: Path) -> None:
    done = run(tmp_path, "config", "describe")
    assert done.exit_code == 0
    assert "SCHOOLGATE_NODE__BASE_URL" in done.output
    assert "listen.port = 8420" in done.output


def test_a_bare_node_prints_where_it_is_set_up(tmp_path: Path) -> None:
    words = ["init", "--bare", "--base-url", "http://127.0.0.9:8420", "--development"]
    done = run(tmp_path / "node", *words)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("http://127.0.0.9:8420/setup#")
    again = run(tmp_path / "node", "setup-address")
    assert again.exit_code == 0
    assert again.output != done.output
    assert "not set up" in run(tmp_path / "node", "doctor").output


def test_a_node_that_is_set_up_gives_no_setup_address(folder: Path) -> None:
    done = run(folder, "setup-address")
    assert done.exit_code == 1
    assert "set up already" in done.output


def test_a_second_node_takes_the_settings_of_the_first(folder: Path) -> None:
    file = folder / "config.toml"
    more = '[sign_in]\nsession_days = 7\n[listen]\ntrusted_proxies = ["127.0.0.1"]\n'
    text = file.read_text().replace("[listen]\n", more)
    file.write_text(text)
    second = folder.with_name("second")
    words = ["init", "--bare", "--base-url", "http://127.0.0.8:8421", "--development"]
    done = run(second, *words, "--listen-port", "8421", "--like", str(folder))
    assert done.exit_code == 0, done.output
    written = (second / "config.toml").read_text()
    assert "session_days = 7" in written
    assert 'trusted_proxies = ["127.0.0.1"]' in written
    assert "http://127.0.0.8:8421" in written
    assert "port = 8421" in written
    keys = [(one / "keys" / "node.key").read_bytes() for one in (folder, second)]
    assert keys[0] != keys[1]


def test_the_id_of_a_space_may_begin_with_a_hyphen(folder: Path, tmp_path: Path) -> None:
    for command in ("show", "heads", "verify", "refold", "export"):
        rest = [str(tmp_path / "space.zip")] if command == "export" else []
        for named in ("-" + "A" * 42, "--" + "A" * 41, "space:-" + "A" * 42):
            done = run(folder, "space", command, named, *rest)
            assert done.exit_code == 1, done.output
            assert "there is no space -" in done.output.lower()
