"""Names of pupils in spellings that people read and programs do not: none of them leaves."""

import pytest

from node.classroom.names.check import check, written
from node.classroom.names.common import language_of
from node.classroom.names.roster import Named, Roster
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.pupil_files import bring
from tests.node.classroom.works import begin, hand_in, let_out
from tests.node.spaces.schools import open_together, texts
from tests.nodes import Node, settle
from tests.tagged_documents import changed, picture

ROSTER = Roster.of(
    [
        Named("Mia Nowak", "Mia", "Nowak", "mia.n"),
        Named("Jürgen Müller"),
        Named("Tomé Prata"),
        Named("Мария Иванова"),
        Named("Ina Long"),
    ]
)
ENGLISH = language_of("en")
TAGGED = "".join(chr(0xE0000 + ord(one)) for one in "Mia Nowak")

DISGUISES = {
    "stretched": "Miiia Nowaaak",
    "doubled": "MMiiaa NNoowwaakk",
    "stretched in small letters": "miaaa nowwwwak",
    "cut in pieces": "Mi a Now ak",
    "two letters for one": "Mia Novvak",
    "behind a number": "IMG20Nowak.jpg",
    "in Cyrillic letters": "Миа Новак",
    "in Greek letters": "Μία Νόβακ",
    "in Georgian letters": "მია ნოვაკი",
    "in Armenian letters": "Միա Նովակ",
    "an umlaut in Cyrillic letters": "Юрген Мюллер",
    "with an accent in Cyrillic letters": "Томе Прата",
    "by percent signs": "%4Dia%20%4Eowak",
    "by entities": "&#77;ia &#x4e;owak",
    "by escapes": "\\u004dia \\u004eowak",
    "in marks of HTML": "M<b>i</b>a N<i>o</i>wak",
    "in tags that nobody sees": TAGGED,
    "from right to left": "\u202ekawoN aiM\u202c",
    "half from right to left": "Mia \u202ekawoN\u202c",
    "in flags": "🇲🇮🇦 🇳🇴🇼🇦🇰",
    "behind marks": "M\u0336i\u0336a\u0336 N\u0336o\u0336w\u0336a\u0336k",
    "between fillers": "M\u3164i\u3164a N\u034fo\ufe0fw\u2060ak",
}


@pytest.mark.parametrize("name", DISGUISES.values(), ids=DISGUISES)
def test_a158_a_name_in_a_disguise_is_found_where_it_stands(name: str) -> None:
    text = f"Hello, {name} is here."
    (hit,) = (one for one in check([text], ROSTER, ENGLISH) if one.blocks)
    assert written(hit, [text]).strip("\u202e\u202c") in name


@pytest.mark.parametrize(
    "parts",
    [
        ["Mi", "a", "No", "wak"],
        ["I am Mia No", "wak and more"],
        ["Mia", "", "Nowak"],
        list("MiaNowak"),
    ],
)
def test_a158_a_name_over_several_parts_of_a_page_is_found(parts: list[str]) -> None:
    assert [one for one in check(parts, ROSTER, ENGLISH) if one.blocks]


@pytest.mark.parametrize(
    "text",
    [
        "Sooo nice, haaallo! We need to see all three happy bees.",
        "We go now, ak. In a long time we are back.",
        "100% sure &amp; <b>happy</b>: 50%20 is no number, \\u00e9 neither.",
        "Это новая книга. Мы рады.",
        "Είναι μια νέα μέρα.",
        "A flag \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f waves.",
    ],
)
def test_what_only_resembles_a_disguise_is_no_name(text: str) -> None:
    assert [one for one in check([text], ROSTER, ENGLISH) if one.blocks] == []


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


@pytest.mark.parametrize("name", ["Miiia Nowaaak", "Миа Новак", "M<b>i</b>a N<i>o</i>wak"])
async def test_a158_a_disguised_name_does_not_leave_whoever_decides(
    twinned: Twinned, name: str
) -> None:
    shared = twinned.shared
    thread = await begin(twinned)
    work = await hand_in(twinned, thread, f"I am {name}, hello!")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work, anyway=[name, *name.split()])
    assert refused.value.reason is Reason.NOT_ALLOWED
    other = await hand_in(twinned, thread, "Storks, hello!")
    await let_out(twinned, other)
    await settle(shared.alpha, shared.beta)
    assert await texts(shared.beta, shared.space) == [["Which?", "Storks, hello!"]]


async def test_a158_a_name_in_what_a_document_calls_its_parts_holds_it_back(
    twinned: Twinned,
) -> None:
    octets = changed("docx", "word/media/Mia Nowak.png", picture("PNG"))
    work = await bring(twinned, "Birds.docx", octets, alt="")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert refused.value.reason is Reason.NOT_ALLOWED
