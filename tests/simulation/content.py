"""What people do in a space: they write, change, hide and erase."""

from protocol.space import authority, erasure, writing
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Contribution, Standing
from protocol.space.writing import By
from tests.simulation.school import School
from tests.simulation.world import World


def step(world: World, kind: str, school: School) -> None:
    """One of the things below happens."""
    match kind:
        case "post":
            post(world, school)
        case "edit":
            edit(world, school)
        case "erase":
            erase(world, school)
        case "hide":
            hide(world, school)
        case "late_mail":
            late_mail(world)
        case _:
            acknowledge(world, school)


def post(world: World, school: School) -> None:
    if not world.may_write(school):
        return
    place, name = world.place(school, school.log), world.name(school)
    threads = sorted(one.thread for one in school.replica.posts.values())
    if threads and world.chance.random() < 0.6:
        thread = world.chance.choice(threads)
        header = writing.reply(place, world.by(school), name, thread_=thread)
        text = world.text()
    elif world.chance.random() < 0.4:
        header, text = writing.file(place, world.by(school), name), world.file()
    else:
        header, text = writing.thread(place, world.by(school), name), world.text(title="Title")
    operation = world.say(school, header, text)
    world.texts[operation.id] = text


def own_files(school: School) -> list[Contribution]:
    others = school.replica.others
    return [others[key] for key in sorted(others) if others[key].home == school.node]


def own_posts(school: School) -> list[Post]:
    posts = school.replica.posts
    return [posts[key] for key in sorted(posts) if posts[key].home == school.node]


def edit(world: World, school: School) -> None:
    shown = [one for one in own_posts(school) if one.standing is Standing.SHOWN]
    if shown and world.may_write(school):
        one = world.chance.choice(shown)
        place = world.place(school, school.log)
        header = writing.edit(place, world.by(school), one.object, base=[one.head])
        text = world.text(title="New title") if one.kind == "thread" else world.text()
        world.texts[world.say(school, header, text).id] = text


def erase(world: World, school: School) -> None:
    own = [*own_posts(school), *own_files(school)]
    left = [one for one in own if one.standing is not Standing.ERASED]
    if not left or school.dead:
        return
    one = world.chance.choice(left)
    # All that is stored of it, as the product does: what lies on a lost branch was said again, and
    # may count once more.
    replica = school.replica
    stored = (replica.rows[key] for key in replica.by_object[one.home, one.object])
    for targets in erasure.targets_for(school.node, [row.operation for row in stored]):
        world.now_ms += 1
        signed = erasure.sign_statement(
            world.space, school.node, targets, time_ms=world.now_ms, signer=school.known_by
        )
        school.replica.receive_statements([signed])
        world.erased |= {target[2] for target in targets}
        world.happened["erased"] += 1


def hide(world: World, school: School) -> None:
    """Its own, or, as a moderator may, another school's; now and then without the right to."""
    posts = school.replica.posts
    if not posts or not world.may_write(school):
        return
    moderates = authority.is_moderator(school.state, school.node)
    keys = sorted(key for key, one in posts.items() if moderates or one.home == school.node)
    if not keys or world.chance.random() < 0.1:
        keys = sorted(posts)
    one = posts[world.chance.choice(keys)]
    place, by = world.place(school, school.log), By(school.teacher)
    undo = world.chance.random() < 0.3
    world.say(school, writing.hide(place, by, one.object, home=one.home, unhide=undo))


def acknowledge(world: World, school: School) -> None:
    if world.may_write(school):
        world.say(school, writing.acknowledge(world.place(school, school.log)))


def late_mail(world: World) -> None:
    """Copies from long ago arrive, with payloads that may have been erased since."""
    copies = world.chance.sample(world.mail, min(5, len(world.mail)))
    school = world.chance.choice(world.schools)
    if school.replica.state is not None and not school.dead:
        world.deliver(school, copies)
