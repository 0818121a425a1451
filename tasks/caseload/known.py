"""What a column says of references: as the file says it, else as it is known."""

from collections.abc import Mapping

from sqlmodel import Session

from data.caseload.sheets import sheet
from data.store.versions import current_rows
from tasks.caseload.merge import Merged


class Known:
    def __init__(self, s: Session, merged: Mapping[str, Merged]) -> None:
        self._s, self.merged = s, merged

    def column(self, name: str, attribute: str, refs: set[str]) -> dict[str, str]:
        """Of the sheet of that name, by reference; without those that nothing is known of."""
        found: dict[str, str | None] = {}
        if one := self.merged.get(name):
            named = zip(one.records.refs, one.values.get(attribute, [None] * len(one.records.refs)), strict=True)
            found = {ref: value for ref, value in named if ref in refs}
        stored = current_rows(self._s, sheet(name).table, refs - found.keys())
        found |= {ref: row[attribute] for ref, row in stored.items() if attribute in row}
        return {ref: value for ref, value in found.items() if value is not None}
