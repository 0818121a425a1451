"""Identity numbers of another country: one that lost its leading zero looks like one of those."""

from data.policies import policy_of
from rules.cells import AS_TEXT
from rules.identity import DIGITS
from tasks.caseload.faults import Faults
from tasks.caseload.known import Known


def refuse_foreign(known: Known, faults: Faults) -> None:
    for name in ("household", "children"):
        one = known.merged.get(name)
        if one is None or "id_number" not in one.records.values:
            continue
        said = [(row, of, number) for row, of, number in zip(
            one.records.grid.rows, _municipalities(known, name), one.records.values["id_number"], strict=True
        ) if of and number]  # fmt: skip
        for row, of, number in said:
            digits = DIGITS[policy_of(of).country]
            if len(number) != digits:
                what = f"has {len(number)} digits, and identity numbers of {of} have {digits}; {AS_TEXT}"
                faults.add(one.records.grid, "id_number", [row], what)


def _municipalities(known: Known, name: str) -> list[str | None]:
    """Of each row, None where it isn't known."""
    values = known.merged[name].values
    if "municipality" in values:
        return values["municipality"]
    of = known.column("families", "municipality", set(values["family"]) - {None})
    return [of.get(family) for family in values["family"]]
