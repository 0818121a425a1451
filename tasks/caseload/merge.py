"""What a sheet would change: its rows laid over the current versions, and what then doesn't hold together."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from data.caseload.sheet import Column, Kind, Span
from data.caseload.sheets import PLACEMENTS, sheet
from data.store.versions import add_versions, all_current, current_refs, current_rows, supersede, table_of
from data.tables import Child
from rules.mail_address import address_key
from tasks.caseload.faults import Faults
from tasks.caseload.records import Records

OWN = frozenset({"id", "ref", "recorded_at", "superseded_at"})


@dataclass(frozen=True)
class Merged:
    records: Records
    values: dict[str, list[Any]]
    """By attribute of the table, whether the file has it or it is kept from before."""
    added: list[int]
    """Indexes of rows that are new."""
    changed: dict[int, tuple[int, datetime]]
    """Index of a row that differs: id and recording instant of the version it replaces."""

    @property
    def unchanged(self) -> int:
        return len(self.records.refs) - len(self.added) - len(self.changed)


def merge(s: Session, records: Records, faults: Faults, children: Merged | None = None) -> Merged:
    """`children` is what the same file says of them."""
    table = table_of(records.sheet.table)
    stored = current_rows(s, records.sheet.table, {ref for ref in records.refs if ref is not None})
    before = [stored.get(ref) if ref is not None else None for ref in records.refs]
    values = {
        name: records.values[name] if name in records.values else [row[name] if row else None for row in before]
        for name in (column.name for column in table.c)
        if name not in OWN
    }
    for column in records.sheet.columns:
        if column.kind is Kind.ROLES:
            values[column.fills] = [roles or "" for roles in values[column.fills]]
    if records.sheet is PLACEMENTS:
        values["municipality"] = _placed_by(s, values, before, children)
    added = [index for index, row in enumerate(before) if row is None]
    _refuse_missing(records, values, set(added), faults)
    for span in records.sheet.spans:
        if records.sheet.column(span.first).fills in values:
            refuse_reversed(records, span, values, faults)
    return Merged(records, values, added, _differing(before, values))


def _placed_by(s: Session, values: dict[str, list[Any]], before: list[Any], children: Merged | None) -> list[Any]:
    """Where it isn't said: as it was, else the municipality that the child has when the placement is first known."""
    said = [
        now or (row["municipality"] if row else None) for now, row in zip(values["municipality"], before, strict=True)
    ]
    asked = {child for child, municipality in zip(values["child"], said, strict=True) if child and not municipality}
    known: dict[str | None, str] = {ref: row["municipality"] for ref, row in current_rows(s, Child, asked).items()}
    if children is not None:
        known |= zip(children.records.refs, children.values["municipality"], strict=True)
    return [municipality or known.get(child) for child, municipality in zip(values["child"], said, strict=True)]


def _differing(before: list[Any], values: dict[str, list[Any]]) -> dict[int, tuple[int, datetime]]:
    rows = zip(before, zip(*values.values(), strict=True), strict=True)
    return {
        index: (row["id"], row["recorded_at"])
        for index, (row, now) in enumerate(rows)
        if row is not None and now != tuple(row[name] for name in values)
    }


def _refuse_missing(records: Records, values: dict[str, list[Any]], added: set[int], faults: Faults) -> None:
    for column in records.sheet.columns:
        if not column.required:
            continue
        there = column.name in records.grid.cells
        cells = records.refs if column.name == "ref" else values[column.fills]
        empty = [
            index
            for index, value in enumerate(cells)
            if value is None and (column.fills, index) not in records.unreadable and (there or index in added)
        ]
        what = "is empty; a row needs it" if there else "is missing, and a new row needs it; add the column"
        faults.add(records.grid, column.name, [records.grid.rows[index] for index in empty], what)


def refuse_reversed(records: Records, span: Span, values: dict[str, list[Any]], faults: Faults) -> None:
    first, last = (values[records.sheet.column(name).fills] for name in (span.first, span.last))
    pairs = list(zip(records.grid.rows, first, last, strict=True))
    known = [(row, begin, end) for row, begin, end in pairs if begin is not None and end is not None]
    wrong = [row for row, begin, end in known if end < begin or (span.apart and end == begin)]
    least = "must come after" if span.apart else "may not come before"
    faults.add(records.grid, span.last, wrong, f"{least} {span.first}")
    if span.longest_days:
        longest = timedelta(days=span.longest_days)
        faults.add(
            records.grid,
            span.last,
            [row for row, begin, end in known if end - begin > longest],
            f"is more than {span.longest_days} days after {span.first}; divide the stay if it is right",
        )


def refuse_dangling(s: Session, all_records: list[Records], doubtful: Collection[str], faults: Faults) -> None:
    """Every link must lead to a row of the file or to something known; not judged into sheets that are doubtful."""
    in_file = {records.sheet.name: {ref for ref in records.refs if ref is not None} for records in all_records}
    asked: dict[str, set[str]] = defaultdict(set)
    links = [
        (records, column)
        for records in all_records
        for column in records.sheet.columns
        if column.links and column.fills in records.values and not set(column.links) & set(doubtful)
    ]
    for records, column in links:
        for target in column.links:
            asked[target] |= _linked(records, column) - in_file.get(target, set())
    known = {
        target: in_file.get(target, set()) | current_refs(s, sheet(target).table, refs)
        for target, refs in asked.items()
    }
    for records, column in links:
        reached = set().union(*(known[target] for target in column.links))
        lost = [
            row
            for row, ref in zip(records.grid.rows, records.values[column.fills], strict=True)
            if ref is not None and ref not in reached
        ]
        sheets = " or ".join(column.links)
        faults.add(
            records.grid, column.name, lost, f"a reference to nobody: not in this file's {sheets}, nor known before"
        )


def _linked(records: Records, column: Column) -> set[str]:
    return {ref for ref in records.values[column.fills] if ref is not None}


def refuse_confused_staff(s: Session, merged: Merged, faults: Faults) -> None:
    """People are known by their e-mail address, and nobody is their own substitute."""
    records = merged.records
    own = [
        row
        for row, ref, other in zip(records.grid.rows, records.refs, merged.values["substitute"], strict=True)
        if ref is not None and ref == other
    ]
    faults.add(records.grid, "substitute", own, "nobody is their own substitute")
    in_file = set(records.refs)
    holder = {
        address_key(row["email"]): "a person who is known already"
        for row in all_current(s, records.sheet.table)
        if row["email"] and row["ref"] not in in_file
    }
    for row_number, email in zip(records.grid.rows, merged.values["email"], strict=True):
        if email and address_key(email) in holder:
            what = f"the address of {holder[address_key(email)]}; people are told apart by it"
            faults.add(records.grid, "email", [row_number], what)
        elif email:
            holder[address_key(email)] = f"row {row_number}"


def write(s: Session, merged: Merged, now: datetime) -> None:
    said = merged.records.values.get("recorded_at")
    instants = {
        index: _recorded(merged, index, said[index] if said else None, now)
        for index in (*merged.added, *merged.changed)
    }
    replaced = {id_: instants[index] for index, (id_, _) in merged.changed.items()}
    supersede(s, merged.records.sheet.table, replaced)
    add_versions(s, merged.records.sheet.table, _rows(merged, instants))


def _recorded(merged: Merged, index: int, said: datetime | None, now: datetime) -> datetime:
    """The sheet's recorded_on where it is news; a day that stood there before says nothing about the change."""
    if said is None:
        return now
    if index in merged.changed and said.date() <= merged.changed[index][1].date():
        return now
    return said


def _rows(merged: Merged, instants: Mapping[int, datetime]) -> Iterator[dict[str, Any]]:
    names = list(merged.values)
    for index, recorded_at in instants.items():
        row: dict[str, Any] = {name: merged.values[name][index] for name in names}
        yield {"ref": merged.records.refs[index], "recorded_at": recorded_at, "superseded_at": None, **row}
