"""Forms and questions that are sent rightly, by hand, where no crawler could fill them in."""

import re
from datetime import date

from node.actions import forum
from node.actions.identity import get_service_identity
from tests import pictures
from tests.attacks.speaking import Key, send, signed
from tests.egress.people import Class, token_of
from tests.node.spaces.bringing import publish
from tests.node.spaces.schools import Shared
from tests.node.web.browser import Browser, browsing
from tests.nodes import PASSWORD, Node, settle

SIGNED_ON = date(2026, 11, 17)
PIECES = "application/offset+octet-stream"
NEW_PASSWORD = "nine loud herons in a boat"


async def send_by_hand(shared: Shared, one: Class, teacher: Browser) -> None:
    """What a teacher does with files, pictures and consents of the space."""
    space = f"/w/{shared.space}"
    await _bring_in_pieces(teacher, space, one)
    file = await publish(shared, pictures.tagged("PNG", (320, 200)))
    await settle(shared.alpha, shared.beta)
    there = f"{space}/materials/{file.replace('/', '-')}"
    await _expect(teacher, f"{there}/pupils", "picture-marked", shown=str(one.pupils[1].id))
    for part in ("edit", "residency", "delete"):
        assert (await teacher.get(f"{there}/{part}")).status == 200, part
    await _expect(teacher, f"{there}/residency", "file-goes|file-stays", residency="home")
    named = {"name": "Storks.webp", "alt": "A stork.", "licence": "CC0-1.0", "language": "en"}
    await _expect(teacher, f"{there}/edit", "saved", **named)
    await _expect(teacher, f"{there}/delete", "deleted")
    pupil = one.pupils[1].id
    signed_by = {"said": "space", "signed_by": "guardian", f"signer-{pupil}": _signer(one)}
    on = {"signed_on": SIGNED_ON.isoformat(), "until": "2027-07-30", "pupils": str(pupil)}
    await _expect(teacher, f"{space}/consents/{one.number}", "consents-", **signed_by, **on)
    await _expect(teacher, f"{space}/keys/policy", "policy-chosen", release="live")
    await _expect(teacher, f"{space}/live", "live-begun", how="begin")
    await _expect(teacher, f"{space}/live", "live-ended", how="end")
    await _expect(teacher, f"{space}/keys/policy", "policy-chosen", release="release-first")
    await _throw_away_and_back(shared, teacher)


async def _throw_away_and_back(shared: Shared, teacher: Browser) -> None:
    """An own thread, and what the other school wrote."""
    space = f"/w/{shared.space}"
    own = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Owls", text="When?", language="en"
    )
    theirs = await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title="Mice", text="Why?", language="en"
    )
    await settle(shared.alpha, shared.beta)
    item = own.replace("/", "-")
    await _expect(teacher, f"{space}/trash", "trashed", item=item)
    await _expect(teacher, f"{space}/trash/{item}/restore", "restored")
    item = theirs.replace("/", "-")
    told = {"space": shared.space, "item": item, "why": "advertising_or_spam"}
    await _expect(teacher, "/report", "reported", **told)
    await _expect(teacher, f"{space}/remove/{item}", "removal-asked")
    await _expect(teacher, f"{space}/unremove/{item}", "removal-taken-back")


async def send_of_office(alpha: Node, beta: Node) -> None:
    """What costs little: a colleague changes his password and looks for a teacher elsewhere; an
    administrator invites somebody."""
    async with browsing(alpha, "rui") as rui:
        changed = {"old": PASSWORD, "new": NEW_PASSWORD}
        await _expect(rui, "/me/security", "password-changed", **changed)
        found = await rui.send("/people", address=f"bob@{beta.url.partition('://')[2]}")
        assert (found.status, found.path[:8]) == (200, "/people/"), found.text
    async with browsing(alpha, "admin") as admin:
        typed = {"handle": "ole", "name": "Ole", "roles": "teacher", "language": "en"}
        assert (await admin.send("/school/staff", list(typed.items()))).status == 200


def _signer(one: Class) -> str:
    return token_of(one.node, "signer")


async def _expect(teacher: Browser, path: str, told: str, **typed: str) -> None:
    done = await teacher.send(path, list(typed.items()))
    assert re.search(f"told=(?:{told})", done.path), (path, done.status, done.text)


async def _bring_in_pieces(teacher: Browser, space: str, one: Class) -> None:
    """As the script of the page does, until the file waits to be described; then it is thrown
    away."""
    octets = pictures.tagged("JPEG", (200, 120))
    site = {"Origin": teacher.origin}
    begun = await teacher.client.post(
        f"{space}/uploads", data={"name": "Swans.jpg", "size": str(len(octets))}, headers=site
    )
    path = str((await begun.json())["path"])
    given = site | {"Content-Type": PIECES, "Upload-Offset": "0"}
    answers = [
        begun,
        await teacher.client.post(path, data=octets, headers=given),
        await teacher.client.get(path),
        await teacher.client.post(f"{path}/finish", headers=site),
    ]
    assert [each.status for each in answers] == [201, 200, 200, 200]
    upload = path.rpartition("/")[2]
    marked = f"{space}/materials/new/{upload}/pupils"
    await _expect(teacher, marked, "picture-marked", shown=str(one.pupils[1].id))
    await _expect(teacher, f"{space}/materials/discard", "file-discarded|discarded", upload=upload)


async def ask_rightly(shared: Shared) -> bytes:
    """What beta asks alpha as a member, and anybody may ask; all that alpha answered."""
    alpha, beta = shared.alpha, shared.beta
    own = await get_service_identity(beta.context)
    key, heard = Key(own.key_id, own.signer), bytearray()
    async with alpha.context.database.read() as reader:
        rows = await reader.all(
            "SELECT op FROM payloads WHERE space = $1 ORDER BY op", shared.space
        )
    below, names = f"/spaces/{shared.space}", [str(row["op"]) for row in rows]
    host = alpha.url.partition("://")[2]
    targets = [
        f"{below}/ops/{names[0]}",
        *(
            f"{below}/payloads?ids={','.join(names[at : at + 40])}"
            for at in range(0, len(names), 40)
        ),
        f"/.well-known/webfinger?resource=acct:ana@{host}",
    ]
    for target in targets:
        at_ms = alpha.clock.now_ms()
        told = await send(alpha, signed("GET", alpha.url, target, key, at_ms))
        assert told.status == 200 or told.reason == "gone", (target, told.body)
        heard += told.raw
    return bytes(heard)
