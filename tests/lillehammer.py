"""A cast across two municipalities: Lillehammer's resource family and contacts, foster homes there and in Asker."""

from datetime import date
from typing import Any

from data.tables import Child, Family, HouseholdMember, Network, NetworkHome, Placement
from data.tables.base import Fact
from tests import people
from tests.people import NOW, at, email
from tests.story import Story

TODAY = date(2025, 3, 3)
CONTACT, OTHER_CONTACT, THIRD_CONTACT, ADVISER, LEADER = "LI-S01", "LI-S02", "LI-S03", "LI-S04", "LI-S05"
ASKER_CONTACT, ASKER_SECOND, ASKER_LEADER = "AS-S01", "AS-S02", "AS-S05"
RESOURCE, ASKER_RESOURCE = "LI-F001", "AS-F001"
HOMES = ("LI-F003", "LI-F004", "AS-F005")
MORE_HOMES = ("LI-F006", "LI-F007", "LI-F008")
CHILDREN = {f"{home[:2]}-B{home[-3:]}": home for home in (*HOMES, *MORE_HOMES)}
"""One in each home."""
NETWORK = "LI-W1"


def staff(ref: str, roles: str) -> Fact:
    return people.staff(ref, roles, municipality=_of(ref))


def _of(ref: str) -> str:
    return {"LI": "lillehammer", "AS": "asker"}[ref[:2]]


def family(ref: str, kind: str) -> Fact:
    home: dict[str, Any] = {"municipality": _of(ref), "kind": kind, "name": f"Familien {ref}", "email": email(ref)}
    return Family(ref=ref, recorded_at=NOW, **home)


def child(ref: str, born: date) -> Fact:
    given: dict[str, Any] = {
        "municipality": _of(ref),
        "birth_date": born,
        "adviser": ADVISER if ref.startswith("LI") else None,
    }
    return Child(ref=ref, recorded_at=NOW, **given)


def placed(child: str, home: str, **more: Any) -> Fact:
    given = {"child": child, "family": home, "kind": "full_time", "start": date(2024, 1, 1), **more}
    return Placement(ref=f"{child}-P", recorded_at=NOW, **given)


def carers(home: str) -> list[Fact]:
    return [HouseholdMember(ref=f"{home}-{nth}", recorded_at=NOW, family=home, carer=True) for nth in (1, 2)]


def cast() -> list[Fact]:
    contacts = (CONTACT, OTHER_CONTACT, THIRD_CONTACT, ASKER_CONTACT, ASKER_SECOND)
    return [
        *(staff(ref, "child_welfare_contact") for ref in contacts),
        staff(ADVISER, "child_adviser"),
        staff(LEADER, "leader"),
        staff(ASKER_LEADER, "leader"),
        *(family(ref, "resource_network") for ref in (RESOURCE, ASKER_RESOURCE)),
        *(family(ref, "foster") for ref in (*HOMES, *MORE_HOMES)),
        *(carer for home in (*HOMES, *MORE_HOMES) for carer in carers(home)),
        *(child(ref, date(2015, 1, 1)) for ref in CHILDREN),
        *(placed(ref, home) for ref, home in CHILDREN.items()),
    ]


def move_in(*more: Fact) -> None:
    people.move_in(*cast(), *more)


def network(homes: tuple[str, ...] = HOMES, ref: str = NETWORK, leader: str = RESOURCE) -> list[Fact]:
    contacts = {"LI": (CONTACT, OTHER_CONTACT), "AS": (ASKER_CONTACT, ASKER_SECOND)}[leader[:2]]
    since = date(2025, 1, 15)
    led: dict[str, Any] = {"resource_family": leader, "municipality": _of(leader), "started_on": since}
    return [
        Network(ref=ref, recorded_at=NOW, contact_1=contacts[0], contact_2=contacts[1], **led),
        *(
            NetworkHome(ref=f"{ref}/{home}/{since}", recorded_at=NOW, network=ref, family=home, joined_on=since)
            for home in homes
        ),
    ]


def story(process: str, family: str | None = None, today: date = TODAY, **opening: Any) -> Story:
    played = Story(process, family=family, child=None, now=at(today), **opening)
    played.today = today
    return played
