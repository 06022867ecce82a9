"""An acknowledgement as a signed fact of its own, wherever the operation that says it stands."""

from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.space.control import State
from protocol.space.effects import PutAcknowledgement
from protocol.space.operation import Operation, verify


def open_acknowledgement(operation: Operation, state: State) -> PutAcknowledgement:
    """What an operation acknowledges, wherever in its log it stands: forked, cut or forgotten.

    Refuses with NOT_FOUND (another space), BAD_OPERATION (it acknowledges nothing), UNKNOWN_KEY
    (never admitted) and BAD_SIGNATURE.
    """
    header = operation.header
    if header.space != state.space:
        raise Refused(Reason.NOT_FOUND, "this operation is of another space")
    if header.is_control or not header.control:
        raise Refused(Reason.BAD_OPERATION, "this operation acknowledges nothing")
    key = state.key_of(header.log)
    if key is None:
        raise Refused(Reason.UNKNOWN_KEY, "this node was never a member of the space")
    verify(operation, PublicKey.read(key))
    return PutAcknowledgement(header.node, header.number, header.control, operation.id)
