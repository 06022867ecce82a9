"""What travels between replicas besides pages of logs: everything is read from its line."""

from protocol.space import operation, statement
from protocol.space.operation import Operation
from protocol.space.statement import Signed
from tests.simulation.replica import Replica


def lines(operations: list[Operation]) -> list[Operation]:
    """Operations without their payloads."""
    return [operation.read(operation.to_line(one, with_payload=False)) for one in operations]


def votes(replica: Replica) -> list[Signed]:
    """All votes that a replica holds."""
    return _read([one.signed for one in replica.votes.values()])


def statements(replica: Replica, node: str) -> list[Signed]:
    """All erasure statements of one node that a replica holds."""
    return _read([signed for who, signed in replica.statements.values() if who == node])


def _read(signed: list[Signed]) -> list[Signed]:
    return [statement.read(statement.to_line(one)) for one in signed]
