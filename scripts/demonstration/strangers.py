"""Strangers become partners: five nodes, where hubs vouch for schools that nobody introduced."""

from scripts.demonstration import agency, finding, journey
from scripts.demonstration.fleet import School, set_up_and_start, start_all, stop_all
from scripts.demonstration.people import PROJECT, Fleet
from scripts.demonstration.steps import Step
from scripts.demonstration.visitor import Page, Visitor


class Strangers:
    """The journey so far: all nodes, the browsers of those who signed in."""

    def __init__(self, fleet: Fleet[School]) -> None:
        self.fleet = fleet
        self.space = ""
        self.thread = ""
        self._profile = Page(0, "", "", [], [])
        self._visitors: dict[str, Visitor] = {}

    @property
    def steps(self) -> list[Step]:
        """Each step and what it shows."""
        return [
            ("two hubs and three schools are set up", self.set_up),
            ("they start, each on its own address", self.start_all),
            ("the hubs compare fingerprints and endorse each other", self.endorse),
            ("a school applies to each hub and is accredited", self.accredit),
            ("a stranger abroad is found through both hubs", self.find_a_stranger),
            ("the stranger is offered a contact and says yes", self.become_contacts),
            ("they found a project, both hubs approve, the space opens", self.found_a_project),
            ("what one writes there, the other reads", self.write),
            ("all five stop cleanly", self.stop),
        ]

    def visitor(self, handle: str) -> Visitor:
        """A browser in which that person has signed in."""
        if handle not in self._visitors:
            node, person = next(
                (node, one)
                for node in self.fleet.nodes
                for one in node.people
                if one.handle == handle
            )
            self._visitors[handle] = journey.sign_in(node, person)
        return self._visitors[handle]

    def start(self) -> None:
        set_up_and_start(*self.fleet.nodes)

    def set_up(self) -> None:
        for node in self.fleet.nodes:
            node.set_up()

    def start_all(self) -> None:
        start_all(*self.fleet.nodes)

    def endorse(self) -> None:
        here, there = self.fleet.hubs
        admins = [self.visitor(hub.people[0].handle) for hub in (here, there)]
        agency.endorse(here, admins[0], there, admins[1])
        agency.endorse(there, admins[1], here, admins[0])

    def accredit(self) -> None:
        for school in (self.fleet.azul, self.fleet.vert):
            agency.apply(school, self.fleet.hub_of(school))
            agency.accredit(school, self.fleet.hub_of(school))

    @property
    def ana(self) -> Visitor:
        return self.visitor("ana")

    @property
    def luc(self) -> Visitor:
        return self.visitor("luc")

    def find_a_stranger(self) -> None:
        finding.look_for_partners(self.luc, "We count herons on the Saône.", ["biology"])
        asked = {"q": "herons saone", "kind": "person", "country": "FR", "subject": "biology"}
        self._profile = finding.search(self.ana, "Luc Bernard", **asked)

    def become_contacts(self) -> None:
        note = "Our herons live on the ria. Shall we compare?"
        page = self.ana.get(self._profile.link("/contact"))
        self.ana.send(page, "/contact", note=note)
        journey.say_yes(self.luc, note, self.ana)

    def found_a_project(self) -> None:
        journey.offer_project(self.ana, self.luc, PROJECT)
        self.space = journey.enter_the_space(self.ana, self.luc)

    def write(self) -> None:
        thread = journey.start_thread(self.ana, self.space, "Say hello", "Hello from Aveiro.")
        journey.wait_for(self.luc, thread, "Hello from Aveiro.")
        journey.reply(self.luc, thread, "Bonjour from Lyon.")
        journey.wait_for(self.ana, thread, "Bonjour from Lyon.")
        self.thread = thread

    def stop(self) -> None:
        stop_all(*self.fleet.nodes)
