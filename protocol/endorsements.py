"""The list of those hubs whose word counts for a hub's own schools, as yet without a proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from protocol.canonical import JSON, JSONObject
from protocol.objects import ActorKey, Written, compose, listed_keys, stamp


@dataclass(frozen=True)
class Endorsed:
    """A hub that another one endorses: its service actor, its name, its keys, and since when."""

    actor: str
    name: str
    country: str
    keys: Sequence[ActorKey]
    since: datetime


def endorsements(url: str, written: Written, *, hub: str, hubs: Sequence[Endorsed]) -> JSONObject:
    """The whole list of those whom the hub with the service actor `hub` endorses."""
    document = compose(url, "Endorsements", written, attributedTo=hub)
    listed: list[JSON] = [
        {
            "id": one.actor,
            "name": one.name,
            "country": one.country,
            "assertionMethod": listed_keys(one.actor, one.keys),
            "since": stamp(one.since),
        }
        for one in hubs
    ]
    # An empty list says something: nobody is endorsed any more.
    return {**document, "hubs": listed}
