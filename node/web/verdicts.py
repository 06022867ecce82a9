"""Whether others reach this server, in one sentence each: for the page and for `doctor`."""

from node.actions.callbacks import CLOCK, OTHER_BASE, Verdict
from node.web.i18n import later

REACHED = later("%(name)s has reached this server.")
NOBODY = later("No other school could be asked to call back. Connect with one first.")
CLOSED = later("This server accepts no connections, as its settings say; nobody has to reach it.")
CLOCK_OFF = later("The clock of this server differs by %(seconds)s seconds; set it right.")
_SENTENCES = {
    "name": later("%(name)s does not find the name of this server: look at its entry in the DNS."),
    "connect": later(
        "%(name)s finds the port of this server closed: look at the firewall, the router, and "
        "whether the proxy in front of it runs."
    ),
    "timeout": later(
        "%(name)s gets no answer from this server in time: a firewall or a router may swallow "
        "what is sent to it."
    ),
    "certificate": later(
        "%(name)s does not trust the certificate of this server: it needs one of a known "
        "authority, with the whole chain."
    ),
    "certificate_expired": later("The certificate of this server is out of date: renew it."),
    "certificate_name": later(
        "The certificate of this server is for another name than the address in its settings."
    ),
    "tls": later("This server offers no encrypted connection: look at the proxy in front of it."),
    "redirected": later(
        "The address of this server leads on to another one: the address in its settings has to be "
        "the one that answers."
    ),
    "no_node": later(
        "Something else answers at the address of this server: look at the proxy in front of it."
    ),
    "other_node": later("Another school's server answers at the address of this one."),
    "forbidden_address": later(
        "The name of this server leads into a private network: others cannot come there."
    ),
    OTHER_BASE: later(
        "%(name)s does not know this server by the address in its settings: put back the address "
        "that it had when it was set up."
    ),
    CLOCK: CLOCK_OFF,
}
_OTHERWISE = later("%(name)s cannot reach this server: the connection breaks off.")


def sentence_of(verdict: Verdict) -> str:
    """The sentence, to be filled with `values_of`."""
    if verdict.is_reached:
        return REACHED
    return _SENTENCES.get(verdict.why, _OTHERWISE)


def values_of(verdict: Verdict) -> dict[str, str | int]:
    return {"name": verdict.by, "seconds": abs(verdict.skew_s)}
