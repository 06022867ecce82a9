"""A class of Ana's whose pupils take part, with work in every state."""

from urllib.parse import urlsplit

from scripts.demonstration import journey, pupils
from scripts.demonstration.visitor import Page, Visitor
from tests import pictures
from tests.journeys.materials import PDF, SOUND, path_of
from tests.node.classroom.archives import archive, work


def fill_classes(
    ana: Visitor, luc: Visitor, visitors: dict[str, Visitor], places: dict[str, str]
) -> None:
    """Mia has written, Tom has nothing; Lia of another class is there to be changed."""
    space = places["space"]
    places["class"] = pupils.make_class(
        ana, "5b", {"Mia Nowak": "Panda Nova", "Berg, Tom": "Tiger Vega", "Ivo Reis": "Koala Orion"}
    )
    places["other_class"] = pupils.make_class(ana, "6a", {"Lia Prata": "Puma Lyra"})
    ana.send(ana.get(places["other_class"]), "/decides", decides="some")
    begun = pupils.begin_class(ana, "7c")
    places["empty_class"] = urlsplit(begun.address).path.removesuffix("/add")
    page = ana.get(places["class"])
    places["pupil"] = page.link("/pupils/")
    cards = pupils.print_cards(ana, places["class"])
    for name, alias in (("mia", "Panda Nova"), ("tom", "Tiger Vega")):
        visitors[name] = pupils.come_in(ana.base, cards[alias])
    pupils.take_part(ana, space, 1)
    thread = journey.start_thread(luc, space, "Birds on your river", "Which ones do you see?")
    journey.wait_for(ana, thread, "Which ones do you see?")
    mia = visitors["mia"]
    places["pupil_space"] = mia.get("/c/home").link("/c/w/")
    places["pupil_thread"] = mia.get(places["pupil_space"]).link(thread.rpartition("/")[2])
    for text, button in (
        ("A kingfisher, and many ducks.", "Hand in"),
        ("Storks. Ask Tom Berg, he counts them.", "Hand in"),
        ("Ivo saw an otter.", "Hand in"),
        ("I do not know yet.", "Keep it for myself"),
        ("Birds!", "Hand in"),
    ):
        pupils.hand_in(mia, places["pupil_thread"], text, button)
    links = [one for one, _ in ana.get("/held").links if one.startswith("/held/")]
    places["held_blocked"], places["held_doubtful"] = links[1:3]
    ana.send(ana.get(links[3]), "/return", note="Which birds? Tell us more.")
    works = [one for one, _ in mia.get("/c/works").links if one.startswith("/c/works/")]
    places["returned"], places["draft_work"], places["held_work"] = works[:3]
    ana.send(ana.get(links[0]), "/release")
    ana.send(ana.get(f"{space}/keys"), "/keys/policy", release="live")
    _fill_files(ana, mia, places)
    _fill_walls(ana, luc, mia, places)
    _fill_pictured(ana, mia, thread, places)
    _react(ana, mia, thread, places)
    _write_on_page(ana, luc, mia, places)
    _fill_consents(ana, places)
    _bring_works(ana, places)
    _fill_reports(ana, luc, mia, places)
    visitors["eva"] = _ask_for_more(ana, places)
    _take_back(ana, visitors["eva"], places)


def _take_back(ana: Visitor, eva: Visitor, places: dict[str, str]) -> None:
    """Of two replies that are released Eva takes one back."""
    page = ana.get(f"{places['space']}/pupils")
    numbers = sorted((value for _, value in page.form("/pupils").choices), key=int)
    ana.send(page, "/pupils", pupils=[numbers[0], numbers[-1]])
    for text in ("Two kingfishers, at the mill.", "They dive."):
        pupils.hand_in(eva, places["pupil_thread"], text)
        links = [one for one, _ in ana.get("/held").links if one.startswith("/held/")]
        ana.send(ana.get(links[-1]), "/release")
    links = [one for one, _ in eva.get("/c/works").links if one.endswith("/withdraw")]
    places["withdrawn_work"], places["released_work"] = links
    eva.send(eva.get(links[0]), "/withdraw")


def _ask_for_more(ana: Visitor, places: dict[str, str]) -> Visitor:
    """A class of older pupils: one has chosen pictures, one a password, one nothing."""
    aliases = {"new": "Okapi Deneb", "chosen": "Lama Komet", "typed": "Gecko Titan"}
    people = dict(zip(("Nora Sol", "Rui Mar", "Eva Luz"), aliases.values(), strict=True))
    class_ = places["step_class"] = pupils.make_class(ana, "10a", people)
    ana.send(ana.get(f"{class_}/entry"), "/entry", style="plain", second_step="asked")
    cards = pupils.print_cards(ana, class_)
    for which, alias in aliases.items():
        places["step_code"] = cards[alias].code
        places[f"step_{which}_alias"], places[f"step_{which}_word"] = alias, cards[alias].word
    page = _show(ana.base, cards["Lama Komet"])
    for name in ("Cat", "Sun", "Boat") * 2:
        page = _tap(page, name)
    journey.require("Hello" in page[1].words, page[1].words[:300])
    own, page_ = _show(ana.base, cards["Gecko Titan"])
    asked = own.get(page_.link("/c/step/password"))
    typed = "quiet storks fly south"
    shown = own.send(asked, "/password", password=typed, again=typed)
    journey.require("Hello" in shown.words, shown.words[:300])
    return own


def _show(base: str, card: pupils.Card) -> tuple[Visitor, Page]:
    """A browser with the page that comes after the card."""
    own = Visitor(base)
    page = own.send(
        own.get("/c"), "/c", class_code=card.code, alias=card.alias, secret_word=card.word
    )
    return own, page


def _tap(shown: tuple[Visitor, Page], name: str) -> tuple[Visitor, Page]:
    own, page = shown
    return own, own.send(page, "/c/step", button=name)


def _write_on_page(ana: Visitor, luc: Visitor, mia: Visitor, places: dict[str, str]) -> None:
    """Mia changes a part, of which Luc says something else meanwhile, and adds one."""
    page = places["pupil_page"] = places["open_page"].replace("/w/", "/c/w/")
    places["pupil_empty_page"] = places["empty_page"].replace("/w/", "/c/w/")
    places["pupil_closed_page"] = places["page"].replace("/w/", "/c/w/")
    sheet = mia.get(page)
    field = next(one for one in sheet.form(page).names if one.startswith("text-"))
    changed = {field: "Birds and fish", "added-0": "In Aveiro there are flamingos."}
    mia.send(sheet, page, "Hand in", **changed)
    links = [one for one, _ in ana.get("/held").links if one.startswith("/held/")]
    places["held_page"] = links[-1]
    edit = luc.get(luc.get(f"{places['open_page']}/edit").link("/edit"))
    luc.send(edit, "/edit", text="Birds of Lyon")
    journey.wait_for(ana, places["open_page"], "Birds of Lyon")


def _react(ana: Visitor, mia: Visitor, thread: str, places: dict[str, str]) -> None:
    """Ana loves the thread and praises the reply; Mia's smile waits."""
    page = ana.get(thread)
    bars = [one.action for one in page.forms if "/react/" in one.action]
    for action, label in zip(bars[:2], ("I love it", "Well done"), strict=True):
        page = ana.send(page, action, label)
    page = mia.get(places["pupil_thread"])
    bars = [one.action for one in page.forms if "/react/" in one.action]
    mia.send(page, bars[0], "It makes me smile")
    links = [one for one, _ in ana.get("/held").links if one.startswith("/held/")]
    places["held_reaction"] = links[-1]


def _fill_walls(ana: Visitor, luc: Visitor, mia: Visitor, places: dict[str, str]) -> None:
    """A card of Mia's waits, one she still keeps; Luc's wall is not open to pupils."""
    wall = places["pupil_wall"] = places["wall"].replace("/w/", "/c/w/")
    for text, button in (("We count the boats.", "Hand in"), ("Perhaps.", "Keep it for myself")):
        mia.send(mia.get(wall), wall, button=button, text=text, column="2", colour="yellow")
    mine = [one for one, _ in mia.get(wall).links if one.startswith("/c/cards/")]
    places["held_card"], places["draft_card"] = mine
    links = [one for one, _ in ana.get("/held").links if one.startswith("/held/")]
    places["held_card_of_pupil"] = links[-1]
    page = luc.send(
        luc.get(f"{places['space']}/walls/new"), "/walls/new", title="For teachers to write on",
        columns="One",
    )  # fmt: skip
    closed = urlsplit(page.address).path
    journey.wait_for(ana, closed, "For teachers to write on")
    places["closed_wall"] = closed.replace("/w/", "/c/w/")


def _fill_files(ana: Visitor, mia: Visitor, places: dict[str, str]) -> None:
    """Of Mia's files one names a classmate, one waits, one is given back, one she still keeps."""
    photo = pictures.tagged("JPEG", (640, 480))
    bring = places["pupil_bring"] = f"{places['pupil_space']}/bring"
    for place, name, octets, alt in (
        ("held_named_file", "Tom Berg am Fluss.jpg", photo, "A boy at the river."),
        ("held_file", "Rio.jpg", photo, "The river in the morning."),
        ("returned_file", "Lied.mp3", SOUND, "A song about the river."),
        ("draft_file", "Vögel.pdf", PDF, ""),
    ):
        page = mia.bring(mia.get(bring), bring, {name: octets})
        places[place] = path_of(page.address)
        if alt:
            mia.send(page, places[place], button="Hand in", alt=alt)
    links = [one for one, _ in ana.get("/held").links if one.startswith("/held/")]
    places["held_named_file"], places["held_file"], song = links[-3:]
    ana.send(ana.get(song), "/return", note="Who sings?")


def _fill_pictured(ana: Visitor, mia: Visitor, thread: str, places: dict[str, str]) -> None:
    """Replies and cards of Mia's with a picture: one is out, one waits, one she still keeps."""
    photo = pictures.tagged("JPEG", (640, 480))
    talk, wall = places["pupil_thread"], places["pupil_wall"]
    for inside, text, alt, how, name in (
        (talk, "This one sat on the chimney.", "A stork on a chimney.", "held", "Stork.jpg"),
        (talk, "And this one?", "A small brown bird.", "held", "Tom Berg.jpg"),
        (talk, "I ask my grandma.", "", "draft", "Nest.jpg"),
        (wall, "Our boat.", "A red boat.", "held", "Boat.jpg"),
        (wall, "The bridge at night.", "A bridge with lights.", "held", "Bridge.jpg"),
    ):
        more = {"column": "1", "colour": "green"} if inside == wall else {}
        mia.bring(
            mia.get(inside), inside, {name: photo}, "pictures",
            text=text, alt=alt, language="en", how=how, **more,
        )  # fmt: skip
    links = [one for one, _ in ana.get("/held").links if one.startswith("/held/")]
    first, places["held_pictured"], card, places["held_pictured_card"] = links[-4:]
    for one in (first, card):
        ana.send(ana.get(one), f"{one}/release")
    works = [one for one, _ in mia.get("/c/works").links if one.startswith("/c/works/")]
    places["draft_pictured"] = works[0]
    places["thread_pictured"] = thread
    picture = next(one for one, _ in mia.get(talk).links if "/pictures/" in one)
    places["pupils_picture"] = picture


def _fill_consents(ana: Visitor, places: dict[str, str]) -> None:
    """Mia's parents agreed, Ivo's withdrew by their slip, Tom's have signed nothing."""
    number = places["class"].rpartition("/")[2]
    places["consents"] = f"{places['space']}/consents/{number}"
    places["no_consents"] = f"{places['space']}/consents/{places['empty_class'].rpartition('/')[2]}"
    page = ana.get(places["consents"])
    numbers = dict(zip(("ivo", "mia", "tom"), _numbers(page), strict=True))
    ana.send(page, "/consents/" + number, pupils=[numbers["mia"], numbers["ivo"]])
    places["slip"] = _slip(ana, page, numbers["mia"])
    places["slip_withdrawn"] = _slip(ana, page, numbers["ivo"])
    places["slip_missing"] = _slip(ana, page, numbers["tom"])
    asked = ana.get(f"{places['slip_withdrawn']}/withdraw")
    ana.send(asked, "/withdraw")
    places["in_picture_of_luc"] = f"{places['sound']}/pupils"
    places["in_picture"] = f"{places['picture']}/pupils"
    places["in_new"] = ana.get(f"{places['space']}/materials/new").link("/pupils")


def _fill_reports(ana: Visitor, luc: Visitor, mia: Visitor, places: dict[str, str]) -> None:
    """Mia reports what Luc wrote, and may report another thing."""
    words = "Whoever counts ducks is stupid."
    thread = journey.start_thread(luc, places["space"], "Ducks", words)
    journey.wait_for(ana, thread, words)
    there = mia.get(places["pupil_space"]).link(thread.rpartition("/")[2])
    page = mia.get(mia.get(there).link("/report/"))
    thanked = mia.send(page, "/report/", why="bullying", words="I count the ducks.")
    journey.require("Thank you for telling" in thanked.words, thanked.words[:300])
    places["looked_at"] = there
    places["pupil_report"] = mia.get(places["pupil_thread"]).link("/report/")
    queue = ana.get(f"{places['space']}/moderation")
    places["reported_by_pupil"] = urlsplit(queue.link("/moderation/")).path


def make_guardian(admin: Visitor, name: str) -> None:
    """Give somebody the role of a safeguarding person."""
    admin.send(admin.get("/school/staff"), "/safeguarding", f"Make safeguarding person {name}")


def _numbers(page: Page) -> list[str]:
    """The class's pupils in the order of their names."""
    return [value for name, value in page.form("/consents/", "pupils").choices if name == "pupils"]


def _slip(ana: Visitor, page: Page, pupil: str) -> str:
    printed = ana.send(page, "/forms", "Print the form", pupil=pupil)
    return next(
        f"/consent/{one.rpartition('/')[2]}" for one in printed.words.split() if "/consent/" in one
    )


def _bring_works(ana: Visitor, places: dict[str, str]) -> None:
    """Mia has a picture and a text of her former school."""
    photo = pictures.tagged("JPEG", (320, 240))
    files = {"files/001-Weg.jpg": photo}
    works = (work("My way to school.", "files/001-Weg.jpg", photo), work("We baked bread."))
    mine = next(
        one
        for one, shown in ana.get(places["class"]).links
        if "/pupils/" in one and "Nowak" in shown
    )
    page = ana.get(f"{mine}/works")
    ana.bring(page, f"{mine}/works", {"works.zip": archive(*works, files=files)})
    places["brought"] = f"{mine}/works"
