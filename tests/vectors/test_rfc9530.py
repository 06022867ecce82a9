"""RFC 9530: the Content-Digest fields of its appendices, written and checked."""

from typing import Any

import pytest

from protocol.digests import check_digest, content_digest
from protocol.errors import Reason, Refused
from tests.vectors.official import load

VECTORS = load("rfc9530-digest")
PARSING = VECTORS["parsing"]


@pytest.mark.parametrize("row", VECTORS["vectors"], ids=lambda row: row["source"][:40])
def test_a_published_digest_is_the_digest_of_its_content(row: dict[str, Any]) -> None:
    body = bytes.fromhex(row["content_hex"])
    check_digest(row["content_digest_header"], body)
    for name, text in row["digests"].items():
        check_digest(f"{name}=:{text}:", body)
    if "sha-256" in row["digests"]:
        assert content_digest(body) == f"sha-256=:{row['digests']['sha-256']}:"


@pytest.mark.parametrize("row", VECTORS["vectors"], ids=lambda row: row["source"][:40])
def test_one_byte_more_is_another_content(row: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        check_digest(row["content_digest_header"], bytes.fromhex(row["content_hex"]) + b"\0")
    assert refused.value.reason is Reason.BAD_DIGEST


@pytest.mark.parametrize(
    "row", PARSING["rows"], ids=lambda row: row.get("note", row["header"][:30])
)
def test_a_field_is_read_strictly(row: dict[str, str]) -> None:
    body = PARSING["content_utf8"].encode()
    if row["expect"] == "valid":
        check_digest(row["header"], body)
        return
    with pytest.raises(Refused) as refused:
        check_digest(row["header"], body)
    assert refused.value.reason is Reason.BAD_DIGEST
