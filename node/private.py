"""Keeps what a process knows from other processes of the same user."""

import ctypes
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def forbid_inspection() -> None:
    """No other process of this user reads this one's memory, files or mounts (`ptrace(2)`,
    `/proc/PID/mem`, `/proc/PID/root`), and no core dump is written; programs that it starts are
    free of it. Does nothing where there is no Linux. Source: `prctl(2)`, PR_SET_DUMPABLE."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
