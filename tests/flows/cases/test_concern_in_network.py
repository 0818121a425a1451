"""N6: a child in a home of the network is named in a concern, and those who must know hear of it the same day."""

from datetime import date

import pytest
from sqlmodel import col, select

from data.settings import Settings
from data.store.audit import Actor
from data.store.session import reading
from data.tables import GeneratedTask, Staff
from tests import lillehammer as cast
from tests import people
from tests.lillehammer import ADVISER, CONTACT, HOMES, LEADER, NETWORK, OTHER_CONTACT, RESOURCE, TODAY, story
from tests.story import Story

REPORT = "incident_report"
BOTH = {f"child_concern:{NETWORK}:{ref}": ref for ref in (CONTACT, OTHER_CONTACT)}


@pytest.fixture
def network(sqlite_database: Settings) -> None:
    cast.move_in(*cast.network())


def concern(child: str, by: str = RESOURCE, kind: str = "reporting_duty", family: str = "") -> Story:
    told = story("incident", family or by, actor=Actor(by, "tests"))
    told.answer(REPORT, kind=kind, child=child)
    return told


def asked(case: Story) -> dict[str, str]:
    return {step: case.tasks[step].assignee for step in case.waiting}


def elsewhere() -> list[tuple[str, str, str | None, date | None]]:
    with reading() as s:
        alone = s.exec(select(GeneratedTask).where(col(GeneratedTask.case).is_(None)))
        return [(task.municipality, task.assignee, task.about, task.due_on) for task in alone]


def test_the_resource_family_names_a_child_in_a_home_and_its_adviser_and_both_contacts_hear_that_day(
    database: Settings,
) -> None:
    cast.move_in(*cast.network())
    case = concern("LI-B003")
    assert asked(case) == {"child_concern:LI-B003": ADVISER, **BOTH}
    assert {case.tasks[step].due_on for step in case.waiting} == {TODAY}
    assert case.finish() == "Completed"


@pytest.mark.usefixtures("network")
def test_a_home_names_a_child_in_another_home_of_its_network() -> None:
    assert asked(concern("LI-B004", by=HOMES[0])) == {"child_concern:LI-B004": ADVISER, **BOTH}


@pytest.mark.usefixtures("network")
def test_the_adviser_of_another_municipalitys_child_hears_of_it_there_that_day() -> None:
    adviser = people.staff("AS-S04", "child_adviser", municipality="asker")
    people.move_in(adviser)
    case = concern("AS-B005")
    assert asked(case) == BOTH
    assert elsewhere() == [("asker", "AS-S04", "AS-B005", TODAY)]


@pytest.mark.usefixtures("network")
def test_what_staff_report_about_the_resource_family_reaches_the_adviser_of_the_child_they_name() -> None:
    case = concern("LI-B003", by=LEADER, kind="concern", family=RESOURCE)
    assert asked(case)["see_to_child:LI-B003"] == ADVISER
    assert BOTH.items() <= asked(case).items()


@pytest.mark.usefixtures("network")
def test_a_child_outside_the_network_cannot_be_named() -> None:
    case = story("incident", RESOURCE, actor=Actor(RESOURCE, "tests"))
    assert case.tasks[REPORT].demands["children"] == ["AS-B005", "LI-B003", "LI-B004"]


def test_where_a_contact_has_left_the_leader_hears_in_that_ones_place(sqlite_database: Settings) -> None:
    cast.move_in(*cast.network())
    left = people.staff(OTHER_CONTACT, "child_welfare_contact", municipality="lillehammer", left_on=date(2025, 2, 28))
    people.move_in(left)
    heard = asked(concern("LI-B003"))
    assert isinstance(left, Staff)
    assert heard == {
        "child_concern:LI-B003": ADVISER,
        f"child_concern:{NETWORK}:{CONTACT}": CONTACT,
        f"child_concern:{NETWORK}:leader": LEADER,
    }
