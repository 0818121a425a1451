"""A cast with stated relations: Hjørring's staff, one network family, one outsider."""

from datetime import UTC, date, datetime
from pathlib import Path

from data.installation import change, settings
from data.store.session import writing
from data.tables import Child, DutyChange, Family, HouseholdMember, Staff
from data.tables.base import Fact
from tests.homes import remember

WEDNESDAY = date(2023, 3, 1)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


NOW = at(WEDNESDAY)

NETWORK_ADVISER, MATCH_CONSULTANT, CHILD_ADVISER = "HJ-S01", "HJ-S02", "HJ-S03"
ADMINISTRATION, LEADER, OUTSIDER = "HJ-S04", "HJ-S05", "HJ-S09"
FAMILY_CARE_CONSULTANT = "HJ-S07"
FAMILY, MOTHER, FATHER, TEENAGER, NEARLY_FIFTEEN = "HJ-F001", "HJ-F001-1", "HJ-F001-2", "HJ-F001-3", "HJ-F001-4"
CHILD = "HJ-B001"
TURNS_FIFTEEN = date(2023, 4, 12)


def email(ref: str) -> str:
    """Everyone's address, by reference."""
    return f"{ref.lower()}@hjoerring.example"


def staff(ref: str, roles: str, **more: object) -> Staff:
    given = {"municipality": "hjoerring", "name": f"Navn {ref}", "email": email(ref), **more}
    return Staff(ref=ref, recorded_at=NOW, roles=roles, **given)


def cast() -> list[Fact]:
    born = {
        MOTHER: date(1984, 5, 2),
        FATHER: date(1982, 9, 9),
        TEENAGER: date(2006, 6, 1),
        NEARLY_FIFTEEN: date(2008, 4, 12),
    }
    return [
        staff(NETWORK_ADVISER, "network_adviser"),
        staff(MATCH_CONSULTANT, "match_consultant"),
        staff(CHILD_ADVISER, "child_adviser"),
        staff(ADMINISTRATION, "administration"),
        staff(LEADER, "leader"),
        staff(FAMILY_CARE_CONSULTANT, "family_care_consultant"),
        staff(OUTSIDER, "supervisor"),
        Family(ref=FAMILY, recorded_at=NOW, municipality="hjoerring", kind="network", email=email(FAMILY)),
        *(
            HouseholdMember(ref=ref, recorded_at=NOW, family=FAMILY, birth_date=day, carer=ref in (MOTHER, FATHER))
            for ref, day in born.items()
        ),
        Child(ref=CHILD, recorded_at=NOW, municipality="hjoerring", birth_date=date(2014, 2, 3), adviser=CHILD_ADVISER),
    ]


def pause(subject: str, first: date, last: date | None = None) -> DutyChange:
    """Of everything that the subject owes."""
    change = {"subject": subject, "kind": "pause", "starts_on": first, "ends_on": last, "decided_by": LEADER}
    return DutyChange(ref=f"{subject}/all/pause/{first}", recorded_at=NOW, **change)


def move_in(*people: Fact) -> None:
    """Puts the cast, or these people, into the connected database."""
    with writing() as s:
        for person in people or cast():
            remember(s, person, NOW)


def payroll_goes_to(folder: Path | None) -> None:
    """From now on in the connected installation."""
    change(settings=settings().model_copy(update={"payroll_folder": folder}))
