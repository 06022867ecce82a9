"""Every page of pupils and of their teachers. A node without a classroom has nothing there."""

from aiohttp.typedefs import Handler

from node.web.door import Access
from node.web.pages import (
    class_cards,
    class_pupils,
    class_reads,
    class_year,
    classes,
    consent,
    held,
    picture_pupils,
    pupil_desk,
    pupil_entry,
    pupil_files,
    pupil_record,
    space_consents,
    space_pupils,
)

ANYONE, STAFF, PUPIL = Access.ANYONE, Access.STAFF, Access.PUPIL
ADMIN = Access.ADMIN
BRINGING = "/c/w/{space}/bring"
"""Before the address of a thread, which it would else be taken for."""

SEALED: list[tuple[str, str, Access, Handler]] = [
    ("GET", "/held/{work}/bytes", STAFF, held.show_bytes),
    ("GET", "/held/{work}/small", STAFF, held.show_small),
    ("GET", "/c/files/{work}/bytes", PUPIL, pupil_files.show_bytes),
    ("GET", "/c/files/{work}/small", PUPIL, pupil_files.show_small),
]
"""The bytes of files that wait: no pages."""

CLASSES: list[tuple[str, str, Access, Handler]] = [
    *SEALED,
    ("GET", "/classes", STAFF, classes.show),
    ("POST", "/classes", STAFF, classes.make),
    ("GET", "/classes/{class}", STAFF, classes.detail),
    ("POST", "/classes/{class}/sign-out", STAFF, classes.sign_out),
    ("GET", "/classes/{class}/add", STAFF, class_pupils.ask),
    ("POST", "/classes/{class}/add", STAFF, class_pupils.preview),
    ("POST", "/classes/{class}/list", STAFF, class_pupils.bring),
    ("POST", "/classes/{class}/pupils", STAFF, class_pupils.add),
    ("GET", "/classes/{class}/pupils/{pupil}", STAFF, class_pupils.detail),
    ("POST", "/classes/{class}/pupils/{pupil}", STAFF, class_pupils.save),
    ("GET", "/classes/{class}/pupils/{pupil}/record", STAFF, pupil_record.show),
    ("GET", "/classes/{class}/pupils/{pupil}/remove", STAFF, class_pupils.confirm_remove),
    ("POST", "/classes/{class}/pupils/{pupil}/remove", STAFF, class_pupils.remove),
    ("GET", "/classes/{class}/cards", STAFF, class_cards.ask),
    ("POST", "/classes/{class}/cards", STAFF, class_cards.make),
    ("GET", "/school/reads", ADMIN, class_reads.show),
    ("GET", "/w/{space}/pupils", STAFF, space_pupils.show),
    ("POST", "/w/{space}/pupils", STAFF, space_pupils.choose),
    ("POST", "/w/{space}/pupils/{pupil}", STAFF, space_pupils.rename),
    ("POST", "/w/{space}/live", STAFF, space_pupils.write_live),
    ("POST", "/classes/{class}/decides", STAFF, classes.decide),
    ("POST", "/classes/{class}/export", STAFF, classes.export),
    ("GET", "/classes/{class}/year", STAFF, class_year.ask),
    ("POST", "/classes/{class}/year", STAFF, class_year.begin),
    ("POST", "/c/works/export", PUPIL, pupil_desk.export),
    ("GET", "/w/{space}/consents/{class}", STAFF, space_consents.show),
    ("POST", "/w/{space}/consents/{class}", STAFF, space_consents.record),
    ("POST", "/w/{space}/consents/{class}/forms", STAFF, space_consents.print_forms),
    ("GET", "/w/{space}/materials/new/{upload}/pupils", STAFF, picture_pupils.ask_new),
    ("POST", "/w/{space}/materials/new/{upload}/pupils", STAFF, picture_pupils.mark_new),
    ("GET", "/w/{space}/materials/{file}/pupils", STAFF, picture_pupils.ask),
    ("POST", "/w/{space}/materials/{file}/pupils", STAFF, picture_pupils.mark),
    ("GET", "/consent/{code}", ANYONE, consent.show),
    ("GET", "/consent/{code}/withdraw", ANYONE, consent.confirm),
    ("POST", "/consent/{code}/withdraw", ANYONE, consent.withdraw),
    ("GET", "/held", STAFF, held.show),
    ("POST", "/held", STAFF, held.release_many),
    ("GET", "/held/{work}", STAFF, held.detail),
    ("GET", "/held/{work}/pupils", STAFF, picture_pupils.ask_held),
    ("POST", "/held/{work}/pupils", STAFF, picture_pupils.mark_held),
    ("POST", "/held/{work}/release", STAFF, held.release_one),
    ("POST", "/held/{work}/return", STAFF, held.give_back),
    ("POST", "/held/{work}/allow", STAFF, held.allow),
    ("POST", "/held/{work}/mend", STAFF, held.mend),
    ("GET", "/c", ANYONE, pupil_entry.ask),
    ("POST", "/c", ANYONE, pupil_entry.enter_by_word),
    ("POST", "/c/card", ANYONE, pupil_entry.enter_by_card),
    ("POST", "/c/leave", ANYONE, pupil_entry.leave),
    ("GET", "/c/home", PUPIL, pupil_desk.home),
    ("GET", "/c/works", PUPIL, pupil_desk.works),
    ("GET", "/c/works/{work}", PUPIL, pupil_desk.work),
    ("POST", "/c/works/{work}", PUPIL, pupil_desk.rewrite),
    ("POST", "/c/works/{work}/remove", PUPIL, pupil_desk.throw_away),
    ("GET", "/c/files/{work}", PUPIL, pupil_files.show),
    ("POST", "/c/files/{work}", PUPIL, pupil_files.describe),
    ("POST", "/c/files/{work}/remove", PUPIL, pupil_desk.throw_away),
    ("GET", "/c/w/{space}", PUPIL, pupil_desk.space),
    ("GET", BRINGING, PUPIL, pupil_files.ask),
    ("POST", BRINGING, PUPIL, pupil_files.bring),
    ("GET", "/c/w/{space}/{thread}", PUPIL, pupil_desk.read),
    ("POST", "/c/w/{space}/{thread}", PUPIL, pupil_desk.reply),
]
