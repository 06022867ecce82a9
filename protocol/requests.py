"""Signed requests between nodes: one profile of RFC 9421, with Content-Digest of RFC 9530.

A POST covers `"@method" "@target-uri" "@authority" "content-type" "content-digest"`, a GET the
first three; parameters `created`, `expires` (at most 300 s later), `keyid`, `alg="ed25519"`,
`nonce` (16 random bytes). The verifier wants exactly one signature with that coverage or more. The
target URI is this node's configured base and the raw path, whatever `Host` or a proxy says.

Nobody but the caller can know whether (keyid, nonce) was seen before: it remembers each for twice
the window and refuses a second use with REPLAYED.
"""

import re
from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from typing import Final

import http_sf

from protocol import names
from protocol.canonical import b64
from protocol.digests import check_digest, content_digest
from protocol.errors import Reason, Refused
from protocol.fields import count_fields, find_field, read_dictionary
from protocol.keys import PublicKey, Signer
from protocol.signature_base import (
    Component,
    Message,
    Parameters,
    SignatureInput,
    read_input,
    signature_base,
)

LABEL: Final = "sig1"
ALGORITHM: Final = "ed25519"
WINDOW_S: Final = 300
NONCE_BYTES: Final = 16

_ALWAYS_COVERED: Final = ("@method", "@target-uri", "@authority")
_BODY_COVERED: Final = ("content-type", "content-digest")
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
_SEAL: Final = object()


@dataclass(frozen=True, slots=True)
class CheckedRequest:
    """A request whose signature held: which key, whose it is, its nonce, when (Unix seconds).

    Only `Presented.check` makes one.
    """

    key_id: str
    actor: str
    nonce: str
    created: int
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only Presented.check says that a request is checked")


@dataclass(frozen=True, slots=True)
class Presented:
    """A request's one signature as it was sent: well formed, of full coverage, not yet checked."""

    key_id: str
    actor: str
    nonce: str
    created: int
    expires: int
    base: bytes
    signature: bytes
    digest_field: str | None

    def check(self, key: PublicKey, body: bytes | None, now: int) -> CheckedRequest:
        """The request, checked with the key that `key_id` names; `now` in Unix seconds.

        Refuses with OUTSIDE_TIME_WINDOW (fact `skew_s`: how long ago it was signed), BAD_DIGEST or
        MISSING_COVERAGE (the received body is not the one that was signed), BAD_SIGNATURE.
        """
        self._check_time(now)
        if self.digest_field is not None:
            check_digest(self.digest_field, body or b"")
        elif body:
            raise Refused(Reason.MISSING_COVERAGE, "cover content-digest where there is a body")
        if not key.verify(self.base, self.signature):
            raise Refused(Reason.BAD_SIGNATURE, "the signature does not hold; sign what is sent")
        return CheckedRequest(self.key_id, self.actor, self.nonce, self.created, _SEAL)

    def _check_time(self, now: int) -> None:
        skew_s = now - self.created
        if abs(skew_s) > WINDOW_S or now > self.expires:
            raise Refused(
                Reason.OUTSIDE_TIME_WINDOW,
                f"by this node's clock the request was signed {skew_s} s ago, at most {WINDOW_S} s "
                "either way are accepted; set the clock",
                skew_s=skew_s,
            )


def target_uri(base: str, raw_target: str) -> str:
    """The URI that a received request was for: the configured base and the raw request target.

    Refuses with BAD_NAME a target that is no path: `.evil.example/` would change the host.
    """
    if not raw_target.startswith("/") or "#" in raw_target:
        raise Refused(Reason.BAD_NAME, "ask for a path")
    return base + raw_target


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
    """The fields to add to a request: Signature-Input, Signature, with a body Content-Digest.

    `created` in Unix seconds, `nonce` 16 random bytes, never used before. With a body its
    `content_type` is covered as given; the caller sends that same Content-Type.
    """
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes")
    covered, added = list(_ALWAYS_COVERED), {}
    if body is not None:
        if content_type is None:
            raise ValueError("a body has a content type")
        covered += _BODY_COVERED
        added["Content-Digest"] = content_digest(body)
    input_ = SignatureInput(
        [Component(name, {}) for name in covered],
        {
            "created": created,
            "expires": created + WINDOW_S,
            "keyid": key_id,
            "alg": ALGORITHM,
            "nonce": b64(nonce),
        },
    )
    fields = [("content-type", content_type or ""), *added.items()]
    signature = signer.sign(signature_base(Message(fields, method, target_uri), input_))
    return {
        **added,
        "Signature-Input": f"{LABEL}={input_}",
        "Signature": http_sf.ser({LABEL: signature}),
    }


def read_signature(
    *, method: str, target_uri: str, headers: Sequence[tuple[str, str]]
) -> Presented:
    """The one signature of a request, before its key is looked for.

    Refuses with MISSING_SIGNATURE (none, several, unreadable), MISSING_COVERAGE (a component or
    parameter is missing), BAD_SIGNATURE (another algorithm, or a covered field is sent twice),
    OUTSIDE_TIME_WINDOW (it wants to hold for longer), UNKNOWN_KEY (a key id
    that no actor can have).
    """
    input_, signature = _read_one(headers)
    covers_digest = _check_coverage(method, headers, input_.components)
    parameters = input_.parameters
    _check_algorithm(parameters)
    key_id, nonce = _text(parameters, "keyid"), _text(parameters, "nonce")
    if _NONCE.fullmatch(nonce) is None:
        raise Refused(Reason.MISSING_COVERAGE, "write a nonce of 16 random bytes as base64url")
    created, expires = _seconds(parameters, "created"), _seconds(parameters, "expires")
    if not created < expires <= created + WINDOW_S:
        raise Refused(Reason.OUTSIDE_TIME_WINDOW, f"let it expire {WINDOW_S} s after created")
    return Presented(
        key_id=key_id,
        actor=_owner(key_id),
        nonce=nonce,
        created=created,
        expires=expires,
        base=signature_base(Message(headers, method, target_uri), input_),
        signature=signature,
        digest_field=find_field(headers, "content-digest") if covers_digest else None,
    )


def _read_one(headers: Sequence[tuple[str, str]]) -> tuple[SignatureInput, bytes]:
    """The only signature of the request, with its input under the same label."""
    inputs, signatures = _dictionary(headers, "signature-input"), _dictionary(headers, "signature")
    if len(inputs) != 1 or inputs.keys() != signatures.keys():
        raise Refused(Reason.MISSING_SIGNATURE, "send exactly one signature, with its input")
    ((_, covered),), ((_, item),) = inputs.items(), signatures.items()
    input_ = read_input(covered)
    signature = item[0] if isinstance(item, tuple) else item
    if input_ is None or not isinstance(signature, bytes):
        raise Refused(Reason.MISSING_SIGNATURE, "write the signature as RFC 9421 defines it")
    return input_, signature


def _dictionary(headers: Sequence[tuple[str, str]], name: str) -> http_sf.DictionaryType:
    value = find_field(headers, name)
    if value is None:
        raise Refused(Reason.MISSING_SIGNATURE, f"sign the request: {name} is missing (RFC 9421)")
    read = read_dictionary(value)
    if read is None:
        raise Refused(Reason.MISSING_SIGNATURE, f"{name} has to be one structured dictionary")
    return read


def _check_coverage(
    method: str, headers: Sequence[tuple[str, str]], components: Sequence[Component]
) -> bool:
    """Refuse what covers too little; gives whether the digest is covered.

    A field that is sent twice has no one meaning, so that covering it says nothing. A digest that
    is sent but not covered would look like a promise that nobody made.
    """
    if any(component.parameters for component in components):
        raise Refused(Reason.MISSING_COVERAGE, "cover whole components, without parameters")
    covered = {component.name for component in components}
    sends_digest = find_field(headers, "content-digest") is not None
    has_body = method not in {"GET", "HEAD"} or sends_digest
    wanted = _ALWAYS_COVERED + (_BODY_COVERED if has_body else ())
    missing = [name for name in wanted if name not in covered]
    if missing:
        raise Refused(Reason.MISSING_COVERAGE, f"let the signature cover {', '.join(missing)}")
    repeated = [name for name in covered if count_fields(headers, name) > 1]
    if repeated:
        raise Refused(Reason.BAD_SIGNATURE, f"send {', '.join(repeated)} once")
    return has_body


def _check_algorithm(parameters: Parameters) -> None:
    # The key decides; the parameter may repeat it and never chooses (CVE-2022-29217).
    algorithm = parameters.get("alg", ALGORITHM)
    if not isinstance(algorithm, str) or algorithm != ALGORITHM:
        raise Refused(Reason.BAD_SIGNATURE, f"sign with {ALGORITHM}; no other algorithm is used")


def _owner(key_id: str) -> str:
    try:
        return names.actor_of_key(key_id)
    except Refused as why:
        raise Refused(Reason.UNKNOWN_KEY, f"no actor has a key of that id: {why.detail}") from why


def _text(parameters: Parameters, name: str) -> str:
    value = parameters.get(name)
    if not isinstance(value, str):
        raise Refused(Reason.MISSING_COVERAGE, f"the signature needs the parameter {name}")
    return value


def _seconds(parameters: Parameters, name: str) -> int:
    value = parameters.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(Reason.MISSING_COVERAGE, f"the signature needs {name}, in whole Unix seconds")
    return value
