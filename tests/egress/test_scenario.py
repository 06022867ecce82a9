"""One life of two schools and their hub in which everything is driven that the code has, and no
octet that leaves, and no disk beside the vault, holds who a pupil is."""

import ast
import asyncio
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from node.web import door
from protocol.errors import Reason, Refused
from protocol.names import read_base
from protocol.statuses import status_of
from scripts.seeking import find
from tests.egress import justified, refusing
from tests.egress.commands import ELSEWHERE, RUNS_FOR_EVER, missing_commands
from tests.egress.fleet import Told, live
from tests.egress.ledger import SURFACES, Ledger, Route, commands_of, keeping_count
from tests.egress.refused import REFUSED
from tests.egress.workers import NODE, WORKERS, named_in, running_by_themselves

pytestmark = pytest.mark.xdist_group("scenario")
ROOMS_OF_PUPILS = ("node/classroom", "node/vault")
ROADS_OF_PUPILS = ("c", "classes", "held", "consent", "safeguarding")
PROGRAMS = {"child.py", *(f"node.cleaning.{one}" for one in ("documents", "films", "texts", "pdf"))}
RELEASED = ("Storks", "Swans", "Herons", "Boats")
ROOT = Path(door.__file__).parents[2]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with pytest.MonkeyPatch.context() as patch:
        yield asyncio.run(live(tmp_path_factory.mktemp("scenario"), patch))


def test_a157_nothing_of_a_roster_leaves_a_school_whatever_is_done(told: Told) -> None:
    everything = [*told.own, *told.theirs]
    for what in RELEASED:
        assert f"{what} of alpha".encode() in told.wire, "the tap hears what may leave"
    assert b"Storks of beta" in told.wire
    assert find(told.wire, everything) == []


def test_a161_no_socket_is_opened_to_anybody_who_is_no_node_of_this_scenario(told: Told) -> None:
    """By whatever library: names that are looked up count too."""
    assert told.dialled, "the tap sees who is called"
    assert told.dialled == {"127.0.0.1", ELSEWHERE}


def test_a157_no_program_is_started_but_those_that_read_files_and_open_no_socket(
    told: Told,
) -> None:
    """That they cannot open one is `test_tap`'s to show."""
    kinds = {re.sub(r" [0-9].*", "", one.partition(" -I ")[2]) for one in told.started}
    assert len(told.started) > 5
    assert {one.rpartition("/")[2].rpartition(" ")[2] for one in kinds} <= PROGRAMS, kinds


def test_a157_no_line_of_the_log_no_letter_and_no_command_says_who_a_pupil_is(told: Told) -> None:
    assert len(told.log.splitlines()) > 100
    assert told.letters, "somebody was reminded by mail, or invited"
    assert told.printed.count(b": 0 ") > 20, "commands that did what they are for"
    for said in (told.log, told.letters, told.printed):
        assert find(said, [*told.own, *told.theirs]) == []


def test_a157_no_page_that_others_see_says_who_a_pupil_is(told: Told) -> None:
    assert b"Storks of alpha" in told.heard.by_partners
    assert find(bytes(told.heard.by_partners), told.own) == []
    assert b"</html>" in told.heard.by_strangers
    assert find(bytes(told.heard.by_strangers), [*told.own, *told.theirs]) == []


def test_a157_no_disk_beside_the_vault_holds_who_a_pupil_is(told: Told) -> None:
    assert any(f"{one} of alpha".encode() in told.disks["beta"] for one in RELEASED)
    for name, kept in told.disks.items():
        assert len(kept) > 1_000_000, name
        assert find(kept, [*told.own, *told.theirs]) == [], name


def test_a163_a_backup_that_is_given_away_holds_no_pupil(told: Told) -> None:
    assert len(told.unpacked) > 1_000_000
    assert find(told.unpacked, [*told.own, *told.theirs]) == []


def test_a163_an_export_of_a_space_holds_who_no_pupil_is(told: Told) -> None:
    assert told.exported.startswith(b"PK")
    assert find(told.exported, ["Swans of alpha"]), "the search looks into it"
    assert find(told.exported, [*told.own, *told.theirs]) == []


def test_every_route_of_the_code_is_driven(told: Told) -> None:
    assert len(told.ledger.known) > 400
    assert told.ledger.missing_routes() == set()


def test_every_route_gives_something_or_is_named_with_the_reason_why_it_only_refuses(
    told: Told,
) -> None:
    refused, named = _spelled(told.ledger.only_refused()), REFUSED.keys()
    assert refused - named == set(), "only refused: drive it, or name it with a reason"
    assert named - refused == set(), "gives something, or is no more"


def test_every_route_about_pupils_gives_something(told: Told) -> None:
    assert len(of_pupils(told.ledger.known)) > 70
    assert of_pupils(told.ledger.only_refused()) == set()


def _spelled(those: Iterable[Route]) -> set[str]:
    return {f"{method} {path}" for method, path in those}


def of_pupils(those: Iterable[Route]) -> set[str]:
    """Those that pupils use, or whoever looks after them, or in which pupils are named."""
    return {
        f"{method} {path}"
        for method, path in those
        if path.split("/")[1] in ROADS_OF_PUPILS
        or {"pupils", "consents", "live", "policy"} & set(path.split("/"))
    }


def test_every_worker_of_the_code_did_something(told: Told) -> None:
    known = named_in(NODE) | running_by_themselves(WORKERS)
    assert {"intake", "reminders", "calling"} <= known
    assert named_in(NODE) - told.ledger.stepped == set()
    # What a crawler comes to first is chance: some of those may have worked as well.
    assert known - told.ledger.worked <= justified.WORKERS.keys() < known


def test_every_command_of_the_code_is_typed(told: Told) -> None:
    assert missing_commands(told.ledger) == set()
    assert commands_of() >= RUNS_FOR_EVER
    assert told.ledger.failed == justified.COMMANDS.keys()


def test_every_reason_is_given_or_cannot_be_given_where_pupils_are_known(told: Told) -> None:
    given = told.ledger.given
    assert set(Reason) - given - justified.REASONS.keys() == set()
    assert justified.REASONS.keys() & given == set(), "given in fact"
    near = reasons_given_in(*ROOMS_OF_PUPILS)
    assert near - given == set(), "given where pupils are known, and not provoked here"
    assert near & justified.REASONS.keys() == set()
    assert {Reason.NOT_FOUND, Reason.CONFLICT, Reason.TOO_MANY_ITEMS} <= near


@pytest.mark.parametrize("surface", sorted(SURFACES))
def test_every_reason_is_told_on_every_surface_or_is_named_with_why_not(
    told: Told, surface: str
) -> None:
    """The table of statuses holds for pages and documents alike; commands say a sentence."""
    assert all(status_of(one) >= 400 for one in Reason)
    assert justified.PAIRS.keys() < SURFACES, "a surface that is none"
    said = {one for where, one in told.ledger.pairs if where == surface}
    named = justified.PAIRS.get(surface, {}).keys()
    assert set(Reason) - said - named == set(), "told to nobody: provoke it, or say why not"
    assert named & said == set(), "told in fact"


def test_a157_no_page_that_tells_of_a_refusal_repeats_what_was_refused(told: Told) -> None:
    assert told.refusals.count(b"</html>") > 2 * len(Reason)
    assert told.refusals.count(b'"reason"') == len(Reason), "as a script reads them"
    assert find(told.refusals, [refusing.REFUSED]) == []


def test_every_column_of_the_vault_that_says_something_held_a_token(told: Told) -> None:
    assert set(told.untold) - justified.COLUMNS.keys() == set()


def reasons_given_in(*folders: str) -> set[Reason]:
    """Every Reason that is given by a `Refused(…)` in these folders."""
    return {
        Reason[argument.attr]
        for folder in folders
        for file in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == Refused.__name__
        for argument in call.args[:1]
        if isinstance(argument, ast.Attribute)
        and isinstance(argument.value, ast.Name)
        and argument.value.id == Reason.__name__
    }


def test_a_route_a_command_and_a_column_that_nobody_drives_are_caught() -> None:
    ledger = Ledger(known={("GET", "/pupils.csv"), ("GET", "/")}, answered={("GET", "/"): {200}})
    assert ledger.missing_routes() == {("GET", "/pupils.csv")}
    assert "vault backup" in missing_commands(ledger)
    ledger.answered["GET", "/pupils.csv"] = {404}
    assert ledger.only_refused() == {("GET", "/pupils.csv")}


def test_a_reason_that_is_told_on_another_surface_alone_is_caught() -> None:
    ledger = Ledger()
    ledger.note("page", Reason.GONE)
    ledger.note("test", Reason.BUSY)
    assert ledger.pairs == {("page", Reason.GONE)}
    assert ledger.given == set(), "what a test made up the product did not give"
    with pytest.MonkeyPatch.context() as patch, keeping_count(patch) as kept:
        assert Refused(Reason.GAP).reason is Reason.GAP
        with suppress(Refused):
            read_base("nowhere", development=False)
    assert kept.given == {Reason.BAD_NAME}
    assert set(kept.refused) == {Reason.GAP, Reason.BAD_NAME}


def test_a_worker_that_nobody_picks_up_is_seen_in_the_text(tmp_path: Path) -> None:
    (tmp_path / "leaking.py").write_text('A = Worker("leak", "t", s)\nasync def run(): ...\n')
    assert named_in(tmp_path) == {"leak"}
    assert running_by_themselves(tmp_path) == {"leaking"}


def test_a_route_about_pupils_that_only_refuses_is_caught() -> None:
    ledger = Ledger(
        answered={("GET", "/c/home"): {404}, ("GET", "/held"): {404, 200}, ("GET", "/w"): {404}}
    )
    assert of_pupils(ledger.only_refused()) == {"GET /c/home"}
