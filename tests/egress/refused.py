"""The routes of which the scenario gets a refusal alone, each with the reason why that is enough.

Checked both ways: a route that gives something must not stand here, and one that gives nothing has
to. None of them is about pupils.
"""

from collections.abc import Mapping

_HUBS = "between hubs and those who look after them, of schools and teachers"
_PARTNERS = "of a partner's address and key"
_INVITED = "for somebody who is no member of the school yet; it takes a name and a password"
_SET_UP = "the node is set up"
_TEACHERS = "between teachers, before there is a space"
_STEWARDS = "of a space's keys and schools, between founding schools"
_LEFT = "of what a school that is gone had written"

REFUSED: Mapping[str, str] = {
    "GET /accreditations": _HUBS,
    "GET /agency/projects/{name}": _HUBS,
    "GET /agency/schools/{host}/documents/{number}": _HUBS,
    "GET /agency/teachers/{number}": _HUBS,
    "GET /directory": _HUBS,
    "POST /admin/hub": _HUBS,
    "POST /admin/hub/documents": _HUBS,
    "POST /admissions/{name}/documents": _HUBS,
    "POST /agency/nodes/{host}/endorse": _HUBS,
    "POST /agency/nodes/{host}/unendorse": _HUBS,
    "POST /agency/projects/{name}/approve": _HUBS,
    "POST /agency/projects/{name}/refuse": _HUBS,
    "POST /agency/schools/{host}/refuse": _HUBS,
    "POST /agency/schools/{host}/rekey": _HUBS,
    "POST /agency/teachers/{number}/refuse": _HUBS,
    "POST /agency/teachers/{number}/revoke": _HUBS,
    "POST /agency/teachers/{number}/verify": _HUBS,
    "POST /introductions": _HUBS,
    "GET /join/{token}": _HUBS,
    "POST /school/staff/{account}/verification": _HUBS,
    "POST /admin/partners": _PARTNERS,
    "POST /admin/partners/{host}/rekey": _PARTNERS,
    "POST /admin/partners/{host}/remove": _PARTNERS,
    "GET /invite/{token}": _INVITED,
    "POST /invite/{token}": _INVITED,
    "POST /ask": _INVITED,
    "POST /school/staff/{account}/approve": _INVITED,
    "POST /school/staff/{account}/decline": _INVITED,
    "GET /setup": _SET_UP,
    "POST /setup": _SET_UP,
    "POST /setup/hub": _SET_UP,
    "POST /setup/mail": _SET_UP,
    "POST /contacts/answer": _TEACHERS,
    "POST /contacts/withdraw": _TEACHERS,
    "POST /people/{name}/contact": _TEACHERS,
    "POST /projects/{name}/accept": _TEACHERS,
    "POST /projects/{name}/archive": _TEACHERS,
    "POST /projects/{name}/close": _TEACHERS,
    "POST /projects/{name}/decline": _TEACHERS,
    "POST /projects/{name}/invite": _TEACHERS,
    "POST /projects/{name}/join": _TEACHERS,
    "POST /projects/{name}/refuse": _TEACHERS,
    "POST /projects/{name}/reopen": _TEACHERS,
    "GET /notes/{name}": _TEACHERS,
    "GET /w/{space}/schools/{node}/moderate": _STEWARDS,
    "GET /w/{space}/schools/{node}/remove": _STEWARDS,
    "POST /spaces/{space}/descriptors": _STEWARDS,
    "POST /spaces/{space}/renewals": _STEWARDS,
    "POST /spaces/{space}/votes": _STEWARDS,
    "POST /w/{space}/keep": _STEWARDS,
    "POST /w/{space}/keys": _STEWARDS,
    "POST /w/{space}/keys/hand-over": _STEWARDS,
    "POST /w/{space}/keys/new": _STEWARDS,
    "POST /w/{space}/keys/vouch": _STEWARDS,
    "POST /w/{space}/leave-school": _STEWARDS,
    "POST /w/{space}/schools/{node}/moderate": _STEWARDS,
    "POST /w/{space}/schools/{node}/remove": _STEWARDS,
    "POST /w/{space}/leftovers/{item}/clear": _LEFT,
    "POST /w/{space}/leftovers/{item}/delete": _LEFT,
    "GET /{address}": "an address that nobody has",
    "POST /admin/backups": "made by the action itself, unpacked and read here",
    "POST /admin/mail/server": "the settings name the server for mail already",
    "POST /calls/{call}": "the answer to a question of a school behind a wall; none stands here",
    "POST /w/{space}/blocks/{block}/put-back": "the block was taken out for good before",
    "POST /w/{space}/pages/{page}/history/{version}": "the page was taken out for good before",
}
