"""One data folder, three writers: a process for pages, one for other nodes, and commands."""

from collections.abc import Iterator
from contextlib import contextmanager

from scripts.demonstration.fleet import free_port
from tests.faults.pairs import Pair, Side, require_sound, wait_until

ROUNDS = 12


@contextmanager
def split(side: Side) -> Iterator[int]:
    """The school's node as two processes; the port of the one for pages."""
    school = side.school
    school.stop()
    port = free_port(school.host)
    school.start(role="federation")
    pages = school.fork(("--role", "web", "--listen-port", str(port)))
    try:
        wait_until(lambda: side.post("/login", port=port) > 0, lambda: "no page ever answered")
        yield port
    finally:
        pages.terminate()
        pages.join()
        school.stop()


def texts(side: Side, sql: str, beginning: str) -> list[str]:
    return side.texts(f"{sql} WHERE text LIKE ?", f"{beginning}%")


def test_two_roles_and_commands_write_into_one_folder(pair: Pair) -> None:
    azul, vert = pair.sides
    names = {f"neighbour{number}" for number in range(ROUNDS)}
    with split(azul) as port:
        for number in range(ROUNDS):
            assert azul.write(f"letter {number:02}", port=port) == 303
            assert vert.write(f"answer {number:02}") == 303
            azul.school.command(
                *("user", "add", f"neighbour{number}", "--name", f"Neighbour {number}"),
                answer="a long enough password\n" * 2,
            )
            post = {"text": f"post {number:02}", "language": "en"}
            assert azul.post(pair.thread, port=port, **post) == 303
            assert vert.post(pair.thread, text=f"reply {number:02}", language="en") == 303
        pair.settle()
        # The door for other nodes shows no page, and the pages take no letters.
        assert azul.post("/login") == 405
        assert azul.post("/inbox", port=port) == 405
    require_sound(azul)
    assert names <= set(azul.texts("SELECT handle FROM accounts"))
    for side in pair.sides:
        for sql, beginnings in (
            ("SELECT text FROM messages", ("letter", "answer")),
            ("SELECT text FROM posts", ("post", "reply")),
        ):
            for beginning in beginnings:
                expected = [f"{beginning} {number:02}" for number in range(ROUNDS)]
                assert texts(side, sql, beginning) == expected
