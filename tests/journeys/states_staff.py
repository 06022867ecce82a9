"""One account in the administration, and who stands in for whom, in every state."""

from tests.journeys.scene import at, fill, press, see
from tests.journeys.state import MEND, state

STAFF = (
    state(
        "account with a substitute",
        "/school/staff/{account}",
        at("rosa", "{ana_account}"),
        see("Clara Sousa stands in"),
    ),
    state(
        "account of a substitute",
        "/school/staff/{account}",
        at("rosa", "{clara_account}"),
        see("Stands in for Ana Ferreira"),
    ),
    state(
        "account that nobody stands in for",
        "/school/staff/{account}",
        at("rosa", "{tiago_account}"),
        see("Nobody stands in"),
    ),
    state(
        "appoint a substitute",
        "/school/staff/{account}/substitute",
        at("rosa", "{ana_account}/substitute"),
        see("Who stands in"),
    ),
    state(
        "appoint a substitute in vain",
        "/school/staff/{account}/substitute",
        at("rosa", "{ana_account}/substitute"),
        fill(last_day="2020-01-01"),
        press("Appoint the substitute"),
        MEND,
    ),
    state(
        "nothing to stand in for",
        "/school/staff/{account}/substitute",
        at("rosa", "{rosa_account}/substitute"),
        see("nothing to stand in for"),
    ),
    state("home of a substitute", "/home", at("clara", "/home"), see("You stand in for")),
    state(
        "home of whom somebody stands in for", "/home", at("ana", "/home"), see("stands in for you")
    ),
)
