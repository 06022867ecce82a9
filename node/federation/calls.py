"""`/calls`: nodes that accept no connection fetch here what this node would have asked of them."""

from aiohttp import hdrs, web

from node.actions import calls
from node.actions.context import CONTEXT
from node.federation.answers import answer
from node.federation.asking import asked
from node.remote.answer import MAX_HEADER_CHARACTERS, MAX_RETRY_AFTER_S, Answer, read_reason
from protocol import names, outbound
from protocol.errors import Reason, Refused

MAX_DIGITS = 6


async def get(request: web.Request) -> web.Response:
    """The calls that wait; at once, or as soon as there is one within `wait` seconds."""
    context = request.app[CONTEXT]
    wait_s = _number(request.query.get("wait", "0"))

    def is_there() -> bool:
        return request.transport is not None and not request.transport.is_closing()

    waiting = await calls.hand_out(context, await asked(request), wait_s, is_there)
    return answer(outbound.release(context.book, calls.describe(waiting), "calls"))


async def post(request: web.Request) -> web.Response:
    """204 once the answer to a call has reached whoever made it."""
    sent = await asked(request, with_body=True)
    status = _number(request.query.get("status", ""))
    if not 200 <= status < 600:
        raise Refused(Reason.BAD_INPUT, "Tell the status of the answer as status=200.")
    headers = {"content-type": request.headers.get(hdrs.CONTENT_TYPE, "")}
    if "etag" in request.query:
        headers["etag"] = f'"{request.query["etag"]}"'[:MAX_HEADER_CHARACTERS]
    retry_after = request.query.get("retry_after_s")
    body = sent.body or b""
    problem = status >= 400 and request.content_type == "application/problem+json"
    answered = Answer(
        status,
        headers,
        body,
        None if retry_after is None else min(_number(retry_after), MAX_RETRY_AFTER_S),
        read_reason(body) if problem else None,
    )
    call = names.read_name(request.match_info["call"])
    await calls.take_answer(request.app[CONTEXT], sent, call, answered)
    return web.Response(status=204)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > MAX_DIGITS:
        raise Refused(Reason.BAD_INPUT, "This has to be a whole number.")
    return int(text)
