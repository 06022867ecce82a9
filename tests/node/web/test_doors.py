"""What every page refuses: other sites' forms, strangers, planted cookies (A125, A126, A128)."""

import json

import pytest

from node import events
from node.storage import waiting
from node.web import routes
from node.web.sessions import cookie_name
from tests.attacks.speaking import send
from tests.attacks.visiting import Visitor
from tests.node.web.browser import browsing
from tests.nodes import PASSWORD, Node


async def test_visitor_sees_the_school_and_is_led_to_sign_in(alpha: Node) -> None:
    async with browsing(alpha) as visitor:
        front = await visitor.get("/")
        assert "School Alpha" in front.text
        asked = await visitor.get("/w/x/forum?page=2")
        assert asked.path == "/login?next=/w/x/forum?page%3D2"
        wanted = await visitor.send("/login", next="/me", handle="admin", password=PASSWORD)
        assert wanted.path == "/me"


@pytest.mark.parametrize("wanted", ["//evil.example/", "/\\evil.example", "https://evil.example"])
async def test_signing_in_leads_to_no_other_site(alpha: Node, wanted: str) -> None:
    async with browsing(alpha) as visitor:
        shown = await visitor.send("/login", next=wanted, handle="admin", password=PASSWORD)
        assert shown.path == "/home?told=signed-in"


async def test_every_page_sends_the_security_headers(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        for path in ("/", "/home", "/nothing-here", "/admin/settings"):
            shown = await admin.get(path)
            policy = shown.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert shown.headers["X-Content-Type-Options"] == "nosniff"
            assert shown.headers["Cache-Control"] == "no-store"
            assert "<style" not in shown.html
            assert " style=" not in shown.html
            assert " onclick" not in shown.html


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "OWN"},
    ],
)
async def test_form_of_another_site_changes_nothing(alpha: Node, headers: dict[str, str]) -> None:
    async with browsing(alpha, "admin") as admin:
        before = await alpha.dump(but=frozenset({"sessions"}))
        own = {name: alpha.url if value == "OWN" else value for name, value in headers.items()}
        answer = await admin.client.post(
            "/updates/new",
            data={"text": "planted", "language": "en"},
            headers=own,
            allow_redirects=False,
        )
        assert answer.status == 403
        assert await alpha.dump(but=frozenset({"sessions"})) == before


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "multipart/form-data; boundary=x"]
)
async def test_form_of_another_kind_is_refused(alpha: Node, kind: str) -> None:
    async with browsing(alpha, "admin") as admin:
        answer = await admin.client.post(
            "/updates/new",
            data=b'{"text": "x", "language": "en"}',
            headers={"Content-Type": kind, "Sec-Fetch-Site": "same-origin"},
            allow_redirects=False,
        )
        assert answer.status == 415


async def test_looking_changes_nothing(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        before = await alpha.dump()
        for path in (
            "/", "/home", "/people", "/me", "/me/security", "/contacts", "/messages", "/projects",
            "/projects/new", "/updates/new", "/school/staff", "/admin", "/admin/partners",
            "/admin/deliveries", "/admin/settings", "/logout", "/people/admin", "/schools/school",
        ):  # fmt: skip
            assert (await admin.get(path)).status == 200, path
        assert await alpha.dump() == before


@pytest.mark.parametrize(
    "cookie",
    ["=__Host-session=TOKEN", "=session=TOKEN", "session=TOKEN; session=other", "SESSION=TOKEN"],
)
async def test_planted_cookie_does_not_count(alpha: Node, cookie: str) -> None:
    async with browsing(alpha, "admin") as admin:
        jar = admin.client.session.cookie_jar
        token = next(one.value for one in jar)
        jar.clear()
        shown = await admin.get("/home", Cookie=cookie.replace("TOKEN", token))
        assert shown.path.startswith("/login")
        jar.clear()
        mine = await admin.get("/home", Cookie=f"{cookie_name(alpha.url)}={token}")
        assert mine.path == "/home"


async def test_cookie_is_for_this_host_and_never_for_scripts(alpha: Node) -> None:
    async with browsing(alpha) as visitor:
        answer = await visitor.client.post(
            "/login",
            data={"handle": "admin", "password": PASSWORD},
            headers={"Origin": alpha.url},
            allow_redirects=False,
        )
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    assert cookie_name("https://school.example") == "__Host-session"


async def test_teacher_sees_nothing_of_the_administration(alpha: Node) -> None:
    await alpha.account("anna")
    guarded = [
        path
        for method, path, access, _ in routes.PAGES
        if access is routes.ADMIN and method == "GET" and "{" not in path
    ]
    async with browsing(alpha, "anna") as anna:
        for path in guarded:
            assert (await anna.get(path)).status == 403, path
        refused = await anna.send("/admin/partners", address="https://evil.example")
        assert refused.status == 403


async def test_head_is_answered_like_get(alpha: Node) -> None:
    async with browsing(alpha) as visitor:
        assert (await visitor.client.head("/about")).status == 200


async def test_signing_out_ends_the_session(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        token = next(one.value for one in admin.client.session.cookie_jar)
        await admin.send("/logout")
        shown = await admin.get("/home", Cookie=f"{cookie_name(alpha.url)}={token}")
        assert shown.path.startswith("/login")


async def test_wrong_password_is_said_beside_the_form_and_the_name_is_kept(alpha: Node) -> None:
    async with browsing(alpha) as visitor:
        shown = await visitor.send("/login", handle="admin", password="wrong")
        assert shown.status == 422
        assert "The name or the password is not right." in shown.text
        assert 'value="admin"' in shown.html
        assert "wrong" not in shown.html.replace('class="field wrong', "")


async def test_refusals_are_pages_with_a_way_on(alpha: Node) -> None:
    async with browsing(alpha) as visitor:
        missing = await visitor.get("/people/nobody")
        assert missing.status == 404
        assert "This page does not exist" in missing.text
        deutsch = await visitor.client.get(
            "/people/nobody", headers={"Accept": "text/html", "Accept-Language": "de"}
        )
        assert 'lang="de"' in await deutsch.text()


async def test_script_gets_the_part_that_it_asked_for(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        part = await admin.get("/home", **{"HX-Request": "true", "HX-Request-Type": "partial"})
        assert "<header" not in part.html
        assert '<main id="main"' in part.html
        assert "HX-Request-Type" in part.headers["Vary"]


async def test_a_defect_shows_its_reference_and_the_next_page_is_served(
    alpha: Node, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    events.silence(False)
    async with browsing(alpha, "admin") as admin:
        with monkeypatch.context() as broken:
            broken.setattr(waiting, "count", lambda *_, **__: 1 // 0)
            shown = await admin.get("/home")
        assert shown.status == 503
        logged = json.loads(capfd.readouterr().err.splitlines()[-1])
        assert logged["reference"] in shown.text
        assert "ZeroDivisionError" not in shown.html
        assert (await admin.get("/home")).status == 200


async def test_a_page_asked_for_under_another_name_is_421(alpha: Node) -> None:
    own = alpha.url.partition("://")[2]
    for host in ("evil.example", f"{own}.evil.example", f"evil@{own}", "127.0.0.1", "[", ""):
        for path in ("/", "/login", "/home", "/nothing"):
            told = await send(alpha, Visitor(alpha).request("GET", path, {"host": host or " "}))
            assert told.status == 421, (host, path)
    for host in (own, own.upper()):
        told = await Visitor(alpha).get("/", host=host)
        assert told.status == 200
    assert (await Visitor(alpha).get("/healthz", host="10.0.0.7")).status == 200
