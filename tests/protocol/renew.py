"""Signs the examples of `schemas/v1/examples` anew, after a shape or a text in them has changed.

    python -m tests.protocol.renew

The examples' actors are nobody's: the private half of each key is made from the key's name.
"""

import hashlib
import json
from datetime import datetime
from pathlib import Path

from protocol.canonical import JSON, JSONObject
from protocol.documents import sign_document
from protocol.keys import Signer

FOLDER = Path(__file__).parents[2] / "schemas" / "v1" / "examples"


def signer_of(key_id: str) -> Signer:
    return Signer.from_seed(hashlib.sha256(b"an example: " + key_id.encode()).digest())


def old_keys(value: JSON) -> dict[str, str]:
    """Every Multikey that an actor lists, to the one that its name makes."""
    found: dict[str, str] = {}
    if isinstance(value, list):
        for one in value:
            found |= old_keys(one)
    if isinstance(value, dict):
        listed = value.get("publicKeyMultibase")
        if isinstance(listed, str) and isinstance(value.get("id"), str):
            found[listed] = signer_of(str(value["id"])).public.multikey
        for one in value.values():
            found |= old_keys(one)
    return found


def signed(value: JSON) -> JSON:
    """The same with every proof made anew, the inner ones first."""
    if isinstance(value, list):
        return [signed(one) for one in value]
    if not isinstance(value, dict):
        return value
    inner: JSONObject = {name: signed(one) for name, one in value.items() if name != "proof"}
    proof = value.get("proof")
    if not isinstance(proof, dict):
        return inner if proof is None else {**inner, "proof": proof}
    key_id, created = str(proof["verificationMethod"]), str(proof["created"])
    return sign_document(inner, signer_of(key_id), key_id, datetime.fromisoformat(created))


def main() -> None:
    files = sorted(FOLDER.glob("*/*.json"))
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    keys: dict[str, str] = {}
    for file, text in texts.items():
        if file.name.startswith("valid-"):
            keys |= old_keys(json.loads(text))
    for file, text in texts.items():
        new = text
        for old, fresh in keys.items():
            new = new.replace(old, fresh)
        if file.name.startswith("valid-"):
            before = json.loads(new)
            after = signed(before)
            if after != before:
                new = json.dumps(after, indent=2, ensure_ascii=False) + "\n"
        if new != text:
            file.write_text(new, encoding="utf-8")
            print(file.relative_to(FOLDER))


if __name__ == "__main__":
    main()
