"""The pages where a space is looked after: its keys, its schools, its moderation."""

from aiohttp.typedefs import Handler

from node.web.door import Access
from node.web.pages import moderation, removals, space_keys, space_schools

STAFF = Access.STAFF
PAGES: list[tuple[str, str, Access, Handler]] = [
    ("GET", "/w/{space}/keys", STAFF, space_keys.show),
    ("POST", "/w/{space}/keys", STAFF, space_keys.vote),
    ("POST", "/w/{space}/keys/continue", STAFF, space_keys.begin_again),
    ("POST", "/w/{space}/keys/hand-over", STAFF, space_keys.hand_over),
    ("GET", "/w/{space}/keys/new", STAFF, space_keys.confirm_new),
    ("POST", "/w/{space}/keys/new", STAFF, space_keys.ask_new),
    ("POST", "/w/{space}/keys/vouch", STAFF, space_keys.vouch),
    ("POST", "/w/{space}/keys/policy", STAFF, space_keys.choose_policy),
    ("GET", "/w/{space}/leave-school", STAFF, space_schools.confirm_leave),
    ("POST", "/w/{space}/leave-school", STAFF, space_schools.leave),
    ("GET", "/w/{space}/schools/{node}/remove", STAFF, space_schools.confirm_remove),
    ("POST", "/w/{space}/schools/{node}/remove", STAFF, space_schools.remove),
    ("GET", "/w/{space}/moderation", STAFF, moderation.show),
    ("GET", "/w/{space}/moderation/{report}", STAFF, moderation.read),
    ("POST", "/w/{space}/moderation/{report}", STAFF, moderation.decide),
    ("GET", "/w/{space}/hide/{item}", STAFF, moderation.ask),
    ("POST", "/w/{space}/hide/{item}", STAFF, moderation.hide),
    ("POST", "/w/{space}/unhide/{item}", STAFF, moderation.show_again),
    ("GET", "/w/{space}/remove/{item}", STAFF, removals.confirm),
    ("POST", "/w/{space}/remove/{item}", STAFF, removals.ask),
    ("POST", "/w/{space}/unremove/{item}", STAFF, removals.take_back),
]
