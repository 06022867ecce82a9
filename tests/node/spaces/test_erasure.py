"""What a school takes back is gone at every school, for ever, and each confirms it."""

import pytest

from node.actions import erase, forum
from node.storage import operations, views
from protocol.errors import Reason, Refused
from protocol.space import erasure
from protocol.space.fold.history import Standing
from tests.node.spaces.schools import Shared, discussions, holds_the_same, texts
from tests.node.spaces.speaking import bring, bring_statements, get, own_log, signer_of
from tests.nodes import Node, settle

WORD = "Ciconia"


async def start(shared: Shared, text: str) -> str:
    return await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Storks", text=text, language="en"
    )


async def erase_at(shared: Shared, post: str) -> None:
    await forum.erase(shared.alpha.context, shared.ana, shared.space, post)


async def search(node: Node, space: str, words: str) -> list[str]:
    async with node.context.database.read() as reader:
        return [one.text for one in await views.search_posts(reader, space, words)]


def files_of(node: Node) -> bytes:
    """All that lies in the node's data folder."""
    return b"".join(
        one.read_bytes() for one in sorted(node.folder.path.rglob("*")) if one.is_file()
    )


async def test_an_erased_post_is_nowhere_at_either_school(shared: Shared) -> None:
    thread = await start(shared, f"A {WORD} came.")
    await forum.edit(
        shared.alpha.context, shared.ana, shared.space, thread, text=f"Two {WORD}.", language="en"
    )
    await forum.reply(
        shared.alpha.context, shared.ana, shared.space, thread, text="It stays.", language="en"
    )
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert await search(node, shared.space, "ciconia") == [f"Two {WORD}."]
        assert WORD.encode() in files_of(node)
    await erase_at(shared, thread)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        shown = (await discussions(node, shared.space))[0]
        assert (shown.thread.standing, shown.thread.text) == (Standing.ERASED, "")
        assert [one.text for one in shown.replies] == ["It stays."]
        assert await search(node, shared.space, "ciconia") == []
        assert await search(node, shared.space, "stays") == ["It stays."]
        found = files_of(node)
        assert WORD.encode() not in found
        assert WORD.lower().encode() not in found
    assert await holds_the_same(shared.alpha, shared.beta, shared.space)


async def test_an_erased_payload_is_gone_and_the_chain_stays_whole(shared: Shared) -> None:
    thread = await start(shared, WORD)
    await settle(shared.alpha, shared.beta)
    written = (await own_log(shared.alpha, shared.space))[-1]
    await erase_at(shared, thread)
    await settle(shared.alpha, shared.beta)
    for here, there in ((shared.alpha, shared.beta), (shared.beta, shared.alpha)):
        told = await get(there, here, f"/spaces/{shared.space}/payloads?ids={written.id}")
        assert (told.status, told.reason) == (410, Reason.GONE)
        assert written.id.encode() in told.body
        page = await get(there, here, f"/spaces/{shared.space}/logs/{written.header.log}?after=0")
        assert page.status == 200
        assert b'"payload":null' in page.body


async def test_what_is_erased_where_its_text_is_missing_goes_elsewhere_too(shared: Shared) -> None:
    """The own log came back from a partner that has not got every payload itself."""
    thread = await start(shared, WORD)
    await settle(shared.alpha, shared.beta)
    async with shared.alpha.context.database.write() as transaction:
        await transaction.run("DELETE FROM payloads WHERE payload LIKE $1", f"%{WORD}%")
        await transaction.run("UPDATE operations SET lacks = 1 WHERE object = $1", thread[33:])
    await erase_at(shared, thread)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert (await discussions(node, shared.space))[0].thread.standing is Standing.ERASED
    assert WORD.encode() not in files_of(shared.beta)


async def test_a_late_duplicate_does_not_bring_an_erased_payload_back(shared: Shared) -> None:
    thread = await start(shared, WORD)
    written = await own_log(shared.alpha, shared.space)
    await settle(shared.alpha, shared.beta)
    await erase_at(shared, thread)
    await settle(shared.alpha, shared.beta)
    answer = await bring(shared.alpha, shared.beta, shared.space, written)
    assert answer.status == 202
    async with shared.beta.context.database.read() as reader:
        kept = await operations.get(reader, shared.space, written[-1].id)
    assert kept.payload is None
    assert await texts(shared.beta, shared.space) == [[""]]


async def test_what_was_erased_before_it_arrived_never_has_a_text(shared: Shared) -> None:
    await shared.beta.close_doors()
    thread = await start(shared, WORD)
    written = await own_log(shared.alpha, shared.space)
    await erase_at(shared, thread)
    await shared.beta.open_doors()
    shared.alpha.clock.advance(seconds=700)
    await settle(shared.alpha, shared.beta)
    await bring(shared.alpha, shared.beta, shared.space, written)
    assert (await discussions(shared.beta, shared.space))[0].thread.standing is Standing.ERASED
    assert WORD.encode() not in files_of(shared.beta)


async def test_each_school_confirms_an_erasure_and_the_author_sees_it(shared: Shared) -> None:
    thread = await start(shared, WORD)
    await settle(shared.alpha, shared.beta)
    assert (
        await erase.list_confirmations(shared.alpha.context, shared.ana, shared.space, thread) == []
    )
    await shared.beta.close_doors()
    await erase_at(shared, thread)
    await settle(shared.alpha)
    open_ = await erase.list_confirmations(shared.alpha.context, shared.ana, shared.space, thread)
    await shared.beta.open_doors()
    shared.alpha.clock.advance(seconds=60)
    await settle(shared.alpha, shared.beta)
    done = await erase.list_confirmations(shared.alpha.context, shared.ana, shared.space, thread)
    assert [(one.school, one.received_ms) for one in open_] == [("School Beta", None)]
    assert [one.received_ms for one in done] == [shared.alpha.clock.now_ms()]


async def test_a_school_that_heard_of_an_erasure_by_asking_sends_its_receipt(
    shared: Shared,
) -> None:
    thread = await start(shared, WORD)
    await settle(shared.alpha, shared.beta)
    await erase_at(shared, thread)
    shared.beta.clock.advance(seconds=700)
    await settle(shared.beta)
    done = await erase.list_confirmations(shared.alpha.context, shared.ana, shared.space, thread)
    assert [one.received_ms is not None for one in done] == [True]


async def test_only_the_author_erases_or_edits(shared: Shared) -> None:
    thread = await start(shared, WORD)
    await settle(shared.alpha, shared.beta)
    with pytest.raises(Refused) as refused:
        await forum.erase(shared.beta.context, shared.bob, shared.space, thread)
    assert refused.value.reason is Reason.NOT_OWNER
    with pytest.raises(Refused) as refused:
        await forum.edit(
            shared.beta.context, shared.bob, shared.space, thread, text="mine", language="en"
        )
    assert refused.value.reason is Reason.NOT_OWNER


async def test_a_school_cannot_erase_what_another_signed(shared: Shared) -> None:
    await start(shared, WORD)
    await settle(shared.alpha, shared.beta)
    written = (await own_log(shared.alpha, shared.space))[-1]
    own = (await own_log(shared.beta, shared.space))[-1]
    signer = await signer_of(shared.beta, shared.space)
    # The log is said to be the signer's own; the operation is not.
    said = erasure.sign_statement(
        shared.space,
        own.header.node,
        [(own.header.log, 7, written.id)],
        time_ms=shared.beta.clock.now_ms(),
        signer=signer,
    )
    answer = await bring_statements(shared.beta, shared.alpha, shared.space, "erasures", [said])
    assert answer.status == 200
    assert await texts(shared.alpha, shared.space) == [[WORD]]


async def test_a_statement_that_its_node_has_not_signed_is_refused(shared: Shared) -> None:
    await start(shared, WORD)
    written = (await own_log(shared.alpha, shared.space))[-1]
    signer = await signer_of(shared.beta, shared.space)
    header = written.header
    forged = erasure.sign_statement(
        shared.space, header.node, [(header.log, header.seq, written.id)], time_ms=1, signer=signer
    )
    answer = await bring_statements(shared.beta, shared.alpha, shared.space, "erasures", [forged])
    assert answer.reason is Reason.BAD_SIGNATURE
    assert await texts(shared.alpha, shared.space) == [[WORD]]


async def test_a_stranger_s_statement_does_not_stop_the_others(shared: Shared) -> None:
    await start(shared, WORD)
    await settle(shared.alpha, shared.beta)
    written = (await own_log(shared.alpha, shared.space))[-1]
    signer = await signer_of(shared.alpha, shared.space)
    log = f"c/{'e' * 32}/0"
    strange = erasure.sign_statement(
        shared.space, "e" * 32, [(log, 1, written.id)], time_ms=1, signer=signer
    )
    header = written.header
    good = erasure.sign_statement(
        shared.space, header.node, [(header.log, header.seq, written.id)], time_ms=1, signer=signer
    )
    told = await bring_statements(
        shared.alpha, shared.beta, shared.space, "erasures", [strange, good]
    )
    assert told.status == 200
    assert await texts(shared.beta, shared.space) == [[""]]
    alone = await bring_statements(shared.alpha, shared.beta, shared.space, "erasures", [strange])
    assert alone.reason is Reason.UNKNOWN_KEY
