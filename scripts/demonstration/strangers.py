"""Strangers become partners: five nodes, where hubs vouch for schools that nobody introduced."""

from scripts.demonstration import agency, files, finding, joining, journey
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
        self._file = b""
        self._file_address = ""
        self._profile = Page(0, "", "", [], [])
        self._visitors: dict[str, Visitor] = {}

    @property
    def meeting(self) -> list[Step]:
        """Each step until three schools share a space, and what it shows."""
        return [
            ("two hubs and three schools are set up", self.set_up),
            ("they start, each on its own address", self.start_all),
            ("the hubs compare fingerprints and endorse each other", self.endorse),
            ("each school applies to its hub and is accredited", self.accredit),
            ("a stranger abroad is found through both hubs", self.find_a_stranger),
            ("the stranger is offered a contact and says yes", self.become_contacts),
            ("a notice is found abroad and answered with a contact offer", self.answer_a_notice),
            ("they found a project; an officer approves it, the other hub by itself", self.found),
            ("what one writes there, the other reads", self.write),
            ("a third school joins and receives all that was written", self.join),
        ]

    @property
    def parting(self) -> list[Step]:
        """What goes wrong then, step by step."""
        return [
            ("a file of 60 MB is half there when the power goes", self.break_a_file),
            ("the rest of it follows, and it is the same file", self.mend_a_file),
            ("the founder's node is gone for good: the others take over the keys", self.take_over),
            ("they remove the lost school, and all that it wrote is still there", self.remove),
            ("a school's accreditation is taken back: it is not heard any more", self.revoke),
        ]

    def visitor(self, handle: str) -> Visitor:
        """A browser in which that person has signed in."""
        if handle not in self._visitors:
            node = self.node_of(handle)
            person = next(one for one in node.people if one.handle == handle)
            self._visitors[handle] = journey.sign_in(node, person)
        return self._visitors[handle]

    def node_of(self, handle: str) -> School:
        """Where that person is at home."""
        return next(
            one for one in self.fleet.nodes if handle in {each.handle for each in one.people}
        )

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
        for school in self.fleet.schools:
            hub = self.fleet.hub_of(school)
            admin = self.visitor(school.people[0].handle)
            link = agency.make_link(self.visitor(hub.people[0].handle), school.name)
            agency.apply(admin, link, "You find us in the register.")
            agency.accredit(self.visitor(hub.people[1].handle), school, admin)

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
        finding.offer_contact(self.ana, self._profile, note)
        journey.say_yes(self.luc, note, self.ana)

    def answer_a_notice(self) -> None:
        title, note = "Who sings with us?", "We know three songs about boats."
        finding.put_up_a_notice(self.visitor("ines"), title, "A song a month, from each harbour.")
        finding.answer_a_notice(self.visitor("tiago"), title, note)
        journey.say_yes(self.visitor("ines"), note, self.visitor("tiago"))

    def found(self) -> None:
        journey.offer_project(self.ana, self.luc, PROJECT)
        agency.approve_project(self.visitor("karim"), str(PROJECT["title"]))
        self.space = journey.enter_the_space(self.ana, self.luc)

    def write(self) -> None:
        thread = journey.start_thread(self.ana, self.space, "Say hello", "Hello from Aveiro.")
        journey.wait_for(self.luc, thread, "Hello from Aveiro.")
        journey.reply(self.luc, thread, "Bonjour from Lyon.")
        journey.wait_for(self.ana, thread, "Bonjour from Lyon.")
        self.thread = thread

    def join(self) -> None:
        yann, note = self.visitor("yann"), "May the sea join the rivers?"
        profile = finding.search(self.luc, "Yann Le Goff", q="Le Goff", kind="person")
        finding.offer_contact(self.luc, profile, "Are you at the sea?")
        journey.say_yes(yann, "Are you at the sea?", self.luc)
        joining.invite(self.luc, str(PROJECT["title"]), "yann", note)
        joining.join(yann, str(PROJECT["title"]))
        journey.wait_for(yann, self.thread, "Hello from Aveiro.")
        journey.wait_for(yann, self.thread, "Bonjour from Lyon.")
        journey.reply(yann, self.thread, "Demat from Brest.")
        for one in (self.ana, self.luc):
            journey.wait_for(one, self.thread, "Demat from Brest.")

    def break_a_file(self) -> None:
        self._file = files.make()
        self._file_address = files.bring(self.ana, self.space, self._file)
        fleet = self.fleet
        files.fetch_until_it_breaks(self.luc, self._file_address, fleet.vert, fleet.azul)

    def mend_a_file(self) -> None:
        self.fleet.azul.start()
        files.keep(self.luc, self._file_address, self._file)

    def take_over(self) -> None:
        self.fleet.azul.kill()
        luc, yann = self.luc, self.visitor("yann")
        joining.take_over(luc, self.space)
        joining.agree(yann, self.space, self.fleet.vert.name)
        journey.wait_for(luc, f"{self.space}/keys", "Hand the keys over")
        journey.wait_for(yann, f"{self.space}/members", "Keeps the list of members")

    def remove(self) -> None:
        luc, yann, lost = self.luc, self.visitor("yann"), self.fleet.azul.name
        joining.remove(luc, self.space, lost)
        journey.until(
            f"{lost} is no member any more",
            lambda: luc.get(f"{self.space}/members"),
            lambda page: page.status == 200 and f"Remove {lost}" not in page.words,
        )
        for one in (luc, yann):
            page = one.get(self.thread)
            journey.require("Hello from Aveiro." in page.words, "a lost school's words are gone")
        journey.reply(yann, self.thread, "We go on without Aveiro.")
        journey.wait_for(luc, self.thread, "We go on without Aveiro.")

    def revoke(self) -> None:
        rade = self.fleet.rade
        reason = "The school says that it has closed."
        agency.revoke(self.visitor("karim"), rade, self.visitor("nolwenn"), reason)
        journey.wait_for(self.luc, self.space, f"{rade.name} is suspended.")
        unheard = "Is anybody still there?"
        journey.reply(self.visitor("yann"), self.thread, unheard)
        journey.reply(self.luc, self.thread, "Brest is silent.")
        page = self.luc.get(self.thread)
        journey.require("Brest is silent." in page.words, "nothing can be written any more")
        journey.require(unheard not in page.words, "a suspended school is still heard")

    def stop(self) -> None:
        stop_all(*self.fleet.nodes)
