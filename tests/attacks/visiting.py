"""A browser in an attacker's hands: every field of what it sends can be exchanged."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.attacks.speaking import Request, Told, send
from tests.nodes import PASSWORD, Node

FORM = "application/x-www-form-urlencoded"


@dataclass
class Visitor:
    """Somebody at one node, with the session cookie if one was given."""

    node: Node
    cookie: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    async def get(self, target: str, **fields: str) -> Told:
        return await send(self.node, self.request("GET", target, fields))

    async def post(self, target: str, typed: dict[str, str], **fields: str) -> Told:
        """Send a form from a page of this node; `fields` are exchanged, empty ones left out."""
        wanted = {"content_type": FORM, "origin": self.node.url} | fields
        return await send(self.node, self.request("POST", target, wanted, urlencode(typed)))

    def request(self, method: str, target: str, fields: dict[str, str], body: str = "") -> Request:
        given = {"accept": "text/html", "cookie": self.cookie, **self.fields, **fields}
        shown = [(name.replace("_", "-"), value) for name, value in given.items() if value]
        return Request(method, target, tuple(shown), body.encode("utf-8"))

    async def sign_in(self, handle: str = "admin", password: str = PASSWORD) -> Told:
        told = await self.post("/login", {"handle": handle, "password": password})
        if told.status == 303:
            self.cookie = told.fields["set-cookie"].partition(";")[0]
        return told


async def signed_in(node: Node, handle: str = "admin") -> Visitor:
    """Somebody of this school who has signed in."""
    visitor = Visitor(node)
    told = await visitor.sign_in(handle)
    assert told.status == 303, told.body[:500]
    return visitor
