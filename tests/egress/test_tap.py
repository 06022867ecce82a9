"""The tap hears whatever leaves, by whichever call, and which programs are started; those that the
product starts can open no socket."""

import ast
import asyncio
import json
import os
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from node import apart
from node.cleaning.workshop import ROOT
from scripts.seeking import find
from tests.egress.tap import Tap, tapping_ports

TOKEN = "Zqalphagivené"
ELSEWHERE = "192.0.2.7"
"""Nobody's address (RFC 5737)."""
STARTS = frozenset(
    {
        *("subprocess", "multiprocessing", "pty", "create_subprocess_exec", "subprocess_exec"),
        *("create_subprocess_shell", "subprocess_shell", "ProcessPoolExecutor"),
        *("os.fork", "os.forkpty", "os.system", "os.popen", "os.posix_spawn", "os.posix_spawnp"),
        *(
            f"os.{begin}{end}"
            for begin in ("exec", "spawn")
            for end in ("v", "ve", "vp", "l", "lp")
        ),
    }
)
"""What starts a program or a copy of this one, as it stands in a text."""


@pytest.fixture
def tap(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tap]:
    with tapping_ports(monkeypatch, frozenset()) as tap:
        yield tap


@pytest.mark.parametrize(
    "say",
    [
        lambda one, there: one.sendto(TOKEN.encode(), there),
        lambda one, there: one.sendto(TOKEN.encode(), 0, there),
        lambda one, there: one.sendmsg([TOKEN.encode()], [], 0, there),
    ],
)
def test_a157_the_tap_hears_what_is_sent_without_a_connection(
    tap: Tap, say: Callable[[socket.socket, tuple[str, int]], int]
) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking,
    ):
        door.bind(("127.0.0.1", 0))
        assert say(asking, door.getsockname()) == len(TOKEN.encode())
        assert door.recv(100).decode() == TOKEN
    assert find(tap.octets, [TOKEN])
    assert tap.dialled == {"127.0.0.1"}


async def test_a157_the_tap_hears_letters_of_the_event_loop(tap: Tap) -> None:
    """As an asker of names or a collector of figures would send them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, family=socket.AF_INET
        )
        transport.sendto(TOKEN.encode(), door.getsockname())
        transport.close()
        assert door.recv(100).decode() == TOKEN
    assert find(tap.octets, [TOKEN])


@pytest.mark.parametrize("how", ["connect", "connect_ex"])
def test_a161_the_tap_hears_who_is_called_by_either_call(tap: Tap, how: str) -> None:
    with socket.socket() as asking, suppress(OSError):
        asking.setblocking(False)
        getattr(asking, how)((ELSEWHERE, 9))
    assert tap.dialled == {ELSEWHERE}


@pytest.mark.parametrize("how", ["getaddrinfo", "gethostbyname", "gethostbyname_ex"])
def test_a161_the_tap_hears_which_names_are_looked_up(tap: Tap, how: str) -> None:
    with suppress(OSError):
        getattr(socket, how)("mia.nowak.invalid", *([9] if how == "getaddrinfo" else []))
    assert tap.dialled == {"mia.nowak.invalid"}


def test_a157_the_tap_hears_which_programs_are_started(tap: Tap) -> None:
    """Their sockets are none of this process: that one is started at all is what is seen."""
    subprocess.run([sys.executable, "-c", "'curl'"], check=True)
    assert [one for one in tap.started if "curl" in one]


def test_programs_are_started_by_one_module_alone() -> None:
    found = {
        file.relative_to(ROOT).as_posix()
        for folder in ("node", "protocol", "schemas")
        for file in (ROOT / folder).rglob("*.py")
        if _names_in(file.read_text("utf-8")) & STARTS
    }
    assert found == {"node/apart.py"}
    for text in ("from os import fork", "import subprocess as s", "import os\nos.system('x')"):
        assert _names_in(text) & STARTS, text


def _names_in(text: str) -> set[str]:
    """Modules that are imported, and names, those of `os` with it before them."""
    names = set()
    for one in ast.walk(ast.parse(text)):
        match one:
            case ast.Attribute(value=ast.Name(id="os")):
                names.add(f"os.{one.attr}")
            case ast.Attribute():
                names.add(one.attr)
            case ast.Import():
                names |= {alias.name.partition(".")[0] for alias in one.names}
            case ast.ImportFrom():
                names |= {one.module or "", *(alias.name for alias in one.names)}
                names |= {f"{one.module}.{alias.name}" for alias in one.names}
            case _:
                pass  # Nothing else names a function.
    return names


TRY = """
import json, os, socket, sys
def attempt(*_):
    said = {}
    for how in (
        lambda: socket.socket(), lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        lambda: socket.socketpair(), lambda: os.open("/etc/hostname", os.O_RDONLY),
    ):
        try:
            how()
            said[str(len(said))] = "opened"
        except OSError as error:
            said[str(len(said))] = type(error).__name__
    return said
"""
INSIDE = {
    "a picture": "import node.pictures.child as c\n"
    "def make(*_):\n    sys.stdout.write(json.dumps(attempt())); sys.stdout.flush(); os._exit(0)\n"
    "c.make = make\nc.main()",
    "a document": "from node.cleaning import cage\ncage.serve(attempt, ())",
    "nothing that holds it": "sys.stdout.write(json.dumps(attempt()))",
}
"""By what a program is held while it reads a file."""
ARGUMENTS = {"a picture": ["1000", "x"], "a document": ["60", "1000", "image/png", "x"]}


@pytest.mark.parametrize("held_by", INSIDE)
async def test_a157_a_program_that_reads_a_file_opens_no_socket_and_no_file(
    held_by: str, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    path = [str(ROOT), sysconfig.get_path("purelib")]
    program = f"import sys\nsys.path[:0] = {path!r}\n{TRY}\n{INSIDE[held_by]}"
    targets = [tmp_path / str(at) for at in range(2 if held_by == "a picture" else 1)]
    said = await apart.run(
        ["-c", program], source, targets, ARGUMENTS.get(held_by, []), timeout_s=30
    )
    assert said is not None
    expected = "opened" if held_by == "nothing that holds it" else "OSError"
    assert set(json.loads(said).values()) == {expected}


async def test_a157_a_program_that_is_started_inherits_no_socket(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    look = (
        "import os, stat\n"
        "def kind(n):\n"
        "    try: return stat.S_ISSOCK(os.fstat(n).st_mode)\n"
        "    except OSError: return False\n"
        "print(sum(map(kind, range(1024))))"
    )
    with socket.create_server(("127.0.0.1", 0)) as door:
        os.set_inheritable(door.fileno(), True)
        said = await apart.run(["-c", look], source, [], [], timeout_s=30)
        told = await asyncio.create_subprocess_exec(
            sys.executable, "-c", look, stdout=subprocess.PIPE, close_fds=False
        )
        out, _ = await told.communicate()
    assert said is not None
    assert int(said) == 0
    assert int(out) > 0, "one that inherits is seen"
