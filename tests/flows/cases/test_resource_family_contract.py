from datetime import date
from typing import Any

import pytest

from data.documents import list_documents
from data.settings import Settings
from data.store.facts import current, find
from data.store.session import reading
from data.tables import AgreedNights, Child, Placement, Terms
from tests import people
from tests.homes import home
from tests.people import CHILD
from tests.story import Story

HERNING: dict[str, Any] = {"municipality": "herning"}
HOME, ADVISER, CONSULTANT = "HE-F001", "HE-S01", "HE-S02"
ASSESS = "assess_resource_family"


def open_in_herning(**approval: Any) -> Story:
    approved: dict[str, Any] = {
        "approved_from": date(2021, 1, 1),
        "approved_children": 1,
        "approved_age_from": 0,
        "approved_age_to": 17,
    }
    people.move_in(
        people.staff(ADVISER, "child_adviser", **HERNING),
        people.staff(CONSULTANT, "match_consultant", **HERNING),
        people.staff("HE-S03", "leader", **HERNING),
        *home(ref=HOME, recorded_at=people.NOW, kind="resource_respite", **HERNING, **approved | approval),
        Child(ref=CHILD, recorded_at=people.NOW, birth_date=date(2014, 2, 3), adviser=ADVISER, **HERNING),
    )
    return Story("resource-family-contract", family=HOME)


def test_a_family_that_is_approved_takes_on_the_duties_and_gets_its_contract(sqlite_database: Settings) -> None:
    story = open_in_herning()
    story.go_to("issue_contract")
    asked = {step: task.assignee for step, task in story.tasks.items() if not task.standing}
    assert asked == {
        "refer_child": ADVISER,
        "propose_respite_match": CONSULTANT,
        ASSESS: CONSULTANT,
        "issue_contract": ADVISER,
    }
    checklist, contract = story.tasks[ASSESS].demands, story.tasks["issue_contract"].demands
    assert [len(checklist["duties"]), len(checklist["competences"]), len(contract["items"])] == [11, 11, 11]
    assert story.finish() == "Approved"
    with reading() as s:
        begun = current(s, Placement, f"{story.ref}-P")
        assert begun.kind == "respite"
        assert current(s, Terms, f"{begun.ref}/{begun.start}").fees_tenths == 25
        assert current(s, AgreedNights, f"{begun.ref}/{begun.start}").every_weeks == 2
        assert [row.kind for row in list_documents(s, about=story.ref)] == ["contract_resource_respite"]


@pytest.mark.parametrize(
    ("approval", "says"),
    [
        ({"approved_from": None}, "no approval"),
        ({"approved_children": 0}, "approved for 0"),
        ({"approved_age_to": 8}, "older than 8"),
    ],
)
def test_a_family_that_is_not_approved_already_for_such_children_is_refused_with_the_reason(
    sqlite_database: Settings, approval: dict[str, Any], says: str
) -> None:
    story = open_in_herning(**approval)
    story.answer("refer_child")
    story.answer("propose_respite_match")
    assert story.case.outcome == "Refused"
    assert says in str(story.case.because)
    with reading() as s:
        assert find(s, Placement, f"{story.ref}-P") is None


def test_a_family_that_does_not_suit_gets_no_contract(sqlite_database: Settings) -> None:
    story = open_in_herning()
    story.go_to(ASSESS)
    story.answer(ASSESS, suits=False)
    assert (story.case.outcome, story.case.because) == ("Refused", "the assessment")
    assert "issue_contract" not in story.tasks


def test_an_open_matter_about_the_family_is_the_leaders_to_decide(sqlite_database: Settings) -> None:
    story = open_in_herning()
    Story("incident", family=HOME, child=None)
    story.go_to("capacity_decision")
    story.answer("capacity_decision", go_through=False)
    assert story.case.outcome == "Refused"
