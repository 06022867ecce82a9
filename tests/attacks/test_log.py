"""The operator's log: whatever strangers send, each event is one line that only the node wrote."""

import io
import json
from collections.abc import Iterator

import pytest

from node import events
from node.actions import people
from protocol import names
from protocol.canonical import JSONObject
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import ACTIVITY, Request, send, talk
from tests.attacks.visiting import Visitor
from tests.nodes import PASSWORD, Node, settle

ODD = ("%0d%0a", "%1b%5b31m", "%e2%80%a8", "%c2%85", "%7f", "%00", "%22%7d%0a%7b", "%e2%80%ae")
FORGED = '{"at":"2026-11-23T19:00:00Z","event":"signed_in","account":1}'


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    events.silence(False)
    events.redirect(stream)
    yield stream
    events.redirect(None)
    events.silence()


def read(log: io.StringIO) -> list[JSONObject]:
    """The events of the log, each one line of printable ASCII."""
    text = log.getvalue()
    found: list[JSONObject] = []
    for line in text.split("\n")[:-1]:
        assert line.isascii()
        assert line.isprintable(), ascii(line)
        found.append(json.loads(line))
        assert set(found[-1]) >= {"at", "event"}
    assert text.endswith("\n")
    return found


async def test_a141_paths_and_fields_of_strangers_stay_inside_one_line(
    alpha: Node, log: io.StringIO
) -> None:
    sent = 0
    for odd in ODD:
        for target in (f"/people/{odd}", f"/notes/x{odd}{FORGED}".replace('"', "%22"), f"/{odd}"):
            fields = (
                ("Accept", ACTIVITY),
                ("User-Agent", f"x\u00e9 {FORGED}"),
                ("X-Forwarded-For", FORGED),
                ("Referer", FORGED),
            )
            told = await send(alpha, Request("GET", target, fields))
            assert told.status in {400, 401, 404}
            sent += 1
    for attack in (
        b"GET /\x1b[31m HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\r\n" + FORGED.encode() + b"\r\n\r\n",
        b"\xff\xfe\x1b]0;owned\x07\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX\x1b: y\r\n\r\n",
        b"\x1b[2J" * 100 + b"\r\n\r\n",
    ):
        await talk(alpha, attack)
    found = read(log)
    assert {one["event"] for one in found} == {"request_refused"}
    assert 0 < len(found) <= sent + 5


async def test_a141_names_of_people_and_partners_stay_inside_one_line(
    alpha: Node, mallory: Rogue, log: io.StringIO
) -> None:
    for handle in ("x\r\n" + FORGED, "\x1b[31mred", "a\u2028b", "\u202eadmin", "x" * 5_000):
        typed = {"handle": handle, "password": "wrong wrong wrong"}
        await Visitor(alpha).post("/login", typed, user_agent=f"Firefox/1 {FORGED}")
    eve = mallory.person("eve")
    for odd in ("\r\n" + FORGED, "\u2028", "\x1b[31m"):
        activity = {**mallory.follow(eve, alpha.admin.actor), "type": odd, "id": eve + odd}
        await send(alpha, mallory.letter(alpha, activity))
    await mallory.is_done(alpha, mallory.follow(eve, alpha.admin.actor))
    await settle(alpha)
    found = read(log)
    assert {"received", "applied", "delivered"} <= {str(one["event"]) for one in found}
    assert "signed_in" not in {one["event"] for one in found}
    assert FORGED not in log.getvalue()


async def test_no_secret_and_no_words_of_people_stand_in_the_log(
    alpha: Node, mallory: Rogue, log: io.StringIO
) -> None:
    url = await people.invite(
        alpha.context, alpha.admin, handle="ana", name="Ana", roles=frozenset({"teacher"}),
        language="en",
    )  # fmt: skip
    token = url.rpartition("/")[2]
    visitor = Visitor(alpha)
    await visitor.sign_in()
    for target in (f"/invite/{token}", f"/invite/{token}x", f"/login?next=/{PASSWORD}"):
        for accept in ("text/html", ACTIVITY):
            await visitor.get(target, accept=accept)
            await visitor.post(target, {"password": "short"}, accept=accept)
    cookie = visitor.cookie.partition("=")[2]
    await visitor.get(f"/nothing/{cookie}", accept=ACTIVITY)
    secret = "What nobody else should read."
    eve = mallory.person("eve")
    note = mallory.note(eve, {"content": secret}, reader=names.person_id(alpha.url, "ana"))
    await send(alpha, mallory.letter(alpha, mallory.create(eve, note)))
    await settle(alpha)
    read(log)
    for kept in (token, PASSWORD, secret):
        assert kept not in log.getvalue()
