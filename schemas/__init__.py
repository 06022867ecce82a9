"""The shapes of everything that travels or is stored as JSON, as data. Imports nothing of ours.

`v1/` holds one JSON Schema (2020-12) per object, activity and payload, named by its kind, besides
`types.json` and `vocabularies.json`, which the others refer to. Every field carries `x-class`:
who may hear of it (`public`, `members` of a space or a conversation, `school`, `never`).
"""

import json
from importlib.resources import files

SHARED = frozenset({"types", "vocabularies"})
"""Files that only hold definitions for the others; no value is of such a kind."""


def read_all(version: str = "v1") -> dict[str, dict[str, object]]:
    """Every schema of `version` by its name: the file's name without `.json`."""
    found = (entry for entry in files(__name__).joinpath(version).iterdir())
    return {
        entry.name.removesuffix(".json"): json.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(found, key=lambda entry: entry.name)
        if entry.name.endswith(".json")
    }
