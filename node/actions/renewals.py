"""A school's space key was lost or stolen: it asks for a new one, and others that have spoken with
it give their word.

From the moment at which it asks the school writes nothing there: nobody could tell its words from
the thief's. Its log until then is what counts of the old key. As soon as the steward has written
the new key down, the school goes on in a new log.
"""

from dataclasses import dataclass

from node.actions import duties, identity, publish, recognise, replica, serve_space, tips
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.actions.recognise import Asked
from node.actions.speakers import require_speaker, speaks_for_school
from node.actions.talk import Talk
from node.storage import keys, operations, proposals, renewals, spaces
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol import outbound
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, Signer, fingerprint
from protocol.space import consent, stewardship, writing
from protocol.space.control import rekeying_members
from protocol.space.renewal import Renewal, open_renewal, sign_renewal
from protocol.space.statement import Signed
from protocol.space.vocabulary import Arguments


@dataclass(frozen=True)
class Asking:
    """A school that wants a new key. `ours`: it is this one. `vouching` are the schools that gave
    their word, of `needed`; `may` says that this school may."""

    node: str
    key: str
    fingerprint: str
    time: int
    ours: bool
    vouching: tuple[str, ...]
    needed: int
    may: bool


async def ask(context: Context, account: Account, space_id: str) -> None:
    """Make a new key for this school and tell the others; asking again makes another one.

    Refuses with NOT_FOUND, NOT_ALLOWED who does not speak for the school, READ_ONLY where it is no
    member, CONFLICT where it keeps the list of members: another school takes that over first.
    """
    async with context.database.write() as transaction:
        space = await require_speaker(transaction, account, space_id)
        await _begin(context, transaction, space)
    context.wake.notify(replica.TOPIC)


async def ask_as_operator(context: Context, by: By, space_id: str) -> str:
    """As `ask`, by whoever looks after the node; the number to read to the others."""
    require_admin(by)
    async with context.database.write() as transaction:
        space = await spaces.find(transaction, space_id)
        if space is None:
            raise Refused(
                Reason.NOT_FOUND, f"There is no space {space_id}; see: schoolgate space list"
            )
        said = await _begin(context, transaction, space)
    context.wake.notify(replica.TOPIC)
    return fingerprint(PublicKey.read(said.key))


async def _begin(context: Context, transaction: Transaction, space: Space) -> Renewal:
    if not space.is_member:
        raise Refused(Reason.READ_ONLY, "Your school is no member of the space any more.")
    if space.state.steward == space.node:
        raise Refused(
            Reason.CONFLICT, "Your school keeps the list of members; another takes over first."
        )
    number = len(await keys.list_of_actor(transaction, space.key_id)) + 1
    fresh = f"{space.key_id}#{number}"
    await identity.make_key(context, transaction, space.key_id, fresh)
    row = await keys.get(transaction, fresh)
    signer = Signer.from_seed(keys.unseal(row.sealed_seed, context.master))
    heads = await operations.list_heads(transaction, space.id)
    signed = sign_renewal(
        space.state,
        space.node,
        stewardship.newest_ends(space.node, heads),
        time_ms=context.now_ms(),
        signer=signer,
    )
    opened = open_renewal(signed, space.state)
    await renewals.put(transaction, opened, context.now_ms())
    await spaces.put_closed_to_writing(transaction, space.id, tips.RENEWING)
    await replica.make_due(context, transaction, space.id)
    return opened.said


async def tell(talk: Talk) -> Signed | None:
    """Bring a partner what this school asks for, again in each conversation until it is done; what
    that is."""
    async with talk.context.database.read() as reader:
        space = await spaces.get(reader, talk.space)
        signed = await renewals.find(reader, space.id, space.node)
    if signed is not None and space.is_member:
        body = outbound.release_statements(talk.context.book, [signed])
        answer = await talk.post("renewals", body)
        if not answer.ok:
            # It may know of the new key already, or know of this school under another one.
            talk.troubles.append(Refused(answer.reason or Reason.BAD_ANSWER, str(answer.status)))
    return signed


async def accept(context: Context, asked: Asked, space: str) -> None:
    """Keep what a member says of itself. Refuses as `serve_space.admit` and `open_renewal`, and
    with NOT_OWNER what is about another school."""
    member = await serve_space.admit(context, asked, space)
    batch = serve_space.read_statements(asked.body or b"")
    async with context.database.write() as transaction:
        await recognise.remember(context, transaction, member)
        kept = await spaces.get(transaction, space)
        speaker = await spaces.find_member(transaction, space, member.actor)
        for one in batch:
            opened = open_renewal(one, kept.state)
            if opened.said.node != speaker:
                raise Refused(Reason.NOT_OWNER, "A school says this of itself only.")
            await renewals.put(transaction, opened, context.now_ms())


async def list_asking(reader: Reader, account: Account, space: Space) -> list[Asking]:
    """The schools that want a new key, this one first."""
    may = await speaks_for_school(reader, account, space)
    asked = [one for one in await proposals.list_of_space(reader, space.id) if one.kind == "rekey"]
    found = []
    for said in await _list_open(reader, space):
        vouching = {
            one.home
            for one in asked
            if one.candidate is not None
            and (one.node, one.candidate.key, one.logs) == (said.node, said.key, said.logs)
        }
        ours = said.node == space.node
        found.append(
            Asking(
                said.node,
                said.key,
                fingerprint(PublicKey.read(said.key)),
                said.time,
                ours,
                tuple(sorted(vouching & space.state.members)),
                rekeying_members(space.state),
                may and not ours and space.node not in vouching and not space.closed_to_writing,
            )
        )
    return sorted(found, key=lambda one: (not one.ours, one.node))


async def vouch(context: Context, account: Account, space_id: str, node: str, key: str) -> None:
    """This school has spoken with the other one and compared the fingerprint of its new key.

    Refuses with NOT_FOUND, NOT_ALLOWED, and CONFLICT where it has given its word, or the other
    school asks for another key by now.
    """
    async with context.database.write() as transaction:
        space = await require_speaker(transaction, account, space_id)
        asking = {one.node: one for one in await list_asking(transaction, account, space)}
        said = {one.node: one for one in await _list_open(transaction, space)}.get(node)
        if said is None:
            raise Refused(Reason.NOT_FOUND, "This school asks for no new key.")
        if said.key != key or not asking[node].may:
            raise Refused(Reason.CONFLICT, "Your school has done this, or it asks for another key.")
        signer = await replica.get_admitted_signer(context, transaction, space)
        message = consent.rekeying(space.id, node, said.key, said.logs)
        args: Arguments = {
            "kind": "rekey",
            "node": node,
            "since": said.since,
            "key": said.key,
            "acceptance": said.acceptance,
            "word": consent.sign(message, signer),
            "logs": {log: list(end) for log, end in sorted(said.logs.items())},
        }
        name = publish.new_name(context)
        await replica.append(
            context, transaction, space, lambda place: writing.propose(place, name, args), None
        )
        await duties.attend(context, transaction, space.id)
    await replica.tell(context, space_id)


async def _list_open(reader: Reader, space: Space) -> list[Renewal]:
    """What is still to be answered: of members, in their present membership, for a key that is not
    known yet."""
    found = []
    for signed in await renewals.list_of_space(reader, space.id):
        try:
            found.append(open_renewal(signed, space.state).said)
        except Refused:
            continue
    return found
