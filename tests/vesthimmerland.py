"""Vesthimmerland's team: two foster families, a respite family, and their consultants."""

from datetime import date
from typing import Any

from data.tables import Child, Family, Placement, Staff, Team, TeamHome
from tests import people

MUNICIPALITY, CONSULTANT, COLLEAGUE, TEAM = "vesthimmerland", "VH-S1", "VH-S2", "VH-H1"
FIRST, SECOND, RESPITE = "VH-F1", "VH-F2", "VH-F3"


def settle() -> None:
    here: dict[str, Any] = {"municipality": MUNICIPALITY, "recorded_at": people.NOW}
    staff = [
        Staff(ref=ref, email=people.email(ref), roles=roles, **here)
        for ref, roles in (
            (CONSULTANT, "family_care_consultant"),
            (COLLEAGUE, "supervisor"),
            ("VH-S0", "family_care_consultant"),
            ("VH-S3", "leader"),
        )
    ]
    kinds = {FIRST: "foster", SECOND: "foster", RESPITE: "respite"}
    families = [
        Family(ref=ref, kind=kind, email=people.email(ref), consultant=CONSULTANT, **here)
        for ref, kind in kinds.items()
    ]
    children = [Child(ref=f"{ref}-B", birth_date=date(2014, 2, 3), **here) for ref in kinds]
    people.move_in(
        *staff,
        *families,
        *children,
        *(
            Placement(
                ref=f"{ref}-P",
                recorded_at=people.NOW,
                child=f"{ref}-B",
                family=ref,
                kind="respite" if kind == "respite" else "full_time",
                start=date(2022, 1, 1),
            )
            for ref, kind in kinds.items()
        ),
        Team(ref=TEAM, family_care_consultant=CONSULTANT, family_consultant=COLLEAGUE, **here),
        *(home(ref) for ref in kinds),
    )


def home(family: str, **more: Any) -> TeamHome:
    joined = date(2023, 1, 1)
    given = {"team": TEAM, "family": family, "joined_on": joined, **more}
    return TeamHome(ref=f"{TEAM}/{family}/{joined}", recorded_at=people.NOW, **given)
