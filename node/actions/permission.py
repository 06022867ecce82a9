"""Who may do a thing on this node: checked inside the actions, so that no page can forget it."""

from enum import Enum
from typing import Final

from node.storage.accounts import Account
from protocol.errors import Reason, Refused


class Operator(Enum):
    """Whoever holds the data folder and runs `schoolgate` beside it."""

    COMMAND_LINE = "command line"


OPERATOR: Final = Operator.COMMAND_LINE

By = Account | Operator


def require_admin(by: By) -> None:
    """Refuse with NOT_ALLOWED anyone but the school's administrators and the operator."""
    if isinstance(by, Account) and "admin" not in by.roles:
        raise Refused(Reason.NOT_ALLOWED, "Only an administrator of this school may do this.")


def require_active(account: Account) -> None:
    """Refuse with NOT_ALLOWED an account that waits for approval or has ended."""
    if account.state != "active":
        raise Refused(Reason.NOT_ALLOWED, "This account is not active; ask an administrator.")


def require_officer(by: By) -> None:
    """Refuse with NOT_ALLOWED anyone at a hub but its officers, administrators and operator."""
    if isinstance(by, Account) and not by.is_officer:
        raise Refused(Reason.NOT_ALLOWED, "Only an officer of this hub may do this.")


def require_protector(by: By) -> None:
    """Refuse with NOT_ALLOWED anyone but administrators, safeguarding persons and the operator."""
    if isinstance(by, Account) and by.roles.isdisjoint({"admin", "safeguarding"}):
        raise Refused(
            Reason.NOT_ALLOWED, "Only administrators and safeguarding persons may do this."
        )


def name_of(by: By) -> str:
    """Who did something, for the record."""
    return by.name if isinstance(by, Account) else str(by.value)
