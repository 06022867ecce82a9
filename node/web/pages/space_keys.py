"""`/w/{space}/keys`: who keeps the list of members, handing it over, taking it over."""

from dataclasses import dataclass

from aiohttp import web

from node.actions import policies, projects, renewals, spaces, stewards
from node.actions.context import CONTEXT
from node.actions.stewards import Candidacy
from node.web import directory, questions, rooms, views
from node.web.directory import Directory, path_of
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason
from protocol.space.arguments import Release
from protocol.space.control import policy

DAY_MS = 86_400_000
_VOTE = {
    Reason.CONFLICT: later(
        "Your school cannot agree to this: it has agreed to something else already, or that "
        "school has the keys."
    ),
    Reason.NOT_ALLOWED: later(
        "Who founded or joined for your school, or an administrator of it, decides about this."
    ),
    Reason.READ_ONLY: later(
        "This server was restored from a backup and first has to hear the other schools. Try "
        "again later."
    ),
    Reason.NOT_FOUND: later("This school is not in the space any more."),
}
_NEW = _VOTE | {
    Reason.CONFLICT: later(
        "Your school keeps the list of members. Another school takes over the keys of this space "
        "first, then it can confirm your new key."
    ),
    Reason.READ_ONLY: later("Your school is no member of the space any more."),
}
_VOUCH = _VOTE | {
    Reason.CONFLICT: later("Your school has confirmed this, or that school has another key now."),
    Reason.NOT_FOUND: later("This school asks for no new key any more."),
}
_POLICY = _VOTE | {
    Reason.CONFLICT: later("Your school does not keep the list of members, or cannot write now."),
}
RELEASES = {
    "release-first": later("A teacher looks at it first and releases it"),
    "live": later("Pupils write while a teacher of their school is there"),
}
_HAND_OVER = _VOTE | {
    Reason.CONFLICT: later("Your school does not have the keys, or is handing them over already."),
}


@dataclass(frozen=True)
class Keeper:
    """The school that has the keys; `seen_ms` is when this node last agreed with its node, `silent`
    whether that is long ago."""

    school: views.School
    own: bool
    seen_ms: int | None
    silent: bool


@dataclass(frozen=True)
class NewKey:
    """A school that wants a new key: `number` is what it reads out; `names` gave their word."""

    node: str
    key: str
    school: views.School
    number: str
    names: list[str]
    needed: int
    ours: bool
    may: bool


@dataclass(frozen=True)
class Candidate:
    """A school that others want to have the keys; `names` of those that agreed."""

    node: str
    school: views.School
    names: list[str]
    ours: bool


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def vote(request: web.Request) -> web.Response:
    form = await read_form(request)
    with form.mending("", _VOTE):
        node = form.value("school")
        await stewards.vote(request.app[CONTEXT], me(request), request.match_info["space"], node)
        return see_other(request.path, "keys-agreed")
    return await _page(request, form, 422)


async def hand_over(request: web.Request) -> web.Response:
    form = await read_form(request)
    node = form.text("school", longest=32)
    space = request.match_info["space"]
    if form.ok:
        with form.mending("school", _HAND_OVER):
            await stewards.hand_over(request.app[CONTEXT], me(request), space, node)
            return see_other(f"/w/{space}/keys", "keys-handed-over")
    return await _page(request, form, 422)


async def confirm_new(request: web.Request) -> web.Response:
    return await _confirm_new(request, Form(), 200)


async def ask_new(request: web.Request) -> web.Response:
    """Our keys were lost or stolen: the others are asked for their word on a new one."""
    form, space = Form(), request.match_info["space"]
    with form.mending("", _NEW):
        await renewals.ask(request.app[CONTEXT], me(request), space)
        return see_other(f"/w/{space}/keys", "key-asked")
    return await _confirm_new(request, form, 422)


async def _confirm_new(request: web.Request, form: Form, status: int) -> web.Response:
    space = request.match_info["space"]
    await spaces.find_space(request.app[CONTEXT], me(request), space)
    return questions.ask(
        request,
        form=form,
        status=status,
        back=f"/w/{space}/keys",
        question=later("Were our keys lost or stolen?"),
        consequence=later(
            "This server makes a new key for this space. Until the other schools have confirmed "
            "it, our school writes nothing here. Telephone them and read them the number that you "
            "see then. What was written until now stays; what somebody else writes with the old "
            "key counts no more."
        ),
        yes=later("Ask for a new key"),
    )


async def vouch(request: web.Request) -> web.Response:
    form = await read_form(request)
    space = request.match_info["space"]
    with form.mending("", _VOUCH):
        node, key = form.value("school"), form.value("key")
        await renewals.vouch(request.app[CONTEXT], me(request), space, node, key)
        return see_other(f"/w/{space}/keys", "key-vouched")
    return await _page(request, form, 422)


async def choose_policy(request: web.Request) -> web.Response:
    form = await read_form(request)
    space = request.match_info["space"]
    node = form.text("of", longest=32, required=False)
    release = form.choice("release", RELEASES)
    if form.ok:
        with form.mending("release", _POLICY):
            how: Release = "live" if release == "live" else "release-first"
            await policies.choose(request.app[CONTEXT], me(request), space, how, node)
            return see_other(f"/w/{space}/keys", "policy-chosen")
    return await _page(request, form, 422)


async def begin_again(request: web.Request) -> web.Response:
    """The last resort: a new project that goes on from this one."""
    context = request.app[CONTEXT]
    project = await projects.begin_again(context, me(request), request.match_info["space"])
    return see_other(path_of(project, context.base) + "/manage", "project-begun-again")


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    seen = await spaces.find_space(context, me(request), request.match_info["space"])
    space = seen.space
    async with context.database.read() as reader:
        keys = await stewards.find(reader, me(request), space)
        asking = await renewals.list_asking(reader, me(request), space)
        known = await directory.look_up(reader, context.base, rooms.names_in(space))
    schools = {node: known.school_of(actor) for node, actor in space.state.actors.items()}
    copies = {one.node: one.exchange for one in seen.schools}
    exchange = copies.get(keys.steward)
    return render(
        request,
        "space_keys.html",
        status=status,
        form=form,
        space=rooms.view(space, known),
        keys=keys,
        keeper=Keeper(
            schools[keys.steward],
            keys.steward == space.node,
            None if exchange is None else exchange.agreed_ms,
            exchange is None or (exchange.agreed_ms or 0) + DAY_MS < context.now_ms(),
        ),
        handed_to=schools.get(keys.handed_to),
        candidates=_candidates(keys.candidacies, known, space.state.actors, space.node),
        asked_already=any(one.steward == space.node for one in keys.candidacies),
        others=[
            (node, schools[node].name)
            for node in sorted(keys.members - {space.node}, key=lambda one: schools[one].name)
        ],
        own_node=space.node,
        asking=[
            NewKey(
                one.node,
                one.key,
                schools[one.node],
                one.fingerprint,
                [schools[node].name for node in one.vouching],
                one.needed,
                one.ours,
                one.may,
            )
            for one in asking
        ],
        may_ask=keys.may and space.is_member and not space.closed_to_writing,
        releases=RELEASES,
        policies=[
            (schools[node], RELEASES[policy(space.state, node).release])
            for node in sorted(keys.members, key=lambda one: schools[one].name)
        ],
        may_choose=keys.may and keys.steward == space.node and not space.state.closed,
        choices=[
            (node, schools[node].name)
            for node in sorted(keys.members, key=lambda one: schools[one].name)
        ],
    )


def _candidates(
    found: tuple[Candidacy, ...], known: Directory, actors: dict[str, str], own: str
) -> list[Candidate]:
    """One row for each school; of several candidacies of one the most carried."""
    shown: dict[str, Candidate] = {}
    for one in found:
        names = [known.school_of(actors[node]).name for node in one.voters if node in actors]
        if one.steward in actors and one.steward not in shown:
            school = known.school_of(actors[one.steward])
            shown[one.steward] = Candidate(one.steward, school, names, own in one.voters)
    return list(shown.values())
