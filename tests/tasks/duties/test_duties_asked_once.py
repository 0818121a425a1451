"""Whom a duty is asked of: one of siblings, nobody whose time is over, and no leader of what isn't binding."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from data.duties import broken_deadlines
from data.policies import policy_of
from data.settings import Settings
from data.store.session import reading
from data.tables import Approval, Child, DutyChange, Family, GeneratedTask
from rules.duties.standing import State
from rules.half_years import HalfYear
from tasks.placements.half_year import collect_experiences, collect_reports
from tasks.reminders.daily import send_reminders
from tests import lillehammer, people
from tests.lillehammer import NETWORK
from tests.people import CHILD, FAMILY, LEADER, NOW, staff
from tests.tasks.duties.test_duties import (
    ASKED_FROM,
    CONSULTANT,
    FIRST_MEETING,
    MOVED_IN,
    PLACEMENT,
    answer,
    asked,
    at,
    held,
    know,
    placed,
    run,
    seen,
)

A_DAY, SIBLING, SIBLINGS = timedelta(days=1), "HJ-B009", "HJ-P009"


@pytest.fixture
def hjoerring(sqlite_database: Settings) -> None:
    people.move_in()
    home = Family(ref=FAMILY, recorded_at=NOW, municipality="hjoerring", kind="network", consultant=CONSULTANT)
    know(staff(CONSULTANT, "family_care_consultant"), home, placed(PLACEMENT))


@pytest.fixture
def siblings(hjoerring: None) -> None:
    know(Child(ref=SIBLING, recorded_at=NOW, municipality="hjoerring"), placed(SIBLINGS, child=SIBLING))


def open_ones(duty: str) -> list[GeneratedTask]:
    return [task for task in asked(duty) if task.state == "open"]


def counts(duty: str, on: date) -> dict[str, int]:
    done = run(on)
    return {each.subject: each.count for each in done.standings if each.duty.key == duty}


@pytest.mark.usefixtures("siblings")
class TestSiblings:
    def test_siblings_have_one_meeting_and_one_answer_which_counts_for_each_of_them(self) -> None:
        run(ASKED_FROM)
        run(ASKED_FROM + A_DAY)
        [meeting] = asked()
        assert (meeting.about, meeting.assignee, meeting.due_on) == (FAMILY, CONSULTANT, FIRST_MEETING)
        answer(meeting, FIRST_MEETING, held_on=f"{FIRST_MEETING}")
        assert counts("follow_up_meeting", FIRST_MEETING) == {PLACEMENT: 1, SIBLINGS: 1}
        assert len(asked()) == 1

    def test_a_sibling_who_comes_while_one_is_asked_for_gets_no_task_of_their_own(self) -> None:
        run(ASKED_FROM)
        third = "HJ-B010"
        know(Child(ref=third, recorded_at=NOW, municipality="hjoerring"), placed("HJ-P010", third, ASKED_FROM))
        run(ASKED_FROM + A_DAY)
        run(FIRST_MEETING)
        assert [(task.state, task.about) for task in asked()] == [("open", FAMILY)]

    def test_a_meeting_that_was_put_off_is_asked_for_once_again(self) -> None:
        run(ASKED_FROM)
        new_day = FIRST_MEETING + timedelta(days=7)
        answer(asked()[0], FIRST_MEETING, reason="Barnet var sygt.", new_day=f"{new_day}")
        run(FIRST_MEETING + A_DAY)
        assert [(task.state, task.due_on) for task in asked()] == [("answered", FIRST_MEETING), ("open", new_day)]

    def test_the_end_of_one_placement_leaves_the_others_meeting(self) -> None:
        run(ASKED_FROM)
        know(placed(SIBLINGS, child=SIBLING, end=ASKED_FROM + A_DAY))
        run(ASKED_FROM + A_DAY)
        assert len(open_ones("follow_up_meeting")) == 1

    def test_what_is_asked_for_siblings_goes_on_when_the_year_of_the_one_who_owed_it_first_is_over(self) -> None:
        know(placed(SIBLINGS, child=SIBLING, start=MOVED_IN + timedelta(days=20)))
        late = date(2024, 2, 1)
        run(late)
        first = [(task.ref, task.due_on) for task in open_ones("course_day")]
        assert len(first) == 1
        run(date(2024, 2, 29))
        assert [(task.ref, task.due_on) for task in open_ones("course_day") if task.form == "DutyHeld"] == first

    def test_what_is_asked_for_siblings_goes_on_when_the_one_who_owed_it_first_moves_out(self) -> None:
        know(placed(SIBLINGS, child=SIBLING, start=MOVED_IN + timedelta(days=20)))
        late = date(2024, 2, 1)
        run(late)
        first = [task.ref for task in open_ones("course_day")]
        know(placed(PLACEMENT, end=late + A_DAY))
        run(late + A_DAY)
        assert [task.ref for task in open_ones("course_day")] == first

    def test_the_leader_is_asked_of_each_child_whose_year_can_no_longer_be_kept(self) -> None:
        last_days = date(2024, 2, 28)
        run(last_days)
        run(last_days + A_DAY)
        assert sorted(task.about or "" for task in asked() if task.form == "DutyUnkept") == [PLACEMENT, SIBLINGS]

    def test_each_child_is_visited_for_themselves(self) -> None:
        run(date(2023, 5, 25))
        assert sorted(task.about or "" for task in asked("child_visit")) == [PLACEMENT, SIBLINGS]

    def test_a_task_from_before_siblings_shared_them_goes_on(self) -> None:
        know(placed(SIBLINGS, child=SIBLING, end=MOVED_IN))
        run(ASKED_FROM)
        assert [task.about for task in asked()] == [PLACEMENT]
        know(placed(SIBLINGS, child=SIBLING))
        run(ASKED_FROM + A_DAY)
        assert [(task.about, task.state) for task in asked()] == [(PLACEMENT, "open")]
        answer(asked()[0], FIRST_MEETING, held_on=f"{FIRST_MEETING}")
        assert counts("follow_up_meeting", FIRST_MEETING) == {PLACEMENT: 1, SIBLINGS: 1}


@pytest.mark.usefixtures("hjoerring")
class TestLostAndBroken:
    LAST_DAYS, NEXT_YEAR = date(2024, 2, 29), date(2024, 6, 3)

    def test_nothing_but_an_answer_takes_back_that_a_duty_can_no_longer_be_kept(self) -> None:
        run(self.LAST_DAYS)
        lost = [task for task in asked("child_visit") if task.form == "DutyUnkept"]
        assert [task.state for task in lost] == ["open"]
        run(self.NEXT_YEAR)
        know(held("child_visit", date(2023, 9, 1)), held("child_visit", date(2023, 12, 1)))
        know(placed(PLACEMENT, end=self.NEXT_YEAR))
        for n in range(3):
            run(self.NEXT_YEAR + n * A_DAY)
        lost = [task for task in asked("child_visit") if task.form == "DutyUnkept"]
        assert [task.state for task in lost] == ["open"]
        answer(lost[0], self.NEXT_YEAR, by=LEADER, reason="Ingen rådgiver.", lawful_exception=False)
        run(self.NEXT_YEAR + 4 * A_DAY)
        assert [task.state for task in asked("child_visit") if task.form == "DutyUnkept"] == ["answered"]

    def test_who_is_asked_on_the_last_day_has_until_another(self) -> None:
        run(FIRST_MEETING)
        [meeting] = asked()
        assert meeting.due_on is not None
        assert meeting.due_on > FIRST_MEETING

    def test_what_was_broken_is_told_of_after_the_years_end_and_the_placements(self) -> None:
        know(placed(PLACEMENT, end=date(2024, 9, 1)))
        know(held("child_visit", date(2023, 9, 1)))
        with reading() as s:
            found = broken_deadlines(s, policy_of("hjoerring"), date(2026, 1, 1))
        visits = [each.deadline for each in found if each.deadline.duty.key == "child_visit"]
        assert (date(2024, 2, 29), 1, 2) in [(each.due_on, each.count, each.wanted) for each in visits]

    def test_an_approval_that_ended_keeps_its_broken_deadlines_when_the_family_is_approved_again(self) -> None:
        know(Family(ref="RA-F1", recorded_at=NOW, municipality="randers", kind="respite"))
        for nth, (first, last) in enumerate([(date(2023, 1, 1), date(2024, 3, 31)), (date(2025, 1, 1), None)]):
            ref = f"RA-F1-A{nth}"
            know(Approval(ref=ref, recorded_at=NOW, family="RA-F1", valid_from=first, valid_to=last))
        with reading() as s:
            found = broken_deadlines(s, policy_of("randers"), date(2025, 2, 1))
        assert [(each.deadline.due_on, each.deadline.wanted) for each in found] == [(date(2023, 12, 31), 1)]
        assert seen("operational_supervision", date(2025, 2, 1), "randers").wanted == 1


@pytest.mark.usefixtures("hjoerring")
class TestReports:
    OPENED = date(2023, 6, 1)

    def collect(self, on: date) -> int:
        return collect_reports("hjoerring", on, at(on))

    def reports(self) -> list[str]:
        with reading() as s:
            return [task.state for task in s.exec(select(GeneratedTask).where(GeneratedTask.form == "StatusReport"))]

    def test_a_report_that_nobody_can_write_any_more_is_taken_back_with_the_placements_end(self) -> None:
        assert self.collect(self.OPENED) == 1
        run(self.OPENED + A_DAY)
        assert self.reports() == ["open"]
        know(placed(PLACEMENT, end=date(2023, 6, 12)))
        run(date(2023, 6, 11))
        assert self.reports() == ["open"]
        assert run(date(2023, 6, 12)).taken_back >= 1
        assert self.reports() == ["withdrawn"]

    @pytest.mark.parametrize("subject", [PLACEMENT, FAMILY, CHILD])
    def test_a_family_that_pauses_is_asked_for_no_report(self, subject: str) -> None:
        pause: dict[str, Any] = {"kind": "pause", "starts_on": date(2023, 5, 1), "ends_on": date(2023, 6, 5)}
        know(DutyChange(ref="D1", recorded_at=NOW, subject=subject, decided_by=LEADER, **pause))
        assert [self.collect(date(2023, 6, day)) for day in (1, 5, 6)] == [0, 0, 1]

    @pytest.mark.parametrize(
        ("moved_in", "asked_on"),
        [
            (date(2023, 5, 31), date(2023, 6, 21)),
            (date(2023, 6, 1), date(2023, 6, 22)),
            (date(2023, 5, 11), date(2023, 6, 1)),
        ],
    )
    def test_who_moved_in_yesterday_is_reported_on_when_there_is_something_to_say(
        self, moved_in: date, asked_on: date
    ) -> None:
        know(placed(PLACEMENT, start=moved_in))
        assert self.collect(asked_on - A_DAY) == 0
        assert self.collect(asked_on) == 1

    def test_a_report_is_never_due_on_the_day_it_is_asked_for(self) -> None:
        know(placed(PLACEMENT, start=date(2022, 6, 2)))
        self.collect(self.OPENED)
        with reading() as s:
            [task] = s.exec(select(GeneratedTask).where(GeneratedTask.form == "StatusReport")).all()
        assert task.due_on is not None
        assert task.due_on > self.OPENED


class TestNetworks:
    @pytest.fixture(autouse=True)
    def network(self, sqlite_database: Settings) -> None:
        lillehammer.move_in(*lillehammer.network())

    def test_a_network_whose_family_pauses_is_asked_for_no_experiences(self) -> None:
        pause: dict[str, Any] = {"kind": "pause", "starts_on": date(2025, 5, 1), "ends_on": date(2025, 6, 5)}
        leader = {"subject": lillehammer.RESOURCE, "decided_by": lillehammer.LEADER}
        know(DutyChange(ref="D1", recorded_at=NOW, **leader, **pause))
        days = (date(2025, 6, 1), date(2025, 6, 6))
        assert [collect_experiences("lillehammer", day, at(day)) for day in days] == [0, 1]

    def test_on_the_half_years_last_day_nobody_is_asked_for_what_is_due_that_day(self) -> None:
        pause: dict[str, Any] = {"kind": "pause", "starts_on": date(2025, 5, 1), "ends_on": date(2025, 6, 29)}
        know(DutyChange(ref="D1", recorded_at=NOW, subject=NETWORK, decided_by=lillehammer.LEADER, **pause))
        last = HalfYear(date(2025, 1, 1), date(2025, 6, 30)).last
        assert collect_experiences("lillehammer", last, at(last)) == 1
        with reading() as s:
            [task] = s.exec(select(GeneratedTask).where(GeneratedTask.form == "Experiences")).all()
        assert task.due_on is not None
        assert task.due_on > last

    def test_a_gathering_that_nobody_holds_is_told_to_no_leader_and_a_talk_is(self) -> None:
        day, told = date(2025, 2, 1), set()
        for n in range(60):
            today = day + n * A_DAY
            run(today, "lillehammer")
            send_reminders("lillehammer", today, at(today, 7))
        with reading() as s:
            tasks = s.exec(select(GeneratedTask).where(GeneratedTask.form == "DutyHeld")).all()
            told = {str(task.demands["duty"]) for task in tasks if task.escalated_with}
            late = {str(task.demands["duty"]) for task in tasks if task.due_on and task.due_on < today - 20 * A_DAY}
        assert {"gathering", "contact_talk"} <= late
        assert told == {"contact_talk"}
        assert seen("gathering", today, "lillehammer").state is not State.IMPOSSIBLE
