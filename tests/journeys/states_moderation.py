"""Hiding, the trash and reports, in every state."""

from tests.journeys.scene import at, press, see
from tests.journeys.state import MEND, state

MODERATION = (
    state(
        "trash with a part of a page",
        "/w/{space}/trash",
        at("luc", "{space}/trash"),
        see("A sentence too many."),
    ),
    state(
        "write on a page with a hidden block",
        "/w/{space}/pages/{page}/edit",
        at("ana", "{page_hidden_block}/edit"),
        see("Show it again"),
    ),
    state(
        "page with a hidden block",
        "/w/{space}/pages/{page}",
        at("ana", "{page_hidden_block}"),
        see("Hidden by"),
    ),
    state(
        "page that is hidden",
        "/w/{space}/pages/{page}",
        at("ana", "{hidden_page}"),
        see("A hidden page"),
    ),
    state("hide a page", "/w/{space}/hide/{item}", at("ana", "{hide_page}"), see("Names of")),
    state("trash", "/w/{space}/trash", at("ana", "{space}/trash"), see("An old plan")),
    state(
        "moderation with something hidden",
        "/w/{space}/moderation",
        at("ana", "{space}/moderation"),
        see("A private number."),
    ),
    state("report a post", "/report", at("ana", "{report}"), see("They do not learn your name")),
    state(
        "report a post in vain",
        "/report",
        at("ana", "{report}"),
        press("Send the report"),
        MEND,
    ),
    state(
        "decide about a report",
        "/w/{space}/moderation/{report}",
        at("luc", "{reported}"),
        see("What your school decides"),
    ),
    state(
        "decide about a report in vain",
        "/w/{space}/moderation/{report}",
        at("luc", "{reported}"),
        press("Decide"),
        MEND,
    ),
    state(
        "moderation with something to be removed",
        "/w/{space}/moderation",
        at("luc", "{space}/moderation"),
        see("Needs our yes"),
    ),
    state(
        "remove for good",
        "/w/{space}/remove/{item}",
        at("ana", "{remove}"),
        see("Remove this for good?"),
    ),
    state(
        "agree to remove for good",
        "/w/{space}/remove/{item}",
        at("luc", "{agree}"),
        see("Agree to remove it?"),
    ),
    state("hide a post", "/w/{space}/hide/{item}", at("ana", "{hide}"), see("Our songs")),
    state(
        "hide a post in vain",
        "/w/{space}/hide/{item}",
        at("ana", "{hide}"),
        press("Hide it"),
        MEND,
    ),
    state(
        "thread that is hidden",
        "/w/{space}/forum/{thread}",
        at("luc", "{hidden}"),
        see("Hidden by"),
    ),
)
