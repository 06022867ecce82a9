"""The page between a button and what it does: one question, what follows, yes or no."""

from collections.abc import Mapping

from aiohttp import web

from node.web.forms import Form
from node.web.render import render


def ask(
    request: web.Request,
    *,
    back: str,
    question: str,
    consequence: str,
    yes: str,
    quoted: str = "",
    values: Mapping[str, str] | None = None,
    form: Form | None = None,
    status: int = 200,
) -> web.Response:
    """Ask before something that cannot be taken back; `yes` sends to the same address.

    The words are marked sentences with the `values` of their placeholders, `quoted` apart. What
    `form` holds goes along with the answer; its problems are shown.
    """
    return render(
        request,
        "confirm.html",
        status=status,
        form=Form() if form is None else form,
        back=back,
        question=question,
        consequence=consequence,
        quoted=quoted,
        yes=yes,
        values={} if values is None else values,
    )
