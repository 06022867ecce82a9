"""What pupils of two schools report of one another, in words that must not leave."""

from node.actions import people
from node.actions.permission import OPERATOR
from node.classroom import reporting
from node.storage import meta, views
from tests.egress.people import Class, token_of
from tests.node.spaces.schools import Shared
from tests.node.web.browser import browsing
from tests.nodes import settle


async def report_one_another(shared: Shared, both: list[Class], thread: str) -> None:
    """A pupil of each school reports what the other school wrote, and the safeguarding person of
    each opens what was sealed."""
    theirs = await _find_reply_of_beta(shared, thread)
    for one, item in zip(both, (theirs, thread), strict=True):
        words = token_of(one.node, "report")
        await reporting.report(
            one.node.room, one.pupils[1], shared.space, item, reason="bullying", words=words
        )
        await settle(shared.alpha, shared.beta)
        roles = one.teacher.roles | {"safeguarding"}
        await people.set_roles(one.node.context, OPERATOR, one.teacher.handle, roles)
        async with browsing(one.node, one.teacher.handle) as guardian:
            for path in ("/safeguarding", "/safeguarding/99"):
                await guardian.get(path)
            shown = await guardian.get("/safeguarding/1")
            assert words in shown.text, "the safeguarding person reads it"


async def _find_reply_of_beta(shared: Shared, thread: str) -> str:
    async with shared.alpha.context.database.read() as reader:
        node = await meta.get(reader, "node")
        posts = await views.list_of_thread(reader, shared.space, thread)
    return next(one.reference for one in posts if one.kind == "reply" and one.home != node)
