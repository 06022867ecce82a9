"""What lies in the materials of the schools that are looked at, brought the way people do."""

from urllib.parse import urlsplit

from scripts.demonstration import journey
from scripts.demonstration.visitor import Page, Visitor
from tests import pictures
from tests.files import film, pdf
from tests.tagged_films import sound

PDF = pdf(16_000)
SOUND = sound("a.mp3")
FILM = film(11_000_000)


def fill_materials(ana: Visitor, luc: Visitor, places: dict[str, str]) -> None:
    """A picture, a document, a sound, a film, an album, an update, and what stays at its school;
    `places` is told where."""
    space = places["space"]
    page = ana.send(ana.get(f"{space}/albums/new"), "/albums/new", title="Our river")
    places["album"] = path_of(page.address)
    files = {"Ponte.jpg": pictures.tagged("JPEG", (640, 480)), "Mapa.pdf": PDF}
    page = journey.bring_files(ana, space, files, "A bridge over the river.")
    places["picture"] = file_of(page, "Ponte.webp")
    places["document"] = file_of(page, "Mapa.pdf")
    page = journey.bring_files(luc, space, {"Chanson.mp3": SOUND, "Le Rhône.mp4": FILM}, "Song")
    page = journey.wait_for(ana, f"{space}/materials", "Le Rhône.mp4")
    places["sound"] = file_of(page, "Chanson.mp3")
    places["away"] = file_of(page, "Le Rhône.mp4")
    river = {"Margem.jpg": pictures.tagged("JPEG", (1024, 768)), "Lista.pdf": PDF}
    page = journey.bring_files(ana, space, river, "Our class on the bank.", "home")
    places["stays"] = file_of(page, "Margem.webp")
    places["stays_document"] = file_of(page, "Lista.pdf")
    journey.wait_for(luc, f"{space}/materials", "Margem.webp")
    waiting = f"{space}/materials/new"
    ana.bring(ana.get(waiting), waiting, {"Nuvem.png": pictures.plain("PNG"), "Notas.txt": b"um"})
    page = journey.write_update(ana, space, "The map of our river is drawn.")
    places["update_edit"] = path_of(page.link("/edit"))
    places["update_delete"] = path_of(page.link("/delete"))


def file_of(page: Page, name: str) -> str:
    """The path of the file that a list calls so; what it is stands before its name."""
    return next(path_of(address) for address, words in page.links if words.endswith(name))


def path_of(address: str) -> str:
    """The path of an address, without what was just done."""
    return urlsplit(address).path
