"""ODT, ODS, ODP and ODG (ISO 26300) without who wrote them, when, on which machine and with whom.

As `node.cleaning.office` does it. Settings, which name printers and data sources, macros, former
versions and the small pictures of the whole are left out; a program makes them anew.
"""

import re
from typing import BinaryIO, Final

from node.cleaning import markup, parts
from node.cleaning.archive import Packed, Packing
from node.cleaning.cage import Unfit
from node.cleaning.markup import Element, local, space
from node.cleaning.office import NO_TIME, NOBODY
from node.cleaning.parts import Again

_MANIFEST: Final = "META-INF/manifest.xml"
_TYPE: Final = "mimetype"
_META: Final = re.compile(r"(?:.*/)?meta\.xml")
_DROPPED: Final = re.compile(
    r"(?:.*/)?(?:settings\.xml|layout-cache|VersionList\.xml|manifest\.rdf)|META-INF/(?!manifest).*|"
    r"(?:.*/)?(?:Thumbnails|Configurations2|ObjectReplacements|Versions|Basic|Scripts|Dialogs)/.*|"
    r".*\.(?:rdf|svg)|.*/meta\.xml",
    re.IGNORECASE,
)
_ELEMENTS: Final = frozenset(
    {"creator-initials", "sender-initials", "scripts", "event-listeners", "dde-source", "template"}
    | {"print-date", "printed-by", "connection-resource"}
)
_TIMES: Final = frozenset({"date", "date-string"})
_PLACES: Final = ("http://", "https://", "mailto:", "tel:", "#")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DC: Final = "http://purl.org/dc/elements/1.1/"


def clean(source: BinaryIO, target: BinaryIO, mark: str, depth: int, again: Again) -> None:
    """Refuses with locked, broken, unpacked, inside."""
    packed, packing = Packed(source), Packing(target)
    names = packed.names
    if _TYPE not in names or _MANIFEST not in names:
        raise Unfit("broken")
    packing.put(_TYPE, packed.read(_TYPE)[:200], packed=False)
    kept = {one for one in names if _DROPPED.fullmatch(one) is None}
    for name in names:
        if name == _TYPE or name not in kept:
            continue
        octets = packed.read(name)
        if name == _MANIFEST:
            packing.put(name, _manifest(octets, kept))
        elif _META.fullmatch(name):
            packing.put(name, _meta(mark))
        elif name.endswith(".xml"):
            root = markup.read(octets, name)
            _clean_part(root, kept)
            packing.put(name, markup.write(root))
        else:
            packing.put(name, parts.clean_binary(name, octets, depth, again))
    packing.close()


def _manifest(octets: bytes, kept: set[str]) -> bytes:
    root = markup.read(octets, _MANIFEST)
    for one in list(root.iter("*")):
        if local(one.tag) == "encryption-data":
            raise Unfit("locked")
        if local(one.tag) != "file-entry":
            continue
        path = next((str(value) for key, value in one.items() if local(key) == "full-path"), "")
        is_left_out = (
            path != "/" and _DROPPED.fullmatch(f"{path}x") is not None
            if path.endswith("/")
            else path not in kept
        )
        if is_left_out:
            markup.remove(one)
    return markup.write(root)


def _meta(mark: str) -> bytes:
    said = f'<meta:user-defined meta:name="mark">{mark}</meta:user-defined>' if mark else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta xmlns:office='
        '"urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:meta='
        '"urn:oasis:names:tc:opendocument:xmlns:meta:1.0" office:version="1.3">'
        f"<office:meta>{said}</office:meta></office:document-meta>"
    ).encode()


def _clean_part(root: Element, kept: set[str]) -> None:
    for one in list(root.iter("*")):
        name = local(one.tag)
        if name in _ELEMENTS and "drawing" not in space(one.tag):
            markup.remove(one)
            continue
        if space(one.tag) == _DC and name == "creator":
            one.text = NOBODY
        if name in _TIMES and (space(one.tag) == _DC or name == "date-string"):
            one.text = NO_TIME
        for key, value in list(one.attrib.items()):
            if local(key).endswith("rsid") or local(key) == "datasource":
                del one.attrib[key]
            elif local(key) == "href":
                _clean_reference(one, str(key), str(value), kept)
            elif local(key) == "name" and parts.is_of_a_file(str(value)):
                one.set(key, "")


def _clean_reference(one: Element, key: str, value: str, kept: set[str]) -> None:
    if value.lower().startswith(_PLACES):
        return
    path = value.removeprefix("./")
    if _SCHEME.match(value) or value.startswith(("/", "..", "\\")):
        one.set(key, "")
    elif _DROPPED.fullmatch(path) is not None and path not in kept:
        markup.remove(one)
