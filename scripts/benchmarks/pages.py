"""`scripts/bench/pages`: a space's home page, beside the same template with its data in memory.

The space has posts, files and members enough; a teacher's browser asks over loopback. The handler
alone is set against the template alone, which gets the very data that the handler gave it.
"""

import argparse
import asyncio
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

from aiohttp import web

from node import events
from node.web.pages import space as page
from node.web.render import render
from protocol.canonical import JSONObject, b64
from protocol.space import writing
from protocol.space.operation import Operation, payload
from protocol.space.vocabulary import Role
from protocol.space.writing import By
from scripts.benchmarks import report, space
from scripts.benchmarks.cost import counted
from scripts.benchmarks.nodes import Clock, running
from scripts.benchmarks.replication import open_space
from scripts.benchmarks.space import MadeSpace
from scripts.demonstration.visitor import Visitor


class Caught:
    """The last request for the page, and what its template was given."""

    request: web.Request
    template: str
    data: dict[str, object]

    def render(self, request: web.Request, template: str, **data: object) -> web.Response:
        self.request, self.template, self.data = request, template, data
        return self.again()

    def again(self) -> web.Response:
        """The same page, out of memory."""
        draw: Callable[..., web.Response] = render
        return draw(self.request, self.template, **self.data)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--posts", type=int, default=1_000)
    asked.add_argument("--files", type=int, default=200)
    asked.add_argument("--members", type=int, default=30)
    asked.add_argument("--rounds", type=int, default=50)
    chosen = asked.parse_args()
    events.silence()
    with tempfile.TemporaryDirectory(prefix="schoolgate-bench-") as folder:
        asyncio.run(_run(Path(folder), chosen.posts, chosen.files, chosen.members, chosen.rounds))


async def _run(folder: Path, posts: int, files: int, members: int, rounds: int) -> None:
    caught = Caught()
    with patch.object(page, "render", caught.render):
        await _measure(folder, caught, posts, files, members, rounds)


async def _measure(
    folder: Path, caught: Caught, posts: int, files: int, members: int, rounds: int
) -> None:
    async with running(folder / "school", "School", Clock()) as context:
        made = await open_space(context)
        await space.seat(context, made)
        others = members - len(made.schools)
        await space.keep(context, made, _people(made, others))
        await space.keep(context, made, _posts(made, posts))
        await space.keep(context, made, _files(made, files))
        async with context.database.read() as reader:
            lost = posts - await reader.count("SELECT count(*) FROM posts")
            lost += files - await reader.count("SELECT count(*) FROM contents WHERE kind = 'file'")
        browser, path = Visitor(context.base), f"/w/{made.id}"
        await asyncio.to_thread(_sign_in, browser)
        with counted() as whole:
            await asyncio.to_thread(browser.download, path)
        with counted() as alone:
            await page.show(caught.request)
        asked_s, handled_s, drawn_s = [], [], []
        for _ in range(rounds):
            began = time.perf_counter()
            await asyncio.to_thread(browser.download, path)
            asked_s.append(time.perf_counter() - began)
            began = time.perf_counter()
            await page.show(caught.request)
            handled_s.append(time.perf_counter() - began)
            began = time.perf_counter()
            caught.again()
            drawn_s.append(time.perf_counter() - began)
    figures = {
        "over HTTP, signed in": (asked_s, whole.visits, whole.rows),
        "the page alone": (handled_s, alone.visits, alone.rows),
        "the template, data in memory": (drawn_s, 0, 0),
    }
    rows: list[tuple[str, ...]] = [("", "median ms", "95 % ms", "visits", "rows read")]
    for what, (taken, visits, read) in figures.items():
        told = report.milliseconds(taken)
        rows.append(
            (what, f"{told['p50_ms']:.2f}", f"{told['p95_ms']:.2f}", str(visits), str(read))
        )
    report.show(f"A space's home with {posts:,} posts, {files:,} files, {members} members", rows)
    ratio = report.share(handled_s, 0.5) / report.share(drawn_s, 0.5)
    print(f"\nratio: {ratio:.2f} (goal 2.00); posts and files lost: {lost}")
    report.tell(
        {
            "bench": "pages",
            "lost": lost,
            "ratio": round(ratio, 2),
            "visits": alone.visits,
            "rows": alone.rows,
            "visits_of_the_request": whole.visits,
            "over_http": report.milliseconds(asked_s),
            "alone": report.milliseconds(handled_s),
            "in_memory": report.milliseconds(drawn_s),
        }
    )


def _sign_in(browser: Visitor) -> None:
    shown = browser.get("/login")
    browser.send(shown, "/login", handle="admin", password="a long enough password")


def _people(made: MadeSpace, count: int) -> Iterator[Operation]:
    """More teachers of the other schools."""
    for number in range(max(0, count)):
        school = made.schools[1 + number % (len(made.schools) - 1)]
        name = space.name_of(f"teacher {number}")
        said = payload({"name": f"Teacher {number}"}, "en", made.salt())
        yield made.written(school, writing.role(made.place(school), name, Role.TEACHER), said)


def _posts(made: MadeSpace, count: int) -> Iterator[Operation]:
    """Threads with their replies."""
    thread = ""
    school = made.schools[1]
    for number in range(count):
        name, by = space.name_of(f"post {number}"), By(school.teacher)
        place = made.place(school)
        if number % 20 == 0:
            thread = f"{school.founder.node}/{name}"
            said = payload({"title": f"Storks {number}", "text": space.TEXT}, "en", made.salt())
            yield made.written(school, writing.thread(place, by, name), said)
            continue
        said = payload({"text": space.TEXT}, "en", made.salt())
        yield made.written(school, writing.reply(place, by, name, thread_=thread), said)


def _files(made: MadeSpace, count: int) -> Iterator[Operation]:
    school = made.schools[1]
    for number in range(count):
        name = space.name_of(f"file {number}")
        sha256 = b64(hashlib.sha256(name.encode()).digest())
        facts: JSONObject = {
            "name": f"stork-{number}.jpg",
            "mediaType": "image/jpeg",
            "size": 20_000_000,
            "sha256": sha256,
            "alt": "A stork on its nest.",
            "licence": "CC-BY-4.0",
        }
        said = payload(facts, "en", made.salt())
        yield made.written(school, writing.file(made.place(school), By(school.teacher), name), said)


if __name__ == "__main__":
    main()
