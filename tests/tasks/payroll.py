"""Randers in May 2023: a payroll clerk, a respite family with two guests, and what they slept there."""

from datetime import UTC, date, datetime

from data.rates import load_shipped
from data.store.audit import Actor
from data.store.session import writing
from data.tables import Child, NightStay, Placement, Staff, Terms
from data.tables.base import Fact
from tests.homes import home, remember

IMPORTED = datetime(2023, 1, 2, 8, tzinfo=UTC)
JUNE = datetime(2023, 6, 2, 8, tzinfo=UTC)
CLERK, ADVISER, LEADER, OUTSIDER = "RA-S1", "RA-S2", "RA-S3", "VJ-S1"
APPROVER = "RA-S9"
"""A leader who decides about no line."""
FAMILY = "RA-F1"


def acting(ref: str) -> Actor:
    return Actor(ref, "tester")


def staff(ref: str, roles: str, municipality: str = "randers") -> Staff:
    return Staff(ref=ref, recorded_at=IMPORTED, municipality=municipality, roles=roles)


def guest(number: int, born: date | None, fees_tenths: int = 10, municipality: str = "randers") -> list[Fact]:
    child, placement = f"RA-B{number}", f"RA-P{number}"
    return [
        Child(ref=child, recorded_at=IMPORTED, municipality=municipality, birth_date=born),
        Placement(
            ref=placement,
            recorded_at=IMPORTED,
            child=child,
            family=FAMILY,
            kind="respite",
            start=date(2022, 1, number),
        ),
        Terms(
            ref=f"{placement}/2022-01-01",
            recorded_at=IMPORTED,
            placement=placement,
            valid_from=date(2022, 1, 1),
            fees_tenths=fees_tenths,
        ),
    ]


def stay(number: int, placement: str, arrival: str | None, departure: str | None, **more: object) -> NightStay:
    return NightStay(
        ref=f"RA-N{number}",
        recorded_at=IMPORTED,
        placement=placement,
        arrival=arrival and datetime.fromisoformat(arrival),
        departure=departure and datetime.fromisoformat(departure),
        **more,
    )


def weekend(number: int, placement: str, **more: object) -> NightStay:
    return stay(number, placement, "2023-05-12T14:00", "2023-05-14T20:00", **more)


def know(*facts: Fact, at: datetime = IMPORTED) -> None:
    with writing() as s:
        for fact in facts:
            remember(s, fact, at)


def move_in() -> None:
    with writing() as s:
        load_shipped(s, IMPORTED)
    know(
        staff(CLERK, "administration,payroll"),
        staff(ADVISER, "child_adviser"),
        staff(LEADER, "leader"),
        staff(APPROVER, "leader"),
        staff(OUTSIDER, "payroll", "vejle"),
        *home(ref=FAMILY, recorded_at=IMPORTED, municipality="randers", kind="respite", approved_from=date(2021, 1, 1)),
        *guest(1, date(2015, 3, 1), fees_tenths=20),
        *guest(2, date(2010, 3, 1)),
    )
