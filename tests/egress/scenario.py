"""Two schools whose pupils are called by tokens, and all that they do together."""

from datetime import date

from node.actions import forum, pages, walls
from node.classroom import (
    consents,
    entry,
    handing_out,
    portraits,
    roster,
    slips,
    taking_part,
)
from node.classroom.consents import Signed
from node.classroom.roster import Newcomer, names_of
from node.storage.accounts import Account
from tests import pictures
from tests.egress.files import bring_files, look_at_files, write_pictured
from tests.egress.people import Class, token_of
from tests.egress.reported import report_one_another
from tests.egress.written import write_cards, write_copies, write_replies
from tests.node.spaces.bringing import SAID, bring
from tests.node.spaces.schools import Shared
from tests.node.web.browser import browsing
from tests.nodes import Node, settle

SIGNED_ON = date(2026, 11, 18)


async def make_class(node: Node, teacher: Account) -> Class:
    number = await roster.make_class(
        node.room, teacher, name=token_of(node, "class"), language="en",
        last_day=date(2027, 7, 31),
    )  # fmt: skip
    names = names_of(
        display=token_of(node, "display"),
        given=token_of(node, "given"),
        family=token_of(node, "family"),
        login=token_of(node, "login"),
    )
    newcomers = [
        Newcomer(token_of(node, "alias"), names),
        Newcomer("Puma Rigel", names_of(display="")),
    ]
    await roster.add_pupils(node.room, teacher, number, newcomers)
    sheet = await handing_out.make_cards(node.room, teacher, number)
    tokens = [one.address.partition("#")[2] for one in sheet.cards]
    opened = [(await entry.sign_in_by_card(node.room, one)).token for one in tokens]
    found = [await entry.recognise(node.room, one) for one in opened]
    pupils = [one.pupil for one in found if one is not None]
    words = [one.word for one in sheet.cards]
    return Class(node, teacher, number, pupils, [*tokens, *words, *opened], opened)


async def work_together(shared: Shared) -> list[Class]:
    """Both classes take part; each pupil writes, is given back, released, hidden and left out."""
    both = [
        await make_class(shared.alpha, shared.ana),
        await make_class(shared.beta, shared.bob),
    ]
    for one in both:
        chosen = [pupil.id for pupil in one.pupils]
        await taking_part.choose(one.node.room, one.teacher, shared.space, chosen)
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Birds", text="Which?", language="en"
    )
    wall = await walls.make(
        shared.alpha.context, shared.ana, shared.space, title="River", columns=["One", "Two"],
        language="en", audience="members", opened=True,
    )  # fmt: skip
    page = await pages.make(
        shared.alpha.context, shared.ana, shared.space, title="Animals", language="en",
        audience="members", opened=True,
    )  # fmt: skip
    await settle(shared.alpha, shared.beta)
    for one in both:
        shared.alpha.clock.advance(seconds=5)
        await write_replies(one, shared.space, thread)
        await write_cards(one, shared.space, wall)
        await write_copies(one, shared.space, page)
        await _show_pictures(one, shared.space)
        await bring_files(one, shared.space)
        await write_pictured(one, shared.space, thread, wall)
        await settle(shared.alpha, shared.beta)
    await report_one_another(shared, both, thread)
    await _look_around(shared, both)
    return both


async def part(shared: Shared, one: Class) -> None:
    """A class ends what it takes part in, and somebody of it is forgotten."""
    await taking_part.choose(one.node.room, one.teacher, shared.space, [])
    await roster.remove_pupil(one.node.room, one.teacher, one.number, one.pupils[0].id, erase=False)
    await settle(shared.alpha, shared.beta)


async def _show_pictures(one: Class, space: str) -> None:
    """Both agreed on paper; a picture of both is shown, and one withdraws by the code of a slip."""
    room, pupil = one.node.room, one.pupils[0]
    signed = [Signed(each.id, token_of(one.node, "signer")) for each in one.pupils]
    await consents.record(
        room, one.teacher, space, one.number, signed, said="space", signed_by="guardian",
        signed_on=SIGNED_ON, until=date(2027, 7, 31),
    )  # fmt: skip
    made = await slips.make_forms(room, one.teacher, space, one.number)
    codes = [form.code for form in made.forms]
    one.secrets += [*codes, *(code.replace("-", "") for code in codes)]
    for name in ("Choir.jpg", "River.jpg"):
        picture = await bring(one.node, one.teacher, space, name, pictures.tagged("JPEG"))
        await portraits.mark(room, one.teacher, space, picture.id, [each.id for each in one.pupils])
        await portraits.publish(room, one.teacher, space, [(picture.id, SAID)])
    code = next(form.code for form in made.forms if form.alias == pupil.alias)
    async with browsing(one.node) as parent:
        for path in (f"/consent/{code}", f"/consent/{code}/withdraw", "/consent/none"):
            await parent.get(path)
        await parent.send(f"/consent/{code}/withdraw")


async def _look_around(shared: Shared, both: list[Class]) -> None:
    """Each teacher and each pupil opens pages, good and bad ones, while the nodes speak."""
    for one, handle in zip(both, ("ana", "bob"), strict=True):
        async with browsing(one.node, handle) as teacher:
            for path in (
                *(
                    "/home",
                    "/classes",
                    f"/classes/{one.number}",
                    "/held",
                    "/people",
                    "/search?q=Zq",
                ),
                *(f"/w/{shared.space}", f"/w/{shared.space}/members", f"/w/{shared.space}/pupils"),
                *(f"/w/{shared.space}/forum", f"/w/{shared.space}/moderation", "/no/such/page"),
                *(f"/w/{shared.space}/materials", f"/w/{shared.space}/consents/{one.number}"),
            ):
                await teacher.get(path)
            await look_at_files(teacher, shared.space)
            await settle(shared.alpha, shared.beta)
