"""Schools that write on pages together, move, remove, merge, bring back; and those that scrawl."""

from protocol.space import erasure, fraction, writing
from protocol.space.fold import page, register
from protocol.space.fold.page import Block, Page
from protocol.space.operation import Operation
from protocol.space.vocabulary import reference
from protocol.space.writing import By
from tests.simulation.school import School, name_of
from tests.simulation.world import World

KINDS = {
    "begin": 2, "add": 8, "put": 10, "stale": 6, "move": 4, "remove": 3, "merge": 6, "back": 8,
    "title": 2, "sight": 1, "presence": 1, "erase": 5,
}  # fmt: skip


def step(world: World, school: School) -> None:
    """One thing happens to a page, by an honest school."""
    if not world.may_write(school):
        return
    what = world.chance.choices(list(KINDS), list(KINDS.values()))[0]
    shelf = school.replica.shelf
    pages = [shelf.pages[key] for key in sorted(shelf.pages)]
    blocks = [shelf.blocks[key] for key in sorted(shelf.blocks)]
    if not pages or what == "begin":
        begin(world, school)
    elif what in {"title", "sight", "presence"}:
        change_page(world, school, world.chance.choice(pages), what)
    elif not blocks or what == "add":
        add(world, school, world.chance.choice(pages))
    else:
        change_block(world, school, world.chance.choice(blocks), what)


def begin(world: World, school: School) -> None:
    place = world.place(school, school.log)
    header = writing.create(
        place, world.by(school), name_of(f"page {world.now_ms}"), "page", order="a0"
    )
    text = world.text(title=f"Page {world.now_ms}")
    world.texts[world.say(school, header, text).id] = text


def add(world: World, school: School, found: Page) -> None:
    """A block between two others, or at an end."""
    shelf = school.replica.shelf
    blocks = page.view(one for one in shelf.blocks.values() if one.page == found.reference)
    at = world.chance.randint(0, len(blocks))
    start, keys = fraction.make_room([one.place for one in blocks], at)
    place = world.place(school, school.log)
    header = writing.create(
        place,
        world.by(school),
        name_of(f"block {world.now_ms}"),
        "block",
        inside=found.reference,
        order=keys[at - start],
    )
    text = world.text(block="paragraph")
    world.texts[world.say(school, header, text).id] = text


def change_page(world: World, school: School, found: Page, field: str) -> None:
    place = world.place(school, school.log)
    audience = world.chance.choice(["teachers", "members"])
    value = {"value": world.chance.choice(["removed", "there"])} if field == "presence" else {}
    header = writing.set_register(
        place,
        world.by(school),
        found.reference,
        "page",
        field,
        base=found.bases[field],
        audience=audience,
        **value,
    )
    if field == "title":
        text = world.text(title=f"Page {world.now_ms}")
        world.texts[world.say(school, header, text).id] = text
    else:
        world.say(school, header)


def change_block(world: World, school: School, block: Block, what: str) -> None:
    """`stale` starts from a version that others replaced since, as a form does that lay open."""
    bases = block.bases["body"]
    match what:
        case "stale":
            bodies = bodies_of(school, block).versions
            bases = (world.chance.choice(bodies).id,) if bodies else ()
            put(world, school, block, bases)
        case "move":
            order = fraction.between("", world.chance.choice(["a5", "b00", "c000"])) or "a0"
            put(world, school, block, block.bases["place"], field="place", order=order)
        case "remove":
            put(world, school, block, bases, value="removed")
            world.happened["block removed"] += 1
        case "merge" if block.others:
            put(world, school, block, bases)
            world.happened["versions merged"] += 1
        case "back" if block.standing == "deleted":
            put(world, school, block, bases)
            world.happened["block brought back"] += 1
        case "erase":
            erase(world, school, block)
        case _:
            put(world, school, block, bases[:1])


def put(
    world: World,
    school: School,
    block: Block,
    bases: tuple[str, ...],
    *,
    field: str = "body",
    by: By | None = None,
    **values: str,
) -> Operation:
    header = writing.set_register(
        world.place(school, school.log),
        by or world.by(school),
        block.reference,
        "block",
        field,
        base=bases,
        inside=block.page,
        **values,
    )
    if values:
        return world.say(school, header)
    text = world.text(block="paragraph")
    written = world.say(school, header, text)
    world.texts[written.id] = text
    if len(bodies_of(school, block).standing) > 1:
        world.happened["two versions"] += 1
    return written


def erase(world: World, school: School, block: Block) -> None:
    """A school takes back one version of its own, of whosever block, wherever it was said."""
    items = school.replica.items(block.home, block.object)
    own = [one for one in items if one.header.node == school.node and one.header.payload_hash]
    own = [one for one in own if not one.erased]
    if not own:
        return
    one = world.chance.choice(sorted(own, key=lambda item: item.id))
    stored = school.replica.by_object[block.home, block.object]
    headers = {key: school.replica.rows[key].operation.header for key in stored}
    same = {key for key in headers if headers[key].payload_hash == one.header.payload_hash}
    world.now_ms += 1
    signed = erasure.sign_statement(
        world.space,
        school.node,
        [(headers[key].log, headers[key].seq, key) for key in sorted(same)],
        time_ms=world.now_ms,
        signer=school.known_by,
    )
    school.replica.receive_statements([signed])
    world.erased |= same
    world.happened["version erased"] += 1


def scrawl(world: World) -> None:
    """What a hostile school signs about the pages and the posts of others."""
    cheat = world.chance.choice(world.hostile)
    shelf, posts = cheat.replica.shelf, cheat.replica.posts
    blocks = [shelf.blocks[key] for key in sorted(shelf.blocks)]
    if not blocks or not cheat.is_member:
        return
    block = world.chance.choice(blocks)
    match world.chance.randrange(5):
        case 0:
            for _ in range(20):
                put(world, cheat, block, ())
            world.happened["flood of versions"] += 1
        case 1:
            foreign = world.chance.choice(blocks)
            put(world, cheat, block, foreign.bases["body"])
        case 2:
            order = world.chance.choice(["zz", "a", "a0" + "z" * 62, "S00000000"])
            put(world, cheat, block, block.bases["place"], field="place", order=order)
        case 3:
            text = world.text(block="paragraph")
            world.forbidden.add(text)
            place = world.place(cheat, cheat.log)
            header = writing.set_register(
                place, By(name_of("nobody")), block.reference, "block", "body",
                base=block.bases["body"], inside=block.page,
            )  # fmt: skip
            world.say(cheat, header, text)
        case _ if posts:
            post = posts[world.chance.choice(sorted(posts))]
            text = world.text(title="Taken over")
            world.forbidden.add(text)
            header = writing.set_register(
                world.place(cheat, cheat.log), By(cheat.teacher),
                reference(post.home, post.object), "page", "text", base=[post.head],
            )  # fmt: skip
            world.say(cheat, header, text)
        case _:
            pass


def bodies_of(school: School, block: Block) -> register.Register:
    return register.read(school.replica.items(block.home, block.object), "block", "body")
