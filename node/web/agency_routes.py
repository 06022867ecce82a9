"""Every page of a hub's desk, and where its join links lead."""

from aiohttp.typedefs import Handler

from node.web.door import Access
from node.web.pages import (
    agency_home,
    agency_news,
    agency_nodes,
    agency_projects,
    agency_reports,
    agency_schools,
    agency_teachers,
)

ANYONE, OFFICER = Access.ANYONE, Access.OFFICER

AGENCY: list[tuple[str, str, Access, Handler]] = [
    ("GET", "/join/{token}", ANYONE, agency_home.join),
    ("GET", "/agency", OFFICER, agency_home.show),
    ("POST", "/agency/links", OFFICER, agency_home.make_link),
    ("POST", "/agency/links/{number}/withdraw", OFFICER, agency_home.withdraw_link),
    ("GET", "/agency/schools", OFFICER, agency_schools.show),
    ("GET", "/agency/schools/{host}", OFFICER, agency_schools.detail),
    ("POST", "/agency/schools/{host}/accredit", OFFICER, agency_schools.accredit),
    ("POST", "/agency/schools/{host}/refuse", OFFICER, agency_schools.refuse),
    ("POST", "/agency/schools/{host}/renew", OFFICER, agency_schools.renew),
    ("POST", "/agency/schools/{host}/rekey", OFFICER, agency_schools.rekey),
    ("POST", "/agency/schools/{host}/revoke", OFFICER, agency_schools.revoke),
    ("GET", "/agency/teachers", OFFICER, agency_teachers.show),
    ("GET", "/agency/teachers/{number}", OFFICER, agency_teachers.detail),
    ("POST", "/agency/teachers/{number}/verify", OFFICER, agency_teachers.verify),
    ("POST", "/agency/teachers/{number}/refuse", OFFICER, agency_teachers.refuse),
    ("POST", "/agency/teachers/{number}/revoke", OFFICER, agency_teachers.revoke),
    ("GET", "/agency/projects", OFFICER, agency_projects.show),
    ("GET", "/agency/projects/{name}", OFFICER, agency_projects.detail),
    ("POST", "/agency/projects/{name}/approve", OFFICER, agency_projects.approve),
    ("POST", "/agency/projects/{name}/refuse", OFFICER, agency_projects.refuse),
    ("GET", "/agency/reports", OFFICER, agency_reports.show),
    ("POST", "/agency/reports/{number}/seen", OFFICER, agency_reports.deal_with),
    ("GET", "/agency/announcements", OFFICER, agency_news.show),
    ("POST", "/agency/announcements", OFFICER, agency_news.tell),
    ("POST", "/agency/announcements/{name}/delete", OFFICER, agency_news.take_back),
    ("GET", "/agency/nodes", OFFICER, agency_nodes.show),
    ("POST", "/agency/nodes/{host}/endorse", OFFICER, agency_nodes.endorse),
    ("GET", "/agency/nodes/{host}/unendorse", OFFICER, agency_nodes.confirm_take_back),
    ("POST", "/agency/nodes/{host}/unendorse", OFFICER, agency_nodes.take_back),
]
