"""R1: the authority that approves respite families and supervises them, by region."""

from datetime import date
from typing import NamedTuple

from rules.policy import Policy
from rules.refusal import Refusal


class Authority(NamedTuple):
    name: str
    basic_course_first: bool
    """It begins only when the family has completed the basic course; else the course is taken meanwhile."""


class RegionUnknown(Refusal):
    def __init__(self, family: str, known: list[str]) -> None:
        self.family = family
        super().__init__(
            f"family {family}: its region isn't one whose supervision authority is known ({', '.join(known)}); "
            "mend the column region in the sheet families, or add the region to respite_approval.authorities in policy"
        )


def authority_for(family: str, region: str | None, policy: Policy, on: date) -> Authority:
    """Of the region where the family lives. Raises RegionUnknown."""
    by_region = {row["region"]: row for row in policy.value("respite_approval.authorities", on)}
    for name, row in by_region.items():
        if region is not None and region.strip().casefold() in (name.casefold(), f"region {name}".casefold()):
            return Authority(row["name"], row["basic_course_first"])
    raise RegionUnknown(family, sorted(by_region))
