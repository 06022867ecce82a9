"""DOCX, XLSX and PPTX (ECMA-376) without who wrote them, when, on which machine and with whom.

Every part is read: XML loses names of people, times and numbers by which two documents can be
told to be of one origin; pictures, sound and films inside are cleaned as they would be alone. What
people wrote, comments and tracked changes included, stays, under the name `Author`.
"""

import posixpath
import re
from typing import BinaryIO, Final

from node.cleaning import markup, parts
from node.cleaning.archive import Packed, Packing
from node.cleaning.cage import Unfit
from node.cleaning.markup import Element, local, space
from node.cleaning.parts import Again

NOBODY: Final = "Author"
NO_TIME: Final = "2000-01-01T00:00:00Z"
_TYPES: Final = "[Content_Types].xml"
_RELATED: Final = "_rels/.rels"
_CORE: Final = "docProps/core.xml"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_REFERENCES: Final = frozenset(
    {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
)
_CORE_RELATION: Final = f"{_RELATIONS}/metadata/core-properties"
_CORE_TYPE: Final = "application/vnd.openxmlformats-package.core-properties+xml"
_DROPPED: Final = re.compile(
    r"docProps/.*|customXml/.*|\[trash\]/.*|docMetadata/.*|_xmlsignatures/.*|customUI/.*|"
    r"userCustomization/.*|(?:.*/)?(?:printerSettings|webextensions|changesInfos|revisions)/.*|"
    r"(?:.*/)?(?:people|revisionInfo|webSettings)\.xml|.*\.svg|(?:.*/)?thumbnail\.[a-z]+|"
    r"(?:.*/)?customProperty[0-9]*\.bin|(?:.*/)?customProperty/.*",
    re.IGNORECASE,
)
_XML: Final = (".xml", ".rels", ".vml")
_ATTRIBUTES: Final[dict[str, str | None]] = {
    **dict.fromkeys(("author", "displayName", "userName"), NOBODY),
    **dict.fromkeys(("initials", "userId"), "A"),
    "providerId": "None",
    "created": NO_TIME,
    **dict.fromkeys(
        ("dt", "dT", "dateUtc", "refreshedBy", "refreshedDate", "refreshedDateIso", "modified"),
        None,
    ),
    **dict.fromkeys(("rsidR", "rsidRPr", "rsidRDefault", "rsidP", "rsidDel", "rsidTr"), None),
    **dict.fromkeys(("rsidSect", "rsidRoot", "sourceFile", "odcFile"), None),
    **dict.fromkeys(("connection", "command"), ""),
}
"""Attributes by their names, and what stands in their place where one must."""
_ELEMENTS: Final = frozenset(
    {"rsids", "attachedTemplate", "docVars", "mailMerge", "docId", "absPath", "fileSharing"}
    | {"revisionPtr", "documentId", "creationId", "modId", "dataBinding", "svgBlip"}
    | {"webPublishItems", "webPublishing", "presenceInfo", "timestamp"}
)
_OF_OFFICE: Final = frozenset(
    {("urn:schemas-microsoft-com:office:office", "title")}
    | {("urn:schemas-microsoft-com:office:office", "href")}
)
_CALLED: Final = frozenset({"name", "descr", "title", "alt"})
_PLACES: Final = ("http://", "https://", "mailto:", "tel:", "#")


def clean(source: BinaryIO, target: BinaryIO, mark: str, depth: int, again: Again) -> None:
    """Refuses with locked, broken, unpacked, macros, inside."""
    packed, packing = Packed(source), Packing(target)
    kept = [one for one in packed.names if _DROPPED.fullmatch(one) is None]
    if _TYPES not in kept or _RELATED not in kept:
        raise Unfit("broken")
    # It comes first, for that is how others tell what the whole is.
    kept.sort(key=lambda one: one != _TYPES)
    gone: dict[str, set[str]] = {}
    relations = {}
    for name in kept:
        if name.endswith(".rels"):
            root = markup.read(packed.read(name), name)
            gone[_source_of(name)] = _clean_relations(root, name, set(kept))
            relations[name] = root
    if mark:
        _add_core(relations[_RELATED])
    for name in kept:
        if name in relations:
            packing.put(name, markup.write(relations[name]))
        elif name.lower().endswith(_XML):
            root = markup.read(packed.read(name), name)
            if name == _TYPES:
                _clean_types(root, set(kept), bool(mark))
            else:
                _clean_part(root, gone.get(name, set()))
            packing.put(name, markup.write(root))
        else:
            packing.put(name, parts.clean_binary(name, packed.read(name), depth, again))
    if mark:
        packing.put(_CORE, _core(mark))
    packing.close()


def _source_of(name: str) -> str:
    """The part whose relations stand in `name`."""
    folder, _, file = name.rpartition("/")
    return posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))


def _clean_relations(root: Element, name: str, kept: set[str]) -> set[str]:
    """Take away what leads to parts that are gone; the names of what was taken away."""
    folder, gone = posixpath.dirname(posixpath.dirname(name)), set()
    for one in list(root):
        goal = one.get("Target", "")
        if one.get("TargetMode") == "External":
            if local(one.get("Type", "")).endswith("/attachedTemplate"):
                gone.add(one.get("Id", ""))
                root.remove(one)
            elif not goal.lower().startswith(_PLACES) or not one.get("Type", "").endswith(
                "/hyperlink"
            ):
                one.set("Target", "about:blank")
            continue
        path = goal[1:] if goal.startswith("/") else posixpath.join(folder, goal)
        path = posixpath.normpath(path.partition("#")[0])
        if path not in kept and _DROPPED.fullmatch(path) is not None:
            gone.add(one.get("Id", ""))
            root.remove(one)
    return gone


def _clean_types(root: Element, kept: set[str], with_core: bool) -> None:
    for one in list(root):
        name = one.get("PartName", "").lstrip("/")
        if name and name not in kept:
            root.remove(one)
    if with_core:
        core = root.makeelement(str(root.tag).replace("Types", "Override"), {}, root.nsmap)
        core.set("PartName", f"/{_CORE}")
        core.set("ContentType", _CORE_TYPE)
        root.append(core)


def _add_core(root: Element) -> None:
    core = root.makeelement(f"{{{_RELATIONS}}}Relationship", {}, root.nsmap)
    core.set("Id", "schoolgateMark")
    core.set("Type", _CORE_RELATION)
    core.set("Target", _CORE)
    root.append(core)


def _core(mark: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties xmlns:cp='
        '"http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc='
        f'"http://purl.org/dc/elements/1.1/"><dc:identifier>{mark}</dc:identifier>'
        "</cp:coreProperties>"
    ).encode()


def _clean_part(root: Element, gone: set[str]) -> None:
    authors: set[str] = set()
    for one in list(root.iter("*")):
        name = local(one.tag)
        if name in _ELEMENTS:
            markup.remove(one)
            continue
        if name == "author" and (one.text or "").strip():
            authors.add((one.text or "").strip())
            one.text = NOBODY
        if name in {"cmAuthor", "author"} and one.get("name") is not None:
            one.set("name", NOBODY)
        if name == "tag" and one.get("val") is not None and "presentationml" in space(one.tag):
            one.set("val", "")
        _clean_attributes(one, name)
        _cut_off(one, name, gone)
    if authors:
        _take_names_out(root, authors)


def _clean_attributes(one: Element, element: str) -> None:
    for key, value in list(one.attrib.items()):
        name = local(key)
        if name in _ATTRIBUTES or (name == "date" and "wordprocessingml" in space(key)):
            other = _ATTRIBUTES.get(name)
            if other is None:
                del one.attrib[key]
            else:
                one.set(key, other)
        elif (space(key), name) in _OF_OFFICE or ("/revision" in space(key) and name == "uid"):
            del one.attrib[key]
        elif name in _CALLED and element != "font" and parts.is_of_a_file(str(value)):
            one.set(key, "")


def _cut_off(one: Element, element: str, gone: set[str]) -> None:
    """Take away what refers to a part that is gone."""
    for key, value in list(one.attrib.items()):
        if space(key) in _REFERENCES and value in gone:
            if element in {"pageSetup", "blip"}:
                del one.attrib[key]
            else:
                markup.remove(one)
            return


def _take_names_out(root: Element, authors: set[str]) -> None:
    """A spreadsheet's remark begins with its author's name, as text."""
    for one in root.iter("*"):
        name, colon, rest = (one.text or "").partition(":")
        if colon and name.strip() in authors:
            one.text = f"{NOBODY}:{rest}"
