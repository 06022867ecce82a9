"""A face whose clock stands still, in UTC, and the frame of a sample."""

from datetime import UTC

from node.web import assets, i18n
from node.web.render import Face, Frame, Viewer
from tests.node.web.samples import NOW_MS, Sample


def make_face() -> Face:
    """The face of no node in particular."""
    return Face(i18n.load(), assets.load(), lambda: NOW_MS, UTC)


def frame_of(face: Face, sample: Sample, tag: str) -> Frame:
    """The frame in which a sample page stands."""
    language = next(one for one in face.languages.all() if one.tag == tag)
    viewer = None
    if sample.who != "visitor":
        viewer = Viewer("anna.berg", "Anna Berg", sample.who == "admin")
    return Frame(
        language, "Lindenschule", viewer, sample.path, waiting=3, unread=1, told=sample.told
    )
