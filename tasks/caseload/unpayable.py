"""Claims that could never be paid where they are made: refused as they come in, so that nobody waits for them (R10)."""

from collections.abc import Iterator

from data.policies import policy_of
from rules.benefits import NEEDS
from rules.components.gatherings import CAP
from rules.rates import BANDS
from rules.vocabulary import Benefit, GatheringKind, Regime
from tasks.caseload.faults import Faults
from tasks.caseload.known import Known
from tasks.caseload.merge import Merged

NO_DRIVING = (
    "there is no rate for driving in {country}, so it can't be paid; agree outside this system how it is refunded"
)
NOT_SAID = "the policy of {municipality} gives no {key}, so it can't be paid; add it there first"
REIMBURSED = (GatheringKind.CHRISTMAS, GatheringKind.SUMMER)


def refuse_unpayable(known: Known, faults: Faults) -> None:
    """New and changed rows that aren't withdrawn. What came in before is held when its month is paid."""
    for one, index, of in _standing(known, "travel", "placements", "placement"):
        if (policy_of(of).country, "mileage_low_km") not in BANDS:
            _refuse(one, "km", index, NO_DRIVING.format(country=policy_of(of).country), faults)
    for one, index, of in _standing(known, "expenses", "placements", "placement"):
        benefit, regime = (one.values[name][index] for name in ("benefit", "regime"))
        key = NEEDS.get(Benefit(benefit)) if benefit and regime != Regime.INVOICE else None
        if key and key not in policy_of(of).values:
            _refuse(one, "benefit", index, NOT_SAID.format(municipality=of, key=key), faults)
    for one, index, of in _standing(known, "gatherings", "networks", "network"):
        if one.values["kind"][index] in REIMBURSED and CAP not in policy_of(of).values:
            _refuse(one, "kind", index, NOT_SAID.format(municipality=of, key=CAP), faults)


def _refuse(one: Merged, column: str, index: int, what: str, faults: Faults) -> None:
    faults.add(one.records.grid, column, [one.records.grid.rows[index]], what)


def _standing(known: Known, name: str, of_sheet: str, link: str) -> Iterator[tuple[Merged, int, str]]:
    """Each new or changed row that isn't withdrawn, with the municipality that pays it, where that is known."""
    if (one := known.merged.get(name)) is None:
        return
    withdrawn = one.values["withdrawn_on"] if "withdrawn_on" in one.values else [None] * len(one.records.refs)
    rows = [index for index in sorted({*one.added, *one.changed}) if withdrawn[index] is None]
    pays = known.column(of_sheet, "municipality", {one.values[link][index] for index in rows} - {None})
    for index in rows:
        if of := pays.get(one.values[link][index]):
            yield one, index, of
