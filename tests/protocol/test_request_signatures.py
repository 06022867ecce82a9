"""The signature of a request: its time, nonce, algorithm and key, and every malformed shape."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.canonical import b64
from protocol.errors import Reason, Refused
from protocol.keys import Signer
from protocol.signature_base import Component, Message, SignatureInput, signature_base
from tests.protocol.signing import (
    ACTOR,
    INBOX,
    KEY_ID,
    NONCE,
    NOW,
    PARAMETERS,
    SIGNER,
    WHOLE,
    b64_standard,
    changed,
    checked,
    presented,
    refusal,
    signed,
    signed_over,
)


# A025
@pytest.mark.parametrize("skew_s", [301, 721, 13 * 3600, -301, -7200, 10**9])
def test_a_request_out_of_time_is_refused_and_told_by_how_much(skew_s: int) -> None:
    refused = refusal(checked, signed(), now=NOW + skew_s)
    assert refused.reason is Reason.OUTSIDE_TIME_WINDOW
    assert refused.facts == {"skew_s": skew_s}
    assert str(skew_s) in refused.detail


@pytest.mark.parametrize("skew_s", [0, 1, 299, 300, -1, -300])
def test_five_minutes_either_way_are_in_time(skew_s: int) -> None:
    assert checked(signed(), now=NOW + skew_s).created == NOW


@pytest.mark.parametrize("name", ["created", "expires", "keyid", "nonce"])
@pytest.mark.parametrize("value", [None, "?1", "sometime", ":AAAA:", "1.5", '"now"'])
def test_a_missing_or_unreadable_parameter_is_refused(name: str, value: str | None) -> None:
    given_value = "" if value is None else f";{name}={value}"
    parameters = re.sub(rf';{name}=("[^"]*"|\d+)', given_value, PARAMETERS)
    headers = signed_over(WHOLE, parameters)
    reason = refusal(checked, headers).reason
    expected = (
        Reason.UNKNOWN_KEY if (name, value) == ("keyid", '"now"') else Reason.MISSING_COVERAGE
    )
    assert reason is expected


@pytest.mark.parametrize(("created", "expires"), [(NOW, NOW), (NOW, NOW - 1), (NOW, NOW + 301)])
def test_a_signature_that_wants_to_hold_for_ever_or_never_is_refused(
    created: int, expires: int
) -> None:
    parameters = re.sub(
        r"created=\d+;expires=\d+", f"created={created};expires={expires}", PARAMETERS
    )
    refused = refusal(checked, signed_over(WHOLE, parameters))
    assert refused.reason is Reason.OUTSIDE_TIME_WINDOW


def test_a_signature_ends_where_it_says() -> None:
    headers = signed_over(WHOLE, PARAMETERS.replace(str(NOW + 300), str(NOW + 10)))
    assert checked(headers, now=NOW + 10)
    assert refusal(checked, headers, now=NOW + 11).reason is Reason.OUTSIDE_TIME_WINDOW


# A026: the caller remembers (keyid, nonce), so that a request needs a nonce worth remembering.
@pytest.mark.parametrize(
    "nonce", ["", "1", "A" * 21, "A" * 23, "A" * 21 + "B", "A" * 22 + "==", " " * 22]
)
def test_a_nonce_has_16_bytes_in_one_spelling(nonce: str) -> None:
    headers = signed_over(WHOLE, PARAMETERS.replace(b64(NONCE), nonce))
    assert refusal(checked, headers).reason is Reason.MISSING_COVERAGE


def test_the_same_request_is_the_same_pair_of_key_and_nonce() -> None:
    first, second = checked(signed()), checked(signed())
    assert (first.key_id, first.nonce) == (second.key_id, second.nonce)


# A027
@pytest.mark.parametrize(
    "algorithm",
    [
        *('"none"', '"hmac-sha256"', '"rsa-v1_5-sha256"', '"rsa-pss-sha512"', '"ed25519ph"'),
        *('""', '"ED25519"', "ed25519", "?1", "25519"),
    ],
)
def test_another_algorithm_than_the_keys_own_is_refused(algorithm: str) -> None:
    parameters = PARAMETERS.replace('alg="ed25519"', f"alg={algorithm}")
    assert refusal(checked, signed_over(WHOLE, parameters)).reason is Reason.BAD_SIGNATURE


def test_a_public_key_is_no_shared_secret() -> None:
    mac = b64_standard(SIGNER.public.raw * 2)
    headers = changed(signed(), "Signature", f"sig1=:{mac}:")
    assert refusal(checked, headers).reason is Reason.BAD_SIGNATURE


def test_the_key_of_another_actor_does_not_fit() -> None:
    other = Signer.from_seed(b"b" * 32).public
    assert refusal(checked, signed(), key=other).reason is Reason.BAD_SIGNATURE


# A028
@pytest.mark.parametrize(
    "key_id",
    [
        *("http://169.254.169.254/latest", "http://127.0.0.1:5432/", f"{ACTOR}#main-key", ""),
        *("https://user@alpha.example/a#ed25519-key", "did:key:z6Mk#ed25519-key", "alice"),
    ],
)
def test_a_key_id_that_no_actor_can_have_is_refused_as_unknown(key_id: str) -> None:
    headers = signed_over(WHOLE, PARAMETERS.replace(KEY_ID, key_id))
    assert refusal(presented, headers).reason is Reason.UNKNOWN_KEY


@pytest.mark.parametrize("name", ["Signature", "Signature-Input"])
@pytest.mark.parametrize(
    "value", [None, "", "sig1", "sig1=1", "sig1=()", "sig1=(1)", "sig2=:AA==:", "é"]
)
def test_a_request_without_one_whole_signature_is_refused(name: str, value: str | None) -> None:
    headers = [(own, one) for own, one in signed() if own != name]
    if value is not None:
        headers.append((name, value))
    expected = {Reason.MISSING_SIGNATURE}
    if (name, value) == ("Signature-Input", "sig1=()"):
        expected = {Reason.MISSING_COVERAGE}
    assert refusal(checked, headers).reason in expected


def test_more_than_one_signature_is_refused() -> None:
    headers = signed()
    both = headers
    for name in ("Signature", "Signature-Input"):
        text = dict(headers)[name]
        both = changed(both, name, f"{text}, {text.replace('sig1', 'sig2')}")
    assert refusal(checked, both).reason is Reason.MISSING_SIGNATURE
    signature = dict(headers)["Signature"]
    same = changed(headers, "Signature", f"{signature}, {signature}")
    assert refusal(checked, same).reason is Reason.MISSING_SIGNATURE


def test_a_component_covered_twice_or_with_parameters_is_refused() -> None:
    covered = [f'"{name}"' for name in WHOLE.split()]
    for inner in (
        *([*covered, '"@method"'], [*covered, '"content-type"']),
        [*covered, '"@query-param";name="x"'],
        *([*covered[:4], covered[4] + own] for own in (";sf", ";bs", ";tr", ';key="a"', ";req")),
    ):
        text = f"sig1=({' '.join(inner)}){PARAMETERS}"
        headers = changed(signed(), "Signature-Input", text)
        assert refusal(checked, headers, url=f"{INBOX}?x=1").reason is Reason.MISSING_COVERAGE


@pytest.mark.parametrize("value", ["é", "a\nb", "a\rb", 'x\n"@signature-params": ()'])
def test_a_covered_field_cannot_smuggle_in_a_line(value: str) -> None:
    message = Message([("X-More", value)], "GET", INBOX)
    covered = SignatureInput([Component("x-more", {})], {})
    assert refusal(signature_base, message, covered).reason is Reason.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://Beta.example:443/inbox", "beta.example"),
        ("http://127.0.0.1:80/inbox", "127.0.0.1"),
        ("https://beta.example:8443/inbox", "beta.example:8443"),
        ("https://beta.example:80", "beta.example:80"),
        ("http://[::1]:443?x", "[::1]:443"),
    ],
)
def test_the_authority_has_no_capitals_and_no_default_port(url: str, authority: str) -> None:
    base = signature_base(
        Message([], "GET", url), SignatureInput([Component("@authority", {})], {})
    )
    assert base.decode().splitlines()[0] == f'"@authority": {authority}'


@pytest.mark.parametrize("url", ["beta.example/inbox", "ftp://beta.example/", "/inbox", "https://"])
def test_what_is_no_target_of_a_request_has_no_authority(url: str) -> None:
    covered = SignatureInput([Component("@authority", {})], {})
    assert refusal(signature_base, Message([], "GET", url), covered).reason is Reason.BAD_NAME


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=50), st.text(st.characters(codec="ascii"), max_size=60))
def test_arbitrary_signature_fields_are_refused_by_name(body: bytes, text: str) -> None:
    for name in ("Signature", "Signature-Input", "Content-Digest"):
        headers = changed(signed(body=body), name, text)
        assert isinstance(refusal(checked, headers, body=body), Refused)
