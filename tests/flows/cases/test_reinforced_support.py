from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from data.breaches import breaches
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import OutboxMail, Placement
from rules.forms.base import AnswerInvalid
from rules.reinforced_support import Duration, duration
from tests import people
from tests.people import CHILD, CHILD_ADVISER, FAMILY, LEADER, at
from tests.story import Story

PLACEMENT, UNIT, SUPERVISOR = "HJ-P001", "HJ-S08", "HJ-S09"
START, MIDWAY, HANDOVER, REPORT = (
    f"{step}:{PLACEMENT}"
    for step in (
        "support_start_meeting",
        "support_midway_meeting",
        "support_handover",
        "written_report",
    )
)
LATE = f"support_late:{PLACEMENT}:duration"
ASKED, REFERRED = "support_request", "support_referral"


def session(number: int) -> str:
    return f"support_supervision:{PLACEMENT}:{number}"


def raised() -> Story:
    people.move_in()
    placement: dict[str, Any] = {"child": CHILD, "family": FAMILY, "kind": "network", "start": date(2022, 1, 1)}
    people.move_in(
        people.staff("HJ-S00", "child_adviser"),
        people.staff(UNIT, "assessment_unit"),
        Placement(ref=PLACEMENT, recorded_at=people.NOW, **placement),
    )
    return Story("reinforced-support")


@pytest.fixture
def story(sqlite_database: Settings) -> Story:
    return raised()


def referred(story: Story, **asked: Any) -> Story:
    story.answer(ASKED, **asked)
    story.answer(REFERRED)
    return story


def started(story: Story, **asked: Any) -> Story:
    referred(story, **asked).answer(START)
    return story


def test_it_runs_from_the_request_to_the_handover(database: Settings) -> None:
    story = raised()
    assert story.finish() == "Completed"
    assert story.tasks[START].assignee == UNIT


def test_only_the_childs_own_adviser_refers(story: Story) -> None:
    story.answer(ASKED, raised_by="family")
    assert story.tasks[REFERRED].assignee == CHILD_ADVISER
    story.answer(REFERRED, refer=False, reason="Monthly supervision is tried first.")
    assert story.case.outcome == "Refused"


def test_a_no_needs_its_reason(story: Story) -> None:
    story.answer(ASKED)
    with pytest.raises(AnswerInvalid, match="reason"):
        story.answer(REFERRED, refer=False, reason="")


@pytest.mark.parametrize("raised_by", ["family", "supervisor"])
def test_an_examination_is_on_the_advisers_initiative_only(story: Story, raised_by: str) -> None:
    with pytest.raises(AnswerInvalid, match="only the child's adviser takes the initiative"):
        story.answer(ASKED, raised_by=raised_by, examination=True)


def test_something_is_asked_for(story: Story) -> None:
    with pytest.raises(AnswerInvalid, match="say yes to support, to examination or to both"):
        story.answer(ASKED, support=False)


def test_supervision_follows_fourteen_days_after_the_last_one_held(story: Story) -> None:
    started(story)
    assert session(1) not in story.tasks
    story.pass_days(1)
    assert (story.tasks[session(1)].due_on, story.tasks[session(1)].assignee) == (date(2023, 3, 15), SUPERVISOR)
    story.come_to(date(2023, 3, 17))
    story.answer(session(1), held_on="2023-03-16")
    assert story.tasks[session(2)].due_on == date(2023, 3, 30)
    with pytest.raises(AnswerInvalid, match="the one before was on 2023-03-16"):
        story.answer(session(2), held_on="2023-03-16")


def test_an_examination_alone_has_the_same_meetings_no_supervision_and_a_written_report(story: Story) -> None:
    started(story, raised_by="child_adviser", support=False, examination=True)
    story.pass_days(2)
    assert story.waiting == [MIDWAY]
    story.answer(MIDWAY)
    story.answer(HANDOVER)
    assert story.waiting == [REPORT]
    story.replay()
    assert story.waiting == [REPORT]
    story.answer(REPORT)
    assert story.case.outcome == "Completed"


def test_what_is_used_beside_it_is_recorded_with_its_days_at_any_time(story: Story) -> None:
    started(story)
    step = f"support_element:{PLACEMENT}:filmed_interaction"
    assert story.tasks[step].standing
    with pytest.raises(AnswerInvalid, match="held_on"):
        story.answer(step, held_on=[])
    story.answer(step, held_on=["2023-03-01", "2023-03-01"])
    assert story.finish() == "Completed"


def test_it_is_handed_over_before_six_months_only_for_a_reason(story: Story) -> None:
    started(story)
    story.answer(MIDWAY)
    story.come_to(date(2023, 8, 31))
    with pytest.raises(AnswerInvalid, match="it lasts until 2023-09-01 at least"):
        story.answer(HANDOVER, early_because=None)
    story.pass_days(1)
    story.answer(HANDOVER, early_because=None)
    assert story.case.outcome == "Completed"


def test_the_meetings_are_due_midway_and_before_nine_months(story: Story) -> None:
    started(story)
    assert story.tasks[MIDWAY].due_on == date(2023, 6, 1)
    story.answer(MIDWAY)
    assert story.tasks[HANDOVER].due_on == date(2023, 12, 1)


def test_nine_months_are_warned_of_before_and_given_to_the_leader_after(story: Story) -> None:
    started(story)
    story.come_to(date(2023, 10, 31))
    with reading() as s:
        near = select(OutboxMail).where(OutboxMail.template == "deadline_near")
        assert s.exec(near).all() == []
    story.come_to(date(2023, 12, 1))
    with reading() as s:
        assert [mail.recipient for mail in s.exec(near)] == [story.case.responsible]
    assert LATE not in story.tasks
    story.pass_days(1)
    assert story.tasks[LATE].assignee == LEADER
    with reading() as s:
        assert [(found.deadline, found.by) for found in breaches(s, "hjoerring")] == [("duration", "2023-12-01")]
    story.answer(MIDWAY)
    story.answer(HANDOVER)
    assert story.case.outcome == "Completed"


def test_it_ends_with_the_placement(story: Story) -> None:
    started(story)
    with writing() as s:
        revise(s, current(s, Placement, PLACEMENT), at(story.today), end=date(2023, 3, 20))
    story.come_to(date(2023, 3, 19))
    story.replay()
    assert story.case.outcome is None
    story.pass_days(1)
    assert story.case.outcome == "Withdrawn"


def test_months_count_from_the_start_meeting_also_from_the_end_of_a_month() -> None:
    assert duration(date(2023, 8, 31), midway_months=3, least_months=6, most_months=9) == Duration(
        date(2023, 11, 30), date(2024, 2, 29), date(2024, 5, 31)
    )
