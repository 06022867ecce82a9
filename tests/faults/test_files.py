"""A large file on its way while its school's node, or the one that fetches it, is killed."""

import hashlib

from scripts.demonstration import journey
from tests.faults.pairs import Pair, Side, require_sound, wait_until
from tests.files import pdf

LARGE = pdf(60_000_000)
DIGEST = hashlib.sha256(LARGE).hexdigest()
SOME_BYTES = 3_000_000


def part_bytes(side: Side) -> int:
    """How much of something lies beside the shelf."""
    folder = side.school.folder / "blobs" / "part"
    return sum(one.stat().st_size for one in folder.iterdir()) if folder.is_dir() else 0


def is_whole(side: Side) -> bool:
    place = side.school.folder / "blobs" / DIGEST[:2] / DIGEST[2:]
    return place.is_file() and hashlib.sha256(place.read_bytes()).hexdigest() == DIGEST


def publish(pair: Pair) -> str:
    """Bring the file at one school; the path of its page at both."""
    page = journey.bring_files(pair.azul.visitor, pair.space, {"Atlas.pdf": LARGE}, "An atlas")
    path = next(address for address, words in page.links if words.endswith("Atlas.pdf"))
    journey.wait_for(pair.vert.visitor, f"{pair.space}/materials", "Atlas.pdf")
    return path


def test_60_megabytes_arrive_although_both_nodes_are_killed_on_the_way(pair: Pair) -> None:
    path = publish(pair)
    assert part_bytes(pair.azul) == 0
    assert not is_whole(pair.vert)
    assert pair.vert.post(f"{path}/load") == 303
    seen = [0]
    for victim in (pair.azul, pair.vert):
        wait_until(
            lambda: part_bytes(pair.vert) > seen[-1] + SOME_BYTES or is_whole(pair.vert),
            lambda: f"{part_bytes(pair.vert)} bytes have come",
        )
        victim.school.kill()
        seen.append(part_bytes(pair.vert))
        require_sound(victim)
        victim.school.start()
        # What had come is still there, and nothing of it is shown as the file.
        assert is_whole(pair.vert) or part_bytes(pair.vert) >= seen[-1]
    wait_until(lambda: is_whole(pair.vert), lambda: f"{part_bytes(pair.vert)} bytes have come")
    wait_until(lambda: part_bytes(pair.vert) == 0, lambda: "the part is still there")
    assert seen[1] > SOME_BYTES
    page = journey.wait_for(pair.vert.visitor, path, "Download")
    assert page.status == 200
    require_sound(pair.vert)


def test_an_erased_file_is_nowhere_after_kills(pair: Pair) -> None:
    publish(pair)
    assert is_whole(pair.azul)
    page = pair.azul.visitor.get(f"{pair.space}/materials")
    # The same bytes may be those of several files: they go with the last one.
    for path in [address for address, words in page.links if words.endswith("Atlas.pdf")]:
        assert pair.azul.post(f"{path}/delete") == 303
    for side in pair.sides:
        side.school.kill()
        side.school.start()
    wait_until(
        lambda: not any(is_whole(side) for side in pair.sides), lambda: "the bytes are still there"
    )
