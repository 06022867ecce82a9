"""Fetch a document from the partner that it belongs to.

An answer counts only when the document says of itself that it is what was asked for: otherwise a
partner could pass off documents under another origin's names (FEP-fe34, A001).
"""

from email.message import Message

from node.remote.answer import DEFAULT_MAX_BYTES, Answer
from node.remote.client import DOCUMENT, Client, Identity
from protocol.canonical import JSONObject, read_object
from protocol.errors import Reason, Refused

ACTIVITY_STREAMS = "https://www.w3.org/ns/activitystreams"
FETCHES_PER_ACTIVITY = 10


class Budget:
    """How many fetches one inbound activity may cause; spent by `fetch_document`."""

    def __init__(self, fetches: int = FETCHES_PER_ACTIVITY) -> None:
        self._left = fetches

    def spend(self) -> None:
        """Take one. Refuses with TOO_MANY_ITEMS when none is left."""
        if self._left <= 0:
            raise Refused(
                Reason.TOO_MANY_ITEMS,
                f"one activity may make this node fetch {FETCHES_PER_ACTIVITY} documents, no more",
            )
        self._left -= 1


async def fetch_document(
    client: Client,
    url: str,
    *,
    origin: str,
    as_: Identity,
    budget: Budget | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> JSONObject:
    """The document whose id is `url`, from the partner at `origin`; its proof is not yet checked.

    Refuses as `Client.get`, and with NOT_FOUND, GONE, NOT_ALLOWED or UNREACHABLE for its status,
    BAD_ANSWER when it is no ActivityPub document or says it is another one, BAD_JSON, TOO_DEEP.
    """
    if budget is not None:
        budget.spend()
    answer = await client.get(url, origin=origin, as_=as_, max_bytes=max_bytes)
    _require_ok(answer)
    if not is_document(answer.headers.get("content-type", "")):
        raise Refused(
            Reason.BAD_ANSWER,
            f"what is there is no ActivityPub document; it must be served as {DOCUMENT}",
            failure="media_type",
        )
    document = read_object(answer.body)
    if document.get("id") != url:
        raise Refused(
            Reason.BAD_ANSWER,
            "the document there carries another id than the address it was asked for at",
            failure="wrong_id",
        )
    return document


def is_document(content_type: str) -> bool:
    """Is this `application/activity+json`, or `ld+json` with the ActivityStreams profile?

    ActivityPub §3.2; anything else might be a file that somebody uploaded.
    """
    header = Message()
    header["Content-Type"] = content_type
    media_type = header.get_content_type()
    if media_type == DOCUMENT:
        return True
    profile = header.get_param("profile", "")
    return media_type == "application/ld+json" and ACTIVITY_STREAMS in str(profile).split()


def _require_ok(answer: Answer) -> None:
    match answer.status:
        case 200:
            return
        case 404:
            raise Refused(Reason.NOT_FOUND, "the other node has nothing there for this node")
        case 410:
            raise Refused(Reason.GONE, "what was there has been removed")
        case 401 | 403:
            raise Refused(
                Reason.NOT_ALLOWED,
                "the other node does not answer this one; is the partnership approved there?",
                theirs=str(answer.reason or ""),
            )
        case status:
            raise Refused(
                Reason.UNREACHABLE,
                f"the other node answered with status {status} instead of the document",
                failure=f"status_{status}",
            )
