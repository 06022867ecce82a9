"""`/privacy` and `/privacy/pupils`: what is done with people's data here, for adults and for
children; made of the registers, the settings and the partners, so that it is never out of date.
"""

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import processing
from node.classroom.room import CLASSROOM
from node.web import privacy_words
from node.web.door import signed_in
from node.web.render import render


async def show(request: web.Request) -> web.Response:
    return await _show(request, "privacy.html")


async def show_for_pupils(request: web.Request) -> web.Response:
    return await _show(request, "privacy_pupils.html")


async def _show(request: web.Request, template: str) -> web.Response:
    context = request.app[CONTEXT]
    facts = await processing.read_facts(context, has_pupils=CLASSROOM in request.app)
    settings, is_inside = context.settings, signed_in(request) is not None
    return render(
        request,
        template,
        facts=facts,
        # Who a school works with, and whose mail server it takes, is its own matter: strangers read
        # the countries alone.
        is_inside=is_inside,
        partners=facts.partners if is_inside else [],
        privacy=settings.privacy,
        basis=privacy_words.BASES[settings.privacy.basis],
        consent_age=settings.pupils.consent_age,
        session_days=settings.sign_in.session_days,
        stays=processing.stays(),
    )
