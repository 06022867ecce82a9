"""Requests signed for tests: as the product signs them, and over whatever else a test chooses."""

from collections.abc import Callable
from typing import ParamSpec, TypeAlias

import pytest

from protocol.canonical import b64
from protocol.digests import content_digest
from protocol.errors import Refused
from protocol.keys import PublicKey, Signer
from protocol.requests import CheckedRequest, Presented, read_signature, sign_request
from protocol.signature_base import Component, Message, SignatureInput, signature_base

ACTOR = "https://alpha.example/people/alice"
KEY_ID = f"{ACTOR}#ed25519-key"
SIGNER = Signer.from_seed(b"a" * 32)
NONCE = bytes(range(16))
NOW = 1_795_460_400
INBOX = "https://beta.example/inbox"
TYPE = "application/activity+json"
BODY = b'{"type":"Follow"}'
Headers: TypeAlias = list[tuple[str, str]]
P = ParamSpec("P")


def signed(
    *, method: str = "POST", url: str = INBOX, body: bytes | None = BODY, created: int = NOW
) -> Headers:
    added = sign_request(
        method=method,
        target_uri=url,
        key_id=KEY_ID,
        signer=SIGNER,
        created=created,
        nonce=NONCE,
        body=body,
        content_type=TYPE if body is not None else None,
    )
    sent = [] if body is None else [("Content-Type", TYPE)]
    return [("Host", "beta.example"), *sent, *added.items()]


def signed_over(
    names: str, parameters: str = "", *, url: str = INBOX, headers: Headers | None = None
) -> Headers:
    """A request whose signature holds, over components and parameters of the test's choice."""
    fields = headers or [("Content-Type", TYPE), ("Content-Digest", content_digest(BODY))]
    covered = SignatureInput([Component(name, {}) for name in names.split()], {})
    text = f"{covered}{parameters or PARAMETERS}"
    base = signature_base(Message(fields, "POST", url), covered).decode()
    whole = base.rpartition("\n")[0] + f'\n"@signature-params": {text}'
    value = SIGNER.sign(whole.lstrip("\n").encode())
    proof = f"sig1=:{b64_standard(value)}:"
    return [*fields, ("Signature-Input", f"sig1={text}"), ("Signature", proof)]


def b64_standard(data: bytes) -> str:
    text = b64(data).replace("-", "+").replace("_", "/")
    return text + "=" * (-len(text) % 4)


WHOLE = "@method @target-uri @authority content-type content-digest"
PARAMETERS = (
    f';created={NOW};expires={NOW + 300};keyid="{KEY_ID}";alg="ed25519";nonce="{b64(NONCE)}"'
)


def presented(headers: Headers, *, method: str = "POST", url: str = INBOX) -> Presented:
    return read_signature(method=method, target_uri=url, headers=headers)


def checked(
    headers: Headers,
    *,
    method: str = "POST",
    url: str = INBOX,
    body: bytes | None = BODY,
    now: int = NOW,
    key: PublicKey = SIGNER.public,
) -> CheckedRequest:
    return presented(headers, method=method, url=url).check(key, body, now)


def refusal(call: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> Refused:
    """How the call is refused."""
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value


def changed(headers: Headers, name: str, value: str) -> Headers:
    """The same fields, one of them with another value."""
    return [(own, value if own == name else one) for own, one in headers]
