"""A new teacher: from the invitation to a running project with a stranger abroad, over five nodes.

Each step is found on the page that one is on. Apart from the invitations nobody types an address:
what is clicked or filled in below has to be visible on the page at that moment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Locator, Page

from scripts.demonstration import agency
from scripts.demonstration.fleet import School, free_port
from scripts.demonstration.people import make_fleet
from scripts.demonstration.strangers import Strangers
from tests.forked import ForkedSchool
from tests.journeys.browser import Watch, open_context
from tests.journeys.schools import QUICK

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "four words nobody else"
LOOKS = 60


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Strangers]:
    """Two hubs that endorse each other, and accredited schools whose teachers know nobody."""
    fleet = make_fleet(tmp_path_factory.mktemp("fleet"), free_port, ForkedSchool)
    for node in fleet.nodes:
        node.settings |= QUICK
    walk = Strangers(fleet)
    try:
        walk.start()
        walk.endorse()
        walk.accredit()
        yield walk
    finally:
        walk.stop()


@dataclass
class Teacher:
    """Somebody in front of a page, who knows what can be read on it and nothing else."""

    page: Page
    watch: Watch

    async def follow(self, words: str, among: str = "body") -> None:
        """Click the first link to be seen that reads so."""
        await self._click(self.page.locator(among).get_by_role("link", name=words))

    async def press(self, words: str) -> None:
        """Click the first button to be seen that reads so."""
        await self._click(self.page.get_by_role("button", name=words))

    async def _click(self, places: Locator) -> None:
        await places.locator("visible=true").first.click()
        await self.page.wait_for_load_state("load")

    async def write(self, label: str, text: str) -> None:
        await self._field(label).fill(text)

    async def choose(self, label: str, option: str) -> None:
        await self._field(label).select_option(label=option)

    def _field(self, label: str) -> Locator:
        whole = re.compile(rf"^\s*{re.escape(label)}(\s*\(optional\))?\s*$")
        return self.page.locator("main").get_by_label(whole).locator("visible=true").first

    async def tick(self, group: str, label: str) -> None:
        among = self.page.get_by_role("group", name=group)
        await among.get_by_label(label, exact=True).first.check()

    async def wait_for(self, words: str) -> None:
        """What another school says arrives by itself; who waits loads the page again."""
        for _ in range(LOOKS):
            if words in await self.page.locator("main").inner_text():
                return
            await self.page.wait_for_timeout(300)
            await self.page.reload()
        shown = await self.page.locator("main").inner_text()
        raise AssertionError(f"{words!r} is never on {self.page.url}:\n{shown}")

    async def accept_invitation(self, link: str) -> None:
        await self.page.goto(link)
        await self.write("Choose a password", PASSWORD)
        await self.press("Open my account")
        await self.wait_for("Good to see you")


def invite(strangers: Strangers, school: School, handle: str, name: str) -> str:
    """The link that the school's administrator hands over."""
    admin = strangers.visitor(school.people[0].handle)
    page = admin.send(
        admin.get("/school/staff"), "/school/staff", name=name, handle=handle, roles=["teacher"]
    )
    return next(word for word in page.words.split() if "/invite/" in word)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_new_teacher_finds_a_partner_abroad_and_they_begin(
    browser: Browser, strangers: Strangers, scripts: bool
) -> None:
    fleet = strangers.fleet
    which = "windy" if scripts else "rainy"
    links = [
        invite(strangers, fleet.azul, f"vera-{which}", "Vera Pinto"),
        invite(strangers, fleet.vert, f"noe-{which}", f"Noé Perrin {which}"),
    ]
    async with (
        open_context(browser, scripts=scripts) as here,
        open_context(browser, scripts=scripts) as there,
    ):
        vera, noe = [
            Teacher(page, Watch(page)) for page in (await here.new_page(), await there.new_page())
        ]
        await noe.accept_invitation(links[1])
        await introduce_oneself(noe, f"We look at {which} days from the roof.")
        await vera.accept_invitation(links[0])
        await introduce_oneself(vera, "Our school stands by the sea.")
        await find(vera, f"{which} roof", f"Noé Perrin {which}")
        await become_contacts(vera, noe)
        await plan(vera, f"A {which} year", f"Noé Perrin {which}")
        await accept(noe, f"A {which} year")
        await vera.wait_for("Réseau des écoles en échange")
        agency.approve_project(strangers.visitor("karim"), f"A {which} year")
        await work(vera, noe)
        assert vera.watch.findings == noe.watch.findings == []


async def introduce_oneself(teacher: Teacher, about: str) -> None:
    await teacher.follow("Tell others about yourself")
    await teacher.choose("I work as", "Teacher")
    await teacher.write("About me", about)
    await teacher.choose("Do you look for partners?", "Looking for partners")
    await teacher.tick("Subjects", "Geography")
    await teacher.press("Save")
    await teacher.wait_for(about)


async def find(teacher: Teacher, words: str, name: str) -> None:
    """The hubs read on by themselves, so a search is repeated until it finds."""
    await teacher.follow("Find", "nav")
    await teacher.write("Words", words)
    await teacher.press("Search")
    await teacher.wait_for(name)
    await teacher.follow(name, "#results")
    await teacher.wait_for("Collège des Deux Rives")


async def become_contacts(asker: Teacher, asked: Teacher) -> None:
    await asker.follow("Offer to be contacts")
    await asker.write("A few words from you", "We have wind from the west all year.")
    await asker.press("Send the offer")
    await asked.follow("Home", "nav")
    await asked.wait_for("offers to be contacts")
    await asked.follow("offers to be contacts")
    await asked.wait_for("We have wind from the west all year.")
    await asked.press("Yes, gladly")


async def plan(founder: Teacher, title: str, partner: str) -> None:
    await founder.follow("Home", "nav")
    await founder.follow("Plan a project")
    await founder.write("Title", title)
    await founder.write("In two sentences", "What does the weather do at your place?")
    await founder.tick("Subjects", "Geography")
    await founder.write("Pupils' age from", "10")
    await founder.write("to", "12")
    await founder.press("Keep the draft")
    await founder.wait_for(partner)
    await founder.page.get_by_label(partner).check()
    await founder.press("Offer the project")


async def accept(partner: Teacher, title: str) -> None:
    await partner.follow("Home", "nav")
    await partner.wait_for("asks you to found a project together")
    await partner.follow("asks you to found a project together")
    await partner.wait_for(title)
    await partner.press("Yes, let us found it")


async def work(vera: Teacher, noe: Teacher) -> None:
    await vera.wait_for("Enter the space")
    await vera.follow("Enter the space")
    await vera.follow("Begin a thread")
    await vera.write("Title", "Say hello")
    await vera.write("Text", "Hello from Aveiro, we are 24.")
    await vera.press("Post")
    await noe.wait_for("Enter the space")
    await noe.follow("Enter the space")
    await noe.wait_for("Say hello")
    await noe.follow("Say hello")
    await noe.wait_for("Hello from Aveiro, we are 24.")
    await noe.write("Your reply", "Bonjour from Lyon, we are 26.")
    await noe.press("Reply")
    await vera.wait_for("Bonjour from Lyon, we are 26.")
