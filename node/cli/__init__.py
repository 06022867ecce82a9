"""The command line: one file per command, every command through the actions.

Exit codes: 0 done · 1 refused, with a sentence that says how to mend it · 2 wrong use.
"""

import click

from node.cli.backup import backup, restore, verify
from node.cli.config import config
from node.cli.doctor import doctor
from node.cli.hub import hub
from node.cli.init import init, setup_address
from node.cli.key import key
from node.cli.migrate import migrate
from node.cli.move import move
from node.cli.partner import partner
from node.cli.privacy import privacy
from node.cli.serve import serve
from node.cli.space import space
from node.cli.user import user
from node.cli.vault import vault


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="schoolgate")
def schoolgate() -> None:
    """Run a school's own node and look after it."""


for command in (
    init,
    setup_address,
    serve,
    user,
    partner,
    hub,
    space,
    doctor,
    config,
    backup,
    restore,
    verify,
    migrate,
    move,
    key,
    vault,
    privacy,
):
    schoolgate.add_command(command)
