"""A hub signs a credential of any kind: number, envelope, proof, and its row, in one place."""

from collections.abc import Callable
from typing import Final, Literal

from node.actions import identity, publish, trust
from node.actions.context import Context
from node.clock import moment
from node.storage import issued
from node.storage.database import Transaction
from protocol import credentials, documents, names
from protocol.canonical import JSONObject
from protocol.credentials import Envelope

Kind = Literal["accreditation", "verification"]
ACCREDITATION: Final = "accreditation"
VERIFICATION: Final = "verification"


async def issue(
    context: Context,
    transaction: Transaction,
    kind: Kind,
    subject: str,
    build: Callable[[Envelope], JSONObject],
    until_ms: int,
) -> tuple[int, JSONObject]:
    """State something about `subject` from now `until_ms`: the number, and the credential that
    `build` makes of its envelope, signed and kept. Refuses with BAD_SHAPE what does not fit."""
    now_ms = context.now_ms()
    url = names.credential_id(context.base, publish.new_name(context))
    number = await issued.take_number(transaction, kind, subject, url)
    envelope = Envelope(
        url=url,
        issuer=await trust.build_issuer(context, transaction),
        valid_from=context.now(),
        valid_until=moment(until_ms),
        place=credentials.place(context.base, number - 1),
    )
    speaker = await identity.get_identity(context, transaction, envelope.issuer.actor)
    credential = documents.sign_document(
        build(envelope), speaker.signer, speaker.key_id, context.now()
    )
    context.book.check(kind, credential)
    await issued.put(transaction, number, credential, now_ms, until_ms)
    return number, credential
