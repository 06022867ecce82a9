"""Pages and forms: who may send them, from where, and where they lead."""

import re
from urllib.parse import quote

import pytest

from node.actions import people, succession
from node.web.file_routes import BYTES
from node.web.routes import PAGES
from protocol.outbound import LINES
from tests.attacks.speaking import Told, send, snapshot
from tests.attacks.visiting import Visitor, signed_in
from tests.nodes import PASSWORD, Node, VirtualClock

FILLED = {
    "{token}": "x" * 43,
    "{session}": "1",
    "{name}": "ana",
    "{space}": "x" * 43,
    "{thread}": "a.b",
    "{post}": "a.b",
    "{update}": "a.b",
    "{file}": "a.b",
    "{album}": "a.b",
    "{upload}": "a.b",
    "{account}": "1",
    "{host}": "school.example",
    "{delivery}": "1",
    "{number}": "1",
    "{node}": "0" * 32,
    "{page}": "a.b",
    "{block}": "a.b",
    "{version}": "x" * 43,
    "{wall}": "a.b",
    "{class}": "1",
    "{pupil}": "1",
    "{work}": "1",
    "{card}": "a.b",
    "{item}": "a.b",
    "{report}": "x" * 22,
    "{export}": "1",
    "{digest}": "x" * 43,
    "{case}": "1",
    "{substitution}": "1",
    "{code}": "aaaa-aaaa-aaaa-aaaa-aaaa",
}
FOR_ANYONE = frozenset({"/login", "/logout", "/ask", "/setup", "/c", "/c/card", "/c/leave"})
SEEN = frozenset({"sessions"})
"""A session remembers when it was last seen."""


def filled(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(name, value)
    assert "{" not in path
    return path


ALL = [*PAGES, *BYTES]
ASKED = sorted({filled(path) for method, path, _, _ in ALL if method == "GET"})
SENT = sorted({filled(path) for method, path, _, _ in ALL if method == "POST"})


def leads_to(told: Told) -> str:
    """Where a browser goes next: on this node, or the test fails."""
    location = told.fields["location"]
    assert location.startswith("/")
    assert not re.match(r"/[/\\\s]", location)
    assert "\\" not in location
    return location


async def test_a076_signing_in_leads_to_this_node_only(alpha: Node) -> None:
    for wanted in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example/",
        "/%09/evil.example",
        " //evil.example",
        "///evil.example",
        "/ /evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http:evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        "@evil.example",
        ".evil.example",
        "evil.example",
        "/x" * 3_000,
    ):
        visitor = Visitor(alpha)
        typed = {"handle": "admin", "password": PASSWORD, "next": wanted}
        told = await visitor.post("/login", typed)
        assert told.status == 303
        assert leads_to(told).startswith(("/home", "/%09"))
        assert "a=b" not in told.fields["set-cookie"]
        visitor.cookie = told.fields["set-cookie"].partition(";")[0]
        asked = await visitor.get(f"/login?next={quote(wanted)[:7_000]}")
        assert asked.status == 303
        assert leads_to(asked).startswith(("/home", "/%09"))
    typed = {"handle": "admin", "password": PASSWORD, "next": "/people?q=x"}
    assert leads_to(await Visitor(alpha).post("/login", typed)) == "/people?q=x"


async def test_a076_an_odd_path_redirects_to_no_other_site(alpha: Node) -> None:
    for target in (
        "//evil.example/",
        "//evil.example/home",
        "/\\evil.example/home",
        "//evil.example/%2e%2e/home",
        "/home//evil.example",
        "/login//evil.example/",
        "/home/",
        "/%2f%2fevil.example/",
        "/.//evil.example/",
        "/home?next=//evil.example",
        "/home?next=%0d%0aSet-Cookie:a=b",
    ):
        told = await Visitor(alpha).get(target)
        assert told.status in {303, 400, 404}, (target, told.status)
        assert "set-cookie" not in told.fields
        if told.status == 303:
            assert leads_to(told).startswith("/login?next=")


async def test_a125_no_page_stands_in_the_frame_of_another_site(alpha: Node) -> None:
    admin, stranger = await signed_in(alpha), Visitor(alpha)
    for visitor in (admin, stranger):
        for target in [*ASKED, "/people/admin", "/nothing", "/schools/main", "/projects/x"]:
            told = await visitor.get(target)
            if told.status == 303:
                continue
            policy = told.fields["content-security-policy"]
            assert "frame-ancestors 'none'" in policy, target
            assert told.fields["x-frame-options"] == "DENY", target
            assert told.fields["x-content-type-options"] == "nosniff", target


async def test_a126_a_form_of_another_site_changes_nothing(alpha: Node) -> None:
    visitor = await signed_in(alpha)
    before = await snapshot(alpha, but=SEEN)
    evil = "https://evil.example"
    lying: list[dict[str, str]] = [
        {"origin": evil},
        {"origin": "null"},
        {"origin": ""},
        {"origin": f"{alpha.url}.evil.example"},
        {"origin": f"{evil}/{alpha.url}"},
        {"origin": alpha.url.replace("http:", "https:")},
        {"origin": f"{alpha.url}0"},
        {"origin": alpha.url, "sec_fetch_site": "cross-site"},
        {"origin": alpha.url, "sec_fetch_site": "same-site"},
        {"origin": alpha.url, "sec_fetch_site": "none"},
        {"origin": evil, "referer": f"{alpha.url}/home"},
    ]
    for target in SENT:
        if target.startswith("/setup"):
            # What nobody has to sign in for may be asked thirty times in five minutes.
            assert await snapshot(alpha, but=SEEN) == before
            alpha.clock.advance(seconds=301)
            await visitor.get("/home")  # that somebody looks after the node is noted now
            before = await snapshot(alpha, but=SEEN)
        for fields in lying:
            told = await visitor.post(target, {"handle": "x", "name": "x"}, **fields)
            assert told.status == 403, (target, fields, told.status)
            said = (
                b"ask your teacher"
                if target == "/c" or target.startswith("/c/")
                else b"another site"
            )
            assert said in told.body, (target, fields)
    assert await snapshot(alpha, but=SEEN) == before
    typed = {"text": "Hello.", "language": "en"}
    for fields in ({"origin": alpha.url}, {"origin": "", "sec_fetch_site": "same-origin"}):
        assert (await visitor.post("/updates/new", typed, **fields)).status == 303


async def test_a126_what_is_no_form_is_refused(alpha: Node) -> None:
    visitor = await signed_in(alpha)
    before = await snapshot(alpha, but=SEEN)
    for media_type in (
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        LINES,
        "application/x-www-form-urlencoded-x",
        "",
    ):
        told = await visitor.post("/updates/new", {"text": "Hello."}, content_type=media_type)
        assert told.status == 415, media_type
    assert await snapshot(alpha, but=SEEN) == before


async def test_a126_nothing_changes_by_being_looked_at(alpha: Node) -> None:
    visitor = await signed_in(alpha)
    before = await snapshot(alpha, but=SEEN)
    for target in [*ASKED, *SENT]:
        for method in ("GET", "HEAD"):
            told = await send(alpha, visitor.request(method, f"{target}?text=x&yes=1", {}))
            assert told.status in {200, 303, 403, 404, 405, 410}, (method, target, told.status)
    assert await snapshot(alpha, but=SEEN) == before


async def test_a126_without_a_session_or_with_anothers_nothing_is_done(alpha: Node) -> None:
    ana, bob = await alpha.account("ana"), await alpha.account("bob")
    note = await people.publish_update(alpha.context, ana, text="Mine.", language="en")
    name = note.rpartition("/")[2]
    stranger, other = Visitor(alpha), await signed_in(alpha, "bob")
    assert bob.handle == "bob"
    before = await snapshot(alpha, but=SEEN)
    for cookie in ("", "session=", "session=x", f"session={'A' * 43}", "session=x; session=y"):
        stranger.cookie = cookie
        for target in SENT:
            if target in FOR_ANYONE or target.startswith(("/invite", "/consent/")):
                continue
            told = await stranger.post(target, {"text": "x"})
            assert told.status == 401, (target, told.status)
    for target in SENT:
        if target.startswith(("/admin", "/school/staff")):
            told = await other.post(target, {"handle": "x", "name": "x"})
            assert told.status == 403, (target, told.status)
    told = await other.post(f"/updates/{name}/delete", {})
    assert told.status == 403
    told = await other.post("/me/security/sessions/1/end", {})
    assert told.status in {303, 404}
    assert await snapshot(alpha, but=SEEN) == before
    mine = await signed_in(alpha, "ana")
    assert (await mine.post(f"/updates/{name}/delete", {})).status == 303


async def test_a128_only_the_hosts_own_cookie_is_a_session(strict: Node) -> None:
    visitor = Visitor(strict)
    typed = {"handle": "admin", "password": PASSWORD}
    told = await visitor.post("/login", typed)
    assert told.status == 303
    given, *rules = [one.strip() for one in told.fields["set-cookie"].split(";")]
    assert given.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(rules)
    assert not [one for one in rules if one.lower().startswith("domain")]
    token = given.partition("=")[2]
    for cookie in (
        f"session={token}",
        f"=__Host-session={token}",
        f"__Host-sid={token}",
        f"__host-session={token}",
        f"__Host-session ={token}",
        f"x=y,__Host-session={token}",
        f'a="b; __Host-session={token}"'.replace(token, token + '"'),
        f"__Host-session={token}; __Host-session=other",
        f"__Host-session=other; __Host-session={token}",
        f"__Host-session={token.swapcase()}",
        f"__Host-session={token}x",
        f"__Host-session={token[:-1]}",
        f"__Secure-session={token}",
    ):
        visitor.cookie = cookie
        told = await visitor.get("/home")
        assert told.status == 303, cookie
        assert told.fields["location"].startswith("/login")
    visitor.cookie = given
    assert (await visitor.get("/home")).status == 200


async def test_a_session_ends_with_its_account_its_password_and_its_time(
    alpha: Node, clock: VirtualClock
) -> None:
    ana = await alpha.account("ana")
    first, second = await signed_in(alpha, "ana"), await signed_in(alpha, "ana")
    typed = {"old": PASSWORD, "new": "another long password"}
    assert (await first.post("/me/security", typed)).status == 303
    assert (await first.get("/home")).status == 200
    assert (await second.get("/home")).status == 303
    await succession.end_account(alpha.context, alpha.admin, ana.handle)
    assert (await first.get("/home")).status == 303
    assert (await first.post("/updates/new", {"text": "x", "language": "en"})).status == 401
    admin = await signed_in(alpha)
    kept = admin.cookie
    assert (await admin.post("/logout", {})).status == 303
    admin.cookie = kept
    assert (await admin.get("/home")).status == 303
    again = await signed_in(alpha)
    clock.advance(days=400)
    assert (await again.get("/home")).status == 303


@pytest.mark.parametrize("handle", ["", "ana", "admin"])
async def test_odd_addresses_and_questions_are_answered_by_a_page(alpha: Node, handle: str) -> None:
    await alpha.account("ana")
    visitor = await signed_in(alpha, handle) if handle else Visitor(alpha)
    odd = (
        "%00", "%ff", "%2e%2e", "..%2f..", "a%0d%0ab", "%F0%9F%92%A9", "'", "%22", "%3Cscript%3E",
        "-1", "9" * 400, "1e9", "%", "x" * 3_000, "@", "a@b", "eve@127.0.0.1:1", "eve@[::1]", "~",
        "a.b.c", ".", "%20", "%u0041", "eve@%d1%88%d0%ba.example", "null", "{}", "0x1",
    )  # fmt: skip
    paths = [path for _, path, _, _ in PAGES if "{" in path]
    paths += ["/people/{name}", "/schools/{name}", "/projects/{name}", "/static/{name}/{name}"]
    for number, text in enumerate(odd):
        path = paths[number % len(paths)]
        for one in {path, paths[(number * 7 + 3) % len(paths)], "/people/{name}"}:
            target = re.sub(r"\{[a-z]+\}", text.replace("\\", r"\\"), one)
            told = await visitor.get(target)
            assert told.status in {200, 303, 400, 403, 404, 405, 410}, (target, told.status)
    for target in ("/people", "/home", "/projects", "/messages", "/login", "/contacts"):
        for question in (
            "?" + "a=1&" * 1_500, "?q=%ff", "?q=%00", "?q=" + "x" * 7_000, "?q=a%22%20OR", "?q=*",
            "?before=-1", "?before=x", "?page=9" + "9" * 300, "?told=x&told=y", "?[]=1", "?;--",
            "?sort=name;DROP%20TABLE%20accounts", "?q=NEAR(", "?q='%20OR%201=1--", "?%ff=%ff",
        ):  # fmt: skip
            told = await visitor.get(target + question)
            assert told.status in {200, 303, 400, 404}, (target, question[:40], told.status)
    assert await alpha.count("accounts") == 2
