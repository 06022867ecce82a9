"""Names that look like other names: in handles, in what people are called, in partners' hosts."""

from html.parser import HTMLParser

import pytest

from node.actions import find, partners, people
from node.actions.permission import OPERATOR
from protocol import canonical, names
from protocol.errors import Reason, Refused
from tests.attacks.founding import offer_contact
from tests.attacks.hostile import Rogue, answer
from tests.attacks.speaking import send, snapshot
from tests.attacks.visiting import Visitor, signed_in
from tests.nodes import PASSWORD, Node

HANDLES = (
    "\u0430dmin", "adm\u0456n", "a\u200bdmin", "admin\u200d", "\u202enimda", "admin\u0307",
    "ａdmin", "ADMIN\u0130", "\u212aana", "admin ", "ad min", "admin\n", "-admin", ".admin",
    "a/b", "a@b", "a%62", "x" * 33, "", "admin\u0000", "ªdmin",
)  # fmt: skip
UNSEEN = (
    "\u200b", "\u200e", "\u200f", "\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067",
    "\u2068", "\ufeff", "\u0000", "\u0007", "\u001b", "\u0085", "\u2028", "\u2060",
)  # fmt: skip


async def test_a142_a_handle_is_plain_ascii(alpha: Node, mallory: Rogue) -> None:
    admin = await signed_in(alpha)
    before = await snapshot(alpha, but=frozenset({"sessions"}))
    # What a browser may send with a space around it, or in capitals, is meant plainly.
    meant = {"admin ", "admin\n"}
    for handle in HANDLES:
        typed = {
            "name": "X",
            "handle": handle,
            "password": PASSWORD,
            "note": "",
            "roles": "teacher",
        }
        told = await Visitor(alpha).post("/ask", typed)
        assert told.status == 422, ascii(handle)
        told = await admin.post("/school/staff", typed | {"roles": "teacher", "language": "en"})
        assert told.status == 422, ascii(handle)
        if handle in meant:
            continue
        with pytest.raises(Refused):
            await people.invite(
                alpha.context, OPERATOR, handle=handle, name="X",
                roles=frozenset({"teacher"}), language="en",
            )  # fmt: skip
    assert await snapshot(alpha, but=frozenset({"sessions"})) == before
    for handle in ("\u0430dmin", "\uff41dmin", "adm\u0456n"):
        told = await Visitor(alpha).post("/login", {"handle": handle, "password": PASSWORD})
        assert told.status == 422, ascii(handle)


async def test_a142_a_partners_person_has_a_plain_handle_too(alpha: Node, mallory: Rogue) -> None:
    before = await snapshot(alpha)
    for handle in HANDLES:
        profile = mallory.profile("eve", {"preferredUsername": handle})
        mallory.answers["/people/eve"] = answer(canonical.encode(profile))
        eve = names.person_id(mallory.base, "eve")
        told = await send(alpha, mallory.letter(alpha, mallory.follow(eve, alpha.admin.actor)))
        assert told.reason == "bad_shape", ascii(handle)
    assert await snapshot(alpha) == before
    await mallory.is_done(alpha, mallory.follow(mallory.person("eve"), alpha.admin.actor))


async def test_a142_what_cannot_be_seen_is_no_part_of_a_name(alpha: Node, mallory: Rogue) -> None:
    eve = mallory.person("eve")
    await mallory.is_done(alpha, mallory.follow(eve, alpha.admin.actor))
    for unseen in UNSEEN:
        profile = mallory.profile("eve", {"version": 2, "name": f"Ad{unseen}min"})
        await mallory.is_refused(alpha, mallory.update(eve, profile), Reason.BAD_SHAPE)
    visitor = await signed_in(alpha)
    await alpha.account("ana")
    for number, unseen in enumerate(UNSEEN):
        typed = {"name": f"Ad{unseen}min", "handle": f"new{number}", "password": PASSWORD}
        await Visitor(alpha).post("/ask", typed)
    async with alpha.context.database.read() as reader:
        rows = await reader.all("SELECT name FROM accounts")
    for row in rows:
        assert not set(row[0]) & set(UNSEEN), ascii(row[0])
    told = await visitor.get("/school/staff")
    assert told.status == 200
    assert not set(told.body.decode()) & (set(UNSEEN) - {"\u200b"})


class Isolated(HTMLParser):
    """Whether each word stands inside an element that isolates its direction."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.open: list[tuple[str, bool]] = []
        self.found: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "input", "br", "img", "use", "hr", "path"}:
            isolates = tag == "bdi" or dict(attrs).get("dir") in {"auto", "ltr", "rtl"}
            self.open.append((tag, isolates and tag not in {"html", "body"}))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = {tag for tag, _ in self.open}
        if self.word in data and not inside & {"title", "script", "style"}:
            self.found.append(any(isolates for _, isolates in self.open))


async def test_a142_a_name_is_isolated_in_its_direction(alpha: Node, mallory: Rogue) -> None:
    word = "\u05d0\u05d1\u05d2"
    mallory.serve(mallory.profile("eve", {"name": f"{word} 1"}))
    eve = names.person_id(mallory.base, "eve")
    await mallory.is_done(alpha, mallory.follow(eve, alpha.admin.actor))
    await mallory.is_done(alpha, offer_contact(mallory, eve, alpha.admin.actor))
    visitor = await signed_in(alpha)
    there = f"eve@{mallory.base.removeprefix('http://')}"
    found: list[bool] = []
    for target in (f"/people/{there}", "/contacts", "/home", "/people"):
        told = await visitor.get(target)
        assert told.status == 200
        page = Isolated(word)
        page.feed(told.body.decode("utf-8"))
        found += page.found
    assert len(found) >= 2
    assert all(found)


async def test_a142_a_host_in_other_letters_is_no_host(alpha: Node, mallory: Rogue) -> None:
    before = await snapshot(alpha)
    for host in (
        "sch\u043eol.example", "\u0448\u043a\u043e\u043b\u0430.example", "school\u3002example",
        "school.ex\u0430mple", "ſchool.example", "school\u00ad.example", "school.example\u2044x",
    ):  # fmt: skip
        for address in (host, f"https://{host}", f"https://{host}/"):
            with pytest.raises(Refused) as refused:
                await partners.add(alpha.context, OPERATOR, address)
            assert refused.value.reason is Reason.BAD_NAME, ascii(address)
        with pytest.raises(Refused) as refused:
            await find.find_actor(alpha.context, alpha.admin, f"eve@{host}")
        assert refused.value.reason is Reason.BAD_NAME, ascii(host)
    with pytest.raises(Refused) as refused:
        await find.find_actor(alpha.context, alpha.admin, "eve@xn--80a1acny.example")
    assert refused.value.reason is Reason.NOT_PARTNER
    assert await snapshot(alpha) == before
