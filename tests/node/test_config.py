"""Settings: one schema says what exists; mistakes are named with the place they stand at."""

from pathlib import Path

import msgspec
import pytest

from node import config
from node.config import Settings
from protocol.errors import Reason, Refused

LEAST = {"node": {"base_url": "https://school.example"}}


def test_what_is_not_written_has_the_schemas_default() -> None:
    settings = config.build(LEAST, {})
    assert settings.listen.port == 8420
    assert settings.sign_in.argon2_memory_kib == 19456
    assert not settings.node.development


def test_a_variable_overrules_the_file() -> None:
    settings = config.build(LEAST, {"SCHOOLGATE_LISTEN__PORT": "9000"})
    assert settings.listen.port == 9000


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({"node": {"base_url": "https://a.example", "colour": 1}}, "node"),
        ({**LEAST, "listen": {"port": "many"}}, "listen.port"),
        ({**LEAST, "listen": {"port": 70000}}, "listen.port"),
        ({**LEAST, "unknown": {}}, "unknown"),
        ({}, "base_url"),
    ],
)
def test_a_mistake_is_refused_and_named(written: dict[str, object], place: str) -> None:
    with pytest.raises(Refused) as refused:
        config.build(written, {})
    assert refused.value.reason is Reason.BAD_SETTING
    assert place in refused.value.detail


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("not = [toml")
    with pytest.raises(Refused) as refused:
        config.load(file, {})
    assert str(file) in refused.value.detail


def test_every_described_setting_is_a_field_and_every_field_is_described() -> None:
    fields = {
        f"{section.name}.{one.name}"
        for section in msgspec.structs.fields(_as_struct(Settings))
        for one in msgspec.structs.fields(_as_struct(section.type))
    }
    assert {one.name for one in config.describe()} == fields


def _as_struct(kind: type) -> type[msgspec.Struct]:
    names = list(getattr(kind, "__annotations__", {}).items())
    return msgspec.defstruct("Shape", names)


def test_what_init_writes_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        config.to_toml({"node": {"base_url": 'https://a.example"\\', "development": True}})
    )
    settings = config.load(file, {})
    assert settings.node.base_url == 'https://a.example"\\'
    assert settings.node.development
