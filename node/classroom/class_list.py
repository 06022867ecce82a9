"""A class as a file: CSV as spreadsheets and school registers write it, read with patience.

UTF-8 with or without a mark at its beginning, UTF-16 with one, else Windows-1252; commas,
semicolons or tabs; Excel's line `sep=;`; headings in several languages, or those of OneRoster 1.2
(`users.csv`). Nothing is stored by reading: each row is a name or says why it is none.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from node.vault.pupils import Names
from protocol.errors import Reason, Refused
from protocol.folding import fold

MAX_OCTETS = 512 * 1024
MAX_ROWS = 1_000
MAX_COLUMNS = 500
MAX_NAME_CHARACTERS = 120
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "given": (
        *("givenname", "firstname", "forename", "given", "vorname", "rufname", "prenom"),
        *("nombre", "nome proprio", "primeiro nome", "imie", "ονομα", "voornaam", "fornavn"),
    ),
    "family": (
        *("familyname", "lastname", "surname", "family", "nachname", "familienname", "zuname"),
        *("nom de famille", "apellidos", "apellido", "apelido", "cognome", "nazwisko"),
        *("επωνυμο", "achternaam", "efternavn"),
    ),
    "display": (
        *("name", "fullname", "displayname", "pupil", "student", "anzeigename", "schuler"),
        *("schulerin", "nom complet", "nombre completo", "nome", "nome completo", "eleve"),
        *("aluno", "uczen", "ονοματεπωνυμο"),
    ),
    "login": ("login", "username", "user", "benutzername", "anmeldename", "identifiant", "usuario"),
    "role": ("role", "roles", "rolle"),
}
_MIXED = re.compile(rb"\xc3[\x80-\xbf]|[\xc4\xc5][\x80-\x9f\xa1-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]")
"""Latin letters in UTF-8, and halves of letters, which no name in Windows-1252 looks like."""
_FORMULA = frozenset("=+-@|")
_PUPILS = frozenset({"student", "pupil", "learner", "schuler", "schulerin", "eleve", "aluno"})


class Wrong(StrEnum):
    """Why a row is left out."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_NAME = "no_name"
    TWICE = "twice"
    NO_PUPIL = "no_pupil"
    UNKNOWN = "unknown"
    LEFT = "left"


@dataclass(frozen=True)
class Row:
    """A row of the file by its line; `wrong` says why it is left out."""

    line: int
    names: Names
    wrong: Wrong | None = None


def read(octets: bytes) -> list[Row]:
    """The rows below the headings.

    Refuses with TOO_LARGE, TOO_MANY_ITEMS, and with BAD_INPUT (fact `why`: `text`, `mixed`,
    `headings`, `columns` or `cells`) what is no such list.
    """
    return list(_read_rows(table(octets, most_octets=MAX_OCTETS, most_rows=MAX_ROWS)))


def table(
    octets: bytes, *, most_octets: int, most_rows: int
) -> Sequence[tuple[int, Sequence[str]]]:
    """The cells of a file, its headings first, each row with the line that it ends in.

    Refuses with TOO_LARGE, TOO_MANY_ITEMS, BAD_INPUT (fact `why`: `text`, `mixed`, `cells`,
    `columns`, `headings`).
    """
    if len(octets) > most_octets:
        raise Refused(Reason.TOO_LARGE, f"such a list has at most {most_octets} octets")
    lines = io.StringIO(_decode(octets), newline="")
    heading, begin, first = lines.readline(), 0, 0
    separator = ""
    told = heading.rstrip("\r\n")
    if told.lower().startswith("sep=") and len(told) == len("sep=") + 1:
        separator, begin, first = told[-1], lines.tell(), 1
        heading = lines.readline()
    separator = separator or _separator_of(heading)
    if separator in "\"'\r\n":
        raise unreadable("headings", "nothing separates its columns")
    lines.seek(begin)
    # Before the cells are made: a line of nothing but separators would be as many of them.
    if any(line.count(separator) >= MAX_COLUMNS for line in lines):
        raise unreadable("columns", f"a row of it has more than {MAX_COLUMNS} columns")
    lines.seek(begin)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        # A file may be nothing but ends of lines: no more rows are made than are taken.
        rows = [(reader.line_num + first, cells) for cells in islice(reader, most_rows + 1)]
    except csv.Error:
        raise unreadable("cells", "a quotation mark in it is not closed") from None
    if len(rows) > most_rows:
        raise Refused(Reason.TOO_MANY_ITEMS, f"such a list has at most {most_rows} rows")
    if not rows:
        raise unreadable("headings", "it is empty")
    return rows


def _read_rows(rows: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Row]:
    columns = _columns_of(rows[0][1])
    if not columns.keys() & {"given", "family", "display"}:
        raise unreadable("headings", "no heading of it says which column holds names")
    seen: set[Names] = set()
    for line, cells in rows[1:]:
        if not any(one.strip() for one in cells):
            continue
        found = {key: cell(cells, at) for key, at in columns.items()}
        names = _names_of(found)
        wrong = _wrong(found, names, seen)
        if wrong is None and any(
            "\n" in cells[at].strip() for at in columns.values() if at < len(cells)
        ):
            # A quotation mark that is closed lines later swallows what stands between.
            wrong = Wrong.NO_NAME
        seen.add(names)
        yield Row(line, names, wrong)


def _names_of(found: Mapping[str, str]) -> Names:
    given, family = found.get("given", ""), found.get("family", "")
    display = found.get("display", "")
    if not given and not family and display.count(",") == 1:
        family, _, given = (part.strip() for part in display.partition(","))
        display = ""
    return Names(display or f"{given} {family}".strip(), given, family, found.get("login", ""))


def _wrong(found: Mapping[str, str], names: Names, seen: set[Names]) -> Wrong | None:
    if "role" in found and not set(folded(found["role"]).split()) & _PUPILS:
        return Wrong.NO_PUPIL
    if not names.display:
        return Wrong.EMPTY
    if (wrong := look_at(names)) is not None:
        return wrong
    return Wrong.TWICE if names in seen else None


def look_at(names: Names) -> Wrong | None:
    """What is too long, has no letters, or would be a formula in a spreadsheet, in any part."""
    told = (names.display, names.given, names.family, names.login)
    if max(map(len, told)) > MAX_NAME_CHARACTERS:
        return Wrong.TOO_LONG
    if any(unicodedata.normalize("NFKC", one[:1]) in _FORMULA for one in told if one):
        return Wrong.NO_NAME
    has_letters = any(unicodedata.category(one)[0] == "L" for one in names.display)
    return None if has_letters else Wrong.NO_NAME


def _columns_of(heading: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, one in enumerate(heading):
        said = folded(one)
        for key, known in _HEADINGS.items():
            if said in known or said.replace(" ", "") in known:
                columns.setdefault(key, at)
    return columns


def cell(cells: Sequence[str], at: int) -> str:
    """A cell in one line, without what cannot be seen; Excel's `="001"` is what stands in it."""
    text = cells[at] if at < len(cells) else ""
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    plain = "".join(one for one in text if unicodedata.category(one)[0] != "C" or one in "\t\n")
    return " ".join(unicodedata.normalize("NFC", plain).split())


def _separator_of(heading: str) -> str:
    return max(",;\t", key=heading.count)


def _decode(octets: bytes) -> str:
    coding = next((coding for mark, coding in _MARKS if octets.startswith(mark)), "utf-8")
    for one in (coding, "cp1252"):
        try:
            text = octets.decode(one)
        except UnicodeDecodeError:
            if one == "utf-8" and _MIXED.search(octets):
                raise unreadable("mixed", "it mixes encodings; save it as CSV UTF-8") from None
            continue
        if "\0" not in text:
            return text
    raise unreadable("text", "it is no text; save it as CSV")


def folded(text: str) -> str:
    return " ".join(fold(text.replace("_", " ").replace("-", " ")).split())


def unreadable(why: str, sentence: str) -> Refused:
    return Refused(Reason.BAD_INPUT, f"this list cannot be read: {sentence}", field="list", why=why)
