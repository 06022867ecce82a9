"""The staff of this school: accounts, invitations, profiles, and what they tell everybody."""

from dataclasses import replace

from node.actions import actors, identity, passwords, publish, sign_in
from node.actions.actors import Profile
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.storage import accounts, feed, objects, outbox, role_changes, sessions
from node.storage.accounts import Account, AccountState, Invitation
from node.storage.database import Reader, Transaction
from node.storage.feed import FeedItem
from protocol import activities, names
from protocol.canonical import b64
from protocol.errors import Reason, Refused
from protocol.objects import Written, note, tombstone

INVITATION_MS = 14 * 86_400_000
RENEWAL_MS = 2 * 86_400_000
ROLES = frozenset({"teacher", "admin", "officer", "safeguarding"})
MAX_NAME_CHARACTERS = 100


async def add_account(
    context: Context,
    by: By,
    *,
    handle: str,
    name: str,
    roles: frozenset[str],
    password: str,
    language: str = "en",
) -> Account:
    """Add an active account. Refuses with BAD_NAME, BAD_INPUT, CONFLICT a taken handle."""
    require_admin(by)
    _check(handle, name, roles)
    kept = await passwords.hash_password(context.settings.sign_in, password)
    async with context.database.write() as transaction:
        added = await put_account(
            context, transaction, handle, name, roles, "active", kept, language
        )
        await _note_roles(context, transaction, by, added, frozenset())
        return added


async def invite(
    context: Context, by: By, *, handle: str, name: str, roles: frozenset[str], language: str
) -> str:
    """A one-time address where the invited person chooses a password, good for 14 days."""
    require_admin(by)
    _check(handle, name, roles)
    token = b64(context.chance.octets(sign_in.TOKEN_OCTETS))
    now_ms = context.now_ms()
    async with context.database.write() as transaction:
        await _require_free(transaction, handle)
        await accounts.put_invitation(
            transaction,
            Invitation(
                token_hash=sign_in.token_hash(token),
                handle=handle,
                name=name.strip(),
                roles=roles,
                language=language,
                invited_by=by.handle if isinstance(by, Account) else "",
                expires_ms=now_ms + INVITATION_MS,
            ),
            now_ms=now_ms,
        )
    return f"{context.address}/invite/{token}"


async def invite_anew(context: Context, by: By, handle: str) -> str:
    """A one-time address where somebody who forgot the password chooses another one.

    Refuses with NOT_FOUND, and with CONFLICT for an account that is not active.
    """
    require_admin(by)
    token = b64(context.chance.octets(sign_in.TOKEN_OCTETS))
    now_ms = context.now_ms()
    async with context.database.write() as transaction:
        account = await get_account(transaction, handle)
        if account.state != "active":
            raise Refused(Reason.CONFLICT, "This account is not active.")
        await accounts.put_invitation(
            transaction,
            Invitation(
                token_hash=sign_in.token_hash(token),
                handle=account.handle,
                name=account.name,
                roles=account.roles,
                language=account.language,
                invited_by=by.handle if isinstance(by, Account) else "",
                expires_ms=now_ms + RENEWAL_MS,
            ),
            now_ms=now_ms,
        )
    return f"{context.address}/invite/{token}"


async def withdraw_invitation(context: Context, by: By, handle: str) -> None:
    """Make an invitation that nobody has used void."""
    require_admin(by)
    async with context.database.write() as transaction:
        await accounts.drop_invitation(transaction, handle)


async def find_invitation(context: Context, token: str) -> Invitation | None:
    """The invitation of a token, while it can be accepted."""
    async with context.database.read() as reader:
        return await accounts.find_invitation(reader, sign_in.token_hash(token), context.now_ms())


async def accept_invitation(context: Context, token: str, *, password: str) -> Account:
    """Turn an invitation into an account, or one made anew into a new password.

    Refuses with NOT_FOUND a used or expired one.
    """
    kept = await passwords.hash_password(context.settings.sign_in, password)
    now_ms = context.now_ms()
    hashed = sign_in.token_hash(token)
    async with context.database.write() as transaction:
        invitation = await accounts.find_invitation(transaction, hashed, now_ms)
        if invitation is None:
            raise Refused(
                Reason.NOT_FOUND, "This invitation was used or has expired; ask for a new one."
            )
        await accounts.put_invitation_used(transaction, hashed, now_ms)
        known = await accounts.find_by_handle(transaction, invitation.handle)
        if known is not None and known.state == "active":
            await _put_password(transaction, known, kept)
            return known
        added = await put_account(
            context,
            transaction,
            invitation.handle,
            invitation.name,
            invitation.roles,
            "active",
            kept,
            invitation.language,
        )
        inviter = await accounts.find_by_handle(transaction, invitation.invited_by)
        await _note_roles(context, transaction, inviter, added, frozenset())
        return added


async def ask_for_account(
    context: Context, *, name: str, handle: str, password: str, note: str, language: str = "en"
) -> None:
    """Somebody asks for an account; an administrator approves or declines it.

    Refuses with NOT_ALLOWED where no administrator has been here for a week: nobody would look.
    """
    _check(handle, name, frozenset({"teacher"}))
    if len(note) > 500:
        raise Refused(Reason.BAD_INPUT, "Write at most 500 characters to the administrator.")
    async with context.database.read() as reader:
        if not await sign_in.is_attended(context, reader):
            raise Refused(Reason.NOT_ALLOWED, "No administrator was here for a week.")
    kept = await passwords.hash_password(context.settings.sign_in, password)
    async with context.database.write() as transaction:
        await _require_free(transaction, handle)
        await accounts.put(
            transaction,
            handle=handle,
            name=name.strip(),
            roles=frozenset({"teacher"}),
            state="waiting",
            password=kept,
            language=language,
            actor=names.person_id(context.base, handle),
            note=note.strip(),
            now_ms=context.now_ms(),
        )


async def approve_account(context: Context, by: By, account_id: int) -> None:
    """Let somebody who asked sign in. Refuses with CONFLICT whoever does not wait."""
    require_admin(by)
    async with context.database.write() as transaction:
        account = await _get_waiting(transaction, account_id)
        await accounts.put_state(transaction, account.id, "active", context.now_ms())
        await _note_roles(context, transaction, by, account, frozenset())
        # Else whoever holds an invitation of that name could choose this person's password.
        await accounts.drop_invitation(transaction, account.handle)
        await _make_person(context, transaction, account.handle, account.name)


async def decline_account(context: Context, by: By, account_id: int) -> None:
    """Say no to somebody who asked; the row goes, so that the name is free again."""
    require_admin(by)
    async with context.database.write() as transaction:
        account = await _get_waiting(transaction, account_id)
        await accounts.drop_waiting(transaction, account.id)


async def set_roles(context: Context, by: By, handle: str, roles: frozenset[str]) -> None:
    """Give and take roles; who did is kept.

    Refuses with CONFLICT taking `admin` from the last administrator.
    """
    require_admin(by)
    async with context.database.write() as transaction:
        account = await get_account(transaction, handle)
        _check(account.handle, account.name, roles)
        if account.is_admin and "admin" not in roles:
            await require_other_admin(transaction, account)
        await accounts.put_roles(transaction, account.id, roles)
        await _note_roles(context, transaction, by, replace(account, roles=roles), account.roles)


async def _note_roles(
    context: Context,
    transaction: Transaction,
    by: By | None,
    account: Account,
    before: frozenset[str],
) -> None:
    number = by.id if isinstance(by, Account) else None
    await role_changes.put(
        transaction,
        account.id,
        before=before,
        after=account.roles,
        by=number,
        now_ms=context.now_ms(),
    )


async def set_password(context: Context, by: By, handle: str, password: str) -> None:
    """Set a new password for somebody; all sessions end."""
    require_admin(by)
    kept = await passwords.hash_password(context.settings.sign_in, password)
    async with context.database.write() as transaction:
        await _put_password(transaction, await get_account(transaction, handle), kept)


async def set_language(context: Context, account: Account, language: str) -> None:
    """The language of the pages for this person."""
    async with context.database.write() as transaction:
        await accounts.put_language(transaction, account.id, language)


async def list_accounts(context: Context, by: By) -> list[Account]:
    require_admin(by)
    async with context.database.read() as reader:
        return await accounts.list_all(reader)


async def update_profile(context: Context, account: Account, profile: Profile) -> None:
    """Show oneself anew; followers and contacts hear of it. Refuses with BAD_INPUT.

    An availability is said anew with it, and so holds from today.
    """
    _check(account.handle, profile.name, account.roles)
    profile = replace(profile, availability_date=context.now().date())
    async with context.database.write() as transaction:
        document = await actors.put_person(context, transaction, account.handle, profile)
        await accounts.put_name(transaction, account.id, profile.name.strip())
        await actors.announce(context, transaction, document)
    context.wake.notify(publish.TOPIC)


async def renew_availability(context: Context, account: Account) -> None:
    """Say again what one said of looking for partners. Refuses with CONFLICT who said nothing."""
    async with context.database.read() as reader:
        stored = await objects.find(reader, account.actor)
    if stored is None or "availability" not in stored.document:
        raise Refused(Reason.CONFLICT, "Your profile does not say whether you look for partners.")
    await update_profile(context, account, actors.profile_of(stored.document))


async def publish_update(context: Context, account: Account, *, text: str, language: str) -> str:
    """Tell everybody something; the id of the note. Refuses with BAD_INPUT."""
    if not text.strip():
        raise Refused(Reason.BAD_INPUT, "Write something first.")
    id_ = names.note_id(context.base, publish.new_name(context))
    document = note(
        id_,
        Written(context.now(), context.now(), 1),
        author=account.actor,
        text=text,
        language=language,
    )
    async with context.database.write() as transaction:
        signed = await publish.put_document(context, transaction, document)
        await feed.put(transaction, FeedItem(id_, account.actor, context.now_ms()))
        said = publish.saying(context, account.actor)
        await publish.say(context, transaction, activities.create(said, signed))
    context.wake.notify(publish.TOPIC)
    return id_


async def delete_update(context: Context, account: Account, note_id: str) -> None:
    """Take back what one told everybody: a tombstone goes to all who heard it."""
    async with context.database.write() as transaction:
        stored = await objects.find(transaction, note_id)
        if stored is None or stored.buried or stored.kind != "note":
            raise Refused(Reason.NOT_FOUND, "There is no such update.")
        if stored.owner != account.actor:
            raise Refused(Reason.NOT_OWNER, "Only its author takes an update back.")
        buried = await publish.put_tombstone(
            context, transaction, tombstone(stored.document, context.now()), stored
        )
        await feed.drop(transaction, note_id)
        await outbox.drop_of_document(transaction, account.actor, note_id)
        said = publish.saying(context, account.actor)
        await publish.say(context, transaction, activities.delete(said, buried))
    context.wake.notify(publish.TOPIC)


def _check(handle: str, name: str, roles: frozenset[str]) -> None:
    names.read_handle(handle)
    if not name.strip() or len(name) > MAX_NAME_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"A name has 1 to {MAX_NAME_CHARACTERS} characters.", field="name"
        )
    if not roles or not roles <= ROLES:
        raise Refused(
            Reason.BAD_INPUT, "Roles are teacher, admin, safeguarding and officer.", field="roles"
        )


async def put_account(
    context: Context,
    transaction: Transaction,
    handle: str,
    name: str,
    roles: frozenset[str],
    state: AccountState,
    kept: str,
    language: str,
) -> Account:
    """Make an account whose password is hashed (`kept`), and its person.

    Refuses with CONFLICT a taken handle.
    """
    await _require_free(transaction, handle)
    await accounts.drop_invitation(transaction, handle)
    await accounts.put(
        transaction,
        handle=handle,
        name=name.strip(),
        roles=roles,
        state=state,
        password=kept,
        language=language,
        actor=names.person_id(context.base, handle),
        note="",
        now_ms=context.now_ms(),
    )
    await _make_person(context, transaction, handle, name.strip())
    return await get_account(transaction, handle)


async def _put_password(transaction: Transaction, account: Account, kept: str) -> None:
    """A new password: every session ends, failures are forgiven."""
    await accounts.put_password(transaction, account.id, kept)
    await sessions.drop_of_account(transaction, account.id)
    await sessions.drop_failures(transaction, f"account {account.handle}")


async def _make_person(context: Context, transaction: Transaction, handle: str, name: str) -> None:
    await identity.make_key(context, transaction, names.person_id(context.base, handle))
    await actors.put_person(context, transaction, handle, Profile(name))


async def get_account(reader: Reader, handle: str) -> Account:
    """Refuses with NOT_FOUND."""
    account = await accounts.find_by_handle(reader, handle)
    if account is None:
        raise Refused(Reason.NOT_FOUND, f"There is no account {handle}.")
    return account


async def _get_waiting(transaction: Transaction, account_id: int) -> Account:
    account = await accounts.find(transaction, account_id)
    if account is None:
        raise Refused(Reason.NOT_FOUND, "There is no such account.")
    if account.state != "waiting":
        raise Refused(Reason.CONFLICT, "This account does not wait for approval.")
    return account


async def _require_free(transaction: Transaction, handle: str) -> None:
    if await accounts.find_by_handle(transaction, handle) is not None:
        raise Refused(
            Reason.CONFLICT, f"The sign-in name {handle} is taken; choose another.", field="handle"
        )


async def require_other_admin(reader: Reader, account: Account) -> None:
    """Refuses with CONFLICT where nobody else administers this node."""
    everybody = await accounts.list_all(reader)
    if not any(
        one.is_admin and one.state == "active" and one.suspended_ms is None and one.id != account.id
        for one in everybody
    ):
        raise Refused(Reason.CONFLICT, "This is the last administrator; make another one first.")
