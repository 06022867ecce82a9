"""What the school says and signs about data, in every state."""

from tests.journeys.scene import at, see
from tests.journeys.state import state

PRIVACY = (
    state("privacy", "/privacy", at("", "/privacy"), see("Who is responsible")),
    state("privacy for staff", "/privacy", at("ana", "/privacy"), see("connected with schools")),
    state("privacy in German", "/privacy", at("", "/privacy"), see("Ihre Rechte"), language="de"),
    state("privacy for pupils", "/privacy/pupils", at("", "/privacy/pupils"), see("made-up name")),
    state(
        "school at a glance",
        "/school/overview",
        at("rosa", "/school/overview"),
        see("Agreement to print"),
    ),
    state(
        "school at a glance, new",
        "/school/overview",
        at("eleni", "/school/overview"),
        see("no project yet"),
    ),
    state(
        "agreement with a partner",
        "/admin/partners/{host}/agreement",
        at("rosa", "/admin/partners/{vert}/agreement"),
        see("Agreement on working together"),
    ),
    state(
        "record of processing",
        "/school/processing",
        at("rosa", "/school/processing"),
        see("What may leave this server"),
    ),
    state(
        "impact assessment",
        "/school/assessment",
        at("rosa", "/school/assessment"),
        see("Look at this first"),
    ),
)
