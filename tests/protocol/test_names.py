"""Names: one spelling each, whatever tricks the text tries."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import names
from protocol.errors import Reason, Refused
from protocol.names import ContentLog, ControlLog

BASE = "https://school.example"
FEW = settings(max_examples=100, deadline=None)
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
HOSTS = st.builds(
    lambda labels, last: ".".join([*labels, last]),
    st.lists(LABELS, min_size=1, max_size=3),
    st.sampled_from(["example", "eu", "xn--p1ai", "c3"]),
)
PORTS = st.none() | st.integers(1, 65_535)
RANDOM_16 = st.binary(min_size=16, max_size=16)
NODE = "0123456789abcdef" * 2


def refused_by(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.reason is Reason.BAD_NAME


def read_url(text: str) -> str:
    return names.read_url(text, development=False)


def read_base(text: str) -> str:
    return names.read_base(text, development=False)


# A057
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://school.example", BASE),
        ("HTTPS://School.EXAMPLE/people/Anna", BASE),
        ("https://school.example./", BASE),
        ("https://school.example:443/", BASE),
        ("https://school.example.:443?x", BASE),
        ("https://school.example#top", BASE),
        ("https://school.example:8443/", "https://school.example:8443"),
        ("https://school.example/x/../../y", BASE),
        ("https://school.example/@evil.example", BASE),
        ("https://xn--mnchen-3ya.example/", "https://xn--mnchen-3ya.example"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080"),
        ("http://127.45.6.7", "http://127.45.6.7"),
        ("http://LOCALHOST:80/", "http://localhost"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_origin_has_one_spelling(url: str, expected: str) -> None:
    assert names.origin(url) == expected
    assert names.same_origin(url, expected)


@FEW
@given(HOSTS, PORTS, st.sampled_from(["", "/", "/a?b=c#d", "?x", "/http://other.example/"]))
def test_capitals_default_port_and_a_last_dot_change_no_origin(
    host: str, port: int | None, rest: str
) -> None:
    shown = "" if port is None else f":{port}"
    origin = names.origin(f"https://{host}{shown}{rest}")
    assert origin == names.origin(f"HTTPS://{host.upper()}.{shown}{rest}")
    assert names.origin(origin) == origin
    assert names.read_base(origin + "/", development=False) == origin
    assert origin == f"https://{host}{'' if port in {None, 443} else shown}"


@pytest.mark.parametrize(
    "url",
    [
        *("https://partner.example@evil.example/", "https://user:word@school.example"),
        *("https://school.example\\@evil.example", "https:\\\\school.example", "//school.example"),
        *("https://school.example\n", " https://school.example", "https://school.example/a b"),
        *("https://scho\tol.example", "https://school.example/\x00", "https://school.example/\x7f"),
        *("https://schöol.example", "https://school.example/é", "httpſ://school.example"),
        *("https://sc\u212aool.example", "https://school\u3002example", "https://school.example\u200b"),
        *("https://school..example", "https://.school.example", "https://school.example.."),
        *("https://-a.example", "https://a-.example", "https://a_b.example", "https://a%2eb.example"),
        *("https://school.example:", "https://school.example:0", "https://school.example:65536"),
        *("https://school.example:0443", "https://school.example:4 3", "https://school.example:٤٤٣"),
        *("http://school.example", "ftp://school.example", "javascript://school.example"),
        *("https://school", "https://", "https:school.example", "", "school.example"),
        *(f"https://{'a' * 64}.example", f"https://{'a.' * 127}example", BASE + "/" + "a" * 500),
    ],
)  # fmt: skip
def test_an_address_that_two_readers_could_take_for_two_is_refused(url: str) -> None:
    refused_by(names.origin, url)
    refused_by(read_url, url)
    refused_by(read_base, url)


# A050
@pytest.mark.parametrize(
    "host",
    [
        *("0x7f.1", "0177.0.0.1", "2130706433", "127.1", "0x7f000001", "127.0.0.01", "127.0.0.256"),
        *("１２７.0.0.1", "127。0。0。1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "8.8.8.8"),
        *("1.2.3.4.5", "a.0x1", "a.9", "0", ".".join("0000"), "255.255.255.255", "0127.0.0.1"),
        *("[::]", "[fe80::1]", "[::ffff:127.0.0.1]", "[::1%25lo]", "[0:0:0:0:0:0:0:1]", "::1"),
        *("a.localhost", "localhost6"),
    ],
)  # fmt: skip
def test_no_spelling_of_an_ip_address_is_a_host(host: str) -> None:
    refused_by(names.origin, f"http://{host}/")
    refused_by(names.origin, f"https://{host}/")


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:2"])
def test_loopback_is_for_development_only(base: str) -> None:
    assert names.read_base(base + "/", development=True) == base
    assert names.read_url(base + "/people/anna", development=True) == base + "/people/anna"
    refused_by(read_base, base)
    refused_by(read_url, base + "/people/anna")


def test_development_opens_http_for_loopback_alone() -> None:
    with pytest.raises(Refused):
        names.read_base("http://school.example", development=True)
    with pytest.raises(Refused):
        names.read_base("http://10.0.0.1", development=True)


@pytest.mark.parametrize("rest", ["/school", "//", "?", "?a=b", "#", "#top", "/."])
def test_a_base_has_no_path(rest: str) -> None:
    refused_by(read_base, BASE + rest)


@pytest.mark.parametrize(
    "path", ["", "/actor", "/people/anna", "/a/b.c~d_e-f", "/caf%C3%A9", "/@a:b"]
)
def test_an_id_in_its_one_spelling_is_taken_as_it_is(path: str) -> None:
    assert read_url(BASE + path) == BASE + path


@pytest.mark.parametrize(
    "url",
    [
        *("https://School.example/a", "HTTPS://school.example/a", "https://school.example:443/a"),
        *("https://school.example./a", BASE + "/", BASE + "/a/", BASE + "//a", BASE + "/a//b"),
        *(BASE + "/a/../b", BASE + "/.", BASE + "/a/./b", BASE + "/%2e%2e/b", BASE + "/a%2Fb"),
        *(BASE + "/caf%c3%a9", BASE + "/%61", BASE + "/%00", BASE + "/a%5Cb", BASE + "/%"),
        *(BASE + "/a?", BASE + "/a?b=c", BASE + "/a#b", BASE + "/a#", BASE + "/%G1"),
        *(BASE + '/a"b', BASE + "/a{b}"),
    ],
)  # fmt: skip
def test_another_spelling_of_an_id_is_refused(url: str) -> None:
    refused_by(read_url, url)


@FEW
@given(st.text(st.sampled_from("https://abc.example:@\\#?%2e.[]1\n\u212a")) | st.text())
def test_an_accepted_id_lies_in_its_own_origin(text: str) -> None:
    try:
        url = read_url(text)
    except Refused:
        return
    assert url == text
    assert url.startswith(names.origin(url))
    assert read_base(names.origin(url)) == names.origin(url)


def test_every_name_is_minted_under_the_base() -> None:
    name = names.random_name(bytes(16))
    for url, path in {
        names.service_actor_id(BASE): "/actor",
        names.person_id(BASE, "anna"): "/people/anna",
        names.school_id(BASE, "nord"): "/schools/nord",
        names.project_id(BASE, name): f"/projects/{name}",
        names.note_id(BASE, name): f"/notes/{name}",
        names.activity_id(BASE, name): f"/activities/{name}",
    }.items():
        assert url == BASE + path
        assert read_url(url) == url


def test_a_key_belongs_to_the_actor_before_its_fragment() -> None:
    actor = names.person_id(BASE, "anna")
    assert names.key_id(actor) == actor + "#ed25519-key"
    assert names.key_id(actor, 2) == actor + "#ed25519-key-2"
    for number in (1, 2, 10):
        assert names.actor_of_key(names.key_id(actor, number)) == actor


@pytest.mark.parametrize(
    "key",
    [
        *(BASE + "/actor", BASE + "/actor#", BASE + "/actor#main-key", BASE + "/#ed25519-key"),
        *(BASE + "/actor#ed25519-key-1", BASE + "/actor#ed25519-key-02"),
        *(BASE + "/actor#ed25519-key#x", "#ed25519-key"),
        *("did:key:z6Mk#ed25519-key", BASE + "/a/../actor#ed25519-key"),
        *("http://169.254.169.254/latest#ed25519-key", "http://127.0.0.1:5432/#ed25519-key"),
    ],
)  # fmt: skip
def test_what_is_no_key_id_is_refused(key: str) -> None:
    refused_by(names.actor_of_key, key)


@pytest.mark.parametrize("handle", ["a", "anna", "anna.b_c-d", "0", "a" * 32])
def test_a_handle_is_small_ascii(handle: str) -> None:
    assert names.read_handle(handle) == handle


# A142
@pytest.mark.parametrize(
    "handle",
    [
        *("", "Anna", "аnna", "anna\u200b", "an\u202ena", "-anna", ".anna", "_a", "a" * 33),
        *("an na", "anna\n", "a/b", "a@b", "ａnna", "anna\u0301", "a%61"),
    ],
)  # fmt: skip
def test_a_handle_that_looks_like_another_is_refused(handle: str) -> None:
    refused_by(names.read_handle, handle)
    refused_by(lambda text: names.person_id(BASE, text), handle)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna@school.example", ("anna", "school.example")),
        (" @Anna@School.Example. ", ("anna", "school.example")),
        ("acct:anna@school.example:8443", ("anna", "school.example:8443")),
        ("anna@localhost.school.example", ("anna", "localhost.school.example")),
        ("anna@127.0.0.1:8080", ("anna", "127.0.0.1:8080")),
    ],
)
def test_an_address_is_read_as_people_write_it(text: str, expected: tuple[str, str]) -> None:
    assert names.read_address(text) == expected


def test_an_address_is_written_without_the_scheme() -> None:
    assert names.address(BASE, "anna") == "anna@school.example"
    assert names.read_address(names.address("http://127.0.0.1:8080", "anna"))[1] == "127.0.0.1:8080"


@pytest.mark.parametrize(
    "text",
    [
        *("", "anna", "@school.example", "anna@", "anna@school", "a@b@school.example"),
        *("anna@school.example/x", "anna@school.example?x", "anna@10.0.0.1", "anna@\u212a.example"),
        *("an na@school.example", "anna@school.example\x00", "anna@school.example:99999"),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    refused_by(names.read_address, text)


@FEW
@given(RANDOM_16)
def test_random_names_are_read_back(random: bytes) -> None:
    assert names.read_node(names.node_id(random)) == random.hex()
    assert len(names.read_name(names.random_name(random))) == 22


@FEW
@given(st.binary(min_size=32, max_size=32))
def test_hash_names_are_read_back(octets: bytes) -> None:
    assert len(names.read_hash(names.hash_name(octets))) == 43


@pytest.mark.parametrize("make", [names.node_id, names.random_name, names.hash_name])
def test_a_name_is_made_of_exactly_its_bytes(make: object) -> None:
    assert callable(make)
    for size in (0, 15, 17, 31, 33):
        with pytest.raises(ValueError, match="octets"):
            make(bytes(size))


@pytest.mark.parametrize(
    "text", ["", NODE[1:], NODE + "0", NODE.upper(), NODE[1:] + "\n", "g" * 32]
)
def test_what_is_no_node_id_is_refused(text: str) -> None:
    refused_by(names.read_node, text)


@pytest.mark.parametrize(
    "text", ["A" * 21, "A" * 23, "A" * 21 + "B", "A" * 21 + "=", "A" * 20 + "+A"]
)
def test_what_is_no_random_name_is_refused(text: str) -> None:
    refused_by(names.read_name, text)


@pytest.mark.parametrize(
    "text", ["A" * 42, "A" * 44, "A" * 42 + "B", "A" * 42 + "\n", "../" + "A" * 40]
)
def test_what_is_no_hash_name_is_refused(text: str) -> None:
    refused_by(names.read_hash, text)


@FEW
@given(RANDOM_16, st.integers(0, 999_999_999))
def test_a_log_is_read_back(random: bytes, number: int) -> None:
    for log in (ContentLog(random.hex(), number), ControlLog(random.hex(), number)):
        assert names.read_log(str(log)) == log


def test_logs_of_two_kinds_are_never_the_same() -> None:
    assert len({ContentLog(NODE, 0), ControlLog(NODE, 0)}) == 2
    assert names.read_log(f"c/{NODE}/12") == ContentLog(NODE, 12)
    assert names.read_log(f"k/{NODE}/0") == ControlLog(NODE, 0)


@pytest.mark.parametrize(
    "text",
    [
        *("", f"x/{NODE}/0", f"c/{NODE}", f"c/{NODE}/", f"c/{NODE}/01", f"c/{NODE}/-1"),
        *(f"c/{NODE}/+1", f"c/{NODE}/1/", f"c/{NODE}/1\n", f"c/{NODE.upper()}/1", f"c/{NODE}/١"),
        f"c/{NODE}/" + "9" * 10,
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused(text: str) -> None:
    refused_by(names.read_log, text)


@pytest.mark.parametrize(
    "url",
    [
        *("https://evil.example", "https://EVIL.example/actor", "https://evil.example."),
        *("https://evil.example:443", "https://evil.example:8443/actor"),
        *("https://sub.evil.example", "https://a.b.evil.example:9"),
    ],
)
def test_a_block_covers_every_spelling_of_a_domain_and_what_lies_below(url: str) -> None:
    assert names.covers("https://evil.example", url)
    assert names.covers("https://evil.example:444", url)


@pytest.mark.parametrize(
    "url", ["https://notevil.example", "https://evil.example.org", "https://example.org"]
)
def test_a_block_covers_nobody_else(url: str) -> None:
    assert not names.covers("https://evil.example", url)
    assert not names.covers("https://sub.evil.example", "https://evil.example")


def test_loopback_nodes_are_told_apart_by_their_ports() -> None:
    assert names.covers("http://127.0.0.1:8420", "http://127.0.0.1:8420/actor")
    assert not names.covers("http://127.0.0.1:8420", "http://127.0.0.1:8421/actor")
