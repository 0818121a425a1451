"""Which facts changed between two runs of one municipality, when and by whom."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import dropwhile
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, or_, select
from sqlmodel import Session, SQLModel, col

from data.caseload.sheets import SHEETS
from data.store.asking import ASKED_AT_ONCE, batched
from data.store.versions import table_of
from data.tables import PayRun
from data.tables.audit import AuditEntry
from data.tables.base import Fact

SHEETS_OF = {sheet.table.__tablename__: [sheet.name] for sheet in SHEETS}
SHEETS_OF["approval"].append("families")
IMPORTS = ("import", "rates.import")
ANSWERED = "task answered"


class Change(NamedTuple):
    table: str
    ref: str
    links: tuple[str, ...]
    """References of what it belonged to, and of what it belongs to now."""
    before: Mapping[str, Any] | None
    """Values by column; None for what wasn't known."""
    now: Mapping[str, Any]
    fields: tuple[str, ...]
    """The columns that changed with this version."""
    recorded_at: datetime


Versions = dict[str, list[RowMapping]]
"""By reference, oldest first."""


def versions(
    s: Session, fact: type[Fact], link: str, among: Collection[str], columns: Iterable[str], first: PayRun, last: PayRun
) -> Versions:
    """As `last` knew them, of references with a version that came after `first` had read and any that had the link."""
    table, found = table_of(fact), Versions()
    linked, later = table.alias(), table.alias()
    for some in batched(among, ASKED_AT_ONCE):
        came = or_(later.c.id > _mark(first, table.name, 0), later.c.recorded_at > first.known_at)
        theirs = select(linked.c.ref).where(linked.c[link].in_(some))
        new = select(later.c.ref).where(later.c.ref.in_(theirs), came)
        rows = select(*(table.c[name] for name in dict.fromkeys(["id", "ref", "recorded_at", link, *columns])))
        rows = rows.where(table.c.ref.in_(new), table.c.recorded_at <= last.known_at).order_by(table.c.id)
        if table.name in last.read_to:
            rows = rows.where(table.c.id <= last.read_to[table.name])
        by_ref = defaultdict[str, list[RowMapping]](list)
        for row in s.execute(rows).mappings():
            by_ref[row["ref"]].append(row)
        found |= by_ref
    return found


def changes(found: Versions, table: str, link: str, columns: Collection[str], since: PayRun) -> list[list[Change]]:
    """Of each reference what that run didn't know yet, where it matters to what is paid: a Change an instant."""
    made = []
    for ref, rows in found.items():
        known = [row for row in rows if row["id"] <= _mark(since, table, row["id"])]
        known = [row for row in known if row["recorded_at"] <= since.known_at]
        before, now = (known[-1] if known else None), rows[-1]
        if _stands(before) or _stands(now):
            later = [row for row in rows if row["id"] > before["id"]] if before else rows
            links = tuple(dict.fromkeys(row[link] for row in (before, now) if row))
            change = Change(table, ref, links, None, {}, (), now["recorded_at"])
            made.append(list(_told(change, columns, before if _stands(before) else None, later)))
    return [one for one in made if one]


def that_matter(
    s: Session, facts: Iterable[tuple[str, str]], columns: Mapping[str, Collection[str]], since: PayRun, until: datetime
) -> Iterator[tuple[str, str]]:
    """Of facts (table and reference) that came later than the run: those of which one of these columns, by table, says
    something else by then than the run knew."""
    by_table = defaultdict[str, list[str]](list)
    for name, ref in facts:
        by_table[name].append(ref)
    for name, refs in by_table.items():
        table = SQLModel.metadata.tables[name]
        wanted = select(*(table.c[each] for each in dict.fromkeys(["id", "ref", "recorded_at", *columns[name]])))
        for some in batched(refs, ASKED_AT_ONCE):
            rows = s.execute(wanted.where(table.c.ref.in_(some), table.c.recorded_at <= until).order_by(table.c.id))
            by_ref = defaultdict[str, list[RowMapping]](list)
            for row in rows.mappings():
                by_ref[row["ref"]].append(row)
            yield from ((name, ref) for ref, all_ in by_ref.items() if _matters(all_, name, columns[name], since))


def _matters(rows: list[RowMapping], table: str, columns: Collection[str], since: PayRun) -> bool:
    known = [
        row for row in rows if row["id"] <= _mark(since, table, row["id"]) and row["recorded_at"] <= since.known_at
    ]
    before, now = (row if _stands(row) else None for row in (known[-1] if known else None, rows[-1]))
    return any((before and before[name]) != (now and now[name]) for name in columns) or (before is None) != (
        now is None
    )


def _stands(row: RowMapping | None) -> bool:
    return row is not None and row.get("withdrawn_on") is None


def _told(
    change: Change, columns: Collection[str], before: RowMapping | None, later: list[RowMapping]
) -> Iterator[Change]:
    """What is new as it came, then each field that is another one now with the version that made it so."""
    if before is None:
        before, *later = dropwhile(lambda row: not _stands(row), later)
        came = {name: before[name] for name in columns}
        yield change._replace(now=came, fields=tuple(columns), recorded_at=before["recorded_at"])
    if not later:
        return
    since = defaultdict[datetime, list[str]](list)
    for name in columns:
        if before[name] != later[-1][name]:
            values = [before[name], *(row[name] for row in later)]
            last = max(nth for nth, row in enumerate(later) if row[name] != values[nth])
            since[later[last]["recorded_at"]].append(name)
    was, now = ({name: row[name] for name in columns} for row in (before, later[-1]))
    for at, fields in sorted(since.items()):
        yield change._replace(before=was, now=now, fields=tuple(fields), recorded_at=at)


def _mark(run: PayRun, table: str, unknown: int) -> int:
    return run.read_to.get(table, unknown)


def recorded_by(
    s: Session, of: Collection[Change], first: PayRun, last: PayRun
) -> dict[tuple[str, str, datetime], str]:
    """The audit trail's actor, where it names one: by the instant, else the only one who imported that sheet between
    the two runs."""
    instants = sorted({change.recorded_at for change in of})
    entries: dict[datetime, list[AuditEntry]] = defaultdict(list)
    for some in batched(instants, ASKED_AT_ONCE):
        wanted = select(AuditEntry).where(col(AuditEntry.at).in_(some))
        for entry in s.scalars(wanted):
            entries[entry.at].append(entry)
    between = (col(AuditEntry.at) > first.known_at, col(AuditEntry.at) <= last.known_at)
    imports = list(s.scalars(select(AuditEntry).where(col(AuditEntry.action).in_(IMPORTS), *between))) if of else []
    return {
        (change.table, change.ref, change.recorded_at): actor
        for change in of
        if (actor := _only(entries[change.recorded_at], change) or _only(_that_have(imports, change.table)))
    }


def _only(entries: list[AuditEntry], change: Change | None = None) -> str | None:
    about = [entry for entry in entries if change and entry.subject in (change.ref, *change.links)]
    imported = [entry for entry in entries if entry.action in IMPORTS]
    answered = [entry for entry in entries if entry.action == ANSWERED]
    actors = {entry.actor for entry in about or imported or answered}
    return actors.pop() if len(actors) == 1 else None


def _that_have(imports: list[AuditEntry], table: str) -> list[AuditEntry]:
    if table not in SHEETS_OF:
        return [entry for entry in imports if entry.action == "rates.import"]
    sheets = ((entry, entry.detail.get("sheets", {})) for entry in imports)
    return [entry for entry, counts in sheets if any(any(counts.get(name, [0, 0])[:2]) for name in SHEETS_OF[table])]
