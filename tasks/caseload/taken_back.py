"""Families, children and networks that are taken back: nothing that stands may be about them."""

from collections.abc import Iterator, Mapping

from sqlmodel import Session

from data.caseload.sheets import sheet
from data.store.versions import current_rows, rows_about
from tasks.caseload.faults import Faults
from tasks.caseload.merge import Merged

ABOUT = {
    "families": (("placements", "family"), ("networks", "resource_family"), ("network_homes", "family")),
    "children": (("placements", "child"),),
    "networks": (("network_homes", "network"), ("gatherings", "network")),
}
"""By sheet, which sheets' rows are about one of it, and by which attribute."""


def refuse_still_needed(s: Session, merged: Mapping[str, Merged], faults: Faults) -> None:
    """A row that is taken back while others about it stand, and a row about one that was taken back before."""
    for owner, sheets in ABOUT.items():
        for name, link in sheets:
            if owner in merged:
                _refuse_taken_back(s, merged[owner], name, link, merged.get(name), faults)
            if name in merged:
                _refuse_about_one(s, owner, link, merged[name], merged.get(owner), faults)


def _refuse_taken_back(s: Session, one: Merged, name: str, link: str, there: Merged | None, faults: Faults) -> None:
    taken = {ref: index for index, ref, stands in _news(one) if ref and not stands}
    in_file = set(there.records.refs) if there else set()
    about: dict[str, str] = {
        row[link]: row["ref"]
        for row in rows_about(s, sheet(name).table, link, taken)
        if row["ref"] not in in_file and row["withdrawn_on"] is None
    }
    if there is not None:
        standing = (index for index, _ in enumerate(there.records.refs) if there.values["withdrawn_on"][index] is None)
        about |= {there.values[link][index]: str(there.records.refs[index]) for index in standing}
    for ref in sorted(taken.keys() & about.keys()):
        what = f"{about[ref]} of the sheet {name} is about it and stands; take that back first, or in the same file"
        faults.add(one.records.grid, "withdrawn_on", [one.records.grid.rows[taken[ref]]], what)


def _refuse_about_one(s: Session, owner: str, link: str, there: Merged, one: Merged | None, faults: Faults) -> None:
    """What the same file takes back is refused at its own row."""
    asked = {index: there.values[link][index] for index, _, stands in _news(there) if stands}
    stored = current_rows(s, sheet(owner).table, {*asked.values()} - {None, *(one.records.refs if one else ())})
    lost = [index for index, ref in asked.items() if ref in stored and stored[ref]["withdrawn_on"] is not None]
    column = next(each.name for each in there.records.sheet.columns if each.fills == link)
    rows = [there.records.grid.rows[index] for index in lost]
    faults.add(there.records.grid, column, rows, f"was taken back in the sheet {owner}; let it stand again first")


def _news(one: Merged) -> Iterator[tuple[int, str | None, bool]]:
    """Of rows that are new or changed: index, reference and whether it stands."""
    for index in sorted({*one.added, *one.changed}):
        yield index, one.records.refs[index], one.values["withdrawn_on"][index] is None
