"""Documents with an application: from the school to the hub's officers, and away again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.actions import accredit as accrediting
from node.actions import enclosures, identity
from node.actions.permission import OPERATOR
from node.remote.answer import Answer
from node.storage import enclosures as rows
from node.storage.enclosures import Enclosure, Sent
from protocol import outbound
from protocol.errors import Reason, Refused
from tests import pictures
from tests.node.hubs.standing import admission_of, membership_of
from tests.nodes import Node, VirtualClock, apply_to, running, settle

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 16
SMALL = {"SCHOOLGATE_HUB__DOCUMENT_MIB": "2", "SCHOOLGATE_HUB__DOCUMENTS": "2"}


@pytest.fixture
async def hub(tmp_path: Path, clock: VirtualClock) -> AsyncIterator[Node]:
    """A hub that takes two documents of at most 2 MiB."""
    async with running("a", tmp_path / "hub", clock, SMALL, mode="hub") as node:
        yield node


async def at_hub(hub: Node, school: Node) -> list[Enclosure]:
    admission = await admission_of(hub, school)
    async with hub.context.database.read() as reader:
        return await rows.list_of(reader, admission.id)


async def at_school(school: Node) -> list[Sent]:
    own = await membership_of(school)
    async with school.context.database.read() as reader:
        return await rows.list_sent(reader, own.admission)


async def post(school: Node, hub: Node, admission: str, octets: bytes) -> Answer:
    """A school that looks at nothing itself; its gate lets pass what its door answered before."""
    speaker = await identity.get_service_identity(school.context)
    return await school.context.client.post(
        f"{admission}/documents",
        outbound.pass_on(octets, "application/pdf"),
        origin=hub.url,
        as_=speaker,
    )


async def test_documents_reach_the_hubs_officers_as_they_are(hub: Node, alpha: Node) -> None:
    await apply_to(hub, alpha)
    picture = pictures.tagged("JPEG", (64, 48)) + bytes(1 << 20)
    await enclosures.send(alpha.context, OPERATOR, "../Auszug aus dem Register.pdf", PDF)
    await enclosures.send(alpha.context, OPERATOR, "sign.jpg", picture)
    first, second = await at_hub(hub, alpha)
    assert (first.name, first.media_type) == ("document-1.pdf", "application/pdf")
    assert (second.name, second.media_type) == ("document-2.jpg", "image/jpeg")
    admission = await admission_of(hub, alpha)
    _, octets = await enclosures.get(hub.context, hub.admin, admission.id, first.number)
    assert octets == PDF
    sent = [one.name for one in await at_school(alpha)]
    assert sent == ["Auszug aus dem Register.pdf", "sign.jpg"], "told to the school's own only"
    assert await alpha.count("enclosures") == 0
    assert b"Auszug" not in b"".join(
        one.read_bytes() for one in hub.folder.path.rglob("*") if one.is_file()
    )


async def test_only_officers_look_at_them(hub: Node, alpha: Node) -> None:
    id_ = await apply_to(hub, alpha)
    await enclosures.send(alpha.context, OPERATOR, "a.pdf", PDF)
    (one,) = await at_hub(hub, alpha)
    una = await hub.account("una")
    with pytest.raises(Refused) as refused:
        await enclosures.get(hub.context, una, id_, one.number)
    assert refused.value.reason is Reason.NOT_ALLOWED
    with pytest.raises(Refused) as refused:
        await enclosures.get(hub.context, hub.admin, f"{id_}x", one.number)
    assert refused.value.reason is Reason.NOT_FOUND


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"<html><script>alert(1)</script>", Reason.UNSUPPORTED_MEDIA_TYPE),
        (b"PK\x03\x04 an archive", Reason.UNSUPPORTED_MEDIA_TYPE),
        (b"", Reason.BAD_INPUT),
        (PDF + bytes(2 << 20), Reason.TOO_LARGE),
    ],
    ids=["page", "archive", "empty", "large"],
)
async def test_what_is_no_document_is_taken_by_neither_end(
    hub: Node, alpha: Node, octets: bytes, reason: Reason
) -> None:
    id_ = await apply_to(hub, alpha)
    try:
        told = (await post(alpha, hub, id_, octets)).reason
    except Refused as broken:
        # A hub that answers before all has come may close before its answer is read.
        told = Reason.TOO_LARGE if broken.reason is Reason.UNREACHABLE else broken.reason
    assert told is reason
    with pytest.raises(Refused) as refused:
        await enclosures.send(alpha.context, OPERATOR, "x.pdf", octets)
    assert refused.value.reason is reason
    assert await at_hub(hub, alpha) == []
    assert await at_school(alpha) == []


async def test_the_same_document_twice_is_there_once_and_too_many_are_refused(
    hub: Node, alpha: Node
) -> None:
    await apply_to(hub, alpha)
    for octets in (PDF, PDF, PDF + b"another"):
        await enclosures.send(alpha.context, OPERATOR, "a.pdf", octets)
    assert len(await at_hub(hub, alpha)) == 2
    with pytest.raises(Refused) as refused:
        await enclosures.send(alpha.context, OPERATOR, "c.pdf", PDF + b"third")
    assert refused.value.reason is Reason.TOO_MANY_ITEMS


async def test_nobody_encloses_with_the_application_of_another(
    hub: Node, alpha: Node, beta: Node
) -> None:
    id_ = await apply_to(hub, alpha)
    for school in (beta, alpha):
        if school is beta:
            await apply_to(hub, beta)
        answer = await post(school, hub, id_, PDF)
        assert answer.reason is (Reason.UNKNOWN_KEY if school is beta else None)
    assert (await post(beta, hub, f"{hub.url}/admissions/{'A' * 22}", PDF)).status == 401
    assert len(await at_hub(hub, alpha)) == 1
    assert await at_hub(hub, beta) == []


async def test_with_a_decided_application_nothing_more_is_enclosed(hub: Node, alpha: Node) -> None:
    id_ = await apply_to(hub, alpha)
    await accrediting.refuse(hub.context, OPERATOR, id_, "Not this year.", "en")
    answer = await post(alpha, hub, id_, PDF)
    assert answer.reason is Reason.CONFLICT
    assert await at_hub(hub, alpha) == []


async def test_documents_are_dropped_some_time_after_the_decision(hub: Node, alpha: Node) -> None:
    id_ = await apply_to(hub, alpha)
    await enclosures.send(alpha.context, OPERATOR, "a.pdf", PDF)
    hub.clock.advance(days=60)
    await settle(hub)
    assert len(await at_hub(hub, alpha)) == 1
    await accrediting.accredit(hub.context, OPERATOR, id_)
    hub.clock.advance(days=29)
    await settle(hub)
    assert len(await at_hub(hub, alpha)) == 1
    hub.clock.advance(days=2)
    await settle(hub)
    assert await at_hub(hub, alpha) == []


async def test_what_nobody_decides_about_is_dropped_after_a_year(hub: Node, alpha: Node) -> None:
    await apply_to(hub, alpha)
    await enclosures.send(alpha.context, OPERATOR, "a.pdf", PDF)
    hub.clock.advance(days=366)
    await settle(hub)
    assert await at_hub(hub, alpha) == []
