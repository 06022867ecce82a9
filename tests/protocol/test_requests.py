"""Requests between nodes: one signature, full coverage, over the bytes and the way they came."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.canonical import b64
from protocol.digests import content_digest
from protocol.errors import Reason
from protocol.fields import find_field
from protocol.requests import CheckedRequest, sign_request, target_uri
from tests.protocol.signing import (
    ACTOR,
    BODY,
    INBOX,
    KEY_ID,
    NONCE,
    NOW,
    SIGNER,
    TYPE,
    WHOLE,
    changed,
    checked,
    refusal,
    signed,
    signed_over,
)


def test_a_signed_post_is_accepted() -> None:
    request = checked(signed())
    assert (request.key_id, request.actor) == (KEY_ID, ACTOR)
    assert (request.nonce, request.created) == (b64(NONCE), NOW)


def test_a_signed_get_is_accepted() -> None:
    url = "https://beta.example/changes?after=7&limit=500"
    headers = signed(method="GET", url=url, body=None)
    assert checked(headers, method="GET", url=url, body=None).actor == ACTOR
    assert checked(headers, method="GET", url=url, body=b"").actor == ACTOR


def test_an_empty_body_is_a_body() -> None:
    assert checked(signed(body=b""), body=b"").actor == ACTOR
    assert checked(signed(body=b""), body=None).actor == ACTOR


def test_a_request_says_what_the_protocol_asks_for() -> None:
    assert dict(signed())["Signature-Input"] == (
        'sig1=("@method" "@target-uri" "@authority" "content-type" "content-digest")'
        f';created={NOW};expires={NOW + 300};keyid="{KEY_ID}";alg="ed25519";nonce="{b64(NONCE)}"'
    )
    get = signed(method="GET", body=None)
    assert dict(get)["Signature-Input"].startswith('sig1=("@method" "@target-uri" "@authority");')
    assert find_field(get, "content-digest") is None


def test_the_tests_own_signer_signs_as_the_product_does() -> None:
    assert checked(signed_over(WHOLE)).actor == ACTOR


def test_covering_more_than_asked_is_welcome() -> None:
    headers = [("Content-Type", TYPE), ("Content-Digest", content_digest(BODY)), ("Date", "now")]
    assert checked(signed_over(f"{WHOLE} @path @query @scheme date", headers=headers))


def test_a_request_is_signed_anew_with_a_nonce_of_16_bytes() -> None:
    for nonce in (b"", bytes(15), bytes(17)):
        with pytest.raises(ValueError, match="nonce"):
            sign_request(
                method="GET",
                target_uri=INBOX,
                key_id=KEY_ID,
                signer=SIGNER,
                created=NOW,
                nonce=nonce,
            )


# A020
@pytest.mark.parametrize("missing", WHOLE.split())
def test_a_signature_that_leaves_something_out_is_refused(missing: str) -> None:
    names = " ".join(name for name in WHOLE.split() if name != missing)
    assert refusal(checked, signed_over(names)).reason is Reason.MISSING_COVERAGE


@pytest.mark.parametrize(
    "names", ["date", "host date", "", "@method", "@path @query", "(request-target)"]
)
def test_a_valid_signature_that_covers_next_to_nothing_is_refused(names: str) -> None:
    fields = [("Date", "Mon, 23 Nov 2026 19:00:00 GMT"), ("Host", "beta.example")]
    fields += [("(request-target)", "post /inbox")]
    headers = signed_over(names, headers=fields)
    assert refusal(checked, headers).reason is Reason.MISSING_COVERAGE


# A021
def test_a_body_altered_by_one_byte_is_refused() -> None:
    for body in (BODY[:-1] + b"]", BODY + b"\n", b"", None):
        assert refusal(checked, signed(), body=body).reason is Reason.BAD_DIGEST


# A022
def test_a_digest_that_is_not_covered_or_sent_twice_is_refused() -> None:
    bare = "@method @target-uri @authority content-type"
    assert refusal(checked, signed_over(bare)).reason is Reason.MISSING_COVERAGE
    get = [*signed(method="GET", body=None), ("Content-Digest", content_digest(BODY))]
    for body in (None, BODY):
        assert refusal(checked, get, method="GET", body=body).reason is Reason.MISSING_COVERAGE
    for name, value in (
        ("content-digest", content_digest(b"{}")),
        ("Content-Digest", "sha-256=::"),
    ):
        for headers in ([(name, value), *signed()], [*signed(), (name, value)]):
            assert refusal(checked, headers).reason is Reason.BAD_SIGNATURE


def test_a_digest_replaced_with_the_body_is_refused() -> None:
    headers = changed(signed(), "Content-Digest", content_digest(b"{}"))
    assert refusal(checked, headers, body=b"{}").reason is Reason.BAD_SIGNATURE


def test_a_get_with_a_body_that_nobody_signed_is_refused() -> None:
    headers = signed(method="GET", body=None)
    reason = refusal(checked, headers, method="GET", body=b"{}").reason
    assert reason is Reason.MISSING_COVERAGE


@pytest.mark.parametrize("name", ["Content-Type", "Signature", "Signature-Input", "Content-Digest"])
def test_a_field_that_matters_is_sent_once(name: str) -> None:
    headers = signed()
    twice = [*headers, (name.upper(), dict(headers)[name])]
    expected = {Reason.BAD_SIGNATURE, Reason.MISSING_SIGNATURE}
    assert refusal(checked, twice).reason in expected


def test_a_content_type_changed_on_the_way_is_refused() -> None:
    headers = changed(signed(), "Content-Type", "text/html")
    assert refusal(checked, headers).reason is Reason.BAD_SIGNATURE


# A023 and A024
@pytest.mark.parametrize(
    "url",
    [
        "https://gamma.example/inbox",
        "https://beta.example/outbox",
        "https://beta.example/inbox?",
        "https://beta.example/inbox?x=1",
        "https://beta.example:8443/inbox",
        "https://beta.example/inbox/",
        "https://BETA.example/inbox",
        "https://beta.example/%69nbox",
        "http://beta.example/inbox",
    ],
)
def test_a_request_is_worth_nothing_at_another_node_or_path(url: str) -> None:
    assert refusal(checked, signed(), url=url).reason is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "post", "POST "])
def test_a_request_is_worth_nothing_with_another_method(method: str) -> None:
    assert refusal(checked, signed(), method=method).reason is Reason.BAD_SIGNATURE


def test_a_get_is_worth_nothing_as_a_post() -> None:
    headers = signed(method="GET", body=None)
    assert refusal(checked, headers, body=None).reason is Reason.MISSING_COVERAGE


def test_what_a_proxy_says_about_the_host_plays_no_part() -> None:
    headers = [*signed()[1:], ("Host", "evil.example"), ("X-Forwarded-Host", "evil.example")]
    assert checked(headers).actor == ACTOR


def test_the_target_is_the_configured_base_and_the_raw_path() -> None:
    base = "https://beta.example"
    assert target_uri(base, "/inbox?x=%2F") == "https://beta.example/inbox?x=%2F"
    for raw in (
        "",
        "inbox",
        ".evil.example/inbox",
        "@evil.example/",
        ":8443/",
        "https://evil.example/",
    ):
        assert refusal(target_uri, base, raw).reason is Reason.BAD_NAME


def test_nobody_else_says_that_a_request_is_checked() -> None:
    with pytest.raises(TypeError):
        CheckedRequest(KEY_ID, ACTOR, b64(NONCE), NOW, object())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=100), st.integers(0, 10**10), st.binary(min_size=16, max_size=16))
def test_every_signed_body_is_accepted_once_as_signed(
    body: bytes, created: int, nonce: bytes
) -> None:
    added = sign_request(
        method="POST",
        target_uri=INBOX,
        key_id=KEY_ID,
        signer=SIGNER,
        created=created,
        nonce=nonce,
        body=body,
        content_type=TYPE,
    )
    request = checked([("content-type", TYPE), *added.items()], body=body, now=created)
    assert (request.created, request.nonce) == (created, b64(nonce))
