"""The pages of a space, in every state."""

from tests.journeys.scene import at, fill, press, see
from tests.journeys.state import MEND, state

SPACES = (
    state("space", "/w/{space}", at("ana", "{space}"), see("Which day suits you?")),
    state("members", "/w/{space}/members", at("ana", "{space}/members"), see("Bring in")),
    state(
        "keys of a space", "/w/{space}/keys", at("ana", "{space}/keys"), see("Hand the keys over")
    ),
    state(
        "keys of a space, theirs",
        "/w/{space}/keys",
        at("luc", "{space}/keys"),
        see("Take over the keys"),
    ),
    state(
        "our keys were lost or stolen",
        "/w/{space}/keys/new",
        at("luc", "{space}/keys/new"),
        see("Were our keys lost or stolen?"),
    ),
    state(
        "hand the keys over in vain",
        "/w/{space}/keys",
        at("ana", "{space}/keys"),
        press("Hand the keys over"),
        MEND,
    ),
    state("leave a space", "/w/{space}/leave", at("luc", "{space}/leave")),
    state(
        "leave with the school",
        "/w/{space}/leave-school",
        at("luc", "{space}/leave-school"),
        see("with the whole school"),
    ),
    state(
        "leave with the school in vain",
        "/w/{space}/leave-school",
        at("luc", "{space}/leave-school"),
        press("Our school leaves"),
        MEND,
    ),
    state(
        "remove a school",
        "/w/{space}/schools/{node}/remove",
        at("ana", "{space}/schools/{vert_node}/remove"),
        see("from this space?"),
    ),
    state(
        "remove a school in vain",
        "/w/{space}/schools/{node}/remove",
        at("ana", "{space}/schools/{vert_node}/remove"),
        press("Remove the school"),
        MEND,
    ),
    state(
        "let a school moderate",
        "/w/{space}/schools/{node}/moderate",
        at("ana", "{space}/schools/{vert_node}/moderate"),
        see("moderate"),
    ),
    state("forum", "/w/{space}/forum", at("ana", "{space}/forum"), see("Which day suits you?")),
    state("new thread", "/w/{space}/forum/new", at("ana", "{space}/forum/new")),
    state(
        "new thread in vain",
        "/w/{space}/forum/new",
        at("ana", "{space}/forum/new"),
        press("Post"),
        MEND,
    ),
    state("thread", "/w/{space}/forum/{thread}", at("ana", "{thread}"), see("bring the map")),
    state(
        "thread in vain", "/w/{space}/forum/{thread}", at("ana", "{thread}"), press("Reply"), MEND
    ),
    state("thread with an erased post", "/w/{space}/forum/{thread}", at("ana", "{erased}")),
    state("change a post", "/w/{space}/posts/{post}/edit", at("ana", "{post_edit}")),
    state(
        "change a post in vain",
        "/w/{space}/posts/{post}/edit",
        at("ana", "{post_edit}"),
        fill(text=""),
        press("Save"),
        MEND,
    ),
    state("delete a post", "/w/{space}/posts/{post}/delete", at("ana", "{post_delete}")),
    state("a space for who is no member", "/w/{space}", at("nina", "{space}"), see("not exist")),
)

MATERIALS = (
    state("updates", "/w/{space}/updates", at("ana", "{space}/updates"), see("is drawn")),
    state("new update of a space", "/w/{space}/updates/new", at("ana", "{space}/updates/new")),
    state(
        "new update of a space in vain",
        "/w/{space}/updates/new",
        at("luc", "{space}/updates/new"),
        press("Post"),
        MEND,
    ),
    state("change an update", "/w/{space}/updates/{update}/edit", at("ana", "{update_edit}")),
    state(
        "delete an update of a space",
        "/w/{space}/updates/{update}/delete",
        at("ana", "{update_delete}"),
        see("is drawn"),
    ),
    state("materials", "/w/{space}/materials", at("luc", "{space}/materials"), see("Ponte.webp")),
    state("bring files", "/w/{space}/materials/new", at("luc", "{space}/materials/new")),
    state(
        "bring files, describing",
        "/w/{space}/materials/new",
        at("ana", "{space}/materials/new"),
        see("Say what they are"),
    ),
    state(
        "bring files, describing in vain",
        "/w/{space}/materials/new",
        at("ana", "{space}/materials/new"),
        press("Publish"),
        MEND,
    ),
    state("picture", "/w/{space}/materials/{file}", at("ana", "{picture}"), see("A bridge")),
    state("document", "/w/{space}/materials/{file}", at("luc", "{document}"), see("Download")),
    state("sound", "/w/{space}/materials/{file}", at("ana", "{sound}"), see("Chanson.mp3")),
    state(
        "film that is not here", "/w/{space}/materials/{file}", at("ana", "{away}"), see("Fetch")
    ),
    state(
        "picture that stays here",
        "/w/{space}/materials/{file}",
        at("ana", "{stays}"),
        see("Only at"),
    ),
    state(
        "picture that stays elsewhere",
        "/w/{space}/materials/{file}",
        at("luc", "{stays}"),
        see("keeps no copy"),
    ),
    state(
        "document that stays elsewhere",
        "/w/{space}/materials/{file}",
        at("luc", "{stays_document}"),
        see("Open it from its school"),
    ),
    state(
        "where a file is kept",
        "/w/{space}/materials/{file}/residency",
        at("ana", "{picture}/residency"),
        see("saved or printed"),
    ),
    state(
        "where a file is kept that stays",
        "/w/{space}/materials/{file}/residency",
        at("ana", "{stays}/residency"),
        see("lost with it"),
    ),
    state("change a file", "/w/{space}/materials/{file}/edit", at("ana", "{picture}/edit")),
    state(
        "change a file in vain",
        "/w/{space}/materials/{file}/edit",
        at("ana", "{picture}/edit"),
        fill(name=""),
        press("Save"),
        MEND,
    ),
    state("delete a file", "/w/{space}/materials/{file}/delete", at("ana", "{picture}/delete")),
    state("album", "/w/{space}/albums/{album}", at("ana", "{album}"), see("Our river")),
    state("new album", "/w/{space}/albums/new", at("ana", "{space}/albums/new")),
    state(
        "new album in vain",
        "/w/{space}/albums/new",
        at("ana", "{space}/albums/new"),
        press("Make it"),
        MEND,
    ),
    state("change an album", "/w/{space}/albums/{album}/edit", at("ana", "{album}/edit")),
    state("delete an album", "/w/{space}/albums/{album}/delete", at("ana", "{album}/delete")),
)
