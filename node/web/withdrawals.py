"""What pieces of pupils' work are called where they are taken back."""

from node.web.i18n import later

KINDS = {
    "reply": later("A reply"),
    "file": later("A file"),
    "card": later("A card"),
    "reaction": later("A reaction"),
    "page": later("Words on a page"),
}
