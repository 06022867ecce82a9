"""Coming in by card and pictures, or by card and password, and the teacher's page of it."""

from tests.journeys.scene import Step, at, fill, follow, press, see
from tests.journeys.state import MEND, state


def card_of(which: str) -> tuple[Step, ...]:
    """Type what stands on a card of the class that is asked for more."""
    return (
        at("", "/c"),
        fill(
            class_code="{step_code}",
            alias=f"{{step_{which}_alias}}",
            secret_word=f"{{step_{which}_word}}",
        ),
        press("Come in"),
    )


ENTRY = (
    state("how a class comes in", "/classes/{class}/entry", at("ana", "{class}/entry")),
    state(
        "how a class comes in, with pictures",
        "/classes/{class}/entry",
        at("ana", "{step_class}/entry"),
        see("Let choose anew"),
    ),
    state(
        "how a class comes in, nobody in it",
        "/classes/{class}/entry",
        at("ana", "{empty_class}/entry"),
        see("The card alone"),
    ),
    state("choose pictures", "/c/step", *card_of("new"), see("Choose three pictures")),
    state(
        "choose pictures, two chosen",
        "/c/step",
        *card_of("new"),
        press("Cat"),
        press("Sun"),
        see("Begin again"),
    ),
    state(
        "choose pictures, once more",
        "/c/step",
        *card_of("new"),
        press("Cat"),
        press("Sun"),
        press("Boat"),
        see("Once more"),
    ),
    state(
        "choose pictures, others the second time",
        "/c/step",
        *card_of("new"),
        *map(press, ("Cat", "Sun", "Boat", "Boat", "Sun", "Cat")),
        MEND,
    ),
    state("show pictures", "/c/step", *card_of("chosen"), press("Cat"), see("Tap your pictures")),
    state(
        "show pictures in vain",
        "/c/step",
        *card_of("chosen"),
        *map(press, ("Sun", "Cat", "Boat")),
        MEND,
    ),
    state(
        "choose a password",
        "/c/step/password",
        *card_of("new"),
        follow("A password instead"),
        see("Four words"),
    ),
    state(
        "choose a password in vain",
        "/c/step/password",
        *card_of("new"),
        follow("A password instead"),
        fill(password="storks", again="storks"),
        press("Come in"),
        MEND,
    ),
    state("show the password", "/c/step", *card_of("typed"), see("Forgotten?")),
    state(
        "show the password in vain",
        "/c/step/password",
        *card_of("typed"),
        fill(password="loud storks fly"),
        press("Come in"),
        MEND,
    ),
    state("works of an older pupil", "/c/works", at("eva", "/c/works"), see("You took it back")),
    state(
        "take work back",
        "/c/works/{work}/withdraw",
        at("eva", "{released_work}"),
        see("nobody can call back"),
    ),
    state(
        "work that was taken back",
        "/c/works/{work}/withdraw",
        at("eva", "{withdrawn_work}"),
        see("You took this back"),
    ),
    state("taken back by pupils", "/withdrawn", at("ana", "/withdrawn"), see("I have seen it")),
    state("nothing taken back", "/withdrawn", at("tiago", "/withdrawn"), see("nobody has seen")),
)
