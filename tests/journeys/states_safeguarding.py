"""What a pupil reports, and what a safeguarding person sees of it, in every state."""

from tests.journeys.scene import at, fill, press, see
from tests.journeys.state import MEND, state

SAFEGUARDING = (
    state(
        "something is not right",
        "/c/w/{space}/report/{item}",
        at("mia", "{pupil_report}"),
        see("Somebody is mean"),
    ),
    state(
        "something is not right, in vain",
        "/c/w/{space}/report/{item}",
        at("mia", "{pupil_report}"),
        press("Tell my teachers"),
        MEND,
    ),
    state(
        "thread that a pupil reported",
        "/c/w/{space}/{thread}",
        at("mia", "{looked_at}"),
        see("Your teachers look at this"),
    ),
    state(
        "decide about a pupil's report",
        "/w/{space}/moderation/{report}",
        at("ana", "{reported_by_pupil}"),
        see("by a pupil"),
    ),
    state("safeguarding", "/safeguarding", at("tiago", "/safeguarding"), see("1 pupil")),
    state(
        "safeguarding, nothing reported",
        "/safeguarding",
        at("eleni", "/safeguarding"),
        see("Nothing was reported"),
    ),
    state(
        "safeguarding for administrators",
        "/safeguarding",
        at("rosa", "/safeguarding"),
        see("given by Rosa Martins"),
    ),
    state(
        "safeguarding where nobody has the role",
        "/safeguarding",
        at("claire", "/safeguarding"),
        see("Nobody reads what pupils report"),
    ),
    state("sealed copy", "/safeguarding/{case}", at("tiago", "{case}"), see("I count the ducks.")),
    state(
        "sealed copy of which the hub was told",
        "/safeguarding/{case}",
        at("tiago", "{told_case}"),
        see("Your hub was told"),
    ),
    state(
        "reports from schools",
        "/agency/reports",
        at("olga", "/agency/reports"),
        see("Please telephone us."),
    ),
    state(
        "reports from schools, dealt with",
        "/agency/reports",
        at("olga", "/agency/reports?state=seen"),
        see("Nothing is in this list"),
    ),
    state(
        "sealed copy kept for longer in vain",
        "/safeguarding/{case}",
        at("tiago", "{case}"),
        fill(why=""),
        press("Keep it for longer"),
        MEND,
    ),
)
