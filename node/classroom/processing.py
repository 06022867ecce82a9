"""What this school keeps about people, gathered for its record of processing, its assessment and
its notices: from the registers of both databases, the schemas, the settings, and who the partners
are. Nothing of it is written down twice, so that none of them can say what is no longer true.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from node.actions import actors, backup, mail_server, trust
from node.actions.actors import Card
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.classroom.room import Classroom
from node.storage import accounts, hubs, membership, objects, partners, register
from node.storage.partners import Partner
from node.vault import classes
from node.vault import register as vault_register
from node.vault.retention import list_columns
from protocol.classes import fields

EEA = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE"),
        *("SI", "SK"),
    )
)
"""Where the GDPR is the law; a partner elsewhere needs a basis of its own (art. 44)."""
_MENTIONED = frozenset({"public", "members"})


@dataclass(frozen=True)
class Rule:
    """How long rows stay. `how` is a word of either register; `number` of days (or hours) where it
    says one."""

    how: str
    number: int = 0
    hours: bool = False


@dataclass(frozen=True)
class Kept:
    """A table: its columns by what they hold. `classed` is False for one that no register knows."""

    name: str
    columns: Mapping[str, Sequence[str]]
    rule: Rule
    classed: bool = True


@dataclass(frozen=True)
class Processing:
    """What is kept about one matter; `pupils` says whether in the vault."""

    part: str
    pupils: bool
    tables: Sequence[Kept]


@dataclass(frozen=True)
class Facts:
    """What is true of this node just now. `partners` are schools, and whatever else is or was in a
    space; `abroad` are the countries of partners and hubs where the GDPR is not the law; `hub` is
    the name of the own one, `hubs` are the others that are connected."""

    card: Card
    base: str
    partners: Sequence[Partner]
    countries: Sequence[str]
    abroad: Sequence[str]
    hub: str
    hubs: Sequence[Partner]
    mail_host: str
    mail_protected: bool
    backups_nightly: bool
    backups_elsewhere: bool
    has_pupils: bool


@dataclass(frozen=True)
class Record:
    """The record of processing. `travels` are the fields of each kind of document that may leave
    this node, by who may read them."""

    facts: Facts
    processings: Sequence[Processing]
    travels: Mapping[str, Mapping[str, Sequence[str]]]
    settings: Mapping[str, Mapping[str, object]]
    classes: int
    pupils: int
    staff: int


@dataclass(frozen=True)
class Stays:
    """What the notices say of how long things stay, in days."""

    class_days: int
    read_years: int
    letter_days: int
    trash_days: int
    report_days: int
    substitution_years: int


def stays() -> Stays:
    """What the registers say."""
    return Stays(
        vault_register.DAYS_AFTER_THE_YEAR,
        vault_register.DAYS_OF_READS // 365,
        register.DAYS_OF_LETTERS,
        register.DAYS_IN_TRASH,
        vault_register.DAYS_OF_EVIDENCE,
        register.DAYS_OF_SUBSTITUTIONS // 365,
    )


def has_pupils(context: Context) -> bool:
    """Whether this is a school; one that has not run yet has no vault, and will."""
    return context.settings.node.mode != "hub"


async def read_facts(context: Context, *, has_pupils: bool) -> Facts:
    """What the notices are made of, which everybody reads; so no right is asked for."""
    async with context.database.read() as reader:
        stored = await objects.find(reader, await actors.get_school(reader))
        known = [one for one in await partners.list_all(reader) if one.state == "approved"]
        member = await membership.find(reader)
        hub = None if member is None else await hubs.find(reader, member.hub)
        of_hubs = await trust.find_hub_origins(reader, known)
        host = await mail_server.find_host(context, reader)
    card = actors.card_of({} if stored is None else stored.document)
    schools = [one for one in known if one.origin not in of_hubs]
    countries = sorted({one.country for one in schools if one.country})
    abroad = sorted({one.country for one in known if one.country} - EEA)
    settings = context.settings
    return Facts(
        card,
        context.base,
        schools,
        countries,
        abroad,
        "" if hub is None else hub.name,
        [one for one in known if one.origin in of_hubs and (hub is None or one.actor != hub.actor)],
        host,
        settings.mail.host is None or settings.mail.security != "none",
        settings.backup.nightly_hour_utc is not None,
        not backup.folder_of(context).is_relative_to(context.folder.path),
        has_pupils,
    )


async def collect(context: Context, room: Classroom | None, by: By) -> Record:
    """The whole record: at a hub, which has no vault, of the node's own database alone; of a school
    that has not run yet what its vault will keep. Refuses with NOT_ALLOWED whoever is no
    administrator."""
    require_admin(by)
    async with context.database.read() as reader:
        there = await register.list_columns(reader)
        staff = sum(one.state == "active" for one in await accounts.list_all(reader))
    processings, pupils = _own(context, there), {}
    if room is None and has_pupils(context):
        will_be = {name: list(one.columns) for name, one in vault_register.TABLES.items()}
        processings = [*_vault(will_be), *processings]
    elif room is not None:
        async with room.vault.read() as view:
            processings = [*_vault(await list_columns(view)), *processings]
            pupils = await classes.count_pupils(view)
    return Record(
        await read_facts(context, has_pupils=has_pupils(context)),
        processings,
        {kind: _travels(context, kind) for kind in sorted(context.book.kinds)},
        asdict(context.settings),
        len(pupils),
        sum(pupils.values()),
        staff,
    )


def _vault(there: Mapping[str, Sequence[str]]) -> list[Processing]:
    """What the vault keeps, in the register's order; what it has not is kept too, and said."""
    by_part: dict[str, list[Kept]] = {str(one): [] for one in vault_register.Part}
    for name, columns in there.items():
        table = vault_register.TABLES.get(name)
        part = vault_register.PARTS.get(name, vault_register.Part.ORDER)
        if table is None:
            by_part[part].append(Kept(name, {"": columns}, Rule("kept"), classed=False))
            continue
        kinds: dict[str, list[str]] = {}
        for column in columns:
            kinds.setdefault(str(table.columns.get(column, "")), []).append(column)
        rule = Rule(f"vault-{table.ends}", table.days)
        by_part[part].append(Kept(name, kinds, rule, classed="" not in kinds))
    return [Processing(part, True, tables) for part, tables in by_part.items() if tables]


def _own(context: Context, there: Mapping[str, Sequence[str]]) -> list[Processing]:
    settings = asdict(context.settings)
    by_part: dict[str, list[Kept]] = {str(one): [] for one in register.Part}
    for name, columns in there.items():
        table = register.TABLES.get(name)
        if table is None:
            by_part[register.Part.ORDER].append(
                Kept(name, {"": columns}, Rule("kept"), classed=False)
            )
            continue
        number, hours = table.days, False
        if table.stays is register.Stays.SETTING:
            section, _, key = table.setting.partition(".")
            number, hours = int(settings[section][key]), key.endswith("_hours")
        rule = Rule(str(table.stays), number, hours)
        by_part[table.part].append(Kept(name, {table.holds or str(table.part): columns}, rule))
    return [Processing(part, False, tables) for part, tables in by_part.items() if tables]


def _travels(context: Context, kind: str) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for name, class_ in fields(context.book, kind).items():
        if class_ in _MENTIONED:
            found.setdefault(class_, []).append(name)
    return found
