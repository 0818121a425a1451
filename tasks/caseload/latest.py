"""What the sheet families says of a family's latest approval, laid over its periods."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from data.approvals import is_derived, next_refs, periods_by_family, ref_of
from data.caseload.sheets import APPROVALS, FAMILIES, LATEST_APPROVAL
from data.store.asking import ASKED_AT_ONCE, batched
from data.tables import Approval
from rules.approvals import latest
from tasks.caseload.faults import Faults
from tasks.caseload.merge import OWN, Merged, refuse_reversed

ATTRIBUTES = [name for name in Approval.model_fields if name not in OWN]


def latest_approvals(
    s: Session, families: Merged, periods: Merged | None, faults: Faults, warnings: Faults
) -> Merged | None:
    """The periods that these columns begin or change; None where they say nothing new.

    A first day on or after the last day of the latest period begins a new one; anything else corrects it. Where the
    sheet approvals changes the same family's periods, both must say the same of the latest.
    """
    records = families.records
    said = {attribute: records.values[name] for name, attribute in LATEST_APPROVAL.items() if name in records.values}
    if not said:
        return None
    known = _known(s, [ref for ref in records.refs if ref is not None])
    in_file = _in_file(periods)
    found: dict[int, dict[str, Any]] = {}
    replaced: dict[int, Approval] = {}
    for index, ref in enumerate(records.refs):
        stored, now = latest(known.get(ref or "", [])), {name: cells[index] for name, cells in said.items()}
        if ref is None:
            continue
        if ref in in_file:
            if not _agree(_after(known.get(ref, []), in_file[ref]), now):
                what = "says another latest approval than the sheet approvals does; make both say the same"
                faults.add(records.grid, _first(records.values), [records.grid.rows[index]], what)
            continue
        if _agree(stored, now):
            continue
        _warn_of_lost_days(families, index, stored, now, warnings)
        found[index] = _row(ref, stored, now)
        if stored is not None and not _begins_anew(stored, now):
            replaced[index] = stored
    _refuse_reversed(families, found, faults)
    return _merged(s, families, found, replaced) if found else None


def _first(columns: Iterable[str]) -> str:
    return next(name for name in columns if name in LATEST_APPROVAL)


def _known(s: Session, families: list[str]) -> dict[str, list[Approval]]:
    return {ref: rows for some in batched(families, ASKED_AT_ONCE) for ref, rows in periods_by_family(s, some).items()}


def _in_file(periods: Merged | None) -> dict[str, list[Approval]]:
    """By family, periods of the file that are new or changed."""
    found: dict[str, list[Approval]] = {}
    for index in (*periods.added, *periods.changed) if periods else ():
        row = {name: cells[index] for name, cells in periods.values.items()} if periods else {}
        if periods is not None and row["family"] is not None:
            found.setdefault(row["family"], []).append(Approval(ref=periods.records.refs[index] or "", **row))
    return found


def _after(known: list[Approval], in_file: list[Approval]) -> Approval | None:
    rows = {row.ref: row for row in (*known, *in_file)}
    return latest(row for row in rows.values() if row.withdrawn_on is None)


def _agree(row: Approval | None, now: dict[str, Any]) -> bool:
    return all((getattr(row, name) if row else None) == value for name, value in now.items())


def _begins_anew(stored: Approval, now: dict[str, Any]) -> bool:
    first = now.get("valid_from")
    return first is not None and stored.valid_to is not None and _is_later(stored, first) and first >= stored.valid_to


def _is_later(stored: Approval, first: date) -> bool:
    return stored.valid_from is None or first > stored.valid_from


def _warn_of_lost_days(
    families: Merged, index: int, stored: Approval | None, now: dict[str, Any], warnings: Faults
) -> None:
    """A later first day is taken for a correction; of a renewal, the end of what was before is missing."""
    first = now.get("valid_from")
    if stored is None or stored.valid_from is None or first is None or _begins_anew(stored, now):
        return
    if first > stored.valid_from:
        what = (
            f"comes later than before ({stored.valid_from}): nights before it are approved no longer; if it is a new "
            "approval, give the last day of the one before first, or both in the sheet approvals"
        )
        warnings.add(families.records.grid, "approved_from", [families.records.grid.rows[index]], what)


def _row(family: str, stored: Approval | None, now: dict[str, Any]) -> dict[str, Any]:
    blank = dict.fromkeys(ATTRIBUTES) | {"family": family}
    if stored is None:
        return blank | now
    kept = {name: getattr(stored, name) for name in ATTRIBUTES}
    if _begins_anew(stored, now):
        kept |= {"valid_to": None, "authority": None, "number": None}
    return kept | now


def _refuse_reversed(families: Merged, found: dict[int, dict[str, Any]], faults: Faults) -> None:
    values = {
        name: [found[index][attribute] if index in found else None for index in range(len(families.records.refs))]
        for name, attribute in LATEST_APPROVAL.items()
    }
    for span in FAMILIES.spans:
        refuse_reversed(families.records, span, values, faults)


def _merged(s: Session, families: Merged, found: dict[int, dict[str, Any]], replaced: dict[int, Approval]) -> Merged:
    at = list(found)
    new = [found[index]["family"] for index in at if index not in replaced]
    numbers = {ref: number for some in batched(new, ASKED_AT_ONCE) for ref, number in next_refs(s, some).items()}
    refs: list[str | None] = [
        replaced[index].ref if index in replaced else ref_of(family, numbers[family])
        for index in at
        for family in [found[index]["family"]]
    ]
    grid = replace(
        families.records.grid, sheet=APPROVALS, rows=[families.records.grid.rows[index] for index in at], cells={}
    )
    return Merged(
        replace(families.records, grid=grid, refs=refs, values={}, unreadable=set()),
        {name: [found[index][name] for index in at] for name in ATTRIBUTES},
        [place for place, index in enumerate(at) if index not in replaced],
        {
            place: (row.id, row.recorded_at)
            for place, index in enumerate(at)
            if (row := replaced.get(index)) is not None and row.id is not None
        },
    )


def replace_derived(s: Session, periods: Merged, faults: Faults, now: datetime) -> None:
    """A period that was made from the families' columns gives way to the history of the sheet approvals, where that
    begins as early; where it begins later, nobody can say which days of it hold."""
    in_file = _in_file(periods)
    known = _known(s, sorted(in_file))
    for family, rows in in_file.items():
        standing = [row for row in rows if row.withdrawn_on is None and row.valid_from is not None]
        for derived in known.get(family, []):
            if derived.ref in periods.records.refs or not is_derived(derived.ref, family):
                continue
            over = [row for row in standing if _overlap(derived, row)]
            if not over:
                continue
            if derived.valid_from is None or min(row.valid_from or date.max for row in over) <= derived.valid_from:
                _take_back(periods, derived, now)
            else:
                _refuse_beside(periods, derived, over, faults)


def _overlap(one: Approval, other: Approval) -> bool:
    first, last = (one.valid_from or date.min), (one.valid_to or date.max)
    return (other.valid_from or date.min) <= last and first <= (other.valid_to or date.max)


def _take_back(periods: Merged, derived: Approval, now: datetime) -> None:
    """A row more, as if the file had it."""
    index = len(periods.records.refs)
    periods.records.refs.append(derived.ref)
    for name, cells in periods.values.items():
        cells.append(now.date() if name == "withdrawn_on" else getattr(derived, name))
    for cells in periods.records.values.values():
        if len(cells) == index:
            cells.append(None)
    periods.changed[index] = (derived.id or 0, derived.recorded_at)


def _refuse_beside(periods: Merged, derived: Approval, over: list[Approval], faults: Faults) -> None:
    refs = {row.ref for row in over}
    rows = [row for row, ref in zip(periods.records.grid.rows, periods.records.refs, strict=False) if ref in refs]
    until = f"to {derived.valid_to}" if derived.valid_to else "without an end"
    what = (
        f"lies in {derived.ref}, which the sheet families made from {derived.valid_from} {until}; "
        "give that period here as well, with its right end or with withdrawn_on"
    )
    faults.add(periods.records.grid, "from", rows, what)
