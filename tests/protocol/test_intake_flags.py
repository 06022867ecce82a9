"""What follows from a report, and from what the other end decided."""

from dataclasses import replace
from datetime import timedelta

import pytest

from protocol import activities
from protocol.canonical import JSONObject
from protocol.effects import Effect, Nothing
from protocol.effects_reports import AnswerReport, PutReport, QueueEscalation
from protocol.errors import Reason, Refused
from protocol.intake import judge, needs
from protocol.intake_flags import MAX_OPEN
from protocol.known import Known, KnownFlagged, KnownOpen, KnownReport
from tests.protocol.people import ALPHA, BETA, GAMMA, NOW, Actor, opened

SCHOOL, OTHER = Actor(f"{BETA}/actor"), Actor(f"{GAMMA}/actor")
OURS = f"{ALPHA}/actor"
ITEM, SPACE = f"{'a' * 32}/{'A' * 22}", "A" * 43
HERE = Known(base=ALPHA, flagged=KnownFlagged(frozenset({OURS, SCHOOL.url}), is_ours=True))


def flag(actor: Actor = SCHOOL, note: str = "A number.", *, by_pupil: bool = False) -> JSONObject:
    return actor.sign(
        activities.flag(
            actor.said(),
            ITEM,
            SPACE,
            to=OURS,
            reason="hate",
            note="" if by_pupil else note,
            language="" if by_pupil else "en",
            by_pupil=by_pupil,
        )
    )


def decision(actor: Actor = SCHOOL, word: str = "hidden") -> JSONObject:
    return actor.sign(
        activities.decide_flag(
            actor.said(), f"{ALPHA}/activities/{'A' * 22}", to=OURS, decision=word
        )
    )


def judged(sent: JSONObject, actor: Actor, known: Known) -> list[Effect]:
    return judge(opened(sent, actor), known, NOW)


def refusal(sent: JSONObject, actor: Actor, known: Known) -> Reason:
    with pytest.raises(Refused) as refused:
        judged(sent, actor, known)
    return refused.value.reason


def test_a_report_by_a_member_waits_for_a_decision_and_names_nobody() -> None:
    sent = flag()
    assert needs(sent).flagged == (SPACE, ITEM)
    (kept,) = judged(sent, SCHOOL, HERE)
    assert isinstance(kept, PutReport)
    assert (kept.item, kept.school, kept.reason, kept.note) == (
        *(ITEM, SCHOOL.url, "hate", "A number."),
    )
    assert "people" not in str(sent)


def test_a_report_is_as_old_as_it_has_been_here() -> None:
    later = NOW + timedelta(days=3)
    (kept,) = judge(opened(flag(), SCHOOL), HERE, later)
    assert isinstance(kept, PutReport)
    assert kept.at == later


def test_who_may_not_know_of_it_learns_nothing_and_always_the_same() -> None:
    said = set()
    for known in (
        replace(HERE, flagged=None),
        replace(HERE, flagged=KnownFlagged(frozenset({OURS}), is_ours=True)),
        replace(HERE, flagged=KnownFlagged(frozenset({OURS, SCHOOL.url}), is_ours=False)),
    ):
        with pytest.raises(Refused) as refused:
            judged(flag(), SCHOOL, known)
        said.add((refused.value.reason, refused.value.detail))
    assert [reason for reason, _ in said] == [Reason.NOT_FOUND]


@pytest.mark.parametrize("by_pupil", [False, True])
def test_a_repeat_is_taken_and_a_flood_is_not(by_pupil: bool) -> None:
    sent = flag(by_pupil=by_pupil)
    (nothing,) = judged(sent, SCHOOL, reported(by_pupil, KnownOpen(MAX_OPEN, is_repeated=True)))
    assert isinstance(nothing, Nothing)
    assert refusal(sent, SCHOOL, reported(by_pupil, KnownOpen(MAX_OPEN))) is Reason.TOO_MANY_ITEMS
    (kept,) = judged(sent, SCHOOL, reported(by_pupil, KnownOpen(MAX_OPEN - 1)))
    assert isinstance(kept, PutReport)


@pytest.mark.parametrize("by_pupil", [False, True])
def test_what_pupils_report_stands_in_no_teachers_way_nor_the_other_way_round(
    by_pupil: bool,
) -> None:
    others = reported(not by_pupil, KnownOpen(MAX_OPEN, is_repeated=True))
    (kept,) = judged(flag(by_pupil=by_pupil), SCHOOL, others)
    assert isinstance(kept, PutReport)
    assert kept.by_pupil is by_pupil


def reported(by_pupil: bool, open_: KnownOpen) -> Known:
    """What pupils, or teachers, of the school have reported already."""
    assert HERE.flagged is not None
    if by_pupil:
        return replace(HERE, flagged=replace(HERE.flagged, by_pupils=open_))
    return replace(HERE, flagged=replace(HERE.flagged, by_teachers=open_))


def test_only_the_other_end_says_what_it_decided() -> None:
    report = KnownReport("R", SCHOOL.url)
    (kept,) = judged(decision(), SCHOOL, Known(base=ALPHA, report=report))
    assert kept == AnswerReport("R", "hidden", NOW)
    assert refusal(decision(), SCHOOL, Known(base=ALPHA)) is Reason.NEVER_OFFERED
    stranger = Known(base=ALPHA, report=report)
    assert refusal(decision(OTHER), OTHER, stranger) is Reason.NOT_ALLOWED


def test_that_a_pupil_reported_it_is_told_and_no_words_come_along() -> None:
    sent = SCHOOL.sign(
        activities.flag(
            SCHOOL.said(), ITEM, SPACE, to=OURS, reason="hate", note="He", by_pupil=True
        )
    )
    assert sent["by"] == "pupil"
    assert "content" not in sent
    (kept,) = judged(sent, SCHOOL, HERE)
    assert isinstance(kept, PutReport)
    assert (kept.by_pupil, kept.note) == (True, "")


HUB = Known(base=ALPHA, is_hub=True, accredits=True)
REPORT = f"{BETA}/activities/{'B' * 22}"


def escalation(actor: Actor = SCHOOL, report: str = REPORT, note: str = "") -> JSONObject:
    return actor.sign(
        activities.escalate_flag(
            actor.said(), report, ITEM, SPACE, hub=OURS, reason="hate", note=note, language="en"
        )
    )


def test_a_hub_hears_of_a_report_which_item_it_is_and_why_and_words_only_if_there_are_some() -> (
    None
):
    sent = escalation()
    assert "content" not in sent
    (kept,) = judged(sent, SCHOOL, HUB)
    assert isinstance(kept, QueueEscalation)
    assert (kept.report, kept.item, kept.space, kept.reason, kept.note) == (
        *(REPORT, ITEM, SPACE, "hate", ""),
    )
    (with_words,) = judged(escalation(note="We told the police."), SCHOOL, HUB)
    assert isinstance(with_words, QueueEscalation)
    assert with_words.note == "We told the police."


def test_only_a_hub_hears_it_of_its_own_schools_and_no_flood() -> None:
    assert refusal(escalation(), SCHOOL, replace(HUB, is_hub=False)) is Reason.NOT_FOUND
    assert refusal(escalation(), SCHOOL, replace(HUB, accredits=False)) is Reason.NOT_ALLOWED
    person = Actor(f"{BETA}/people/ann")
    assert refusal(escalation(person), person, HUB) is Reason.NOT_ALLOWED
    foreign = f"{GAMMA}/activities/{'B' * 22}"
    assert refusal(escalation(report=foreign), SCHOOL, HUB) is Reason.FOREIGN_ORIGIN
    full = replace(HUB, open_requests=MAX_OPEN)
    assert refusal(escalation(), SCHOOL, full) is Reason.TOO_MANY_ITEMS
    assert judged(escalation(), SCHOOL, replace(full, open_requests=MAX_OPEN - 1))
