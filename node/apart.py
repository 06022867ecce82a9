"""Runs a program of ours in a process of its own, for what strangers' bytes may do to a reader.

The process gets open files and no names, no environment and no input; it says little, and is killed
when it takes too long or says too much.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

MOST_SAID_BYTES: Final = 10_000


async def run(
    program: Sequence[str],
    source: Path,
    targets: Sequence[Path],
    arguments: Sequence[str],
    *,
    timeout_s: float,
    read_back: bool = False,
) -> bytes | None:
    """What the program wrote to its output; None where it failed, hung or said too much.

    Its arguments are the numbers of the open files, `source` first, then `arguments`. The `targets`
    are made for it, empty; with `read_back` it may read what it wrote there.
    """
    access = os.O_RDWR if read_back else os.O_WRONLY
    created = access | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    handles = [os.open(source, os.O_RDONLY | os.O_CLOEXEC)]
    try:
        handles.extend(os.open(target, created, 0o600) for target in targets)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", *program, *map(str, handles), *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=handles,
            cwd="/",
            env={"LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
    finally:
        for handle in handles:
            os.close(handle)
    try:
        async with asyncio.timeout(timeout_s):
            said = await _listen(child)
            await child.wait()
    except TimeoutError:
        return None
    finally:
        await _end(child)
    return said if child.returncode == 0 else None


async def _listen(child: asyncio.subprocess.Process) -> bytes:
    said = b""
    while child.stdout is not None and (piece := await child.stdout.read(MOST_SAID_BYTES)):
        said += piece
        if len(said) > MOST_SAID_BYTES:
            _kill(child)
            break
    return said


async def _end(child: asyncio.subprocess.Process) -> None:
    """Nothing of it is left: what it still said is read away, else its pipe would stay open."""
    _kill(child)
    while child.stdout is not None and await child.stdout.read(MOST_SAID_BYTES):
        pass
    await child.wait()


def _kill(child: asyncio.subprocess.Process) -> None:
    """It and all that it started; its number may be another's as soon as it was waited for."""
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
