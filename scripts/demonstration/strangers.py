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

    @property
    def steps(self) -> list[Step]:
        """Each step and what it shows."""
        return [
            ("two hubs and three schools start", self.start),
            ("the hubs compare fingerprints and endorse each other", self.endorse),
            ("a school applies to each hub and is accredited", self.accredit),
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

    def stop(self) -> None:
        for node in self.fleet.nodes:
            node.stop()
