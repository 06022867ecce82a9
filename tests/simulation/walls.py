"""Schools that put up walls, pin, write on, move and remove cards; that delete and bring back."""

import msgspec

from protocol.canonical import JSONObject
from protocol.space import writing
from protocol.space.fold.history import Standing
from protocol.space.fold.wall import COLOURS, Card, Wall
from protocol.space.operation import payload
from protocol.space.writing import By
from tests.simulation import content
from tests.simulation.school import School, name_of
from tests.simulation.world import World

KINDS = {
    "put up": 1, "pin": 6, "write": 8, "stale": 5, "colour": 2, "move": 6, "presence": 4,
    "trash": 6, "hide": 2,
}  # fmt: skip


def step(world: World, school: School) -> None:
    """One thing happens to a wall, a card, or the trash."""
    if not world.may_write(school):
        return
    what = world.chance.choices(list(KINDS), list(KINDS.values()))[0]
    others = school.replica.others
    found = [others[key] for key in sorted(others)]
    walls = [one for one in found if isinstance(one, Wall)]
    cards = [one for one in found if isinstance(one, Card)]
    if what == "trash":
        throw_or_restore(world, school)
    elif not walls or what == "put up":
        put_up(world, school)
    elif not cards or what == "pin":
        pin(world, school, world.chance.choice(walls))
    elif what == "hide":
        hide(world, school, world.chance.choice(cards))
    else:
        change(world, school, world.chance.choice(cards), what)


def put_up(world: World, school: School) -> None:
    place = world.place(school, school.log)
    name = name_of(f"wall {world.now_ms}")
    header = writing.create(place, world.by(school), name, "wall", order="a0")
    said: JSONObject = {"title": f"Wall {world.now_ms}", "columns": ["One", "Two"]}
    world.say(school, header, payload(said, "en", world.chance.randbytes(16)))


def pin(world: World, school: School, wall: Wall) -> None:
    place = world.place(school, school.log)
    header = writing.create(
        place,
        world.by(school),
        name_of(f"card {world.now_ms}"),
        "card",
        inside=wall.reference,
        column=world.chance.randrange(3),
        order="a0",
        colour=world.chance.choice(COLOURS),
    )
    text = world.text()
    world.texts[world.say(school, header, text).id] = text


def change(world: World, school: School, card: Card, what: str) -> None:
    """`stale` starts from a version that may have been replaced, as a form does that lay open."""
    field = {"write": "face", "stale": "face", "move": "place"}.get(what, what)
    base = card.bases[field]
    if what == "stale":
        items = school.replica.items(card.home, card.object)
        base = tuple(one.id for one in items if one.header.type == "Create")[:1]
    place = world.place(school, school.log)
    chance = world.chance
    possible: dict[str, dict[str, object]] = {
        "face": {},
        "place": {"column": chance.randrange(3), "order": f"a{chance.randrange(10)}"},
        "colour": {"colour": chance.choice(COLOURS)},
        "presence": {"value": chance.choice(["removed", "there"])},
    }
    text = world.text() if field == "face" else None
    bare = writing.set_register(
        place, world.by(school), card.reference, "card", field, base=base, inside=card.wall
    )
    header = msgspec.structs.replace(bare, args={**bare.args, **possible[field]})
    written = world.say(school, header, text)
    if text is not None:
        world.texts[written.id] = text
    shown = school.replica.others.get(card.reference)
    if isinstance(shown, Card) and shown.others:
        world.happened["two versions of a card"] += 1
    if isinstance(shown, Card) and shown.standing is Standing.DELETED:
        world.happened["a card taken off"] += 1


def hide(world: World, school: School, card: Card) -> None:
    place, undo = world.place(school, school.log), world.chance.random() < 0.4
    said: JSONObject = {"reason": "hate"}
    text = None if undo else payload(said, "en", world.chance.randbytes(16))
    header = writing.hide(place, By(school.teacher), card.object, home=card.home, unhide=undo)
    world.say(school, header, text)


def throw_or_restore(world: World, school: School) -> None:
    """An own post goes into the trash, or comes out of it."""
    own = content.own_posts(school)
    if not own:
        return
    post = world.chance.choice(own)
    undo = post.standing is Standing.DELETED
    header = writing.delete(
        world.place(school, school.log), By(school.teacher), post.object, undo=undo
    )
    world.say(school, header)
    if undo and school.replica.posts[post.reference].standing is Standing.SHOWN:
        world.happened["out of the trash"] += 1
