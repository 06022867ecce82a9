"""Who must hear of an activity: the partner nodes it is delivered to."""

from collections.abc import Iterable

from protocol import names
from protocol.canonical import JSONObject
from protocol.reading import text_of, texts_of
from protocol.shapes import PUBLIC


def recipients(
    activity: JSONObject,
    *,
    base: str,
    partners: Iterable[str],
    followers: Iterable[str] = (),
    contacts: Iterable[str] = (),
    blocked: Iterable[str] = (),
) -> frozenset[str]:
    """The origins of `partners` that `activity` goes to, each once; never `base` itself.

    `followers` are the actors who follow the activity's actor: they are meant where it is for its
    followers collection or for everybody. `contacts` hear of it then too (of a profile that
    changed). Who is in `blocked` gets nothing. What partners are is the admin's decision alone:
    nobody becomes one by being addressed.
    """
    actor = text_of(activity, "actor")
    audience = set(texts_of(activity, "to"))
    collection = f"{actor}/followers"
    named = audience - {PUBLIC, collection}
    if named != audience:
        named |= {*followers, *contacts}
    origins = {names.origin(url) for url in named - set(blocked)}
    return frozenset((origins - {base}) & set(partners))
