"""Which object's view an operation changes."""

from protocol.space.authority import home_of
from protocol.space.effects import Touched
from protocol.space.operation import Header

CONTENT = frozenset({"Create", "Update", "Delete", "Undo", "Set", "Hide", "Unhide", "Clear"})
"""What says something of an object itself; whoever reacts to it changes nothing of it."""


def touched(header: Header) -> Touched | None:
    """The object to fold again after `header` came, went or lost its payload; None for nothing."""
    if header.is_control:
        return None
    if header.type == "Role":
        return Touched("membership", header.node, header.object)
    if header.type == "Propose":
        return Touched("proposals", header.node, header.object)
    if header.type in CONTENT:
        return Touched("content", home_of(header), header.object)
    return None
