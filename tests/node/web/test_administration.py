"""What an administrator does: invite, let in, end; compare, approve, block; the card."""

from tests.node.web.browser import browsing
from tests.nodes import Node, settle

LONG = "four words nobody guesses"


async def test_invited_teacher_comes_in_once(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin, browsing(alpha) as visitor:
        shown = await admin.send(
            "/school/staff",
            name="Eva Stein",
            handle="eva",
            roles="teacher",
            language="de",
        )
        assert "The invitation is ready" in shown.text
        path = shown.html.split(f"{alpha.url}/invite/")[1].split("<")[0]
        assert "Welcome, Eva Stein" in (await visitor.get(f"/invite/{path}")).text
        short = await visitor.send(f"/invite/{path}", password="short")
        assert "at least 12" in short.text
        inside = await visitor.send(f"/invite/{path}", password=LONG)
        assert inside.path == "/home?told=welcome"
        assert 'lang="de"' in inside.html
        again = await visitor.get(f"/invite/{path}")
        assert again.status == 404


async def test_whoever_asks_waits_for_the_administrator(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin, browsing(alpha) as visitor:
        asked = await visitor.send(
            "/ask", name="Otto Lang", handle="otto", password=LONG, note="Music"
        )
        assert asked.path == "/login?told=asked"
        taken = await visitor.send("/ask", name="Otto", handle="otto", password=LONG, note="")
        assert "This short name is taken" in taken.text
        refused = await visitor.send("/login", handle="otto", password=LONG)
        assert refused.status == 422
        assert "Somebody asks for an account" in (await admin.get("/home")).text
        staff = await admin.get("/school/staff")
        assert "Music" in staff.text
        await admin.submit(staff, "/approve")
        assert (await visitor.send("/login", handle="otto", password=LONG)).path.startswith("/home")
        ended = await admin.send((await admin.get("/school/staff")).link("/end"))
        assert "The account has ended" in ended.text
        assert (await visitor.get("/home")).path.startswith("/login")


async def test_last_administrator_cannot_be_ended(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        shown = await admin.send(f"/school/staff/{alpha.admin.id}/end")
        assert "This is the last administrator" in shown.text


async def test_school_is_compared_before_it_is_approved(alpha: Node, beta: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        added = await admin.send("/admin/partners", address=beta.url)
        assert beta.fingerprint in added.text
        hasty = await admin.submit(added, "/approve")
        assert "Compare the fingerprint first" in hasty.text
        approved = await admin.submit(added, "/approve", compared="yes")
        assert "The school is approved" in approved.text
        again = await admin.send("/admin/partners", address=beta.url)
        assert "This school is on the list" in again.text
        blocked = await admin.send(approved.link("/block"))
        assert "The school is blocked" in blocked.text
        pending = await admin.submit(blocked, "/unblock")
        assert "Approve this school" in pending.text
        assert "The school is removed" in (await admin.submit(pending, "/remove")).text


async def test_nonsense_is_no_school(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        for address in ("nonsense", "https://", alpha.url, "http://127.0.0.1:1"):
            shown = await admin.send("/admin/partners", address=address)
            assert shown.status == 422, address
            assert "There is something to mend" in shown.text


async def test_letters_that_wait_say_why(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    await beta.account("nikos")
    async with browsing(alpha, "admin") as admin:
        host = beta.url.partition("://")[2]
        profile = await admin.send("/people", address=f"nikos@{host}")
        await beta.listening.close()
        await admin.submit(profile, "/follow")
        await settle(alpha)
        waiting = await admin.get("/admin/deliveries")
        assert "The other school's server does not answer" in waiting.text
        tried = await admin.submit(waiting, "/retry")
        assert "It is tried again at once" in tried.text
        dropped = await admin.send(waiting.link("/drop"))
        assert "Everything has arrived" in dropped.text


async def test_school_card_is_changed_and_settings_are_shown(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        page = await admin.get("/admin/settings")
        assert "node.base_url" in page.text
        saved = await admin.send(
            "/admin/settings",
            name="Lindenschule",
            country="DE",
            city="Görlitz",
            region="",
            types="primary",
            sector="public",
            languages="de",
            register_number="",
            about="Beside the river.",
            about_language="de",
            website="lindenschule.example",
            nuts="ded2",
            latitude="51,155",
            longitude="14.988",
            reach="public",
        )
        assert "Saved." in saved.text
        assert "Beside the river." in (await admin.get("/")).text


async def test_profile_language_and_password_are_changed(alpha: Node) -> None:
    await alpha.account("anna")
    async with browsing(alpha, "anna") as anna:
        saved = await anna.send(
            "/me",
            name="Anna Berg",
            role="teacher",
            availability="looking_for_partners",
            subjects="biology",
            languages="de",
            age_from="10",
            age_to="14",
            about="Outdoors.",
            about_language="en",
            reach="public",
            language="de",
        )
        assert "Anna Berg" in saved.text
        assert 'lang="de"' in saved.html
        wrong = await anna.send("/me/security", old="nonsense", new=LONG)
        assert wrong.status == 422
        turned = await anna.send(
            "/me", name="Anna", age_from="14", age_to="10", about_language="en", language="en"
        )
        assert turned.status == 422


async def test_a_backup_is_made_with_one_button(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        none = await admin.get("/admin/backups")
        assert "A passphrase is missing" in none.text
        alpha.folder.backup_passphrase_file.write_text("seven quiet storks on a roof")
        asked = await admin.send("/admin/backups")
        assert "A backup is being made" in asked.text
        await settle(alpha)
        made = await admin.get("/admin/backups")
        assert "last verified" in made.text
        assert ".backup" in made.text
