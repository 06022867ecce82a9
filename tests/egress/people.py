"""Two schools' classes whose pupils are called by tokens, and by what they are known."""

from dataclasses import dataclass

from node.storage.accounts import Account
from node.vault.pupils import Pupil
from tests.nodes import Node

FIELDS = (
    *("display", "given", "family", "login", "alias", "class", "draft", "held", "note", "signer"),
    *("file", "alt", "words", "camera", "report"),
)


def token_of(node: Node, field: str) -> str:
    """A word that stands nowhere else: `Zqalphagivené`."""
    return f"Zq{node.name}{field}é"


def tokens_of(node: Node) -> list[str]:
    """All that must not leave a school, and what opens a session there."""
    return [token_of(node, field) for field in FIELDS]


@dataclass
class Class:
    """A school's class of two, both called by tokens; `secrets` are what their cards bear."""

    node: Node
    teacher: Account
    number: int
    pupils: list[Pupil]
    secrets: list[str]
    sessions: list[str]
