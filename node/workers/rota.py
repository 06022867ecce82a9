"""Who works beside the doors: each worker with what wakes it and what it does."""

from node.actions import (
    addresses,
    backup,
    contacts,
    deliver,
    exports,
    fetch_blobs,
    found,
    harvest,
    listing,
    mail,
    publish,
    receive,
    refold,
    refresh,
    tidy,
    uploads,
)
from node.workers import duties, replication
from node.workers.supervisor import Worker

WORKERS = [
    Worker("intake", receive.TOPIC, receive.apply_due),
    Worker("deliveries", publish.TOPIC, deliver.deliver_due),
    Worker("replication", found.TOPIC, replication.step),
    Worker("views", refold.TOPIC, refold.step),
    Worker("files", fetch_blobs.TOPIC, fetch_blobs.step),
    Worker("uploads", "uploads", uploads.forget_old),
    Worker("trust", refresh.TOPIC, refresh.step),
    Worker("addresses", addresses.TOPIC, addresses.tell_due),
    Worker("lapsing", "lapsing", contacts.let_lapse),
    Worker("duties", "duties", duties.step),
    Worker("mails", mail.TOPIC, mail.send_due),
    Worker("backups", backup.TOPIC, backup.make_due),
    Worker("exports", exports.TOPIC, exports.step),
    Worker("tidying", "tidying", tidy.tidy_up),
    Worker("directory", listing.TOPIC, listing.look_again),
    Worker("harvest", harvest.TOPIC, harvest.step),
]
