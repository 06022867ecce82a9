"""The pages that schools write together, in every state."""

from tests.journeys.scene import at, fill, press, see, unfold
from tests.journeys.state import MEND, state

NEW = "/w/{space}/pages/{page}/blocks/new"
KINDS = ("paragraph", "heading", "list", "table", "image", "file", "embed")

PAGES = (
    state("pages", "/w/{space}/pages", at("ana", "{space}/pages"), see("What our rivers do")),
    state("new page", "/w/{space}/pages/new", at("ana", "{space}/pages/new")),
    state(
        "new page in vain",
        "/w/{space}/pages/new",
        at("ana", "{space}/pages/new"),
        press("Begin the page"),
        MEND,
    ),
    state(
        "pages in the trash",
        "/w/{space}/pages/trash",
        at("ana", "{space}/pages/trash"),
        see("A page too many"),
    ),
    state("page", "/w/{space}/pages/{page}", at("luc", "{page}"), see("each Monday")),
    state("page, empty", "/w/{space}/pages/{page}", at("ana", "{empty_page}"), see("Nothing")),
    state("page in the trash", "/w/{space}/pages/{page}", at("ana", "{page_in_trash}")),
    state(
        "write on a page",
        "/w/{space}/pages/{page}/edit",
        at("ana", "{page}/edit"),
        see("Removed from this page"),
    ),
    state(
        "write on a page, putting something in",
        "/w/{space}/pages/{page}/edit",
        at("ana", "{empty_page}/edit"),
        unfold(".more"),
        see("Heading"),
    ),
    state(
        "title and readers of a page",
        "/w/{space}/pages/{page}/settings",
        at("ana", "{page}/settings"),
        see("into the trash"),
    ),
    state(
        "title and readers of a page in vain",
        "/w/{space}/pages/{page}/settings",
        at("ana", "{page}/settings"),
        fill(title=""),
        press("Save"),
        MEND,
    ),
    *(state(f"new {kind}", NEW, at("ana", f"{{page}}/blocks/new?kind={kind}")) for kind in KINDS),
    state(
        "new link in vain",
        NEW,
        at("ana", "{page}/blocks/new?kind=embed"),
        fill(url="javascript:alert(1)"),
        press("Save"),
        MEND,
    ),
    state(
        "change a block",
        "/w/{space}/blocks/{block}/edit",
        at("ana", "{block}/edit"),
        see("Delete what our school wrote"),
    ),
    state(
        "change a block in vain",
        "/w/{space}/blocks/{block}/edit",
        at("ana", "{block}/edit"),
        fill(text=""),
        press("Save"),
        MEND,
    ),
    state(
        "two versions of a block",
        "/w/{space}/blocks/{block}/versions",
        at("ana", "{two_versions}/versions"),
        see("One out of both"),
    ),
    state("delete a block", "/w/{space}/blocks/{block}/delete", at("ana", "{block}/delete")),
    state(
        "versions of a page",
        "/w/{space}/pages/{page}/history",
        at("luc", "{page}/history"),
        see("A block"),
    ),
    state(
        "a version of a page",
        "/w/{space}/pages/{page}/history/{version}",
        at("luc", "{version}"),
        see("What it changed"),
    ),
    state(
        "what has changed since a version",
        "/w/{space}/pages/{page}/history/{version}",
        at("luc", "{version}?since=1"),
        unfold(".more"),
    ),
)
