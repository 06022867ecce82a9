"""The pages of a hub, and a school's page about its hub, in every state."""

from tests.journeys.scene import at, fill, press, see, unfold
from tests.journeys.state import MEND, state

HUBS = (
    state("our hub", "/admin/hub", at("rosa", "/admin/hub"), see("holds until")),
    state("our hub, asked", "/admin/hub", at("eleni", "/admin/hub"), see("Being checked")),
    state("our hub, none", "/admin/hub", at("claire", "/admin/hub"), see("Join link")),
    state(
        "our hub, in vain",
        "/admin/hub",
        at("claire", "/admin/hub"),
        fill(link="https://hub.example", register_number="1", reason="Ask."),
        press("Send the request"),
        MEND,
    ),
    state("leave the hub", "/admin/hub/leave", at("rosa", "/admin/hub/leave")),
    state("join link", "/join/{token}", at("@agency", "{join}"), see("Copy the whole link")),
    state("desk of the hub", "/agency", at("olga", "/agency"), see("asks to be accredited")),
    state(
        "join link in vain",
        "/agency",
        at("olga", "/agency"),
        fill(label="", uses="0"),
        press("Make the link"),
        MEND,
    ),
    state("desk for a school", "/agency", at("rosa", "/agency"), see("does not exist")),
    state("schools of the hub", "/agency/schools", at("olga", "/agency/schools")),
    state("school that asks", "/agency/schools/{host}", at("olga", "{asking}")),
    state("school accredited", "/agency/schools/{host}", at("olga", "{accredited}")),
    state(
        "revoke in vain",
        "/agency/schools/{host}",
        at("olga", "{accredited}"),
        unfold(".more"),
        press("Take the accreditation back"),
        MEND,
    ),
    state(
        "new key of a school in vain",
        "/agency/schools/{host}",
        at("olga", "{accredited}"),
        unfold(".more ~ .more"),
        press("Take the new key"),
        MEND,
    ),
    state("projects to approve", "/agency/projects", at("olga", "/agency/projects")),
    state("project to approve", "/agency/projects/{name}", at("olga", "{request}")),
    state(
        "refuse a project in vain",
        "/agency/projects/{name}",
        at("olga", "{request}"),
        unfold(".more"),
        press("Do not approve"),
        MEND,
    ),
    state("servers and hubs", "/agency/nodes", at("olga", "/agency/nodes"), see("Aveiro")),
    state(
        "endorse no more",
        "/agency/nodes/{host}/unendorse",
        at("olga", "/agency/nodes/{azul}/unendorse"),
    ),
    state("news", "/agency/announcements", at("olga", "/agency/announcements"), see("May")),
    state(
        "news in vain",
        "/agency/announcements",
        at("olga", "/agency/announcements"),
        press("Tell all schools"),
        MEND,
    ),
    state(
        "manage while a hub decides",
        "/projects/{name}/manage",
        at("ana", "{approving}/manage"),
        see("has to approve it"),
    ),
)
