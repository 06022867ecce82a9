"""Founding a space: both schools' entries, the genesis that both sign, and the two replicas.

The space key of a school is made when it offers or accepts. The founder's node writes the genesis
when the acceptance arrives; the co-founder's opens its replica when the invitation does. Both then
declare their own founding teacher, each in its own log.
"""

from node.actions import identity, publish, replica
from node.actions.context import Context
from node.actions.spaces import declare
from node.clock import stamp
from node.storage import accounts, approvals, foundings, keys, meta, objects, spaces
from node.storage.database import Reader, Transaction
from node.storage.foundings import Founding
from node.storage.spaces import Space
from protocol import activities, names
from protocol.canonical import JSONObject, b64
from protocol.effects import FoundSpace, JoinSpace
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of, text_of, version_of
from protocol.space import genesis, operation
from protocol.space.genesis import Founder
from protocol.space.vocabulary import Role

TOPIC = replica.TOPIC


async def propose_founder(
    context: Context, transaction: Transaction, project: str
) -> tuple[Founder, str]:
    """This node's entry for the space of a project to be, and a fresh salt (base64url)."""
    return await _own_entry(context, transaction, project), b64(context.chance.octets(16))


async def agree(
    context: Context, transaction: Transaction, founding: Founding
) -> tuple[Founder, str]:
    """This node's entry and its signature over the genesis, for the acceptance of an offer."""
    own = await _own_entry(context, transaction, founding.project)
    signer = await replica.get_signer(context, transaction, replica.space_key_id(founding.project))
    return own, genesis.sign((founding.entry, own), founding.salt, signer)


async def found_space(context: Context, transaction: Transaction, effect: FoundSpace) -> None:
    """Write the genesis, open the replica, say that the project is active, and invite."""
    project = await objects.find(transaction, effect.project)
    if project is None or not project.local:
        raise Refused(Reason.NOT_FOUND, "the project that was accepted is not here any more")
    signer = await replica.get_signer(context, transaction, replica.space_key_id(effect.project))
    written = genesis.write_genesis(
        effect.founders, effect.salt, effect.signature, time_ms=context.now_ms(), signer=signer
    )
    opened = genesis.open_genesis(written)
    own = effect.founders[0]
    space = await replica.open_replica(context, transaction, effect.project, opened, own.node)
    founder = text_of(project.document, "attributedTo")
    await _declare(context, transaction, space, founder)
    co_founder = await objects.find(transaction, effect.co_founder)
    school = "" if co_founder is None else optional_text_of(co_founder.document, "school")
    active = await publish.put_document(
        context, transaction, _activated(context, project.document, effect.co_founder, school)
    )
    await publish.say(
        context,
        transaction,
        activities.update(publish.saying(context, effect.project), active),
        followers=[effect.co_founder],
    )
    invite = activities.invite(
        publish.saying(context, founder),
        effect.project,
        to=effect.co_founder,
        acceptance=effect.acceptance,
        approval=await _find_approval(transaction, effect.offer),
        genesis=operation.to_json(written),
    )
    await publish.say(context, transaction, invite)


async def join_space(context: Context, transaction: Transaction, effect: JoinSpace) -> None:
    """Open the co-founder's replica with the genesis that the founder's node wrote.

    Refuses with BAD_OPERATION a genesis that does not name this node.
    """
    founding = await foundings.find_of_project(transaction, effect.project)
    node = await meta.get(transaction, "node")
    if founding is None or node not in {one.node for one in effect.genesis.founders}:
        raise Refused(Reason.BAD_OPERATION, "this genesis does not name this node")
    if await spaces.find_of_project(transaction, effect.project) is not None:
        return
    space = await replica.open_replica(context, transaction, effect.project, effect.genesis, node)
    await _declare(context, transaction, space, founding.co_founder)


async def _find_approval(reader: Reader, offer: str) -> JSONObject | None:
    """What the own hub signed about this founding."""
    asked = await approvals.list_of_offer(reader, offer)
    return next((one.answer for one in asked if one.side == "own"), None)


async def _own_entry(context: Context, transaction: Transaction, project: str) -> Founder:
    key_id = replica.space_key_id(project)
    kept = await keys.list_of_actor(transaction, key_id)
    if kept:
        public = kept[-1].public
    else:
        public = (await identity.make_key(context, transaction, key_id, key_id)).multikey
    node = await meta.get(transaction, "node")
    return Founder(node, names.service_actor_id(context.base), public)


async def _declare(context: Context, transaction: Transaction, space: Space, person: str) -> None:
    """Declare the teacher who founded, in the own log, under a new alias."""
    account = await accounts.find_by_actor(transaction, person)
    if account is None:
        raise Refused(Reason.NOT_FOUND, "who founded this project has no account here any more")
    await declare(context, transaction, space, account, Role.TEACHER)


def _activated(context: Context, document: JSONObject, co_founder: str, school: str) -> JSONObject:
    """The next version of a project's document: it has begun, and with whom."""
    kept = {name: value for name, value in document.items() if name != "proof"}
    joined: JSONObject = {"coFounder": co_founder}
    if school:
        joined["coFounderSchool"] = school
    return {
        **kept,
        **joined,
        "state": "active",
        "updated": stamp(context.now_ms()),
        "version": version_of(document) + 1,
    }
