"""Mail: queued, handed in, tried again, given up; and a node without any."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from node.actions import mail
from protocol.errors import Reason, Refused
from tests.node.postbox import Postbox, postbox
from tests.node.web.browser import browsing
from tests.nodes import Node, VirtualClock, running, settle


@asynccontextmanager
async def mailing(
    path: Path, clock: VirtualClock, box: Postbox, security: str = "none"
) -> AsyncIterator[Node]:
    settings = {
        "SCHOOLGATE_MAIL__HOST": "127.0.0.1",
        "SCHOOLGATE_MAIL__PORT": str(box.port),
        "SCHOOLGATE_MAIL__SECURITY": security,
        "SCHOOLGATE_MAIL__SENDER": "node@alpha.example",
    }
    async with running("alpha", path / "alpha", clock, settings) as node:
        yield node


async def test_an_invitation_goes_by_mail_in_its_readers_language(
    tmp_path: Path, clock: VirtualClock
) -> None:
    async with postbox() as box, mailing(tmp_path, clock, box) as node:
        async with browsing(node, "admin") as admin:
            shown = await admin.send(
                "/school/staff",
                None,
                name="Eva Stein",
                handle="eva",
                roles="teacher",
                language="de",
                mail="eva@stein.example",
            )
            assert "on its way by mail to eva@stein.example" in shown.text
        await settle(node)
        ((recipient, letter),) = box.taken
        assert recipient == letter["To"] == "eva@stein.example"
        assert letter["From"] == "node@alpha.example"
        assert box.said[0] == "EHLO [127.0.0.1]", "not what the machine calls itself"
        text = letter.get_content()
        assert "Eva Stein" in text
        assert "Passwort" in text
        link = shown.html.partition(f"{node.url}/invite/")[2].partition("<")[0]
        assert f"{node.url}/invite/{link}" in text
        assert await node.count("mails") == 0


async def test_what_is_not_taken_is_tried_again_and_given_up_when_refused_for_good(
    tmp_path: Path, clock: VirtualClock
) -> None:
    async with postbox() as box, mailing(tmp_path, clock, box) as node:
        box.answer = "451 come again"
        await mail.write(node.context, node.admin, "eva", "eva@stein.example", "Hello", "secret")
        assert await mail.send_due(node.context) is not None
        (waiting,) = await mail.list_open(node.context, node.admin)
        assert (waiting.state, waiting.attempts) == ("waiting", 1)
        assert "451" in waiting.why
        assert await mail.send_due(node.context) == waiting.next_ms
        clock.advance(seconds=60)
        box.answer = "550 eva@stein.example is unknown here"
        assert await mail.send_due(node.context) is None
        (over,) = await mail.list_open(node.context, node.admin)
        assert (over.state, over.text, over.why) == ("given_up", "", "the mail server answered 550")
        assert box.taken == []


async def test_what_the_server_has_against_this_node_waits_until_it_is_mended(
    tmp_path: Path, clock: VirtualClock
) -> None:
    async with postbox() as box, mailing(tmp_path, clock, box) as node:
        box.to_sender = "550 node@alpha.example may not send"
        await mail.write(node.context, node.admin, "eva", "eva@stein.example", "Hello", "secret")
        assert await mail.send_due(node.context) is not None
        (waiting,) = await mail.list_open(node.context, node.admin)
        assert (waiting.state, waiting.text) == ("waiting", "secret")
        box.to_sender = "250 ok"
        clock.advance(seconds=60)
        assert await mail.send_due(node.context) is None
        assert [recipient for recipient, _ in box.taken] == ["eva@stein.example"]


async def test_without_tls_where_it_is_asked_for_nothing_is_said(
    tmp_path: Path, clock: VirtualClock
) -> None:
    async with postbox() as box, mailing(tmp_path, clock, box, "starttls") as node:
        await mail.write(node.context, node.admin, "eva", "eva@stein.example", "Hello", "secret")
        await mail.send_due(node.context)
        assert box.taken == []
        assert not [line for line in box.said if "eva" in line or "AUTH" in line]
        assert len(await mail.list_open(node.context, node.admin)) == 1


async def test_a_node_without_mail_shows_links_and_sends_nothing(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        shown = await admin.send(
            "/school/staff", None, name="Eva", handle="eva", roles="teacher", language="en"
        )
        assert f"{alpha.url}/invite/" in shown.html
        assert "by mail" not in shown.text
        assert "No mail server is set" in (await admin.get("/admin/mail")).text
    with pytest.raises(Refused) as refused:
        await mail.try_out(alpha.context, alpha.admin, "eva@stein.example", "Hello", "Hello")
    assert refused.value.reason is Reason.BAD_SETTING


async def test_the_administrator_tries_mail_out(tmp_path: Path, clock: VirtualClock) -> None:
    async with postbox() as box, mailing(tmp_path, clock, box) as node:
        async with browsing(node, "admin") as admin:
            bad = await admin.send("/admin/mail", None, mail="eva@stein.example\r\nBcc: x@y.zz")
            assert bad.status == 422
            sent = await admin.send("/admin/mail", None, mail="rosa@school.example")
            assert sent.path == "/admin/mail?told=mail-queued"
        await settle(node)
        ((recipient, letter),) = box.taken
        assert recipient == "rosa@school.example"
        assert node.url in letter.get_content()


@pytest.mark.parametrize(
    "address",
    [
        *("", "eva", "eva@", "@stein.example", "eva@stein", "eva stein@x.example"),
        *("eva@stein.example, x@y.example", "Eva <eva@stein.example>", "eva@stein.example\nBcc: x"),
        *("m\u0131ke@stein.example", "eva@st\u0435in.example", "e" * 65 + "@stein.example"),
    ],
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(Refused) as refused:
        mail.read_address(address)
    assert refused.value.reason is Reason.BAD_INPUT
