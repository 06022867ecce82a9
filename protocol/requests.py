"""Signed requests between nodes: RFC 9421 (HTTP Message Signatures), RFC 9530 (Content-Digest).

A POST covers `"@method" "@target-uri" "@authority" "content-type" "content-digest"`, anything else
the first three; parameters `created`, `expires`, `keyid`, `alg="ed25519"`, `nonce`. The verifier
wants exactly one signature with that coverage or more, and rebuilds the target URI from its own
configured base: what a proxy or a `Host` header says is never part of it.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import http_sf

from protocol import names
from protocol.canonical import b64, unb64
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, Signer

LABEL = "sig1"
WINDOW_S = 300
NONCE_OCTETS = 16
ALGORITHM = "ed25519"
BODILESS = ("@method", "@target-uri", "@authority")
WITH_BODY = (*BODILESS, "content-type", "content-digest")
_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
_DERIVED = frozenset({"@method", "@target-uri", "@authority", "@path", "@query", "@scheme"})


@dataclass(frozen=True)
class CheckedRequest:
    """A request whose signature held: who signed, with which nonce, when (seconds)."""

    key_id: str
    actor: str
    nonce: str
    created: int


def content_digest(body: bytes) -> str:
    """The `Content-Digest` field of `body`, with SHA-256 (RFC 9530 §2)."""
    return http_sf.ser({"sha-256": (hashlib.sha256(body).digest(), {})})


def sign_request(
    *,
    method: str,
    target_uri: str,
    key_id: str,
    signer: Signer,
    created: int,
    nonce: bytes,
    body: bytes | None = None,
    content_type: str | None = None,
) -> dict[str, str]:
    """The header fields to add to a request. `created` in seconds, `nonce` of 16 octets."""
    fields = {}
    covered: tuple[str, ...] = BODILESS
    if body is not None:
        fields = {
            "content-type": content_type or "application/octet-stream",
            "content-digest": content_digest(body),
        }
        covered = WITH_BODY
    inner = " ".join(f'"{name}"' for name in covered)
    parameters = (
        f"({inner});created={created};expires={created + WINDOW_S}"
        f';keyid="{key_id}";alg="{ALGORITHM}";nonce="{b64(nonce)}"'
    )
    base = signature_base(method, target_uri, fields, covered, parameters)
    signature = signer.sign(base)
    added = {
        "Signature-Input": f"{LABEL}={parameters}",
        "Signature": http_sf.ser({LABEL: (signature, {})}),
    }
    if body is not None:
        added["Content-Digest"] = fields["content-digest"]
    return added


def signature_base(
    method: str,
    target_uri: str,
    fields: Mapping[str, str],
    covered: Sequence[str],
    parameters: str,
) -> bytes:
    """The signature base (RFC 9421 §2.5) of components without parameters of their own.

    `fields` has lower-case names and combined values; `parameters` is the text of
    `@signature-params` as sent. Refuses with MISSING_COVERAGE a component that is not there.
    """
    lines = []
    for name in covered:
        if name.startswith("@"):
            value = _derived(name, method, target_uri)
        elif name in fields:
            value = fields[name]
        else:
            raise Refused(Reason.MISSING_COVERAGE, f"the covered field {name} is not there")
        lines.append(f'"{name}": {value}')
    lines.append(f'"@signature-params": {parameters}')
    return "\n".join(lines).encode("ascii", "replace")


def _derived(name: str, method: str, target_uri: str) -> str:
    """A derived component's value (RFC 9421 §2.2)."""
    parts = urlsplit(target_uri)
    match name:
        case "@method":
            return method
        case "@target-uri":
            return target_uri
        case "@authority":
            default = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
            return parts.netloc.lower().removesuffix(default)
        case "@scheme":
            return parts.scheme.lower()
        case "@path":
            return parts.path or "/"
        case "@query":
            return "?" + parts.query
        case _:
            raise Refused(Reason.MISSING_COVERAGE, f"the component {name} is not used here")


@dataclass(frozen=True)
class Presented:
    """A request's one signature as it was sent, not yet checked."""

    key_id: str
    actor: str
    nonce: str
    created: int
    expires: int
    base: bytes
    signature: bytes
    digest_field: str | None

    def check(self, key: PublicKey, body: bytes | None, now: int) -> CheckedRequest:
        """The signature, time window (seconds) and body, checked against `key`.

        Refuses with OUTSIDE_TIME_WINDOW (fact `skew_s`), BAD_DIGEST, BAD_SIGNATURE.
        """
        skew_s = now - self.created
        if abs(skew_s) > WINDOW_S or self.expires <= now - WINDOW_S or self.expires < self.created:
            raise Refused(
                Reason.OUTSIDE_TIME_WINDOW,
                f"the request was signed {skew_s} s ago by this node's clock; "
                f"at most {WINDOW_S} s either way are accepted: set the clock",
                skew_s=skew_s,
            )
        if self.digest_field is not None:
            check_digest(self.digest_field, body or b"")
        if not key.verify(self.base, self.signature):
            raise Refused(Reason.BAD_SIGNATURE, "the request's signature does not hold")
        return CheckedRequest(self.key_id, self.actor, self.nonce, self.created)


def check_digest(field: str, body: bytes) -> None:
    """Refuse with BAD_DIGEST a `Content-Digest` that is not of `body` (sha-256, sha-512)."""
    try:
        digests = _dictionary(field)
    except (ValueError, http_sf.StructuredFieldError):
        raise Refused(Reason.BAD_DIGEST, "Content-Digest is no dictionary of digests") from None
    known = {name: item for name, item in digests.items() if name in _HASHES}
    if not known:
        raise Refused(Reason.BAD_DIGEST, "Content-Digest names neither sha-256 nor sha-512")
    for name, item in known.items():
        value = item[0] if isinstance(item, tuple) else None
        made = _HASHES[name](body).digest()
        if not isinstance(value, bytes) or not hmac.compare_digest(value, made):
            raise Refused(Reason.BAD_DIGEST, f"the body does not match its {name} digest")


def read_signature(
    *, method: str, target_uri: str, headers: Sequence[tuple[str, str]]
) -> Presented:
    """The one signature of a request, its parameters and its base.

    Refuses with MISSING_SIGNATURE (none, several, unreadable), MISSING_COVERAGE (a component or
    a parameter that must be there is not), BAD_SIGNATURE (an algorithm that the key does not have).
    """
    fields = _combine(headers)
    inputs, signatures = _parse(fields, "signature-input"), _parse(fields, "signature")
    if len(inputs) != 1 or set(inputs) != set(signatures):
        raise Refused(Reason.MISSING_SIGNATURE, "send exactly one signature, with its input")
    label = next(iter(inputs))
    covered, parameters = _components(inputs[label])
    has_body = method not in {"GET", "HEAD"}
    missing = [name for name in (WITH_BODY if has_body else BODILESS) if name not in covered]
    if missing:
        raise Refused(Reason.MISSING_COVERAGE, f"the signature must cover {', '.join(missing)}")
    if "content-digest" in fields and "content-digest" not in covered:
        raise Refused(Reason.MISSING_COVERAGE, "the signature must cover content-digest")
    _require_single(headers, covered)
    if parameters.get("alg", ALGORITHM) != ALGORITHM:
        raise Refused(Reason.BAD_SIGNATURE, "nodes sign with ed25519 and nothing else")
    key_id, nonce = parameters.get("keyid"), parameters.get("nonce")
    created, expires = parameters.get("created"), parameters.get("expires")
    item = signatures[label]
    signature = item[0] if isinstance(item, tuple) else None
    if not isinstance(key_id, str) or not isinstance(nonce, str):
        raise Refused(Reason.MISSING_COVERAGE, "the signature needs keyid and nonce")
    if type(created) is not int or type(expires) is not int:
        raise Refused(
            Reason.MISSING_COVERAGE, "the signature needs created and expires, in seconds"
        )
    if not isinstance(signature, bytes):
        raise Refused(Reason.MISSING_SIGNATURE, "the signature is no byte sequence")
    if len(unb64(nonce)) != NONCE_OCTETS:
        raise Refused(Reason.MISSING_COVERAGE, f"the nonce has {NONCE_OCTETS} random octets")
    text = fields["signature-input"].partition("=")[2].strip()
    base = signature_base(method, target_uri, fields, covered, text)
    actor = names.actor_of_key(key_id)
    digest_field = fields.get("content-digest") if has_body else None
    return Presented(key_id, actor, nonce, created, expires, base, signature, digest_field)


def _combine(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Field values by lower-case name, repeated ones joined (RFC 9421 §2.1)."""
    fields: dict[str, str] = {}
    for name, value in headers:
        name = name.lower()
        value = " ".join(value.strip().split("\r\n"))
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


def _parse(fields: Mapping[str, str], name: str) -> dict[str, object]:
    if name not in fields:
        raise Refused(Reason.MISSING_SIGNATURE, f"sign the request: {name} is missing (RFC 9421)")
    try:
        return _dictionary(fields[name])
    except (ValueError, http_sf.StructuredFieldError):
        raise Refused(Reason.MISSING_SIGNATURE, f"{name} is no structured dictionary") from None


def _dictionary(field: str) -> dict[str, object]:
    """A structured dictionary (RFC 9651 §3.2). Raises ValueError or StructuredFieldError."""
    parsed = http_sf.parse(field.encode("ascii"), tltype="dictionary")
    if not isinstance(parsed, dict):
        raise TypeError("http_sf gave no dictionary")
    return dict(parsed)


def _components(value: object) -> tuple[list[str], dict[str, object]]:
    """Names covered and signature parameters of one inner list."""
    if not isinstance(value, tuple) or not isinstance(value[0], list):
        raise Refused(Reason.MISSING_SIGNATURE, "signature-input holds no inner list")
    items, parameters = value
    covered = []
    for name, own in items:
        if not isinstance(name, str) or own:
            raise Refused(Reason.MISSING_COVERAGE, "components with parameters are not used here")
        if name.startswith("@") and name not in _DERIVED:
            raise Refused(Reason.MISSING_COVERAGE, f"the component {name} is not used here")
        covered.append(name)
    if len(set(covered)) != len(covered):
        raise Refused(Reason.MISSING_COVERAGE, "a component is covered twice")
    return covered, dict(parameters)


def _require_single(headers: Sequence[tuple[str, str]], covered: Sequence[str]) -> None:
    """A covered field sent twice could be read differently by two readers."""
    sent = [name.lower() for name, _ in headers]
    for name in (*covered, "signature", "signature-input"):
        if sent.count(name) > 1:
            raise Refused(Reason.BAD_SIGNATURE, f"the field {name} is sent twice; send it once")
