"""How often somebody may ask, and who is asking (300 in five minutes, 100 at once)."""

from node.limits import Rate, RateLimit, address_key, peer_address, read_networks

START_MS = 1_800_000_000_000
PROXIES = read_networks(["10.0.0.0/24", "2001:db8::1"])


def taken(limit: RateLimit, times_ms: list[int], key: str = "a") -> int:
    return sum(limit.take(key, at_ms) == 0 for at_ms in times_ms)


def test_a_burst_of_100_goes_through_and_then_waits_are_told() -> None:
    limit = RateLimit(Rate())
    assert taken(limit, [START_MS] * 100) == 100
    assert limit.take("a", START_MS) == 1
    assert limit.take("a", START_MS + 1_000) == 0


def test_400_in_five_minutes_are_cut_at_300() -> None:
    limit = RateLimit(Rate())
    assert taken(limit, [START_MS + 750 * n for n in range(400)]) == 300


def test_no_five_minutes_anywhere_hold_many_more_than_300() -> None:
    limit = RateLimit(Rate())
    times_ms = [START_MS + 250 * n for n in range(4 * 60 * 30)]
    accepted = [at_ms for at_ms in times_ms if limit.take("a", at_ms) == 0]
    for at_ms in times_ms[::40]:
        # The window before is counted as if spread evenly, so a little more may slip through.
        assert sum(at_ms <= one < at_ms + 300_000 for one in accepted) <= 400
    assert len(accepted) <= 300 * 6 + 100


def test_whoever_waits_as_told_gets_through() -> None:
    limit = RateLimit(Rate())
    now_ms = START_MS
    for _ in range(2_000):
        wait_s = limit.take("a", now_ms)
        if wait_s:
            now_ms += wait_s * 1_000
            assert limit.take("a", now_ms) == 0
    assert now_ms < START_MS + 40 * 60_000


def test_askers_do_not_count_for_each_other() -> None:
    limit = RateLimit(Rate())
    taken(limit, [START_MS] * 500)
    assert limit.take("b", START_MS) == 0


def test_the_store_forgets_the_longest_unseen() -> None:
    limit = RateLimit(Rate(), max_keys=3)
    for key in "abcad":
        limit.take(key, START_MS)
    assert len(limit) == 3
    assert taken(limit, [START_MS] * 100, "a") == 98


def test_a_clock_set_back_gives_nothing_and_locks_nobody_out() -> None:
    limit = RateLimit(Rate())
    taken(limit, [START_MS] * 100)
    assert limit.take("a", START_MS - 60_000) > 0
    assert limit.take("a", START_MS - 3_600_000) == 0


def test_forwarded_addresses_count_only_from_a_configured_proxy() -> None:
    assert peer_address("192.168.7.7", ["1.1.1.1"], PROXIES) == "192.168.7.7"
    assert peer_address("192.168.7.7", ["1.1.1.1"], ()) == "192.168.7.7"
    assert peer_address("10.0.0.2", ["9.9.9.9, 1.1.1.1"], PROXIES) == "1.1.1.1"
    assert peer_address("10.0.0.2", ["9.9.9.9", "1.1.1.1, 10.0.0.3"], PROXIES) == "1.1.1.1"
    assert peer_address("2001:db8::1", ["1.1.1.1"], PROXIES) == "1.1.1.1"
    assert peer_address("10.0.0.2", ["9.9.9.9, <script>"], PROXIES) == "10.0.0.2"
    assert peer_address("10.0.0.2", [], PROXIES) == "10.0.0.2"
    assert peer_address(None, ["1.1.1.1"], PROXIES) == ""


def test_an_ipv6_asker_is_counted_by_its_network() -> None:
    assert address_key("2a00:1450:4001:1::8a") == address_key("2a00:1450:4001:1:9::1")
    assert address_key("2a00:1450:4001:2::8a") != address_key("2a00:1450:4001:1::8a")
    assert address_key("::ffff:1.2.3.4") == address_key("1.2.3.4") == "1.2.3.4"
    assert address_key("") == ""
