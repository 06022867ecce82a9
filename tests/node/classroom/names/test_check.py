"""The roster check finds names however they are written, and says what each place tells."""

import pytest

from node.classroom.names.check import Hit, Place, check, key_of, written
from node.classroom.names.common import LANGUAGES, language_of
from node.classroom.names.meaning import Told
from node.classroom.names.roster import Named, Roster

ANNA = Named("Anna Müller", "Anna", "Müller", "annam07")
ROSTER = Roster.of(
    [
        ANNA,
        Named("Łukasz Nowak", "Łukasz", "Nowak", "lnowak"),
        Named("Marta Kowalska", "Marta", "Kowalska"),
        Named("Rosa Klein", "Rosa", "Klein", "tiger"),
        Named("Müller-Lüdenscheidt, Anna-Lena"),
        Named("Sean O'Brien"),
        Named("Max McDonald", "Max", "McDonald"),
        Named("Maria João da Silva Santos"),
        Named("Tim Bach", "Tim", "Bach"),
        Named("Bo Le", "Bo", "Le"),
        Named("Søren Ærø", "Søren", "Ærø"),
        Named("Ayşe Işık", "Ayşe", "Işık"),
        Named("Pekka Virtanen", "Pekka", "Virtanen"),
        Named("Jonas Kazlauskas", "Jonas", "Kazlauskas"),
        Named("Γιώργος Παπαδόπουλος"),
        Named("Мария Иванова"),
        Named("محمد المصري"),
        Named("נועה כהן"),
        Named("王小明"),
        Named("田中 太郎", "太郎", "田中"),
        Named("김민준"),
    ]
)


def look(text: str, language: str = "de", *allowed: str) -> list[tuple[str, str, bool]]:
    """What is found in a text: what stands there, what it tells, whether it blocks."""
    hits = check([text], ROSTER, language_of(language), frozenset(map(key_of, allowed)))
    return [(written(one, [text]), str(one.told), one.blocks) for one in hits]


@pytest.mark.parametrize(
    "text",
    [
        "Anna Müller",
        "anna müller",
        "ANNA MÜLLER",
        "Müller, Anna",
        "Anna M. Müller",
        "Anna Charlotte Müller",
        "Annas Müllers",
        "Anna Mueller",
        "Anna Muller",
        "Anna Mülelr",
        "A n n a M ü l l e r",
        "A.n.n.a M-ü-l-l-e-r",
        "An\u200bna M\u00adü\u2060ller",
        "A\u0301nna Mu\u0308ller",
        "Ａｎｎａ Ｍüller",
        "𝐀𝐧𝐧𝐚 𝓜𝓾𝓵𝓵𝓮𝓻",
        "🅰🅽🅽🅰 Ⓜⓤⓛⓛⓔⓡ",
        "ᴀɴɴᴀ ᴍüʟʟᴇʀ",
        "Аnnа Мüllеr",  # A, a, M and e are Cyrillic
        "4nn4 Mü11er",
        "AnnaMüller",
        "annamueller",
        "teamannamueller2",
        "anna_mueller.jpg",
        "anna.mueller@school.example",
        "https://school.example/~anna-mueller/",
        "@anna.mueller",
        "Anna\nMüller",
        "Łukaszem Nowakiem",
        "Lukasz Nowak",
        "Martą Kowalską",
        "Marcie Kowalskiej",
        "Annalena Lüdenscheidt",
        "Anna-Lena Müller",
        "Sean OBrien",
        "sean o’brien",
        "Max Mc Donald",
        "max macdonald",
        "Maria Santos",
        "João Silva",
        "soren aeroe",
        "Ayse Isik",
        "AYŞE IŞIK",
        "Pekan Virtasen",
        "Jono Kazlausko",
        "Γιώργου Παπαδοπούλου",
        "ΓΙΩΡΓΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ",
        "Giorgos Papadopoulos",
        "Марией Ивановой",
        "Mariya Ivanova",
        "محمد المصري",
        "مُحَمَّد المصرى",
        "נועה כהן",
        "王小明",
        "김민준",
    ],
)
def test_a_full_name_is_found_however_it_is_written(text: str) -> None:
    for around in ("{}", "Gestern war {} da.", "({})", "„{}“ – gut!"):
        whole = around.format(text)
        assert any(
            told == "full_name" and blocks and place in text for place, told, blocks in look(whole)
        )


def test_a_name_over_two_texts_is_one_hit_with_a_place_in_each() -> None:
    texts = ["Am Plakat arbeiteten Anna", "", "Müller und ich."]
    assert check(texts, ROSTER, language_of("de")) == [
        Hit(Told.FULL_NAME, blocks=True, places=(Place(0, 21, 25), Place(2, 0, 6)))
    ]


def test_a_login_is_found_in_handles_and_addresses_and_not_within_another_word() -> None:
    for text in ("annam07", "@annam07!", "ANNAM07@school.example", "/home/annam07/x.txt"):
        assert [(told, blocks) for _, told, blocks in look(text)] == [("login", True)]
    assert look("lnowaks") == []
    assert look("lnowak", "pl") == [("lnowak", "login", True)]


def test_a_login_that_is_a_common_word_is_left_to_a_teacher() -> None:
    assert look("the tiger sleeps", "es") == [("tiger", "login", True)]
    assert look("ein tiger", "en") == [("tiger", "resembles", False)]


def test_a_family_name_alone_blocks_unless_it_is_written_as_a_common_word() -> None:
    assert look("Das war Klein.") == [("Klein", "family_name", True)]
    assert look("das war klein.") == []
    assert look("kleine Fische, kleinen Fischen") == []
    assert look("das war nowak.") == [("nowak", "family_name", True)]
    assert look("ein Brief an Nowakowi", "pl") == [("Nowakowi", "family_name", True)]


def test_where_every_word_is_large_a_common_word_is_left_to_a_teacher() -> None:
    assert look("Am Ende ist der Bach schmal.") == [("Bach", "family_name", False)]
    assert look("Klein ist er.") == [("Klein", "family_name", False)]
    assert look("DER KLEIN GESCHNITTENE FISCH") == [("KLEIN", "family_name", False)]
    assert look("Gestern hat Bach gewonnen.") == [("Bach", "family_name", True)]


def test_a_given_name_alone_is_shown_and_does_not_block() -> None:
    assert look("Mit Anna und Rosa.") == [
        ("Anna", "given_name", False),
        ("Rosa", "given_name", False),
    ]
    assert look("ein rosa Hut") == []


def test_a_word_beside_a_given_name_is_no_full_name() -> None:
    assert look("Als Rosa klein war") == [("Rosa", "given_name", False)]
    assert look("rosa klein kam") == [("rosa klein", "resembles", False)]
    assert look("rosa.klein@school.example")[0][1:] == ("full_name", True)


def test_digits_for_letters_make_a_lone_name_a_likeness() -> None:
    assert look("4nn4 war hier") == [("4nn4", "resembles", False)]
    assert look("M4rt@") == [("M4rt@", "resembles", False)]
    assert look("Am 4. 4. um 11 Uhr, 100 km") == []


def test_an_initial_and_a_family_name_in_one_word_are_a_likeness() -> None:
    assert look("amueller") == [("amueller", "resembles", False)]


def test_a_teacher_allows_a_lone_word_and_never_a_full_name() -> None:
    assert look("Gestern hat Bach gewonnen.", "de", "Bach") == []
    assert look("Gestern hat Tim Bach gewonnen.", "de", "Bach", "Tim") == [
        ("Tim Bach", "full_name", True)
    ]


def test_names_of_two_letters_count_only_where_they_are_written_as_names() -> None:
    assert look("Mit Bo am See", "en") == [("Bo", "given_name", False)]
    assert look("le fleuve et Le bateau", "fr") == []
    assert look("avec Bo Le", "fr") == [("Bo Le", "full_name", True)]


def test_names_in_writing_without_spaces_are_found_within_it() -> None:
    assert look("我和王小明去河边。小明很高兴", "zh") == [
        ("王小明", "full_name", True),
        ("小明", "given_name", False),
    ]
    assert look("田中さんと太郎", "ja") == [
        ("田中", "family_name", True),
        ("太郎", "given_name", False),
    ]
    assert look("大田中学", "ja") == [("田中", "family_name", False)]
    assert look("민준은 갔다", "ko") == [("민준", "given_name", False)]


def test_arabic_and_hebrew_names_are_found_behind_a_prefix() -> None:
    assert look("ذهبت مع ومحمد", "ar") == [("ومحمد", "given_name", False)]
    assert look("נתתי לנועה", "he") == [("לנועה", "given_name", False)]


def test_plain_texts_pass_and_nothing_at_all_passes() -> None:
    assert look("Der Rhein ist ein langer Fluss, 1230 km.") == []
    assert look("") == []
    assert check([], ROSTER, language_of("de")) == []
    assert check(["Anna Müller"], Roster.of([]), language_of("de")) == []
    assert check(["Anna Müller"], Roster.of([Named()]), language_of("de")) == []


@pytest.mark.parametrize(
    ("display", "text"),
    [
        ("Anna Müller", "Müller Anna"),
        ("Müller, Anna", "Anna Müller"),
        ("Ana Maria Silva Costa", "Ana Silva"),
        ("João da Silva", "joao silva"),
        ("Moritz von Berg", "Moritz Vonberg"),
        ("王明", "王明"),
    ],
)
def test_a_display_name_alone_is_enough(display: str, text: str) -> None:
    (hit,) = check([text], Roster.of([Named(display)]), language_of("xx"))
    assert hit.told is Told.FULL_NAME


def test_one_pupils_given_name_with_anothers_family_name_is_no_full_name() -> None:
    assert [told for _, told, _ in look("Marta Nowak")] == ["given_name", "family_name"]


def test_the_lists_of_words_are_there_for_each_language_and_no_other() -> None:
    for code in LANGUAGES:
        assert len(language_of(code).words) > 1000
        assert language_of(f"{code.upper()}-XX") is language_of(code)
    assert language_of("tlh").words == frozenset()
