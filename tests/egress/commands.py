"""Every command of the command line, typed at a school's node and at a hub while they run."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from node.cli import schoolgate
from protocol.errors import Refused
from tests.egress.ledger import Ledger, commands_of
from tests.nodes import CHEAP, PASSWORD, Node

PASSPHRASE = "seven quiet storks on a roof"
TWICE = f"{PASSPHRASE}\n{PASSPHRASE}\n"
ELSEWHERE = "elsewhere.example"
"""Where a node is to be moved to: looked up because somebody typed it."""
SINCE = "2026-11-01T10:00"
RUNS_FOR_EVER = frozenset({"serve"})
"""What does not end by itself; `test_processes` has real processes of it."""


@dataclass(frozen=True)
class Typed:
    """A command with what is typed after it, and answered when it asks."""

    words: Sequence[str] = ()
    answer: str = ""
    at_hub: bool = False
    folder: str = ""


def lines(node: Node, partner: Node, space: str, scratch: Path) -> Mapping[str, Typed]:
    """What is typed for each command. `--` stands before a space: its name may begin with `-`."""
    host = partner.url.partition("://")[2]
    file, vault, told = (str(scratch / one) for one in ("a.backup", "a.vault", "space.zip"))
    rekey = ("--fingerprint", "0000", "--since", SINCE)
    return {
        "init": Typed(("--base-url", "http://127.0.0.9:8420", "--development"), folder="fresh"),
        "setup-address": Typed(),
        "user add": Typed(("eva", "--name", "Eva", "--password-stdin"), PASSWORD),
        "user invite": Typed(("ida", "--name", "Ida")),
        "user password": Typed(("eva", "--password-stdin"), PASSWORD),
        "user list": Typed(),
        "user end": Typed(("eva", "--on", "2027-06-30")),
        "user stay": Typed(("eva",)),
        "partner list": Typed(),
        "partner card": Typed(),
        "partner add": Typed((partner.url,)),
        "partner add-card": Typed(("-",), "{}"),
        "partner approve": Typed((partner.url, "0000")),
        "partner rekey": Typed((partner.url, *rekey)),
        "partner block": Typed(("https://nobody.example",)),
        "partner unblock": Typed(("https://nobody.example",)),
        "hub join": Typed(
            (f"{partner.url}/join/x", "--register-number", "4", "--reason", "Ask the head.")
        ),
        "hub ask": Typed(),
        "hub status": Typed(),
        "hub leave": Typed(),
        "hub link": Typed(at_hub=True),
        "hub requests": Typed(at_hub=True),
        "hub accredit": Typed((host,), at_hub=True),
        "hub rekey": Typed((host, *rekey), at_hub=True),
        "hub refuse": Typed((host, "--reason", "No."), at_hub=True),
        "hub renew": Typed((host,), at_hub=True),
        "hub revoke": Typed((host, "--reason", "Closed."), at_hub=True),
        "hub endorse": Typed((partner.url,), at_hub=True),
        "hub unendorse": Typed((partner.url,), at_hub=True),
        "space list": Typed(),
        "space refold": Typed(("--", space)),
        "space show": Typed(("--", space)),
        "space heads": Typed(("--", space)),
        "space verify": Typed(("--", space)),
        "space export": Typed(("--", space, told)),
        "space import": Typed((told,)),
        "space rekey": Typed(("--", space)),
        "doctor": Typed(),
        "config describe": Typed(),
        "backup": Typed(("--to", file), TWICE),
        "verify": Typed((file,), f"{PASSPHRASE}\n"),
        "restore": Typed((file,), f"{PASSPHRASE}\n", folder="restored"),
        "migrate": Typed(),
        "vault backup": Typed(("--to", vault), TWICE),
        "vault restore": Typed((vault,), f"{PASSPHRASE}\n"),
        "privacy record": Typed(),
        "privacy assessment": Typed(("--text", "--language", "de")),
        "privacy notice": Typed(("--pupils", "--to", str(scratch / "notice.html"))),
        "key rotate": Typed(("--handle", "ana")),
        "key replace": Typed(("--since", SINCE)),
        "move": Typed(("--to", f"https://{ELSEWHERE}")),
    }


def wrong_lines(node: Node, scratch: Path) -> Sequence[Typed]:
    """What is typed wrongly, each in another way; the command's own words first."""
    rubbish = scratch / "rubbish"
    rubbish.write_bytes(b"storks" * 999)
    return [
        Typed(("partner", "add", "no address")),
        Typed(("partner", "add", "http://127.0.0.1:9")),
        Typed(("partner", "add", "http://10.0.0.1")),
        Typed(("partner", "add", node.url)),
        Typed(("space", "import", str(rubbish))),
        Typed(("verify", str(rubbish)), f"{PASSPHRASE}\n"),
        Typed(("vault", "restore", str(rubbish)), f"{PASSPHRASE}\n", folder="restored"),
        Typed(("key", "rotate", "--handle", "nobody")),
    ]


async def type_everything(
    ledger: Ledger, node: Node, hub: Node, partner: Node, space: str, scratch: Path
) -> str:
    """Each command once; all that they printed. What is typed after an address ends things."""
    said = []
    typed = lines(node, partner, space, scratch)
    for command in typed:
        line = typed[command]
        folder = scratch / line.folder if line.folder else node.folder.path
        words = [*command.split(), "--folder", str(hub.folder.path if line.at_hub else folder)]
        if command == "config describe":
            words = command.split()
        code, told = await asyncio.to_thread(_type, ledger, [*words, *line.words], line.answer)
        said.append(told)
        if code:
            ledger.failed.add(command)
        ledger.typed.add(command)
    for line in wrong_lines(node, scratch):
        folder = scratch / line.folder if line.folder else node.folder.path
        words = [*line.words, "--folder", str(folder)]
        code, told = await asyncio.to_thread(_type, ledger, words, line.answer)
        assert code, words
        said.append(told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCHOOLGATE_LIMITS__FREE_DISK_MIB", "many")
        words = ["user", "list", "--folder", str(node.folder.path)]
        said.append((await asyncio.to_thread(_type, ledger, words, "", {}))[1])
    return "\n".join(said)


def _type(
    ledger: Ledger, words: Sequence[str], answer: str, env: Mapping[str, str] = CHEAP
) -> tuple[int, str]:
    done = CliRunner().invoke(schoolgate, list(words), input=answer, env=env)
    # 2 is wrong use: then nothing was driven.
    assert done.exit_code in (0, 1), (words, done.output, done.exception)
    refused = None if done.exception is None else done.exception.__context__
    if isinstance(refused, Refused):
        ledger.note("command", refused.reason)
    return done.exit_code, f"{' '.join(words[:2])}: {done.exit_code} {done.output}"


def missing_commands(ledger: Ledger) -> set[str]:
    return commands_of() - ledger.typed - RUNS_FOR_EVER
