"""Reports as pages show them: what was reported, why, at which school, what each end decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.actions import moderation, trash
from node.actions import reports as acting
from node.actions.context import Context
from node.actions.spaces import SpaceView
from node.storage import accounts
from node.storage.database import Reader
from node.storage.reports import Report
from node.web import doings, report_words, space_views, views
from node.web.directory import Directory
from protocol import names
from protocol.canonical import b64, unb64
from protocol.effects_reports import Decision
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Contribution


@dataclass(frozen=True)
class Line:
    """A report in a list. `reporter` is empty where the reader may not know it; `reason`,
    `decision` and `theirs` are marked words, the latter two empty until decided. `shielded`: the
    pupils of this school do not see it because of this report."""

    path: str
    thing: space_views.Thing | None
    school: views.School
    other: views.School | None
    ours: bool
    reporter: str
    reason: str
    note: str
    language: str
    at_ms: int
    decision: str
    decided_ms: int | None
    theirs: str
    their_ms: int | None
    by_pupil: bool = False
    shielded: bool = False


async def lines(
    context: Context,
    reader: Reader,
    seen: SpaceView,
    known: Directory,
    rows: Sequence[Report],
) -> list[Line]:
    """Reports of a space that the reader may read."""
    made = [one for row in rows if (one := await _find(reader, seen, row)) is not None]
    shown: dict[str, Contribution] = {one.reference: one for one in made}
    ours_to_hide = [
        one for one in made if moderation.may_hide(seen.space, one, is_admin=seen.is_admin)
    ]
    behind = shown | await trash.look_behind(reader, seen.space.id, ours_to_hide)
    found: list[Line] = []
    for row in rows:
        thing = behind.get(row.item)
        ours = row.school == names.service_actor_id(context.base)
        reporter = ""
        about_reader = acting.is_about(row, thing, seen.space, seen.alias)
        if ours and row.account is not None and seen.is_admin and not about_reader:
            account = await accounts.find(reader, row.account)
            reporter = "" if account is None else account.name
        found.append(
            Line(
                path=f"/w/{seen.space.id}/moderation/{name_of(row.id)}",
                thing=None if thing is None else doings.thing(thing, seen, known),
                school=known.school_of(row.school),
                other=known.school_of(row.other) if row.other else None,
                ours=ours,
                reporter=reporter,
                reason=report_words.REPORT_REASONS.get(row.reason, ""),
                note=row.note,
                language=row.language,
                at_ms=row.at_ms,
                decision=report_words.DECISIONS.get(row.decision, ""),
                decided_ms=row.decided_ms,
                theirs=report_words.DECISIONS.get(row.their_decision, ""),
                their_ms=row.their_ms,
                by_pupil=row.by_pupil,
                shielded=row.is_shielding,
            )
        )
    return found


async def _find(reader: Reader, seen: SpaceView, row: Report) -> Contribution | None:
    try:
        return await trash.get(reader, seen.space, row.item)
    except Refused:
        return None


def decision_of(word: str) -> Decision:
    match word:
        case "hidden" | "kept" | "erasure_asked" | "deleted":
            return word
        case _:
            raise Refused(Reason.BAD_INPUT, "This is no decision.", field="decision")


def name_of(id_: str) -> str:
    """A report's id, which is an address at one of both ends, as a part of an address here."""
    return b64(id_.encode())


def id_of(name: str) -> str:
    """Refuses with NOT_FOUND what names none."""
    try:
        return unb64(name).decode()
    except (Refused, UnicodeDecodeError):
        raise Refused(Reason.NOT_FOUND, "There is no such report.") from None
