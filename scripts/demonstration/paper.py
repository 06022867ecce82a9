"""Writing pages together as people do: beginning one, putting something on it, changing it."""

from scripts.demonstration.journey import require
from scripts.demonstration.visitor import Page, Visitor


def begin(writer: Visitor, space: str, title: str) -> str:
    """A new page; its address on every node."""
    page = writer.send(writer.get(f"{space}/pages/new"), "/pages/new", title=title)
    require(title in page.words, f"the page was refused: {page.words[:300]}")
    return page.address[len(writer.base) :].partition("/edit")[0]


def add(writer: Visitor, page: str, kind: str, **answers: str) -> str:
    """Put something at the end of a page; the address of the new block on every node."""
    before = blocks_of(writer.get(f"{page}/edit"))
    address = f"{page}/blocks/new?kind={kind}"
    if before:
        address += f"&after={before[-1].rpartition('/')[2]}"
    form = writer.get(address)
    written = writer.send(form, "/blocks/new", "", **answers)
    after = blocks_of(written)
    require(len(after) == len(before) + 1, f"the block was refused: {written.words[:300]}")
    return after[-1]


def change(writer: Visitor, opened: Page, **answers: str) -> Page:
    """Save the form of a block, however long ago it was opened."""
    return writer.send(opened, "/edit", **answers)


def blocks_of(page: Page) -> list[str]:
    """The addresses of the blocks of a page that is being written, in their order."""
    links = [link for link, _ in page.links if "/blocks/" in link and link.endswith("/edit")]
    return [link.removesuffix("/edit") for link in links]
