"""Before a node first writes to a stranger that a hub accredited, it introduces itself there."""

from node.actions import identity
from node.actions.context import Context
from node.storage import membership, objects, partners
from node.storage.partners import Partner
from protocol import names, outbound
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import text_of

STRANGE = frozenset({Reason.UNKNOWN_KEY, Reason.NOT_PARTNER})
"""What a node answers that does not know this one, or not any more."""


async def introduce(context: Context, partner: Partner) -> None:
    """Present this node to a partner that a hub admitted, once with each own credential.

    Does nothing for partners approved by hand, or where this node has no accreditation. Refuses as
    `Client.post`, and with the partner's own reason.
    """
    if partner.admitted_by != "hub" or partner.state != "approved":
        return
    async with context.database.read() as reader:
        own = await membership.find(reader)
        known = await partners.find(reader, partner.origin)
        me = await objects.find(reader, names.service_actor_id(context.base))
    if own is None or own.credential is None or own.state != "accredited" or me is None:
        return
    id_ = text_of(own.credential, "id")
    if known is None or known.introduced == id_:
        return
    body: JSONObject = {"actor": me.document, "credential": own.credential}
    released = outbound.release(context.book, body, "introduction")
    speaker = await identity.get_service_identity(context)
    answer = await context.client.post(
        f"{partner.origin}/introductions", released, origin=partner.origin, as_=speaker
    )
    if answer.status not in (200, 202, 204):
        raise Refused(
            answer.reason or Reason.UNREACHABLE,
            f"the other node did not take the introduction: it answered {answer.status}",
        )
    async with context.database.write() as transaction:
        await partners.put_introduced(transaction, partner.origin, id_)


async def forget(context: Context, origin: str, answered: Reason | None) -> None:
    """Introduce this node again where it is strange to the partner by the partner's word."""
    if answered not in STRANGE:
        return
    async with context.database.write() as transaction:
        await partners.put_introduced(transaction, origin, "")
