"""Claims that could never be paid where they are made: refused as they come in, so that nobody waits for them (R10)."""

from collections.abc import Iterator, Mapping, Sequence

from sqlmodel import Session

from data.policies import policy
from data.sheets import sheet
from data.versions import current_rows
from rules.benefits import NEEDS
from rules.components.gatherings import CAP
from rules.rates import BANDS
from rules.vocabulary import Benefit, GatheringKind, Regime
from tasks.workbook.faults import Faults
from tasks.workbook.merge import Merged

NO_DRIVING = (
    "there is no rate for driving in {country}, so it can't be paid; agree outside this system how it is refunded"
)
NOT_SAID = "the policy of {municipality} gives no {key}, so it can't be paid; add it there first"
REIMBURSED = (GatheringKind.CHRISTMAS, GatheringKind.SUMMER)


def refuse_unpayable(s: Session, merged: Sequence[Merged], faults: Faults) -> None:
    """New and changed rows that aren't withdrawn. What came in before is held when its month is paid."""
    file = _File(s, {one.records.sheet.name: one for one in merged})
    for one, index, of in file.standing("travel", "placements", "placement"):
        if (policy(of).country, "mileage_low_km") not in BANDS:
            _refuse(one, "km", index, NO_DRIVING.format(country=policy(of).country), faults)
    for one, index, of in file.standing("expenses", "placements", "placement"):
        benefit, regime = (one.values[name][index] for name in ("benefit", "regime"))
        key = NEEDS.get(Benefit(benefit)) if benefit and regime != Regime.INVOICE else None
        if key and key not in policy(of).values:
            _refuse(one, "benefit", index, NOT_SAID.format(municipality=of, key=key), faults)
    for one, index, of in file.standing("gatherings", "networks", "network"):
        if one.values["kind"][index] in REIMBURSED and CAP not in policy(of).values:
            _refuse(one, "kind", index, NOT_SAID.format(municipality=of, key=CAP), faults)


def _refuse(one: Merged, column: str, index: int, what: str, faults: Faults) -> None:
    faults.add(one.records.grid, column, [one.records.grid.rows[index]], what)


class _File:
    def __init__(self, s: Session, merged: Mapping[str, Merged]) -> None:
        self.s, self.merged = s, merged

    def standing(self, name: str, of_sheet: str, link: str) -> Iterator[tuple[Merged, int, str]]:
        """Each new or changed row that isn't withdrawn, with the municipality that pays it, where that is known."""
        if (one := self.merged.get(name)) is None:
            return
        withdrawn = one.values["withdrawn_on"] if "withdrawn_on" in one.values else [None] * len(one.records.refs)
        rows = [index for index in sorted({*one.added, *one.changed}) if withdrawn[index] is None]
        pays = self._column(of_sheet, "municipality", {one.values[link][index] for index in rows} - {None})
        for index in rows:
            if of := pays.get(one.values[link][index]):
                yield one, index, of

    def _column(self, name: str, attribute: str, refs: set[str]) -> dict[str, str]:
        """As the file says it, else as it is known."""
        found: dict[str, str | None] = {}
        if one := self.merged.get(name):
            named = zip(one.records.refs, one.values.get(attribute, [None] * len(one.records.refs)), strict=True)
            found = {ref: value for ref, value in named if ref in refs}
        stored = current_rows(self.s, sheet(name).table, refs - found.keys())
        found |= {ref: row[attribute] for ref, row in stored.items() if attribute in row}
        return {ref: value for ref, value in found.items() if value is not None}
