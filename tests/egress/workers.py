"""Which workers the code has, by its text, and which of them changed a row meanwhile."""

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path

import pytest

from node import crew
from node import workers as folder_of_workers
from node.actions import exports, uploads
from node.actions.context import Context
from node.storage.database import Transaction
from node.storage.sqlite import Value
from node.workers import supervisor
from node.workers.supervisor import Worker
from tests import nodes
from tests.egress.ledger import Ledger
from tests.node.spaces.schools import Shared
from tests.node.web.browser import browsing

WORKERS = Path(folder_of_workers.__file__).parent
NODE = WORKERS.parent
_AT_WORK: ContextVar[str] = ContextVar("_AT_WORK", default="")


def named_in(folder: Path) -> set[str]:
    """The name in every `Worker("…")` below this folder, whoever picks it up."""
    return {
        str(argument.value)
        for file in folder.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == Worker.__name__
        for argument in call.args[:1]
        if isinstance(argument, ast.Constant)
    }


def running_by_themselves(folder: Path) -> set[str]:
    """Modules of workers that are run for as long as a process lasts, as no `Worker` is."""
    return {
        file.stem
        for file in folder.glob("*.py")
        if file.stem != supervisor.__name__.rpartition(".")[2]
        for one in ast.parse(file.read_text("utf-8")).body
        if isinstance(one, ast.AsyncFunctionDef) and one.name == "run"
    }


@contextmanager
def counting_work(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Note each worker that is stepped, and each that changed a row of its own accord."""
    run, insert, many = Transaction.run, Transaction.insert, Transaction.many

    async def has_run(self: Transaction, sql: str, *values: Value) -> int:
        changed = await run(self, sql, *values)
        if changed > 0:
            ledger.worked.add(_AT_WORK.get())
        return changed

    async def has_inserted(self: Transaction, sql: str, *values: Value) -> int:
        ledger.worked.add(_AT_WORK.get())
        return await insert(self, sql, *values)

    async def has_run_many(self: Transaction, sql: str, rows: Iterable[tuple[Value, ...]]) -> None:
        rows = list(rows)
        if rows:
            ledger.worked.add(_AT_WORK.get())
        await many(self, sql, rows)

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "run", has_run)
        patched.setattr(Transaction, "insert", has_inserted)
        patched.setattr(Transaction, "many", has_run_many)
        for module in (crew, nodes):
            counted = [_counted(ledger, one) for one in module.WORKERS]
            patched.setattr(module, "WORKERS", counted)
        yield


async def leave_work(shared: Shared) -> None:
    """What a worker finds to do: a space to be written down, and bytes that nobody ever brought."""
    context = shared.alpha.context
    await exports.ask(context, shared.ana, shared.space, language="en")
    await uploads.begin(context, shared.ana, shared.space, name="Never.pdf", size=9)


async def fetch_export(shared: Shared) -> bytes:
    """The file that a teacher carries to wherever he likes, as he gets it."""
    context = shared.alpha.context
    (one, *_) = await exports.list_own(context, shared.ana, shared.space)
    async with browsing(shared.alpha, "ana") as ana:
        answer = await ana.client.get(f"/w/{shared.space}/export/{one.id}")
        assert answer.status == 200
        return await answer.read()


async def step_all(ledger: Ledger, *those: nodes.Node) -> None:
    """Every worker of a process that does all, once after four school days."""
    those[0].clock.advance(days=6)
    for node in those:
        for worker in crew.pick("all", node.classroom):
            await _counted(ledger, worker).step(node.context)


def _counted(ledger: Ledger, worker: Worker) -> Worker:
    async def step(context: Context) -> int | None:
        ledger.stepped.add(worker.name)
        token = _AT_WORK.set(worker.name)
        try:
            return await worker.step(context)
        finally:
            _AT_WORK.reset(token)

    return replace(worker, step=step)
