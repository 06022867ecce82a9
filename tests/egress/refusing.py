"""Every Reason on every surface: pages by whatever fails behind them, with tokens in what is said;
the door for machines by questions that are wrong in each way; commands by what is typed wrongly.

What a page says of a refusal are words of its own: nothing of the refusal's own text, and no fact.
"""

from dataclasses import dataclass

import pytest

from node.actions import uploads
from node.classroom import release, taking_part, working
from protocol.errors import Reason, Refused
from protocol.statuses import status_of
from tests.egress.people import Class
from tests.node.web.browser import browsing

REFUSED = "Zqrefusedé"
"""Who was refused: for a name that no page shows for another reason."""
MENDED = 422
"""What a form is answered with that can be mended."""


@dataclass(frozen=True)
class Behind:
    """A page, and the function behind it that refuses; `is_pupils` where a pupil looks at it."""

    module: object
    name: str
    method: str
    path: str
    is_pupils: bool = False


async def refuse_on_pages(one: Class, space: str) -> bytes:
    """What the own people are told of each Reason, in which stands who a pupil is."""
    heard = bytearray()
    pages = (
        Behind(release, "list_queue", "GET", "/held"),
        Behind(taking_part, "choose", "POST", f"/w/{space}/pupils"),
        Behind(uploads, "find", "GET", f"/w/{space}/uploads/none"),
        Behind(working, "list_works", "GET", "/c/works", is_pupils=True),
    )
    async with (
        browsing(one.node, one.teacher.handle) as teacher,
        browsing(one.node) as pupil,
    ):
        entered = await pupil.send("/c/card", card=one.secrets[1])
        assert entered.path.startswith("/c/home"), entered.text
        for reason in Reason:
            for page in pages:
                browser = pupil if page.is_pupils else teacher
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(page.module, page.name, _refusing(reason))
                    answer = await browser.client.request(
                        page.method, page.path, allow_redirects=False,
                        data={"pupils": "1"} if page.method == "POST" else None,
                        headers={"Accept": "text/html", "Origin": browser.origin},
                    )  # fmt: skip
                assert answer.status in {status_of(reason), MENDED}, (reason, page)
                heard += b"".join(b"%s: %s\r\n" % pair for pair in answer.raw_headers)
                heard += await answer.read()
    return bytes(heard)


def _refusing(reason: Reason) -> object:
    async def refuse(*_: object, **__: object) -> None:
        facts = dict.fromkeys(("field", "who", "why", "name", "missing"), REFUSED)
        raise Refused(reason, f"{REFUSED} was here.", **facts)

    return refuse
