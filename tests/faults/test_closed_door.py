"""A school whose port is closed, and one that is open: they become alike, whichever of them dies.

No name and no port leads from Lyon to Aveiro: Lyon's node could not connect if it tried.
"""

import json
from collections.abc import Iterator

import pytest

from scripts.demonstration import journey
from scripts.demonstration.check import Walk
from tests.faults.pairs import SETTINGS
from tests.named import NamedSchool, make_named, open_proxy
from tests.proxies import Aside

PATIENT = SETTINGS | {"SCHOOLGATE_REMOTE__TIMEOUT_S": "5"}


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    aside = Aside()
    azul, vert = make_named(tmp_path_factory.mktemp("closed"), PATIENT)
    azul.settings["SCHOOLGATE_NODE__REACHABILITY"] = "outbound-only"
    vert.settings["SCHOOLGATE_REMOTE__HOSTS"] = json.dumps(
        {azul.domain: "127.0.0.1:1", vert.domain: f"127.0.0.1:{vert.tls_port}"}
    )
    for school in (azul, vert):
        open_proxy(aside, school)  # Aveiro's is for its own staff
    made = Walk(azul, vert)
    try:
        made.start()
        approve_by_card(azul, vert)
        made.sign_in()
        made.follow()
        made.become_contacts()
        made.found_a_project()
        yield made
    finally:
        made.stop()
        aside.close()


def approve_by_card(closed: NamedSchool, public: NamedSchool) -> None:
    """As the two administrators do it on their pages."""
    inside = journey.sign_in(closed, closed.people[0])
    outside = journey.sign_in(public, public.people[0])
    journey.approve(closed, inside, public, outside)
    card = closed.command("partner", "card").strip()
    assert "outbound-only" in card
    assert closed.domain in inside.get("/admin/partners").words
    page = outside.send(outside.get("/admin/partners"), "/admin/partners", card=card)
    shown = dict(page.form("/approve").fields)["fingerprint"].replace(" ", "")
    assert shown in inside.get("/admin").words.replace(" ", "")
    assert "Approved" in outside.send(page, "/approve", compared="yes").words


def test_letters_a_project_a_space_and_erasures_go_both_ways(walk: Walk) -> None:
    walk.write_a_message()
    journey.write_message(walk.luc, walk.ana, "Bonjour Ana, Friday is fine.")
    walk.post_here_see_there()
    walk.reply_there_see_here()
    walk.erase_a_post()
    thread = journey.start_thread(walk.ana, walk.space, "Once more", "Written in Aveiro.")
    journey.wait_for(walk.luc, f"{walk.space}/forum", "Once more")
    journey.reply(walk.luc, thread, "This was written in Lyon by mistake.")
    journey.wait_for(walk.ana, thread, "This was written in Lyon by mistake.")
    journey.erase(walk.luc, thread)
    journey.until(
        "the erasure behind the closed door",
        lambda: walk.ana.get(thread),
        lambda page: "This was written in Lyon by mistake." not in page.words,
    )


def test_what_waited_for_a_school_that_slept_arrives_when_it_asks_again(walk: Walk) -> None:
    walk.azul.stop()
    journey.start_thread(walk.luc, walk.space, "While Aveiro slept", "Written in Lyon.")
    address = f"{walk.azul.people[1].handle}@{walk.azul.address}"
    page = walk.luc.get(f"/messages/{address}")
    walk.luc.send(page, f"/messages/{address}", text="Sleep well, Ana.")
    admin = journey.sign_in(walk.vert, walk.vert.people[0])
    journey.until(
        "the reason why the letter waits",
        lambda: admin.get("/admin/deliveries"),
        lambda page: "fetches its letters itself" in page.words,
    )
    walk.azul.start()
    journey.wait_for(walk.ana, f"{walk.space}/forum", "While Aveiro slept")
    journey.wait_for(walk.ana, "/messages", "Sleep well, Ana.")


@pytest.mark.parametrize("victim", ["azul", "vert"])
def test_either_may_die_at_any_moment(walk: Walk, victim: str) -> None:
    school = getattr(walk, victim)
    thread = journey.start_thread(walk.ana, walk.space, f"Before {victim}", "Written in Aveiro.")
    journey.wait_for(walk.luc, f"{walk.space}/forum", f"Before {victim}")
    journey.reply(walk.ana, thread, f"Just before the power cut of {victim}.")
    school.kill()
    school.start()
    journey.wait_for(walk.luc, thread, f"Just before the power cut of {victim}.")
    journey.reply(walk.luc, thread, f"And after that of {victim}.")
    journey.wait_for(walk.ana, thread, f"And after that of {victim}.")


def test_nothing_from_outside_reaches_the_closed_school(walk: Walk) -> None:
    """Its own door shows pages to its staff, and nothing to machines."""
    azul = walk.azul
    for path in ("/actor", "/.well-known/schoolgate", "/people/ana", "/calls", "/outbox"):
        connection = azul.connect(10)
        connection.request("GET", path, headers={"Accept": "application/activity+json"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert b"assertionMethod" not in body
        page = answer.headers.get_content_type() == "text/html"
        assert page or answer.status == 404, (path, answer.status)
