"""Can others reach this node? One of them is asked to call back, and says what stands in the way.

The other half lies here too: whoever asks is called at its own base, as it is noted down, at one
fixed address, and seldom. Nobody can make this node connect anywhere else.
"""

import asyncio
from dataclasses import dataclass

from node.actions import identity, recognise, trust
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.actions.recognise import Asked
from node.remote.answer import Answer
from node.storage import partners
from node.storage.partners import Partner
from protocol import canonical, names, outbound
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of, text_of, version_of

LOOK_WITHIN_S = 10.0
MAX_LOOK_BYTES = 65_536
MAX_ASKED = 4
"""Partners that are asked one after the other until one answers."""
TOLERATED_SKEW_S = 60

OTHER_BASE = "other_base"
CLOCK = "clock"
"""What the asker itself finds: the other does not know this base; the clocks differ too much."""


@dataclass(frozen=True)
class Verdict:
    """What the node `by` found: `why` is empty where it reached this node. `skew_s`: by how much
    its clock is ahead of this node's.
    """

    by: str
    why: str
    skew_s: int

    @property
    def is_reached(self) -> bool:
        return not self.why

    @property
    def is_clock_off(self) -> bool:
        return abs(self.skew_s) > TOLERATED_SKEW_S


async def call_back(context: Context, asked: Asked) -> JSONObject:
    """Look whether the asker is reached at its base. Refuses as `recognise`, with NOT_ALLOWED where
    this node calls nobody back, and with TOO_MANY_REQUESTS.
    """
    asker = await recognise.recognise_once(context, asked)
    origin = asker.partner.origin
    if asker.actor != names.service_actor_id(origin):
        raise Refused(Reason.WRONG_ACTOR, "A node asks for itself, with its service actor.")
    if not context.settings.limits.callbacks_per_hour:
        raise Refused(Reason.NOT_ALLOWED, "This node calls nobody back.")
    wait_s = context.callbacks.take(origin, context.now_ms())
    if wait_s:
        raise recognise.too_often(wait_s)
    why = await _look(context, asker.partner)
    told: JSONObject = {"origin": origin, "reached": not why, "time": context.now_ms()}
    return told | {"why": why} if why else told


async def _look(context: Context, partner: Partner) -> str:
    """What stands in the way to a partner; empty where its own node answers there."""
    url = f"{partner.origin}/.well-known/schoolgate"
    try:
        async with asyncio.timeout(LOOK_WITHIN_S):
            answer = await context.client.discover(
                url, origin=partner.origin, max_bytes=MAX_LOOK_BYTES
            )
        if answer.status != 200:
            return "no_node"
        found = canonical.read_object(answer.body)
        context.book.check("discovery", found)
    except TimeoutError:
        return "timeout"
    except Refused as refused:
        return _class_of(refused)
    same = (text_of(found, "actor"), text_of(found, "node")) == (partner.actor, partner.node)
    return "" if same else "other_node"


def _class_of(refused: Refused) -> str:
    failure = str(refused.facts.get("failure", ""))
    match refused.reason:
        case Reason.UNREACHABLE:
            known = {"disconnected": "network", "cut_short": "network", "malformed": "no_node"}
            return known.get(failure, failure or "network")
        case Reason.FORBIDDEN_ADDRESS | Reason.REDIRECTED:
            return str(refused.reason)
        case _:
            return "no_node"


async def ask(context: Context, by: By) -> Verdict | None:
    """Ask the hub, else partners, to call this node back; None where nobody could be asked."""
    require_admin(by)
    for partner in await _list_helpers(context):
        verdict = await _ask(context, partner)
        if verdict is not None:
            return verdict
    return None


async def _list_helpers(context: Context) -> list[Partner]:
    async with context.database.read() as reader:
        hub = await trust.find_own_hub(reader)
        known = await partners.list_all(reader)
        closed = await partners.list_closed(reader)
    helpers = [one for one in known if one.state == "approved" and one.origin not in closed]
    own = "" if hub is None else hub.origin
    return sorted(helpers, key=lambda one: one.origin != own)[:MAX_ASKED]


async def _ask(context: Context, partner: Partner) -> Verdict | None:
    """One partner's verdict; None where it cannot be asked, or does not call back."""
    speaker = await identity.get_service_identity(context)
    wanted = outbound.release(context.book, {"origin": context.base}, "callback-request")
    try:
        answer = await context.client.post(
            f"{partner.origin}/callbacks", wanted, origin=partner.origin, as_=speaker
        )
        return _read(context, partner, answer)
    except Refused:
        return None


def _read(context: Context, partner: Partner, answer: Answer) -> Verdict | None:
    now_ms = context.now_ms()
    seen_ms = now_ms if answer.clock_ms is None else answer.clock_ms
    skew_s = round((seen_ms - now_ms) / 1000)
    known = {Reason.UNKNOWN_KEY: OTHER_BASE, Reason.OUTSIDE_TIME_WINDOW: CLOCK}
    if answer.reason in known:
        return Verdict(partner.name, known[answer.reason], skew_s)
    if not answer.ok:
        return None
    told = canonical.read_object(answer.body)
    context.book.check("callback", told)
    if told["origin"] != context.base:
        return Verdict(partner.name, OTHER_BASE, skew_s)
    skew_s = round((version_of({"version": told["time"]}) - now_ms) / 1000)
    return Verdict(partner.name, optional_text_of(told, "why"), skew_s)
