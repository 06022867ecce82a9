"""How often somebody may ask: a token bucket for bursts, a sliding window for the long run.

Pure: the time is an argument. Several buckets lie in one bounded store, in memory: a restart
forgives, which costs nothing worth protecting.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from math import ceil
from typing import TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network

MAX_KEYS = 10_000


@dataclass(frozen=True)
class Rate:
    """At most `requests` in any `window_s` seconds, of which at most `burst` at once."""

    requests: int = 300
    window_s: int = 300
    burst: int = 100

    @classmethod
    def at_once(cls, requests: int, window_s: int) -> "Rate":
        """So many requests in a window, all of them at once if need be."""
        return cls(requests, window_s, requests)


@dataclass(frozen=True)
class Bucket:
    """What one asker has used. `before` and `during` count the last window and this one."""

    tokens: float
    at_ms: int
    window_ms: int
    before: int = 0
    during: int = 0


def take(bucket: Bucket | None, rate: Rate, now_ms: int) -> tuple[Bucket, int]:
    """One request at `now_ms`: the bucket afterwards, and 0 or the seconds to wait.

    A refused request costs nothing, so that an honest asker who waits as told gets through.
    """
    bucket = _at(bucket, rate, now_ms)
    wait_s = max(_wait_for_token(bucket, rate), _wait_for_window(bucket, rate, now_ms))
    if wait_s > 0:
        return bucket, max(1, ceil(wait_s))
    return (
        Bucket(bucket.tokens - 1, bucket.at_ms, bucket.window_ms, bucket.before, bucket.during + 1),
        0,
    )


def _at(bucket: Bucket | None, rate: Rate, now_ms: int) -> Bucket:
    """The bucket with what time has given back."""
    window_ms = now_ms - now_ms % (rate.window_s * 1000)
    if bucket is None or now_ms < bucket.at_ms - rate.window_s * 1000:
        return Bucket(float(rate.burst), now_ms, window_ms)
    now_ms = max(now_ms, bucket.at_ms)  # a clock set back a little gives nothing
    passed_s = (now_ms - bucket.at_ms) / 1000
    tokens = min(float(rate.burst), bucket.tokens + passed_s * rate.requests / rate.window_s)
    match (window_ms - bucket.window_ms) // (rate.window_s * 1000):
        case windows if windows <= 0:
            return Bucket(tokens, now_ms, bucket.window_ms, bucket.before, bucket.during)
        case 1:
            return Bucket(tokens, now_ms, window_ms, bucket.during, 0)
        case _:
            return Bucket(tokens, now_ms, window_ms)


def _wait_for_token(bucket: Bucket, rate: Rate) -> float:
    return max(0.0, (1 - bucket.tokens) * rate.window_s / rate.requests)


def _wait_for_window(bucket: Bucket, rate: Rate, now_ms: int) -> float:
    """Seconds until one more fits; the last window counts by the share that still overlaps."""
    passed_s = max(0, now_ms - bucket.window_ms) / 1000
    if bucket.during + 1 > rate.requests:
        # Not in this window; in the next one when enough of this one has slid out.
        slid_out_s = rate.window_s * (1 - (rate.requests - 1) / bucket.during)
        return rate.window_s - passed_s + slid_out_s
    if bucket.before == 0:
        return 0.0
    fits_at_s = rate.window_s * (1 - (rate.requests - 1 - bucket.during) / bucket.before)
    return max(0.0, fits_at_s - passed_s)


class RateLimit:
    """The buckets of many askers under one rate; the longest unseen is forgotten first."""

    def __init__(self, rate: Rate, max_keys: int = MAX_KEYS) -> None:
        self._rate = rate
        self._max_keys = max_keys
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str, now_ms: int) -> int:
        """Count one request of `key`: 0 when it may go on, else the seconds to wait."""
        bucket, wait_s = take(self._buckets.get(key), self._rate, now_ms)
        self._buckets[key] = bucket
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._max_keys:
            self._buckets.popitem(last=False)
        return wait_s

    def wait(self, key: str, now_ms: int) -> int:
        """What `take` would say, counting nothing: for what costs only when it fails."""
        return take(self._buckets.get(key), self._rate, now_ms)[1]

    def __len__(self) -> int:
        return len(self._buckets)


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks as settings write them. Raises ValueError for anything else."""
    return tuple(ip_network(text, strict=False) for text in texts)


def peer_address(
    remote: str | None, forwarded_for: Sequence[str], proxies: Sequence[Network]
) -> str:
    """Who is really asking: the connection's own address, or what a configured proxy says.

    `forwarded_for` are the values of X-Forwarded-For in their order. It is read from its end, as
    far as the proxies are ours: everything before was written by a stranger.
    """
    address = remote or ""
    hops = [hop.strip() for value in forwarded_for for hop in value.split(",")]
    while hops and is_within(address, proxies):
        said = hops.pop()
        if not _is_address(said):
            break
        address = said
    return address


def address_key(address: str) -> str:
    """The key under which an address is counted: an IPv6 asker owns a whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Network((int(parsed) >> 64 << 64, 64)))
    return address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_within(address: str, networks: Sequence[Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
