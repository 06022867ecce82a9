"""What a process may do that reads one file from outside: next to nothing.

It gets its files open and opens none itself; its memory, time and results are bounded, and it
answers with one line of JSON. Whatever a file does to a reader, it does to this process alone.
"""

import codecs
import contextlib
import importlib
import json
import os
import pkgutil
import resource
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Final, Literal

MEMORY_BYTES: Final = 1 << 30

for _encoding in (
    *("ascii", "latin-1", "cp437", "cp1250", "cp1251", "cp1252", "cp1253", "mac_roman"),
    *("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "unicode_escape", "charmap"),
    *("gbk", "gb18030", "big5", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949"),
):
    # Loaded before the process may open nothing any more.
    codecs.lookup(_encoding)

Why = Literal[
    "broken",  # no reader makes sense of it
    "locked",  # it asks for a password
    "macros",  # it carries a program
    "inside",  # something in it is of a kind that cannot be cleaned
    "codec",  # its sound or film is written in a way that no clean file can hold
    "unpacked",  # what is packed in it is too large
    "memory",  # reading it takes too much memory
]

Said = dict[str, object]


class Unfit(Exception):
    """The file is refused; the word says why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


def load_all(package: ModuleType) -> None:
    """Load every module of a library that would else load some of them when it meets a file."""
    for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not one.name.endswith(("__main__", "_cli", ".datasets")):
            with contextlib.suppress(ImportError):
                importlib.import_module(one.name)


def bound(*, cpu_s: int, result_bytes: int) -> None:
    """Take away what this process does not need, for ever."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, result_bytes),
        (resource.RLIMIT_CORE, 0),
        # No file, no connection, no further process: what is open already stays open.
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (value, value))


def serve(work: Callable[[int, int, str, str], Said], broken: tuple[type[Exception], ...]) -> None:
    """Do `work` on the open files, the media type and the mark that the arguments name.

    The arguments: the file to read, the empty one to write, seconds of CPU, the most bytes of a
    result, the media type, the mark. `broken` are the exceptions that tell of a broken file.
    """
    source, target, cpu_s, result_bytes = map(int, sys.argv[1:5])
    media_type, mark = sys.argv[5:7]
    bound(cpu_s=cpu_s, result_bytes=result_bytes)
    try:
        said = work(source, target, media_type, mark)
    except Unfit as unfit:
        said = {"refused": unfit.why}
    except MemoryError:
        said = {"refused": "memory"}
    except RecursionError:
        said = {"refused": "broken"}
    except broken:
        said = {"refused": "broken"}
    sys.stdout.write(json.dumps(said))
    sys.stdout.flush()
    # A library that was fed nonsense need not be asked to tidy up after itself.
    os._exit(0)
