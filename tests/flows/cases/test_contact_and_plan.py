from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from data.settings import Settings
from data.store.facts import current
from data.store.session import reading
from data.tables import ActionPlan, CaseRow, ContactDecision, OutboxMail
from rules.forms.base import AnswerInvalid
from tests import people
from tests.flows.cases.test_end_of_placement import PLACEMENT, live_together
from tests.letters import in_words, opened
from tests.people import CHILD_ADVISER, FAMILY
from tests.story import Story

DECIDE, READ, PLAN = (f"{step}:{PLACEMENT}" for step in ("decide_on_contact", "read_contact_decision", "action_plan"))


def decide(**answer: Any) -> Story:
    story = Story("contact-decision")
    story.answer(DECIDE, **answer)
    story.answer(READ)
    assert story.case.outcome == "Completed"
    return story


def in_force() -> dict[date, date | None]:
    """Last day by first day."""
    with reading() as s:
        rows = s.exec(select(ContactDecision).where(col(ContactDecision.superseded_at).is_(None))).all()
    return {row.valid_from: row.valid_to for row in rows}


@pytest.fixture
def placed(sqlite_database: Settings) -> None:
    live_together()


def test_a_decision_on_contact_is_recorded_and_the_family_confirms_that_it_read_it(database: Settings) -> None:
    live_together()
    story = Story("contact-decision")
    assert story.tasks[DECIDE].assignee == CHILD_ADVISER
    story.answer(DECIDE, decision="Every Sunday at Ærøgade with Grandma Þóra.")
    assert story.tasks[READ].assignee == FAMILY
    with reading() as s:
        mail = s.exec(select(OutboxMail).where(OutboxMail.about == story.tasks[READ].ref)).one()
        assert current(s, ContactDecision, f"{story.ref}-S").told_on is None
    assert "Þóra" not in in_words(opened(mail))
    story.pass_days(2)
    story.answer(READ)
    assert story.case.outcome == "Completed"
    with reading() as s:
        told = current(s, ContactDecision, f"{story.ref}-S")
    assert (told.placement, told.decided_on, told.told_on) == (PLACEMENT, people.WEDNESDAY, story.today)
    assert told.decision.endswith("Þóra.")


def test_a_newer_decision_closes_the_earlier_the_day_before(placed: None) -> None:
    decide(valid_from="2023-03-01")
    decide(valid_from="2023-04-10")
    assert in_force() == {date(2023, 3, 1): date(2023, 4, 9), date(2023, 4, 10): None}


def test_one_that_was_still_to_begin_never_takes_force(placed: None) -> None:
    decide(valid_from="2023-06-01")
    decide(valid_from="2023-04-10")
    assert in_force() == {date(2023, 6, 1): date(2023, 5, 31), date(2023, 4, 10): None}


def test_one_that_is_over_before_another_begins_leaves_it_alone(placed: None) -> None:
    decide(valid_from="2023-06-01")
    decide(valid_from="2023-03-01", valid_to="2023-05-31")
    decide(valid_from="2023-03-05", valid_to="2023-03-06")
    assert in_force() == {
        date(2023, 6, 1): None,
        date(2023, 3, 1): date(2023, 3, 4),
        date(2023, 3, 5): date(2023, 3, 6),
    }


def test_a_revised_plan_is_the_next_version_and_the_first_one_stays(placed: None) -> None:
    for goal in ("A calm start.", "A friend of her own."):
        story = Story("action-plan")
        assert story.tasks[PLAN].assignee == CHILD_ADVISER
        story.answer(PLAN, goals=[goal, "Sleep."])
        assert story.case.outcome == "Completed"
    with reading() as s:
        plans = s.exec(select(ActionPlan).order_by(col(ActionPlan.version))).all()
    assert [(plan.ref, plan.version, plan.superseded_at) for plan in plans] == [
        (f"{PLACEMENT}/1", 1, None),
        (f"{PLACEMENT}/2", 2, None),
    ]
    assert plans[1].goals == "A friend of her own.\nSleep."


def test_a_revised_plan_is_followed_up_as_often_as_the_duty_says(placed: None) -> None:
    story = Story("action-plan")
    with pytest.raises(AnswerInvalid, match="at the latest 2023-09-01"):
        story.answer(PLAN, follow_up_on=f"{story.today + timedelta(days=185)}")


@pytest.mark.parametrize("process", ["action-plan", "contact-decision"])
def test_a_child_that_is_not_placed_there_holds_it_up(sqlite_database: Settings, process: str) -> None:
    people.move_in()
    assert "isn't placed with" in Story(process).case.waits_for


def test_the_approval_of_a_network_family_leads_to_a_decision_on_contact_and_the_first_plan(
    sqlite_database: Settings,
) -> None:
    people.move_in()
    story = Story()
    assert story.finish() == "Approved"
    with reading() as s:
        plan = current(s, ActionPlan, f"{story.ref}-P/1")
        started = set(s.exec(select(CaseRow.process).where(CaseRow.parent == story.ref)))
    assert plan.follow_up_on == date(2023, 6, 8)
    assert started == {"contact-decision", "intensive-start"}
