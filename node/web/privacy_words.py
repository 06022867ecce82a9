"""What the record of processing, the assessment and the notices say about each class of the
registers. A test fails when a register has a word that has none here.
"""

from dataclasses import dataclass

from node.web.i18n import later


@dataclass(frozen=True)
class Said:
    """What is kept about one matter: what for, about whom, and who gets it."""

    title: str
    purpose: str
    people: str
    recipients: str


_NOBODY = later("Nobody outside the school.")
_SPACES = later("The servers of the schools in the same project, and nobody else.")
PUPILS = later("Pupils")
STAFF = later("Staff of the school")

VAULT = {
    "roster": Said(
        later("Classes and who is in them"),
        later("So that teachers know who is behind an alias and look after their pupils."),
        later("Pupils, and the teachers of their classes"),
        _NOBODY,
    ),
    "entry": Said(
        later("Cards and signing in"),
        later(
            "So that pupils sign in by a card, and where the class asks for more by pictures or a "
            "password too, without an address or a telephone number."
        ),
        PUPILS,
        _NOBODY,
    ),
    "places": Said(
        later("Who takes part in which project"),
        later(
            "So that a pupil has another alias in each project, which nothing that the program "
            "gives to others joins."
        ),
        PUPILS,
        later("The other schools of a project get the alias of that project alone."),
    ),
    "work": Said(
        later("Pupils' work before it is released"),
        later("So that a teacher of the school reads it before other schools do."),
        later("Pupils, and the teachers who decide"),
        later("What a teacher releases goes to the schools of the project, under the alias."),
    ),
    "consents": Said(
        later("Consents to pictures"),
        later(
            "So that pictures are shown only of those who may be seen, and go when they may not."
        ),
        later("Pupils, and who signed for them"),
        _NOBODY,
    ),
    "reports": Said(
        later("What was reported, sealed"),
        later("So that whoever looks after pupils' safety at the school can protect them."),
        later("Pupils and others whose contributions were reported, and who reported them"),
        later(
            "The school that wrote it gets the reason, and no name and no word of a pupil's; the "
            "own hub, where a safeguarding person tells it, also what that person writes for it."
        ),
    ),
    "reads": Said(
        later("Who read pupils' records"),
        later("So that the head of the school can see who looked at names, when and what for."),
        later("Staff, and pupils without their names"),
        _NOBODY,
    ),
    "order": Said(
        later("Numbers of the program"),
        later("So that the database is whole and opens with its own key alone."),
        later("Nobody"),
        _NOBODY,
    ),
}
NODE = {
    "staff": Said(
        later("Accounts of staff"),
        later(
            "So that staff sign in and are known to colleagues, and that it can be seen who gave a "
            "role and who stood in for whom."
        ),
        STAFF,
        later("A hub, where a teacher wishes to be verified or searches there; nobody else."),
    ),
    "letters": Said(
        later("Messages and contacts"),
        later("So that teachers of different schools write to each other."),
        later("Staff here and at other schools"),
        later("The server of the person who is written to."),
    ),
    "words": Said(
        later("What is written and brought in projects"),
        later("So that schools work together on pages, in forums and with files."),
        later("Staff here and at other schools, and pupils under an alias"),
        _SPACES,
    ),
    "public": Said(
        later("Profiles, projects and notices"),
        later("So that schools find each other and know who is asked."),
        later("Staff here and at other schools"),
        later(
            "Whoever may see each of them: connected schools, or everybody and so the directories "
            "of hubs, as its author chose."
        ),
    ),
    "traces": Said(
        later("Reports and deletions"),
        later("So that harm is stopped, and each school's word that something is deleted is kept."),
        later("Staff here and at other schools, and pupils under an alias"),
        later(
            "The servers of the schools in the same project; of a report the own hub too, where a "
            "safeguarding person tells it. What a teacher writes in a report lies unencrypted on "
            "the servers of both schools; names of pupils are not taken in it."
        ),
    ),
    "schools": Said(
        later("Schools, servers and hubs"),
        later("So that only schools which somebody vouches for are spoken to."),
        later("Schools, and administrators who are named by them"),
        later("Hubs and connected schools."),
    ),
    "order": Said(
        later("Keys and numbers of the program"),
        later("So that what is written is signed and arrives once and whole."),
        later("Nobody"),
        _NOBODY,
    ),
}

KINDS = {
    "identity": later("names and sign-in names, encrypted"),
    "work": later("what a pupil made or was told about it, encrypted"),
    "alias": later("names that the school chose"),
    "secret": later("hashes of cards, codes, words, pictures and passwords"),
    "school": later("about a class or its staff"),
    "order": later("numbers, times and words of the program"),
    "staff": later("about accounts of staff"),
    "addresses": later("network addresses and short names of whoever could not sign in"),
    "letters": later("what people write to each other"),
    "words": later("what people wrote and brought, and when"),
    "public": later("what people and schools show of themselves"),
    "traces": later("who reported, locked or deleted what, and when"),
    "schools": later("about schools, servers and hubs"),
    "": later("not classified"),
}
RULES = {
    "vault-after": later("deleted when it is over"),
    "vault-with": later("deleted with the pupil or class that it belongs to"),
    "vault-never": later("holds nothing about anybody"),
    "person": later("until the person deletes it"),
    "space": later("with its project, which stays; what is deleted goes at once"),
    "school": later("as long as the schools are connected"),
    "days": later("deleted when it is over"),
    "setting": later("deleted when it is over"),
    "over": later("until it is used, answered or over"),
    "kept": later("no rule deletes it"),
}
BASES = {
    "public-task": later(
        "a task in the public interest that the law gives schools (GDPR art. 6.1.e)"
    ),
    "contract": later("the contract on schooling (GDPR art. 6.1.b)"),
    "consent": later("consent (GDPR art. 6.1.a)"),
}
CLASSES = {"public": later("for everybody"), "members": later("for those concerned")}

FINDINGS = {
    "contact": later("Nobody is named whom people ask about their data (setting privacy.contact)."),
    "authority": later("The supervisory authority is not named (setting privacy.authority)."),
    "abroad": later(
        "A partner school is in a country where the GDPR is not the law. What is written in a "
        "common project goes there: look for a decision of the European Commission or for standard"
        " clauses (art. 44 to 49)."
    ),
    "nightly": later("No backup is made by itself (setting backup.nightly_hour_utc)."),
    "beside": later("Backups lie on the same disk as the data (setting backup.folder)."),
    "mail": later("The way to the mail server is not encrypted (setting mail.security)."),
    "development": later(
        "This server is set up for trying out: connections are not encrypted (setting "
        "node.development)."
    ),
    "unclassed": later(
        "A table of the database is not classified: the program is older than its data."
    ),
}


@dataclass(frozen=True)
class Risk:
    """What could happen to people, and what this program does about it."""

    what: str
    measures: str


RISKS = (
    Risk(
        later("Another school, a hub or a stranger learns who a pupil is."),
        later(
            "Names and sign-in names never leave this server. Other schools get an alias that is "
            "drawn for one project; nothing that the program gives them joins two of them, though "
            "words and pictures may. Names lie encrypted in a "
            "database of their own that no road to other servers reaches."
        ),
    ),
    Risk(
        later("A pupil tells more about himself or others than he should."),
        later(
            "A teacher of the school reads each piece of work before other schools do, or is with "
            "the pupils while they write live. Names of the class are marked in texts, file names "
            "and documents; full names cannot be sent."
        ),
    ),
    Risk(
        later("Pictures show somebody who does not want it, or where he lives."),
        later(
            "A teacher marks which pupils a picture shows; it is published only when each of them "
            "has consented, and a withdrawn consent deletes it here and at every partner. Place, "
            "device and author are taken out of every file."
        ),
    ),
    Risk(
        later("Something that was published cannot be called back."),
        later(
            "Files of pupils stay at this school and are only viewed elsewhere, unless a teacher "
            "sends one to the other schools. A deletion goes to every school of the project, and "
            "each confirms it with its signature. A copy or photograph of a screen cannot be "
            "called back; the pages say so."
        ),
    ),
    Risk(
        later("An adult approaches a pupil."),
        later(
            "No adult of another school can write to a pupil in private. Everything that is said "
            "in a project is seen by the teachers of all its schools, and can be reported and "
            "hidden."
        ),
    ),
    Risk(
        later("Somebody of the school reads more about pupils than his work needs."),
        later(
            "Teachers see the names of their own classes alone, and of those that they look after "
            "for a colleague who is away, safeguarding persons those of who reported something, "
            "administrators all; what a pupil hands in is read by "
            "the teachers of the school in that project. Each look at names is noted with when and "
            "what for, and shown to administrators."
        ),
    ),
    Risk(
        later("The server, a disk or a backup is stolen."),
        later(
            "Names, drafts and held work lie encrypted under a key of their own, which no backup "
            "of the server holds. Backups are encrypted with a passphrase."
        ),
    ),
    Risk(
        later("The server fails and work is lost, or what was deleted comes back with a backup."),
        later(
            "Each backup is read back; one is made every night where the school has set it so. A "
            "restored server deletes again what was deleted "
            "since."
        ),
    ),
    Risk(
        later("Data stay longer than they are needed."),
        later(
            "Every table about pupils has a rule, which the program keeps by itself. A class is "
            "deleted some time after its school year."
        ),
    ),
    Risk(
        later("Pupils are watched or drawn in by the pages."),
        later(
            "Nothing is counted, no page loads anything from elsewhere, there are no points, "
            "streaks or notifications for pupils."
        ),
    ),
)
