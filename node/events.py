"""What the node tells its operator: one function per event, one line each, on standard error.

JSON as a rule, words for eyes by the setting `log.format`.

Lines are ASCII: whatever a stranger put into a path or a name is escaped, so nobody can forge a
line or speak to the terminal. No event takes a pupil's datum, a text, or a body.
"""

import json
import sys
from datetime import UTC, datetime
from typing import TextIO


class _Sink:
    """Where lines go, and how they are written; the composition root decides."""

    def __init__(self) -> None:
        self.stream: TextIO | None = None
        self.quiet = False
        self.plain = False

    def write(self, event: str, facts: dict[str, object]) -> None:
        if self.quiet:
            return
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        text = _plain(at, event, facts) if self.plain else _json({"at": at, "event": event} | facts)
        stream = self.stream or sys.stderr
        stream.write(text + "\n")
        stream.flush()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, default=str)


def _plain(at: str, event: str, facts: dict[str, object]) -> str:
    """`<time> <event> name="value" …`: values as in JSON, so that no line can be forged."""
    return " ".join([at, event, *(f"{name}={_json(value)}" for name, value in facts.items())])


_sink = _Sink()


def silence(quiet: bool = True) -> None:
    """Write nothing (tests, quiet commands) or write again."""
    _sink.quiet = quiet


def redirect(stream: TextIO | None) -> None:
    """Write lines to `stream` instead of standard error; None undoes it."""
    _sink.stream = stream


def write_plainly(plain: bool) -> None:
    """Write lines for eyes instead of JSON, or JSON again."""
    _sink.plain = plain


def started(address: str, role: str, version: str) -> None:
    _sink.write("started", {"address": address, "role": role, "version": version})


def vault_within_reach(folder: str) -> None:
    """The process that speaks to other machines could open the pupils' records."""
    _sink.write("vault_within_reach", {"folder": folder})


def stopped(address: str) -> None:
    _sink.write("stopped", {"address": address})


def migrated(schema: int) -> None:
    _sink.write("migrated", {"schema": schema})


def request_refused(door: str, method: str, path: str, reason: str, status: int) -> None:
    facts = {"door": door, "method": method, "path": path, "reason": reason, "status": status}
    _sink.write("request_refused", facts)


def handler_failed(reference: str, method: str, path: str, error: str, where: str) -> None:
    """A defect: a handler raised what it never should. `where` is file and line only."""
    facts: dict[str, object] = {"reference": reference, "method": method, "path": path}
    _sink.write("handler_failed", facts | {"error": error, "where": where})


def storage_failed(database: str) -> None:
    """An alarm: the disk failed at a write; nothing more is taken and the node ends."""
    _sink.write("storage_failed", {"database": database})


def worker_failed(worker: str, error: str, where: str) -> None:
    """A defect: a worker's round raised what it never should; the worker goes on."""
    _sink.write("worker_failed", {"worker": worker, "error": error, "where": where})


def fold_failed(space: str, error: str, where: str) -> None:
    """A defect: what waits to be shown of a space cannot be folded; other spaces go on."""
    _sink.write("fold_failed", {"space": space, "error": error, "where": where})


def received(activity: str, kind: str, partner: str) -> None:
    _sink.write("received", {"activity": activity, "kind": kind, "partner": partner})


def applied(activity: str, kind: str, effects: int) -> None:
    _sink.write("applied", {"activity": activity, "kind": kind, "effects": effects})


def activity_refused(activity: str, kind: str, reason: str) -> None:
    _sink.write("activity_refused", {"activity": activity, "kind": kind, "reason": reason})


def delivered(partner: str, delivery: int, attempts: int) -> None:
    _sink.write("delivered", {"partner": partner, "delivery": delivery, "attempts": attempts})


def delivery_waits(partner: str, delivery: int, attempts: int, why: str, next_ms: int) -> None:
    facts = {"partner": partner, "delivery": delivery, "attempts": attempts}
    _sink.write("delivery_waits", facts | {"why": why, "next_ms": next_ms})


def delivery_given_up(partner: str, delivery: int, why: str) -> None:
    _sink.write("delivery_given_up", {"partner": partner, "delivery": delivery, "why": why})


def key_rotated(actor: str) -> None:
    """An own actor signs with a new key from now on."""
    _sink.write("key_rotated", {"actor": actor})


def address_changed(space: str, node: str, address: str) -> None:
    """A member's node says that it is reached elsewhere."""
    _sink.write("address_changed", {"space": space, "node": node, "address": address})


def calls_wait(partner: str, reason: str) -> None:
    """This node could not ask the partner whether it calls."""
    _sink.write("calls_wait", {"partner": partner, "reason": reason})


def account_suspended(handle: str) -> None:
    _sink.write("account_suspended", {"handle": handle})


def substitute_appointed(absent: str, substitute: str, by: str) -> None:
    _sink.write("substitute_appointed", {"absent": absent, "substitute": substitute, "by": by})


def substitute_ended(substitute: str) -> None:
    _sink.write("substitute_ended", {"substitute": substitute})


def partner_changed(partner: str, state: str) -> None:
    _sink.write("partner_changed", {"partner": partner, "state": state})


def introduced(partner: str, hub: str) -> None:
    _sink.write("introduced", {"partner": partner, "hub": hub})


def member_not_met(space: str, partner: str, reason: str) -> None:
    """A partner passed on what a hub states about another member, and it does not count here."""
    _sink.write("member_not_met", {"space": space, "partner": partner, "reason": reason})


def hub_asked(hub: str, changed: int) -> None:
    """A hub answered; `changed` partners were opened or closed by what it said."""
    _sink.write("hub_asked", {"hub": hub, "changed": changed})


def harvest_failed(source: str, why: str) -> None:
    """A directory could not be read on; it is tried again."""
    _sink.write("harvest_failed", {"source": source, "why": why})


def search_failed(hub: str, why: str) -> None:
    """The hub did not answer a search in time, or not in order."""
    _sink.write("search_failed", {"hub": hub, "why": why})


def listing_refused(source: str, why: str) -> None:
    """A document that `source` listed was left out."""
    _sink.write("listing_refused", {"source": source, "why": why})


def hub_silent(hub: str, why: str) -> None:
    _sink.write("hub_silent", {"hub": hub, "why": why})


def admission_changed(admission: str, state: str) -> None:
    _sink.write("admission_changed", {"admission": admission, "state": state})


def operations_accepted(space: str, partner: str, stored: int) -> None:
    facts = {"space": space, "partner": partner, "stored": stored}
    _sink.write("operations_accepted", facts)


def operations_pushed(space: str, partner: str, sent: int) -> None:
    _sink.write("operations_pushed", {"space": space, "partner": partner, "sent": sent})


def replication_waits(space: str, partner: str, why: str) -> None:
    _sink.write("replication_waits", {"space": space, "partner": partner, "why": why})


def blob_fetched(space: str, partner: str, size: int) -> None:
    _sink.write("blob_fetched", {"space": space, "partner": partner, "size": size})


def view_allowed(space: str, partner: str) -> None:
    _sink.write("view_allowed", {"space": space, "partner": partner})


def view_failed(space: str, partner: str, why: str) -> None:
    _sink.write("view_failed", {"space": space, "partner": partner, "why": why})


def blob_waits(space: str, partner: str, why: str) -> None:
    _sink.write("blob_waits", {"space": space, "partner": partner, "why": why})


def space_closed_to_writing(space: str, why: str) -> None:
    _sink.write("space_closed_to_writing", {"space": space, "why": why})


def incarnation_opened(space: str, number: int, said_again: int) -> None:
    fields = {"space": space, "number": number, "said_again": said_again}
    _sink.write("incarnation_opened", fields)


def words_retrieved(space: str, origin: str, said_again: int) -> None:
    fields = {"space": space, "origin": origin, "said_again": said_again}
    _sink.write("words_retrieved", fields)


def signed_in(account: int) -> None:
    _sink.write("signed_in", {"account": account})


def sign_in_refused(address: str, failures: int) -> None:
    _sink.write("sign_in_refused", {"address": address, "failures": failures})


def work_released(account: int) -> None:
    """A teacher let a pupil's work out; neither whose nor which."""
    _sink.write("work_released", {"account": account})


def vault_tidied(classes: int, pupils: int) -> None:
    """So many classes with so many pupils were let go, their time being over."""
    _sink.write("vault_tidied", {"classes": classes, "pupils": pupils})


def class_kept(reason: str) -> None:
    """A class whose time is over stays until a space can be told that its pupils leave."""
    _sink.write("class_kept", {"reason": reason})


def picture_taken_down(space: str) -> None:
    """A picture was erased because somebody whom it shows said no."""
    _sink.write("picture_taken_down", {"space": space})


def picture_stayed(space: str, reason: str) -> None:
    """A picture that should be taken down could not be just now; it is tried again."""
    _sink.write("picture_stayed", {"space": space, "reason": reason})


def picture_failed(space: str, error: str, where: str) -> None:
    """A defect: a picture that should be taken down was not; others are, and it is tried again."""
    _sink.write("picture_failed", {"space": space, "error": error, "where": where})


def backup_made(file: str, files: int, octets: int) -> None:
    _sink.write("backup_made", {"file": file, "files": files, "bytes": octets})


def backup_failed(reason: str, detail: str) -> None:
    _sink.write("backup_failed", {"reason": reason, "detail": detail})


def vault_copied(file: str, octets: int) -> None:
    _sink.write("vault_copied", {"file": file, "bytes": octets})


def vault_not_copied(reason: str, detail: str) -> None:
    _sink.write("vault_not_copied", {"reason": reason, "detail": detail})


def export_made(space: str, octets: int) -> None:
    _sink.write("export_made", {"space": space, "bytes": octets})


def export_failed(space: str, reason: str) -> None:
    _sink.write("export_failed", {"space": space, "reason": reason})


def token_unreadable(setting: str) -> None:
    _sink.write("token_unreadable", {"setting": setting})


def mail_sent(mail: int) -> None:
    _sink.write("mail_sent", {"mail": mail})


def mail_waits(mail: int, attempts: int, why: str) -> None:
    _sink.write("mail_waits", {"mail": mail, "attempts": attempts, "why": why})
