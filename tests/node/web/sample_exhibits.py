"""Samples of a space's updates, files and albums."""

from dataclasses import replace

from node.web import space_views
from node.web.exhibits import AlbumLine, Brought, FileLine, FilePage, News
from node.web.forms import Form
from node.web.i18n import later
from tests.node.web.samples import (
    ANNA,
    DAY_MS,
    HIDDEN,
    HOUR_MS,
    MINE,
    NIKOS,
    NOW_MS,
    SPACE,
    THEIRS,
    Sample,
)

STORK = FileLine(
    "/w/SPACE/materials/F1",
    "Storch am Schornstein.webp",
    "Ein Storch auf einem Schornstein.",
    "de",
    "picture",
    "/w/SPACE/files/F1/thumbnail",
    482_133,
    ANNA,
    NOW_MS - HOUR_MS,
)
PLAN = replace(STORK, path="/w/SPACE/materials/F2", name="Plan.pdf", shown="document", thumbnail="")
STAYS = replace(PLAN, stays="other", author=NIKOS)
SONG = replace(PLAN, name="Das Lied der Störche.mp3", shown="sound", author=NIKOS)
FILM = replace(PLAN, name="Lagoon.mp4", shown="film", octets=1_240_000_000, author=NIKOS)
ALBUM = AlbumLine(
    "/w/SPACE/albums/A1", "Our lagoon", "In May.", "en", 3, NIKOS, space_views.Doings()
)
UPDATE = News(
    "U1",
    "/w/SPACE/updates/U1",
    ANNA,
    "Today we counted fourteen storks on one roof.",
    "en",
    NOW_MS - HOUR_MS,
    None,
    "project",
    "",
    MINE,
    [STORK],
)
UPDATES = [
    UPDATE,
    replace(
        UPDATE, id="U2", author=NIKOS, doings=space_views.Doings(), sight="teachers", pictures=[]
    ),
    replace(UPDATE, id="U3", absent=later("This was deleted."), doings=HIDDEN, pictures=[]),
]
FILE = FilePage(
    path=STORK.path,
    name=STORK.name,
    alt=STORK.alt,
    language="de",
    shown="picture",
    bytes_path="/w/SPACE/files/F1",
    width=1600,
    height=1200,
    octets=STORK.octets,
    licence="CC-BY-4.0",
    author=ANNA,
    at_ms=NOW_MS - DAY_MS,
    edited_ms=NOW_MS - HOUR_MS,
    album=ALBUM.title,
    album_path=ALBUM.path,
    doings=MINE,
    absent="",
    standing="here",
)
_ELSEWHERE = replace(
    FILE,
    doings=space_views.Doings(),
    author=NIKOS,
    standing="elsewhere",
    stays="other",
    width=0,
    height=0,
    octets=500_000,
)
_OWN = replace(FILE, stays="own", may_move=True)
_FAR = replace(FILE, doings=space_views.Doings(), author=NIKOS, shown="document", octets=60_000_000)


def page(file: FilePage, *, unconfirmed: bool = False, confirmed: bool = False) -> Sample:
    schools = [THEIRS.name]
    return Sample(
        "material.html",
        {
            "space": SPACE,
            "file": file,
            "unconfirmed": schools if unconfirmed else [],
            "confirmed": schools if confirmed else [],
        },
        file.path,
    )


def bringing(form: Form, *, waiting: bool) -> Sample:
    picture = Brought("B1", "Storch.webp", True, "/w/SPACE/uploads/B1/thumbnail", 480_000, 1, True)
    plan = Brought("B2", "Plan.pdf", False, "", 90_000, 1, True)
    half = Brought("B3", "Lagoon.mp4", False, "", 90_000_000, 30_000_000, False)
    return Sample(
        "material_new.html",
        {
            "space": SPACE,
            "form": form,
            "waiting": [picture, plan] if waiting else [],
            "unfinished": [half] if waiting else [],
            "albums": [("A1", ALBUM.title)],
            "image_mb": 25,
            "file_mb": 200,
            "video_mb": 2048,
        },
        "/w/SPACE/materials/new",
    )


def _wrong() -> Form:
    form = Form.filled(**{"name-B1": "Storch.webp"})
    form.say("file", later("%(file)s is too large."), file="Storch.tif")
    form.say("alt-B1", later("Fill this in."))
    return form


EXHIBITS: dict[str, Sample] = {
    "news": Sample(
        "news.html",
        {"space": SPACE, "updates": UPDATES, "older": 2, "unconfirmed": [THEIRS.name]},
        "/w/SPACE/updates",
    ),
    "news-empty": Sample(
        "news.html",
        {"space": SPACE, "updates": [], "older": 0, "unconfirmed": []},
        "/w/SPACE/updates",
    ),
    "news-new": Sample(
        "news_form.html",
        {
            "space": SPACE,
            "form": Form.filled(language="en", audience="members"),
            "pictures": [("F1", STORK)],
            "new": True,
        },
        "/w/SPACE/updates/new",
    ),
    "news-edit": Sample(
        "news_form.html",
        {"space": SPACE, "form": Form.filled(text="x"), "pictures": [], "new": False},
        "/w/SPACE/updates/U1/edit",
    ),
    "materials": Sample(
        "materials.html",
        {"space": SPACE, "files": [STORK, STAYS, SONG, FILM], "albums": [ALBUM], "older": 2},
        "/w/SPACE/materials",
    ),
    "materials-empty": Sample(
        "materials.html",
        {"space": SPACE, "files": [], "albums": [], "older": 0},
        "/w/SPACE/materials",
    ),
    "material-new": bringing(Form.filled(language="de", licence="CC0-1.0"), waiting=False),
    "material-describe": bringing(Form.filled(**{"name-B1": "Storch.webp"}), waiting=True),
    "material-describe-wrong": bringing(_wrong(), waiting=True),
    "material-closed": Sample(
        "material_new.html",
        {
            **bringing(Form(), waiting=False).data,
            "space": replace(SPACE, may_write=False),
        },
        "/w/SPACE/materials/new",
    ),
    "material": page(FILE),
    "material-sound": page(replace(FILE, shown="sound")),
    "material-film": page(replace(FILE, shown="film", album_path="")),
    "material-away": page(replace(_FAR, standing="away")),
    "material-coming": page(
        replace(_FAR, standing="coming", from_=THEIRS.name, received=12_000_000)
    ),
    "material-starting": page(replace(_FAR, standing="coming")),
    "material-waiting": page(
        replace(_FAR, standing="coming", why=later("This did not work. Choose it again."))
    ),
    "material-locked": page(replace(_FAR, standing="locked")),
    "material-unfit": page(replace(_FAR, standing="unfit")),
    "material-elsewhere": page(_ELSEWHERE),
    "material-elsewhere-film": page(replace(_ELSEWHERE, shown="film")),
    "material-elsewhere-sound": page(replace(_ELSEWHERE, shown="sound")),
    "material-elsewhere-document": page(replace(_ELSEWHERE, shown="document")),
    "material-elsewhere-resting": page(replace(_ELSEWHERE, resting=True)),
    "material-stays": page(_OWN),
    "material-stays-unconfirmed": page(_OWN, unconfirmed=True),
    "material-stays-confirmed": page(_OWN, confirmed=True),
    "material-lost": page(replace(_OWN, standing="lost")),
    "residency": Sample(
        "residency.html",
        {
            "space": SPACE,
            "form": Form.filled(residency="shared"),
            "name": STORK.name,
            "back": STORK.path,
            "is_shared": True,
        },
        STORK.path + "/residency",
    ),
    "residency-home": Sample(
        "residency.html",
        {
            "space": SPACE,
            "form": Form.filled(residency="home"),
            "name": STORK.name,
            "back": STORK.path,
            "is_shared": False,
        },
        STORK.path + "/residency",
    ),
    "away": Sample(
        "away.html",
        {
            "name": PLAN.name,
            "back": PLAN.path,
            "sentence": later("Its school cannot be reached just now. Try again later."),
        },
        "/w/SPACE/files/F2",
    ),
    "material-erased": page(
        replace(FILE, name="", absent=later("This was deleted.")), unconfirmed=True
    ),
    "material-confirmed": page(
        replace(FILE, name="", absent=later("This was deleted.")), confirmed=True
    ),
    "material-edit": Sample(
        "material_edit.html",
        {
            "space": SPACE,
            "form": Form.filled(name=STORK.name, alt=STORK.alt, licence="CC-BY-4.0"),
            "back": STORK.path,
            "is_picture": True,
            "albums": [("A1", ALBUM.title)],
        },
        STORK.path + "/edit",
    ),
    "album": Sample(
        "album.html",
        {
            "space": SPACE,
            "album": replace(ALBUM, doings=MINE),
            "files": [STORK, FILM],
            "add": "/w/SPACE/materials/new?album=A1",
        },
        ALBUM.path,
    ),
    "album-empty": Sample(
        "album.html",
        {"space": SPACE, "album": replace(ALBUM, text=""), "files": [], "add": "/w/SPACE"},
        ALBUM.path,
    ),
    "album-new": Sample(
        "album_form.html", {"space": SPACE, "form": Form(), "new": True}, "/w/SPACE/albums/new"
    ),
    "album-edit": Sample(
        "album_form.html",
        {"space": SPACE, "form": Form.filled(title="Birds"), "new": False},
        "/w/SPACE/albums/A1/edit",
    ),
}
