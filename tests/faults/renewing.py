"""A school gets a new space key by the word of the other one, through the pages of both."""

from tests.faults.pairs import Pair, Side, wait_until


def ask_for_a_key(pair: Pair, asker: Side, steward: Side) -> str:
    """The school asks, and the other one has heard of it; the key."""
    assert asker.post(f"{pair.space}/keys/new") == 303
    ((key,),) = asker.rows("SELECT key FROM renewals")
    wait_until(
        lambda: steward.rows("SELECT key FROM renewals") == [(key,)],
        lambda: "the wish never arrives",
    )
    return str(key)


def vouch(pair: Pair, steward: Side, node: str, key: str) -> int:
    """The other school gives its word; the status, or 0 where no answer came."""
    return steward.post(f"{pair.space}/keys/vouch", school=node, key=key)
