"""Settings: `config.toml` in the data folder, overridden by `SCHOOLGATE_SECTION__KEY`.

`schemas/config.schema.json` is the one place that says which settings exist, what they default to
and what they mean; the dataclasses below give them types. A secret is never a setting: it lies in
a file of its own under `keys/`.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeAlias

import jsonschema
import msgspec

from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused

Value: TypeAlias = str | bool | int | float | list[str] | dict[str, str]
"""What a settings file may hold."""


@dataclass(frozen=True)
class NodeSettings:
    base_url: str
    development: bool
    mode: Literal["school", "hub"]
    reachability: Literal["public", "outbound-only"]
    address: str | None


@dataclass(frozen=True)
class ListenSettings:
    host: str
    port: int
    trusted_proxies: tuple[str, ...]


@dataclass(frozen=True)
class SignInSettings:
    argon2_memory_kib: int
    argon2_time_cost: int
    session_days: int
    failures_per_account: int
    failures_per_address: int


@dataclass(frozen=True)
class DeliverySettings:
    first_wait_s: float
    longest_wait_s: float


@dataclass(frozen=True)
class ReplicationSettings:
    coalesce_s: float
    compare_every_s: float
    relay_every_s: float


@dataclass(frozen=True)
class FileSettings:
    image_mib: int
    image_megapixels: int
    file_mib: int
    video_mib: int
    eager_mib: int
    space_mib: int
    export_days: int
    upload_hours: int
    pupil_mib: int
    held_mib: int
    brought_mib: int
    all_brought_mib: int


@dataclass(frozen=True)
class PupilSettings:
    consent_age: int


@dataclass(frozen=True)
class PrivacySettings:
    contact: str | None
    authority: str | None
    basis: Literal["public-task", "contract", "consent"]


@dataclass(frozen=True)
class QuotaSettings:
    space_mib: int
    school_mib: int
    partner_mib: int


@dataclass(frozen=True)
class HubSettings:
    refresh_s: float
    ask_every_s: float
    accreditation_days: int
    verification_days: int
    document_mib: int
    documents: int
    documents_mib: int
    documents_days: int
    warn_days: int
    approve_projects: bool


@dataclass(frozen=True)
class DirectorySettings:
    harvest_every_s: float
    hub_timeout_s: float


@dataclass(frozen=True)
class RemoteSettings:
    ca_file: str | None
    hosts: dict[str, str]
    outbound_proxy: str | None
    outbound_proxy_auth_file: str | None
    timeout_s: float


@dataclass(frozen=True)
class BackupSettings:
    folder: str | None
    passphrase_file: str | None
    nightly_hour_utc: int | None
    keep: int
    vault_folder: str | None
    vault_passphrase_file: str | None
    vault_keep: int


@dataclass(frozen=True)
class MailSettings:
    host: str | None
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str | None
    password_file: str | None
    sender: str | None


@dataclass(frozen=True)
class MetricsSettings:
    token_file: str | None


@dataclass(frozen=True)
class LogSettings:
    format: str


@dataclass(frozen=True)
class LimitSettings:
    partner_requests_per_5_min: int
    partner_burst: int
    partner_batches_per_5_min: int
    connections_per_address: int
    callbacks_per_hour: int
    views_per_5_min: int
    head_timeout_s: float
    body_timeout_s: float
    free_disk_mib: int


@dataclass(frozen=True)
class Settings:
    """All settings of a node, complete and checked."""

    node: NodeSettings
    listen: ListenSettings
    sign_in: SignInSettings
    delivery: DeliverySettings
    replication: ReplicationSettings
    files: FileSettings
    pupils: PupilSettings
    privacy: PrivacySettings
    quotas: QuotaSettings
    hub: HubSettings
    directory: DirectorySettings
    remote: RemoteSettings
    backup: BackupSettings
    mail: MailSettings
    metrics: MetricsSettings
    log: LogSettings
    limits: LimitSettings


@dataclass(frozen=True)
class Described:
    """One setting as `schoolgate config describe` prints it."""

    name: str
    variable: str
    default: object
    description: str


def schema() -> JSONObject:
    """The JSON Schema of the settings file."""
    text = files("schemas").joinpath("config.schema.json").read_text(encoding="utf-8")
    loaded: JSONObject = json.loads(text)
    return loaded


def describe() -> list[Described]:
    """Every setting with its default and its meaning, in the schema's order."""
    return [
        Described(
            f"{section}.{key}", variable(section, key), one.get("default"), str(one["description"])
        )
        for section, keys in _sections().items()
        for key, one in keys.items()
    ]


def variable(section: str, key: str) -> str:
    """The environment variable that overrides one setting."""
    return f"SCHOOLGATE_{section}__{key}".upper()


def load(file: Path, environment: Mapping[str, str]) -> Settings:
    """The settings of `file` with the overrides of `environment`.

    Refuses with BAD_SETTING, naming the setting, what was expected and where it was set.
    """
    return build(_read(file), environment, str(file))


def read(file: Path) -> dict[str, dict[str, Value]]:
    """The sections of a settings file as they are written. Refuses with BAD_SETTING."""
    written = _read(file)
    build(written, {}, str(file))
    return msgspec.convert(written, dict[str, dict[str, Value]])


def _read(file: Path) -> dict[str, object]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        sentence = f"{file} does not exist; `schoolgate init` makes it"
        raise Refused(Reason.BAD_SETTING, sentence) from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Refused(Reason.BAD_SETTING, f"{file} cannot be read: {error}") from None


def build(
    written: Mapping[str, object], environment: Mapping[str, str], where: str = "settings"
) -> Settings:
    """Settings from a mapping of sections as the file would hold them."""
    values: dict[str, object] = {
        section: dict(keys) if isinstance(keys, Mapping) else keys
        for section, keys in written.items()
    }
    for section, keys in _sections().items():
        chosen = values.setdefault(section, {})
        if not isinstance(chosen, dict):
            continue
        for key, one in keys.items():
            text = environment.get(variable(section, key))
            if text is not None:
                chosen[key] = _parse(text, one, variable(section, key))
            elif key not in chosen and "default" in one:
                chosen[key] = one["default"]
    error = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema()).iter_errors(values)
    )
    if error is not None:
        name = ".".join(str(part) for part in error.absolute_path) or "the file"
        raise Refused(Reason.BAD_SETTING, f"{where}: {name}: {error.message}")
    return msgspec.convert(values, Settings)


def _sections() -> dict[str, dict[str, dict[str, object]]]:
    known = msgspec.convert(schema(), _Schema)
    return {section: one.properties for section, one in known.properties.items()}


class _Section(msgspec.Struct):
    properties: dict[str, dict[str, object]]


class _Schema(msgspec.Struct):
    properties: dict[str, _Section]


def _parse(text: str, one: Mapping[str, object], name: str) -> object:
    """An environment variable's text in the setting's own type."""
    kind = one.get("type")
    if kind == "string" or (isinstance(kind, list) and "string" in kind):
        return text
    try:
        value: object = json.loads(text)
    except ValueError:
        raise Refused(
            Reason.BAD_SETTING, f"{name}: {text!r} is no {kind}; write it as JSON"
        ) from None
    return value


def put(file: Path, section: str, key: str, value: str | None) -> None:
    """Write one setting into the settings file; None takes it out. The rest stays as it is."""
    lines = file.read_text(encoding="utf-8").splitlines()
    heading = f"[{section}]"
    if heading not in lines:
        lines += ["", heading]
    start = lines.index(heading) + 1
    end = next(
        (at for at, line in enumerate(lines) if at >= start and line.startswith("[")), len(lines)
    )
    kept = [line for line in lines[start:end] if line.partition("=")[0].strip() != key]
    new = [] if value is None else [f"{key} = {json.dumps(value)}"]
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_text("\n".join([*lines[:start], *new, *kept, *lines[end:]]) + "\n", "utf-8")
    fresh.chmod(file.stat().st_mode)
    fresh.replace(file)


def to_toml(written: Mapping[str, Mapping[str, Value]]) -> str:
    """Sections of plain values as the settings file spells them (TOML strings are JSON's here)."""
    lines = []
    for section, keys in written.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {_toml(value)}" for key, value in keys.items()]
        lines.append("")
    return "\n".join(lines)


def _toml(value: Value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)
