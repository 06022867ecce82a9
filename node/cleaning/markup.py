"""The XML inside documents: read without following anything, written without remarks."""

from typing import Final, TypeAlias

from lxml import etree
from lxml.etree import _Element

from node.cleaning.cage import Unfit

MOST_BYTES: Final = 100_000_000
BROKEN: Final = (etree.LxmlError, ValueError, AssertionError)

Element: TypeAlias = _Element


def read(octets: bytes, name: str) -> Element:
    """The outermost element. Refuses with broken, unpacked."""
    if len(octets) > MOST_BYTES:
        raise Unfit("unpacked")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(octets, parser)
    except etree.XMLSyntaxError:
        raise Unfit("broken") from None
    if next(root.iter(etree.Entity), None) is not None:
        raise Unfit("broken")
    return root


def write(root: Element) -> bytes:
    # An element alone, so that nothing of what stood around it is written.
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def local(name: object) -> str:
    """A name without its namespace."""
    return str(name).rpartition("}")[2]


def space(name: object) -> str:
    """A name's namespace, or nothing."""
    return str(name)[1:].rpartition("}")[0]


def remove(one: Element) -> None:
    """Take an element away; the text behind it stays."""
    above = one.getparent()
    if above is None:
        return
    if one.tail:
        before = one.getprevious()
        if before is None:
            above.text = (above.text or "") + one.tail
        else:
            before.tail = (before.tail or "") + one.tail
    above.remove(one)
