"""The composition root: what a node is made of, and in which order it starts and stops.

settings → master secret → database → migrations → schema book → client → doors → workers
"""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler

import schemas
from node import config, crew, entrance, events, health, limits
from node.actions import actors, addresses, backup, fetch_blobs, replicate, restore, whereabouts
from node.actions.context import CONTEXT, Context
from node.classroom.room import CLASSROOM, Classroom
from node.clock import Chance, Clock, SystemChance, SystemClock
from node.config import Settings
from node.crew import Role
from node.federation import answers
from node.federation import routes as federation
from node.federation.actors import wants_document
from node.folder import MASTER_OCTETS, Folder
from node.limits import Network, Rate, RateLimit
from node.listener import Listening, ListenLimits, serve
from node.metrics import Meter
from node.remote.client import Client
from node.remote.guard import Guard, read_hosts
from node.remote.inner import InnerDoor
from node.remote.lines import Lines
from node.remote.proxy import read_proxy
from node.storage import keys, migrate
from node.storage.database import Database
from node.storage.wake import Waker
from node.web import door, file_routes, site
from node.web import routes as face
from node.workers import calling
from protocol import names
from protocol.errors import Reason, Refused
from protocol.shapes import SchemaBook

Doors = Literal["all", "web", "federation", "inner"]
"""`inner`: what partners reach by calls; nothing there is for whoever sits at this machine."""
MIB = 1_048_576
COLLECT_AFTER = 10_000
"""So many more objects than before are there when garbage is looked for."""
NEW_PASSWORDS = Rate(requests=40, window_s=300, burst=30)
"""How often one address may ask for an account or accept an invitation: a whole staff at once."""
QUESTIONS = Rate(requests=3000, window_s=300, burst=600)
"""How often one partner may ask whether it is called, and answer."""
UNHEARD_OF_ACTORS = Rate(requests=120, window_s=300, burst=60)
"""How often strangers may make this node ask one partner for an actor: far below its limit."""
VIEWS_AT_ONCE = 1_000
SEARCHES = Rate(requests=150, window_s=300, burst=40)
"""How often one school may search at a hub: half of all that it may ask there."""


def make_folder(
    path: Path,
    base_url: str,
    *,
    development: bool,
    host: str,
    port: int,
    mode: str = "school",
    like: Path | None = None,
) -> Settings:
    """Lay out a data folder with its settings and its master secret; the settings.

    All other settings are those of the node in the folder `like`, where one is given. Refuses with
    BAD_NAME a base URL that cannot be one, BAD_DATA_FOLDER a folder that is taken, BAD_SETTING.
    """
    base = names.read_base(base_url, development=development)
    written = {} if like is None else config.read(Folder(like).config_file)
    written["node"] = {"base_url": base, "development": development, "mode": mode}
    written["listen"] = written.get("listen", {}) | {"host": host, "port": port}
    settings = config.build(written, {})
    Folder(path).make(SystemChance().octets(MASTER_OCTETS), config.to_toml(written))
    return settings


@asynccontextmanager
async def open_context(
    folder: Folder,
    environment: Mapping[str, str],
    *,
    clock: Clock | None = None,
    chance: Chance | None = None,
    book: SchemaBook | None = None,
) -> AsyncIterator[Context]:
    """Everything that actions need, opened; closed again when the block is left.

    Many nodes of one process may share a `book`, so that each schema is compiled once.

    Refuses with BAD_SETTING, BAD_DATA_FOLDER, NEWER_DATABASE.
    """
    settings = config.load(folder.config_file, environment)
    base = names.read_base(settings.node.base_url, development=settings.node.development)
    for written in (settings.node.base_url, settings.node.address or base):
        if written != names.read_base(written, development=settings.node.development):
            raise Refused(Reason.BAD_SETTING, f"write {written} in lower case, without a slash")
    hosts = read_hosts(settings.remote.hosts, development=settings.node.development)
    if (settings.node.mode, settings.node.reachability) == ("hub", "outbound-only"):
        raise Refused(
            Reason.BAD_SETTING, "a hub has to be reached: node.reachability must be public"
        )
    proxy = read_proxy(settings.remote.outbound_proxy, settings.remote.outbound_proxy_auth_file)
    master = folder.read_master()
    clock = clock or SystemClock()
    chance = chance or SystemChance()
    book = book or SchemaBook(schemas.read_all())
    database = await Database.open(
        folder.database_file, min_free_bytes=settings.limits.free_disk_mib * MIB
    )
    try:
        for number in await migrate.migrate(database, now_ms=clock.now_ms()):
            events.migrated(number)
        async with database.read() as reader:
            await keys.check_master(reader, master)
        make_client = partial(
            Client,
            Guard(settings.node.development, hosts=hosts, proxy=proxy),
            clock,
            chance,
            version=version("schoolgate"),
            timeout_s=settings.remote.timeout_s,
            ca_file=settings.remote.ca_file,
            lines=Lines(partial(whereabouts.is_closed, database)),
            find_address=partial(whereabouts.find_address, database),
        )
        client, viewer = make_client(), make_client()
        limits = settings.limits
        try:
            yield Context(
                settings=settings,
                clock=clock,
                chance=chance,
                database=database,
                book=book,
                master=master,
                client=client,
                viewer=viewer,
                wake=Waker(folder.path / "state", database),
                rates=RateLimit(Rate(limits.partner_requests_per_5_min, 300, limits.partner_burst)),
                batches=RateLimit(Rate.at_once(limits.partner_batches_per_5_min, 300)),
                fetches=RateLimit(UNHEARD_OF_ACTORS),
                questions=RateLimit(QUESTIONS),
                searches=RateLimit(SEARCHES),
                callbacks=RateLimit(Rate.at_once(limits.callbacks_per_hour, 3600)),
                looks=RateLimit(Rate(limits.views_per_5_min, 300, VIEWS_AT_ONCE)),
                folder=folder,
                meter=Meter(),
                site=site.write,
            )
        finally:
            await viewer.close()
            await client.close()
    finally:
        await database.close()


def build_app(
    context: Context, role: Doors = "all", classroom: Classroom | None = None
) -> web.Application:
    """The doors of one process over `context`; with a `classroom`, the pupils' pages are open."""
    app = web.Application(
        client_max_size=entrance.MAX_BODY_BYTES,
        middlewares=[
            entrance.measure(context.meter),
            entrance.never_500(_refusal_of(role), context.chance),
            entrance.bound_requests(most_bytes=_most_bytes_of(role, context.settings)),
            entrance.set_up_first(context),
            entrance.limit_addresses(
                RateLimit(Rate()), context.clock, _proxies(context.settings), _is_public
            ),
            entrance.limit_addresses(
                RateLimit(NEW_PASSWORDS), context.clock, _proxies(context.settings), _makes_password
            ),
        ],
    )
    app[CONTEXT] = context
    if classroom is not None and role in {"all", "web"}:
        app[CLASSROOM] = classroom
    if role != "inner":
        app.router.add_routes(health.routes())
    app.on_shutdown.append(entrance.hush)
    app.on_response_prepare.append(entrance.tell_time)
    if role != "web":
        app.router.add_routes(federation.routes())
    if role in {"all", "web"}:
        face.setup(app)
    documents = federation.shared() if role != "web" else {}
    pages = face.shared() if role in {"all", "web"} else {}
    for path in sorted(documents.keys() | pages.keys()):
        app.router.add_get(path, _shared(documents.get(path), pages.get(path)))
    unknown = face.fallback() if role in {"all", "web"} else None
    app.router.add_get("/{address:.*}", _shared(_nothing, unknown))
    return app


def _most_bytes_of(role: Doors, settings: Settings) -> Callable[[web.Request], int | None]:
    """How large a body may be where files are brought, by people or with an application."""

    def most_bytes(request: web.Request) -> int | None:
        most = None if role == "web" else federation.most_bytes(request, settings.hub)
        if most is None and role not in {"federation", "inner"}:
            most = file_routes.most_bytes(request, settings)
        return most

    return most_bytes


_PUBLIC = (
    *("/.well-known/", "/nodeinfo/", "/status-lists/", "/endorsements"),
    *("/introductions", "/admissions"),
)


def _is_public(request: web.Request) -> bool:
    """What machines may ask without saying who they are, so that only the address is known."""
    return request.path.startswith(_PUBLIC) or request.path == "/actor"


def _makes_password(request: web.Request) -> bool:
    """What nobody has to sign in for, and costs this node the work of hashing a password."""
    return request.method == "POST" and request.path.startswith(("/ask", "/invite/", "/setup"))


def _proxies(settings: Settings) -> Sequence[Network]:
    """The proxies whose word counts. Refuses with BAD_SETTING what is no address."""
    try:
        return limits.read_networks(settings.listen.trusted_proxies)
    except ValueError as error:
        raise Refused(Reason.BAD_SETTING, f"listen.trusted_proxies: {error}") from None


def _refusal_of(role: Doors) -> entrance.Answer:
    """How a refusal is said that no door has answered: in a sentence to people, else as data."""

    def answer(request: web.Request, refused: Refused) -> web.StreamResponse:
        if role in {"all", "web"} and "text/html" in request.headers.get("Accept", ""):
            return door.refusal(request, refused)
        return answers.problem(request, refused)

    return answer


async def _nothing(_: web.Request) -> web.StreamResponse:
    raise Refused(Reason.NOT_FOUND, "There is nothing here.")


def _shared(document: Handler | None, page: Handler | None) -> Handler:
    """One address for people and machines: `Accept` chooses the document or the page."""

    async def handler(request: web.Request) -> web.StreamResponse:
        if document is not None and (page is None or wants_document(request)):
            response = await document(request)
        elif page is not None:
            response = await page(request)
        else:
            raise Refused(Reason.NOT_FOUND, "There is nothing here.")
        response.headers.setdefault("Vary", "Accept")
        return response

    return handler


def _listen_limits(settings: Settings) -> ListenLimits:
    asked = settings.limits
    return ListenLimits(
        head_timeout_s=asked.head_timeout_s,
        body_timeout_s=asked.body_timeout_s,
        connections_per_address=asked.connections_per_address,
    )


async def open_doors(
    context: Context, role: Role, port: int | None, classroom: Classroom | None = None
) -> Listening:
    """Listen where the settings say, or at `port`."""
    settings = context.settings
    if settings.node.reachability == "outbound-only" and role != "web":
        if role == "federation":
            raise Refused(
                Reason.BAD_SETTING,
                "node.reachability is outbound-only: there is no door for other nodes to open; "
                "run it with --role all",
            )
        role = "web"  # machines come in by `answer_calls` alone
    try:
        return await serve(
            build_app(context, role, classroom),
            settings.listen.host,
            settings.listen.port if port is None else port,
            _listen_limits(settings),
            _proxies(settings),
        )
    except OSError as error:
        raise Refused(
            Reason.BAD_SETTING,
            f"cannot listen on {settings.listen.host}:{settings.listen.port}: {error.strerror}",
        ) from None


@asynccontextmanager
async def answer_calls(context: Context) -> AsyncIterator[None]:
    """While the block lasts, ask partners whether they call: for a node that lets nobody in.

    What they call for is answered by a door for machines that only this machine can reach.
    """
    listening = await serve(
        build_app(context, "inner"), "127.0.0.1", 0, _listen_limits(context.settings)
    )
    inner = InnerDoor(listening.url)
    asking = asyncio.create_task(calling.run(context, inner))
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await inner.close()
        await listening.close()


async def begin(context: Context) -> None:
    """What a node sees to before it lets anybody in."""
    await backup.clear_away(context)
    await restore.obey_again(context, context.folder)
    await actors.renew_node(context)
    await addresses.renew(context)
    await replicate.begin(context)
    await fetch_blobs.begin(context)


def spare_collector() -> None:
    """What the program itself is made of is no garbage: looking through it again and again would
    take a quarter of the time in which a batch of operations is taken in."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


async def serve_folder(
    folder: Folder, environment: Mapping[str, str], role: Role, port: int | None
) -> None:
    """Run a node until SIGINT or SIGTERM, then stop cleanly."""
    copies = await asyncio.to_thread(migrate.list_copies, folder.database_file)
    async with open_context(folder, environment) as context, AsyncExitStack() as opened:
        events.write_plainly(context.settings.log.format == "plain")
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        await context.wake.open()
        opened.push_async_callback(context.wake.close)
        await begin(context)
        classroom = await opened.enter_async_context(crew.open_classroom_of(context, role))
        await crew.prepare(classroom)
        listening = await open_doors(context, role, port, classroom)
        try:
            async with AsyncExitStack() as running:
                workers = crew.pick(role, classroom)
                await running.enter_async_context(crew.work(context, workers))
                if role != "web" and context.settings.node.reachability == "outbound-only":
                    await running.enter_async_context(answer_calls(context))
                # Left first: nothing new is let in while the workers end.
                running.push_async_callback(listening.close)
                spare_collector()
                events.started(listening.url, role, version("schoolgate"))
                await asyncio.to_thread(migrate.drop_copies, folder.database_file, copies)
                used = [context.database]
                if classroom is not None:
                    used.append(classroom.vault.database)
                if not await _run_until(stop, *(one.failed for one in used)):
                    for one in used:
                        if one.failed.is_set():
                            events.storage_failed(str(one.path))
                    sentence = "the disk failed at a write; look at it, then start the node again"
                    raise Refused(Reason.STORAGE_FAILED, sentence)
        finally:
            events.stopped(listening.url)


async def _run_until(stop: asyncio.Event, *failed: asyncio.Event) -> bool:
    """Wait until any is set; whether the node was asked to stop."""
    waiting = [asyncio.create_task(one.wait()) for one in (stop, *failed)]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return stop.is_set()
