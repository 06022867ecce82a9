"""Strangers become partners: five nodes, where hubs vouch for schools that nobody introduced."""

from scripts.demonstration import agency, journey
from scripts.demonstration.fleet import School, set_up_and_start
from scripts.demonstration.people import Fleet
from scripts.demonstration.steps import Step
from scripts.demonstration.visitor import Visitor


class Strangers:
    """The journey so far: all nodes, the browsers of those who signed in."""

    def __init__(self, fleet: Fleet[School]) -> None:
        self.fleet = fleet
        self._visitors: dict[str, Visitor] = {}
        self._stranger = ""

    @property
    def steps(self) -> list[Step]:
        """Each step and what it shows."""
        return [
            ("two hubs and three schools start", self.start),
            ("the hubs compare fingerprints and endorse each other", self.endorse),
            ("a school applies to each hub and is accredited", self.accredit),
            ("a teacher finds a stranger abroad by what he says of himself", self.find),
            ("the stranger answers yes", self.become_contacts),
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

    def endorse(self) -> None:
        here, there = self.fleet.hubs
        admins = [self.visitor(hub.people[0].handle) for hub in (here, there)]
        agency.endorse(here, admins[0], there, admins[1])
        agency.endorse(there, admins[1], here, admins[0])

    def accredit(self) -> None:
        for school in (self.fleet.azul, self.fleet.vert):
            agency.apply(school, self.fleet.hub_of(school))
            agency.accredit(school, self.fleet.hub_of(school))

    def find(self) -> None:
        luc, ana = self.visitor("luc"), self.visitor("ana")
        page = luc.get("/me")
        about = "Our class listens to the Rhône at night."
        luc.send(page, "/me", about=about, availability="looking_for_partners", languages=["fr"])
        found = journey.until(
            "the stranger in the hub's directory",
            lambda: ana.get("/search?q=rhone&language=fr&availability=looking_for_partners"),
            lambda page: "Luc Bernard" in page.words,
        )
        self._stranger = found.link("Luc Bernard")

    def become_contacts(self) -> None:
        ana = self.visitor("ana")
        note = "We listen to the Vouga. Shall we compare?"
        journey.offer_contact(ana, ana.get(self._stranger), self.visitor("luc"), note)

    def stop(self) -> None:
        for node in self.fleet.nodes:
            node.stop()
