"""Somebody asks for votes: honest schools keep their promises, hostile ones vote for everything."""

from protocol.space import succession
from protocol.space.statement import Signed
from protocol.space.succession import Vote
from tests.simulation.school import School
from tests.simulation.world import World


def succeed(world: World) -> None:
    """A school asks the others, or those that it reaches, for a new steward."""
    chance, asks = world.chance, world.chance.choice(world.alive)
    to = chance.choice(world.schools)
    if asks.replica.state is None or to.left:
        return
    anchor = chance.choice(_anchors(asks))
    honest = {one.node for one in world.honest}
    cast = [one.said.epoch for one in asks.replica.votes.values() if one.said.node in honest]
    epoch = 1 + max([asks.state.epoch, *cast])
    reached = 0.5 if chance.random() < 0.25 else 1.0
    for school in world.schools:
        if school.dead or school.replica.state is None or chance.random() >= reached:
            continue
        vote = Vote(1, world.space, school.node, epoch, to.node, anchor)
        if not school.hostile and not may_vote(school, vote):
            continue
        signed = sign(school, vote)
        school.replica.receive_votes([signed])
        asks.replica.receive_votes([signed])
        world.happened["honest vote"] += not school.hostile


def _anchors(school: School) -> list[str]:
    """Its head, and where the log is frozen also what it acknowledged beyond."""
    state, replica = school.state, school.replica
    head = replica.heads.get(state.control_log)
    found = [state.head[1]]
    if head is not None and head.fork is not None:
        found += [key for key in own(school) if key in replica.rows]
    return [key for key in found if state.head[1] in replica.way_to(key)]


def own(school: School) -> list[str]:
    """The control operations that a school acknowledged or wrote, as far as its replica knows."""
    replica = school.replica
    named = [key for key, nodes in sorted(replica.acks.items()) if school.node in nodes]
    rows = [replica.rows[key].operation for key in replica.control]
    return named + [one.id for one in rows if one.header.node == school.node]


def may_vote(school: School, vote: Vote) -> bool:
    """What the product says, for a school that is here and sure of itself."""
    if school.left or school.unsure is not None:
        return False
    tail = school.replica.tail()
    return succession.may_vote(tail, succession.follow(tail), vote, own(school))


def sign(school: School, vote: Vote) -> Signed:
    return succession.sign_vote(vote, school.known_by)
