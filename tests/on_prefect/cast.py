"""A home for a case of every process, in four municipalities; everybody has a name that is found wherever it leaks."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from data.store.audit import Actor
from data.store.facts import revise
from data.store.session import writing
from data.tables import Child, Course, Family, HouseholdMember, Placement, Staff
from data.tables.base import Fact
from rules.register import PROCESSES
from tasks.cases.opened import open_case
from tasks.families.courses import add_course
from tasks.families.group_supervision import open_for_teams
from tests import lillehammer, people, vesthimmerland
from tests.homes import home
from tests.people import NOW, at, email

TODAY = date(2025, 3, 3)
OPERATOR = Actor("os:tests", "tests")
MUNICIPALITIES = {"HJ": "hjoerring", "HE": "herning", "LI": "lillehammer", "VH": "vesthimmerland"}
APPROVED = {
    "approved_from": date(2022, 1, 1),
    "approved_children": 1,
    "approved_age_from": 0,
    "approved_age_to": 17,
}


@dataclass(frozen=True)
class Home:
    """A family with its child, which has the same number; `placed` is the kind of the child's placement with it."""

    ref: str
    kind: str
    placed: str = ""
    since: date = date(2023, 1, 1)
    born: date = date(2014, 2, 3)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def municipality(self) -> str:
        return MUNICIPALITIES[self.ref[:2]]

    @property
    def child(self) -> str:
        return self.ref.replace("-F", "-B")

    def facts(self) -> Iterator[Fact]:
        here: dict[str, Any] = {"municipality": self.municipality, "recorded_at": NOW}
        yield from home(ref=self.ref, kind=self.kind, email=email(self.ref), **here, **self.more)
        yield HouseholdMember(
            ref=f"{self.ref}-1", recorded_at=NOW, family=self.ref, birth_date=date(1981, 7, 19), carer=True
        )
        yield Child(ref=self.child, birth_date=self.born, **here)
        if self.placed:
            together: dict[str, Any] = {"child": self.child, "family": self.ref, "kind": self.placed}
            yield Placement(ref=self.ref.replace("-F", "-P"), recorded_at=NOW, start=self.since, **together)


HOMES = {
    "network-family-approval": Home("HJ-F201", "network"),
    "supplementary-benefit": Home("HJ-F202", "respite", "respite"),
    "intensive-start": Home("HJ-F203", "network", "network", since=TODAY),
    "reinforced-support": Home("HJ-F204", "network", "network"),
    "course-enrolment": Home("HJ-F205", "foster", "full_time"),
    "respite-matching": Home("HJ-F206", "respite", more=APPROVED),
    "full-time-matching": Home("HJ-F207", "foster", more=APPROVED),
    "resource-family-contract": Home("HE-F208", "resource_respite", more=APPROVED),
    "action-plan": Home("HJ-F209", "respite", "respite"),
    "contact-decision": Home("HJ-F210", "network", "network"),
    "end-of-placement": Home("HJ-F211", "network", "network"),
    "respite-approval": Home("HJ-F212", "respite", more={"region": "Midtjylland"}),
    "incident": Home("HJ-F213", "network", "network"),
    "development-plan": Home("VH-F214", "foster", "full_time"),
    "resource-network": Home("LI-F215", "resource_network"),
    "network-home": Home("LI-F216", "foster", "full_time", born=date(2009, 5, 7)),
    "gathering": Home("LI-F217", "resource_network"),
    "driving-agreement": Home("HJ-F218", "respite", "respite"),
    "driving-report": Home("HJ-F219", "respite", "respite"),
}
"""By process; the others are about a whole municipality."""
OF_A_MUNICIPALITY = {"joint-meeting": "lillehammer", "group-supervision": vesthimmerland.MUNICIPALITY}
LED = "gathering"
"""Whose family leads a network already."""


def staff() -> list[Staff]:
    """Made anew each time: a row that one database has is no new one in the next."""
    return [
        people.staff("HJ-S12", "assessment_unit"),
        *(
            people.staff(f"HE-S{number:02}", role, municipality="herning")
            for number, role in enumerate(("child_adviser", "match_consultant", "administration", "leader"), 1)
        ),
    ]


def another(process: str, number: int) -> Home:
    """A home for one more case of the process; there is none yet where a whole municipality or a network is asked."""
    home = HOMES[process]
    return replace(home, ref=f"{home.ref[:4]}{number}{home.ref[4:]}")


def settle() -> None:
    """Beside the cast of Hjørring, which is there."""
    lillehammer.move_in()
    vesthimmerland.settle()
    people.move_in(*staff(), *(fact for home in HOMES.values() for fact in home.facts()))
    people.move_in(*lillehammer.network(leader=HOMES[LED].ref))
    with writing() as s:
        _offer_a_course(s)
        _give_names(s)


def _offer_a_course(s: Session) -> None:
    held: dict[str, Any] = {"held_on": date(2025, 4, 1), "days": 1, "places": 20}
    course = Course(
        ref="HJ-K200", recorded_at=NOW, municipality="hjoerring", title="Low Arousal", kind="annual", **held
    )
    add_course(s, course, actor=OPERATOR, now=at(TODAY))


def _give_names(s: Session) -> None:
    for table in (Staff, Family, HouseholdMember, Child):
        for person in s.exec(select(table).where(col(table.superseded_at).is_(None))).all():
            named = {"name": f"Vibeke Thorsdatter {person.ref[::-1]}"}
            living = {"address": f"Havnevej {person.ref[::-1]}"} if isinstance(person, Family) else {}
            revise(s, person, NOW, **named, **living)


def open_one(process: str, home: Home | None = None) -> str:
    """The reference of a case that has no run yet; `home` is else the process' own."""
    now = at(TODAY)
    if process == "group-supervision":
        return open_for_teams(OF_A_MUNICIPALITY[process], TODAY, now)[0]
    opening: dict[str, Any] = {"family": None, "child": None, "actor": OPERATOR, "now": now}
    if process in OF_A_MUNICIPALITY:
        opening["municipality"] = OF_A_MUNICIPALITY[process]
    else:
        home = home or HOMES[process]
        opening |= {"family": home.ref, "child": home.child if PROCESSES[process].needs_child else None}
    with writing() as s:
        return open_case(s, process, **opening).ref
