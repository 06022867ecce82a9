"""The text that an HTTP message signature covers (RFC 9421 §2).

Complete but for the component parameters `sf`, `bs`, `key` and `tr`, which no node uses. A
component that is not in the message is refused with MISSING_COVERAGE.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, quote

import http_sf
from http_sf.types import BareItemType, ItemOrInnerListType, ItemType

from protocol.errors import Reason, Refused
from protocol.fields import find_field

Parameters: TypeAlias = dict[str, BareItemType]

_TARGET: Final = re.compile(r"(https?)://([^/?#\s]+)(/[^?#\s]*)?(?:\?([^#\s]*))?")
_DEFAULT_PORTS: Final = {"https": ":443", "http": ":80"}


@dataclass(frozen=True, slots=True)
class Message:
    """The parts of a request, or of a response (`status`) to `request`, that can be covered."""

    fields: Sequence[tuple[str, str]]
    method: str = ""
    target_uri: str = ""
    status: int | None = None
    request: "Message | None" = None


@dataclass(frozen=True, slots=True)
class Component:
    """A covered component: a field's lower-case name or a derived one, and its parameters."""

    name: str
    parameters: Parameters

    def __str__(self) -> str:
        """The component identifier (RFC 9421 §2), such as `"@query-param";name="Pet"`."""
        return http_sf.ser((self.name, self.parameters))


@dataclass(frozen=True, slots=True)
class SignatureInput:
    """What one signature covers, and its parameters in the order in which they are signed."""

    components: Sequence[Component]
    parameters: Parameters

    def __str__(self) -> str:
        """The value of `@signature-params` (RFC 9421 §2.3)."""
        covered: list[ItemType] = [(one.name, one.parameters) for one in self.components]
        return http_sf.ser([(covered, self.parameters)])


def read_input(value: ItemOrInnerListType) -> SignatureInput | None:
    """One member of a parsed Signature-Input, or None where it is no inner list of strings."""
    if not isinstance(value, tuple) or not isinstance(value[0], list):
        return None
    components = []
    for item in value[0]:
        if not isinstance(item, tuple) or not isinstance(item[0], str):
            return None
        components.append(Component(item[0], item[1]))
    return SignatureInput(components, value[1])


def signature_base(message: Message, covered: SignatureInput) -> bytes:
    """The signature base (RFC 9421 §2.5): LF between its lines, none after the last."""
    identifiers = [str(component) for component in covered.components]
    if len(set(identifiers)) != len(identifiers):
        raise Refused(Reason.MISSING_COVERAGE, "cover every component once")
    lines = [
        f"{identifier}: {_value(message, component)}"
        for identifier, component in zip(identifiers, covered.components, strict=True)
    ]
    lines.append(f'"@signature-params": {covered}')
    base = "\n".join(lines)
    if not base.isascii() or base.count("\n") != len(identifiers) or "\r" in base:
        raise Refused(Reason.BAD_SIGNATURE, "cover only fields that are one line of ASCII")
    return base.encode("ascii")


def _value(message: Message, component: Component) -> str:
    name, rest = component.name, dict(component.parameters)
    of: Message | None = message.request if rest.pop("req", False) is True else message
    wanted = rest.pop("name", None) if name == "@query-param" else None
    value = None
    if of is not None and not rest:
        if isinstance(wanted, str):
            value = _query_parameter(of, wanted)
        elif name.startswith("@"):
            value = _derived(of, name)
        else:
            value = find_field(of.fields, name)
    if value is None:
        raise Refused(Reason.MISSING_COVERAGE, f"the message has no component {component}")
    return value


def _derived(message: Message, name: str) -> str | None:
    """A derived component (RFC 9421 §2.2), or None where the message has none of this name."""
    if name == "@status":
        return None if message.status is None else str(message.status)
    if message.status is not None:
        return None
    scheme, authority, path, query = _split_target(message.target_uri)
    values = {
        "@method": message.method,
        "@target-uri": message.target_uri,
        "@authority": authority,
        "@scheme": scheme,
        "@request-target": path if query is None else f"{path}?{query}",
        "@path": path,
        "@query": f"?{query or ''}",
    }
    return values.get(name)


def _split_target(target_uri: str) -> tuple[str, str, str, str | None]:
    found = _TARGET.fullmatch(target_uri)
    if found is None:
        raise Refused(Reason.BAD_NAME, "the target is no URI of a request")
    authority = found[2].lower().removesuffix(_DEFAULT_PORTS[found[1]])
    return found[1], authority, found[3] or "/", found[4]


def _query_parameter(message: Message, wanted: str) -> str | None:
    """The one value of a query parameter, both percent-encoded (RFC 9421 §2.2.8)."""
    *_, query = _split_target(message.target_uri)
    values = [
        _percent_encode(value)
        for name, value in parse_qsl(query or "", keep_blank_values=True)
        if _percent_encode(name) == wanted
    ]
    return values[0] if len(values) == 1 else None


def _percent_encode(text: str) -> str:
    return quote(text, safe="*-._").replace("~", "%7E")
