"""What this node keeps of its spaces, for whoever looks after the node."""

from dataclasses import dataclass

from node.actions import refold
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.storage import objects, operations, spaces
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of


@dataclass(frozen=True)
class Kept:
    """One replica: the space's id, its project's title, its members' origins, how much it holds."""

    space: str
    title: str
    members: tuple[str, ...]
    operations: int


async def list_kept(context: Context, by: By) -> list[Kept]:
    """All replicas on this node."""
    require_admin(by)
    found = []
    async with context.database.read() as reader:
        for space in await spaces.list_all(reader):
            project = await objects.find(reader, space.project)
            title = "" if project is None else optional_text_of(project.document, "name")
            members = tuple(sorted(space.state.actors[node] for node in space.state.members))
            held = await operations.count(reader, space.id)
            found.append(Kept(space.id, title, members, held))
    return found


async def show_anew(context: Context, by: By, space: str) -> None:
    """Make what people see of a space anew from its operations. Refuses with NOT_FOUND."""
    require_admin(by)
    await get(context, space)
    await refold.everything(context, space)


async def get(context: Context, space: str) -> Space:
    """A replica of this node. Refuses with NOT_FOUND, and says where they are listed."""
    async with context.database.read() as reader:
        found = await spaces.find(reader, space)
    if found is None:
        raise Refused(Reason.NOT_FOUND, f"There is no space {space}; see: schoolgate space list")
    return found
