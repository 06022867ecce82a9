"""The mail server that an administrator names on a page, and the protected way to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from node.actions import mail, mail_server
from node.actions.mail_server import Chosen
from node.storage import meta
from protocol.errors import Reason, Refused
from tests.certificates import Authority
from tests.node.postbox import Postbox, postbox
from tests.node.web.browser import browsing
from tests.nodes import Node, VirtualClock, running, settle

PASSWORD = "a password of the mailbox"


@asynccontextmanager
async def trusting(path: Path, clock: VirtualClock, authority: Authority) -> AsyncIterator[Node]:
    settings = {"SCHOOLGATE_REMOTE__CA_FILE": str(authority.file)}
    async with running("alpha", path / "alpha", clock, settings) as node:
        yield node


def named(box: Postbox, security: str = "none") -> dict[str, str]:
    """What somebody types."""
    return {
        "host": "localhost",
        "port": str(box.port),
        "security": security,
        "user": "node@alpha.example",
        "server_password": PASSWORD,
        "sender": "node@alpha.example",
        "mail": "rosa@school.example",
    }


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_goes_over_tls_with_a_name_and_a_password(
    tmp_path: Path, clock: VirtualClock, security: Literal["starttls", "tls"]
) -> None:
    authority = Authority(tmp_path / "authority")
    async with (
        postbox(authority.issue("localhost"), security) as box,
        trusting(tmp_path, clock, authority) as node,
    ):
        async with browsing(node, "admin") as admin:
            kept = await admin.send("/admin/mail/server", None, **named(box, security))
            assert kept.path == "/admin/mail?told=mail-queued", kept.text
            await settle(node)
            shown = await admin.get("/admin/mail")
            assert "Not sent yet" not in shown.text
            assert "localhost" in shown.text
            assert PASSWORD not in (await admin.get("/admin/mail/server")).html
        ((recipient, letter),) = box.taken
        assert (recipient, letter["From"]) == ("rosa@school.example", "node@alpha.example")
        assert box.signed_in == [f"\0node@alpha.example\0{PASSWORD}"]
        async with node.context.database.read() as reader:
            assert PASSWORD not in (await meta.get(reader, mail_server.CHOSEN))


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_nothing_is_said_to_a_server_that_cannot_prove_its_name(
    tmp_path: Path, clock: VirtualClock, security: Literal["starttls", "tls"]
) -> None:
    authority, other = Authority(tmp_path / "authority"), Authority(tmp_path / "other", "other")
    async with trusting(tmp_path, clock, authority) as node:
        for certified in (
            authority.issue("mail.example"),
            authority.issue("localhost", ended=timedelta(days=1)),
            other.issue("localhost"),
        ):
            async with postbox(certified, security) as box:
                async with browsing(node, "admin") as admin:
                    await admin.send("/admin/mail/server", None, **named(box, security))
                await settle(node)
                assert (box.taken, box.signed_in) == ([], [])
                assert not [line for line in box.said if "MAIL" in line or "AUTH" in line]
            waiting = await mail.list_open(node.context, node.admin)
            assert "does not answer" in waiting[0].why


async def test_what_is_named_wrong_is_told_at_its_field_and_nothing_is_kept(
    tmp_path: Path, clock: VirtualClock
) -> None:
    async with postbox() as box, running("alpha", tmp_path / "alpha", clock) as node:
        async with browsing(node, "admin") as admin:
            for field, value, told in (
                ("host", "mail server", "Write the name of the server"),
                ("host", "", "Fill this in"),
                ("host", "10.0.0.1", "Only on this machine itself"),
                ("port", "0", "Write a number between 1 and 65535"),
                ("security", "ssl", "Choose one of the list"),
                ("sender", "me", "Write an address like"),
                ("mail", "me\r\nBcc: x@y.zz", "Write an address like"),
                ("server_password", "x" * 1001, "Shorten this"),
            ):
                shown = await admin.send(
                    "/admin/mail/server", None, **(named(box) | {field: value})
                )
                assert shown.status == 422, field
                assert told in shown.text
                assert PASSWORD not in shown.html
            assert "No mail server is set" in (await admin.get("/admin/mail")).text
        assert box.said == []


async def test_a_page_leads_to_no_other_service_of_the_schools_network(alpha: Node) -> None:
    chosen = Chosen("intranet.school.example", 6379, "tls", "", "")
    settings = alpha.context.settings
    public = replace(settings, node=replace(settings.node, development=False))
    context = replace(alpha.context, settings=public)
    with pytest.raises(Refused) as refused:
        await mail_server.choose(context, alpha.admin, chosen)
    assert (refused.value.reason, refused.value.facts["field"]) == (Reason.BAD_INPUT, "port")
    teacher = await alpha.account("ana")
    with pytest.raises(Refused) as refused:
        await mail_server.choose(alpha.context, teacher, chosen)
    assert refused.value.reason is Reason.NOT_ALLOWED


async def test_a_kept_password_goes_to_no_other_server(tmp_path: Path, clock: VirtualClock) -> None:
    authority = Authority(tmp_path / "authority")
    async with (
        postbox(authority.issue("localhost")) as box,
        trusting(tmp_path, clock, authority) as node,
    ):
        async with browsing(node, "admin") as admin:
            await admin.send("/admin/mail/server", None, **named(box, "starttls"))
            same = named(box, "starttls") | {"server_password": ""}
            await admin.send("/admin/mail/server", None, **same)
            assert (await mail_server.get(node.context)).password == PASSWORD
            await admin.send("/admin/mail/server", None, **(same | {"host": "mail.example"}))
            assert (await mail_server.get(node.context)).password is None
            off = await admin.send("/admin/mail/forget")
            assert "every link is shown to you" in off.text
        with pytest.raises(Refused):
            await mail_server.get(node.context)


async def test_where_the_settings_name_a_server_the_page_changes_nothing(
    tmp_path: Path, clock: VirtualClock
) -> None:
    settings = {"SCHOOLGATE_MAIL__HOST": "mail.alpha.example"}
    async with postbox() as box, running("alpha", tmp_path / "alpha", clock, settings) as node:
        async with browsing(node, "admin") as admin:
            page = await admin.get("/admin/mail")
            assert "mail.alpha.example" in page.text
            assert "Change the mail server" not in page.text
            told = await admin.send("/admin/mail/server", None, **named(box))
            assert "change it there" in told.text
        assert (await mail_server.get(node.context)).host == "mail.alpha.example"
