"""What is due reaches its person once, what was held is counted, and the leader hears of what is lost."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from data.cases import find_case, find_task
from data.duties import standings
from data.outbox import list_mails
from data.policies import policy_of
from data.settings import Settings
from data.store import session
from data.store.audit import Actor
from data.store.facts import record
from data.store.session import reading, writing
from data.tables import (
    AuditEntry,
    CaseState,
    Child,
    DutyChange,
    Family,
    GeneratedTask,
    Happening,
    Network,
    Placement,
    Terms,
)
from data.tables.base import Fact
from rules.duties.standing import Standing, State
from rules.refusal import Refusal
from tasks.cases.answers import answer_task
from tasks.cases.opened import open_case
from tasks.duties.asked import Done, ask_what_is_due
from tasks.duties.changes import Wish, change_duty
from tests import people
from tests.letters import opened
from tests.people import CHILD_ADVISER, FAMILY, LEADER, NOW, OUTSIDER, staff

CONSULTANT, OTHER_CONSULTANT, OTHER_ADVISER = "HJ-S11", "HJ-S10", "HJ-S02"
PLACEMENT, MOVED_IN = "HJ-P001", date(2023, 3, 1)
FIRST_MEETING = MOVED_IN + timedelta(weeks=6)
ASKED_FROM = FIRST_MEETING - timedelta(days=14)


def at(day: date, hour: int = 5) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def know(*facts: Fact, on: date = MOVED_IN) -> None:
    with writing() as s:
        for fact in facts:
            record(s, fact, at(on))


def held(duty: str, on: date, subject: str = PLACEMENT) -> Happening:
    return Happening(ref=f"H-{subject}-{duty}-{on}", recorded_at=NOW, subject=subject, duty=duty, held_on=on)


def agreed(valid_from: date, *, months: int) -> Terms:
    terms = {"placement": PLACEMENT, "valid_from": valid_from, "supervision_interval": months}
    return Terms(ref=f"{PLACEMENT}/{valid_from}", recorded_at=NOW, **terms)


def placed(ref: str, child: str = people.CHILD, start: date = MOVED_IN, end: date | None = None) -> Placement:
    of = {"child": child, "family": FAMILY, "municipality": "hjoerring", "kind": "network"}
    return Placement(ref=ref, recorded_at=NOW, start=start, end=end, **of)


@pytest.fixture
def hjoerring() -> None:
    people.move_in()
    home = Family(ref=FAMILY, recorded_at=NOW, municipality="hjoerring", kind="network", consultant=CONSULTANT)
    know(
        staff(CONSULTANT, "family_care_consultant"),
        staff(OTHER_CONSULTANT, "family_care_consultant"),
        home,
        placed(PLACEMENT),
    )


def run(day: date, municipality: str = "hjoerring") -> Done:
    return ask_what_is_due(municipality, day, at(day))


def seen(duty: str, on: date, municipality: str = "hjoerring") -> Standing:
    with reading() as s:
        return next(each for each in standings(s, policy_of(municipality), on) if each.duty.key == duty)


def asked(duty: str = "follow_up_meeting") -> list[GeneratedTask]:
    """Every task ever given because of it."""
    with reading() as s:
        tasks = s.exec(select(GeneratedTask).order_by(col(GeneratedTask.ref))).all()
    return [task for task in tasks if task.demands["duty"] == duty]


def answer(task: GeneratedTask, on: date, by: str = "", **fields: object) -> None:
    with writing() as s:
        who = people.email(by or task.assignee)
        answer_task(s, task.ref, fields, email=who, os_account="tests", now=at(on))


@pytest.mark.usefixtures("database", "hjoerring")
class TestOnBothDatabases:
    def test_the_familys_consultant_is_asked_two_weeks_before_and_once_however_often_it_runs(self) -> None:
        run(ASKED_FROM - timedelta(days=1))
        assert asked() == []
        for _ in range(2):
            run(ASKED_FROM)
        run(FIRST_MEETING)
        [meeting] = asked()
        assert (meeting.assignee, meeting.row, meeting.about) == (CONSULTANT, "J5", PLACEMENT)
        assert meeting.due_on == FIRST_MEETING

    def test_what_was_held_and_came_by_workbook_takes_the_task_back(self) -> None:
        run(ASKED_FROM)
        know(held("follow_up_meeting", ASKED_FROM))
        assert run(ASKED_FROM + timedelta(days=1)).taken_back == 1
        assert [task.state for task in asked()] == ["withdrawn"]
        assert run(ASKED_FROM + timedelta(days=2)).taken_back == 0


@pytest.mark.usefixtures("sqlite_database", "hjoerring")
class TestAsking:
    def test_the_mail_calls_the_duty_as_the_policy_does_and_holds_references_only(self) -> None:
        run(ASKED_FROM)
        with reading() as s:
            [mail] = [opened(mail) for mail in list_mails(s) if mail.recipient == CONSULTANT]
        assert "Gennemfør og registrér: Opfølgningsmøde (HJ-" in mail["Subject"]

    def test_the_childs_own_adviser_is_asked_for_the_visit(self) -> None:
        know(staff(OTHER_ADVISER, "child_adviser"))
        run(date(2023, 8, 31))
        assert [task.assignee for task in asked("child_visit")] == [CHILD_ADVISER]

    def test_its_answer_records_the_day_and_the_next_meeting_is_asked_for_in_its_time(self) -> None:
        run(ASKED_FROM)
        [meeting] = asked()
        answer(meeting, FIRST_MEETING, held_on=f"{FIRST_MEETING - timedelta(days=1)}")
        after = seen("follow_up_meeting", FIRST_MEETING)
        assert (after.count, after.due_on) == (1, FIRST_MEETING + timedelta(days=41))
        run(FIRST_MEETING)
        assert len(asked()) == 1
        run(FIRST_MEETING + timedelta(days=27))
        assert [task.due_on for task in asked()] == [FIRST_MEETING, FIRST_MEETING + timedelta(days=41)]

    def test_the_end_of_the_placement_takes_everything_back(self) -> None:
        run(ASKED_FROM)
        know(placed(PLACEMENT, end=ASKED_FROM + timedelta(days=1)))
        run(ASKED_FROM + timedelta(days=1))
        assert {task.state for task in asked()} == {"withdrawn"}

    def test_a_late_meeting_is_asked_for_with_the_policys_days_to_hold_it(self) -> None:
        run(FIRST_MEETING + timedelta(days=1))
        [meeting] = asked()
        assert seen("follow_up_meeting", FIRST_MEETING + timedelta(days=1)).state == State.LATE
        assert meeting.due_on == date(2023, 4, 20)

    def test_what_its_own_flow_collects_is_judged_and_not_asked_for(self) -> None:
        done = run(date(2024, 3, 1))
        assert State.LATE in {each.state for each in done.standings if each.duty.key == "report"}
        assert asked("report") == []

    def test_a_role_that_nobody_has_stops_nothing_else(self) -> None:
        know(staff(OUTSIDER, "assessment_unit"))
        done = run(date(2023, 6, 1))
        assert done.nobody == {"supervisor"}
        assert len(asked()) == 1


@pytest.mark.usefixtures("sqlite_database", "hjoerring")
class TestPutOff:
    def test_a_meeting_that_was_not_held_is_asked_for_again_by_its_new_day_and_stays_late(self) -> None:
        run(ASKED_FROM)
        new_day = FIRST_MEETING + timedelta(days=7)
        answer(asked()[0], FIRST_MEETING, reason="Barnet var sygt.", new_day=f"{new_day}")
        for day in range(1, 4):
            run(FIRST_MEETING + timedelta(days=day))
        assert [(task.state, task.due_on) for task in asked()] == [("answered", FIRST_MEETING), ("open", new_day)]
        assert seen("follow_up_meeting", FIRST_MEETING + timedelta(days=1)).state == State.LATE

    def test_the_leader_may_record_it_as_a_lawful_exception_and_then_it_is_not_late(self) -> None:
        run(ASKED_FROM)
        new_day = FIRST_MEETING + timedelta(days=7)
        with pytest.raises(Refusal, match="only the leader"):
            answer(asked()[0], FIRST_MEETING, reason="Sygdom", new_day=f"{new_day}", lawful_exception=True)
        answer(asked()[0], FIRST_MEETING, LEADER, reason="Sygdom", new_day=f"{new_day}", lawful_exception=True)
        run(new_day)
        moved = seen("follow_up_meeting", new_day)
        assert (moved.state, moved.due_on) == (State.DUE, new_day)
        assert [task.state for task in asked()] == ["answered", "open"]

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({}, "give the day it was held"),
            ({"reason": "Sygdom"}, "give the day it was held"),
            ({"held_on": "2023-04-12", "new_day": "2023-04-20"}, "what was held isn't put off"),
            ({"held_on": "2023-04-13"}, "is still to come"),
            ({"reason": "Sygdom", "new_day": "2023-04-12"}, "isn't to come"),
            ({"held_on": "2023-03-08"}, "recorded for 2023-03-08 already"),
        ],
    )
    def test_an_answer_that_cannot_be_is_refused_and_the_task_stays_open(
        self, fields: dict[str, object], said: str
    ) -> None:
        run(ASKED_FROM)
        day = date(2023, 3, 8)
        know(Happening(ref=f"{PLACEMENT}/follow_up_meeting/{day}", recorded_at=NOW, subject=PLACEMENT,
                       duty="follow_up_meeting", held_on=day))  # fmt: skip
        with pytest.raises(Refusal, match=said):
            answer(asked()[0], FIRST_MEETING, **fields)
        with reading() as s:
            assert find_task(s, asked()[0].ref).state == "open"


@pytest.mark.usefixtures("sqlite_database", "hjoerring")
class TestLost:
    LAST_DAYS = date(2024, 2, 28)

    def test_the_leader_is_told_once_of_meetings_that_can_no_longer_be_held(self) -> None:
        for day in range(3):
            run(self.LAST_DAYS + timedelta(days=day))
        lost = [task for task in asked() if task.form == "DutyUnkept"]
        assert [(task.assignee, task.row) for task in lost] == [(LEADER, "J5")]
        answer(lost[0], self.LAST_DAYS, reason="Ingen konsulent.", lawful_exception=False)
        run(date(2024, 3, 5))
        assert len([task for task in asked() if task.form == "DutyUnkept"]) == 1
        assert seen("follow_up_meeting", date(2024, 3, 5)).state == State.IMPOSSIBLE

    def test_a_lawful_exception_of_the_leader_frees_from_the_year(self) -> None:
        run(self.LAST_DAYS)
        [lost] = [task for task in asked() if task.form == "DutyUnkept"]
        answer(lost, self.LAST_DAYS, reason="Indlæggelse.", lawful_exception=True)
        found = run(date(2024, 3, 5)).standings
        assert "follow_up_meeting" not in {each.duty.key for each in found}

    def test_what_was_lost_before_it_was_recorded_here_is_listed_and_nobody_is_asked(self) -> None:
        know(placed("HJ-P000", start=date(2021, 3, 1)))
        run(ASKED_FROM)
        lost = [each for each in run(ASKED_FROM).standings if each.state == State.IMPOSSIBLE]
        assert [(each.subject, each.duty.key) for each in lost] == [("HJ-P000", "follow_up_meeting")]
        assert [task for task in asked() if task.form == "DutyUnkept"] == []


@pytest.mark.usefixtures("database", "hjoerring")
class TestFacts:
    def test_supervision_follows_what_was_agreed_in_the_terms(self) -> None:
        know(agreed(MOVED_IN, months=1))
        assert seen("supervision", MOVED_IN).due_on == date(2023, 4, 1)
        know(agreed(date(2023, 3, 15), months=2))
        assert seen("supervision", MOVED_IN).due_on == date(2023, 5, 1)

    def test_what_is_recorded_on_the_child_or_the_family_counts_for_the_placement(self) -> None:
        know(held("child_visit", date(2023, 4, 1), people.CHILD), held("course_day", date(2023, 5, 1), FAMILY))
        assert seen("child_visit", date(2023, 6, 1)).count == 1
        assert seen("course_day", date(2023, 6, 1)).count == 1

    def test_the_familys_course_before_the_child_came_counts_once_and_for_all(self) -> None:
        know(*(held("basic_course_day", date(2023, 1, day), FAMILY) for day in range(9, 13)))
        assert seen("basic_course_day", MOVED_IN).state == State.DONE

    def test_a_finished_intensive_start_up_frees_from_the_first_years_course_days(self) -> None:
        assert seen("course_day", MOVED_IN).wanted == 2
        know(held("intensive_start", date(2023, 3, 1)))
        assert seen("course_day", MOVED_IN).wanted == 0

    def test_an_intensive_start_up_frees_while_it_is_under_way_and_by_itself_no_longer(self) -> None:
        with writing() as s:
            ref = open_case(
                s,
                "intensive-start",
                family=FAMILY,
                child=people.CHILD,
                actor=Actor("os:tests", "tests"),
                now=at(MOVED_IN),
            ).ref
        assert seen("course_day", MOVED_IN).wanted == 0
        with writing() as s:
            case = find_case(s, ref)
            case.state, case.outcome = CaseState.ENDED, "Withdrawn"
        assert seen("course_day", MOVED_IN).wanted == 2

    def test_more_placements_take_no_more_queries(self) -> None:
        def queries() -> int:
            counted: list[object] = []
            count = lambda *_: counted.append(1)  # noqa: E731
            event.listen(session.engine(), "before_cursor_execute", count)
            with reading() as s:
                standings(s, policy_of("hjoerring"), MOVED_IN)
            event.remove(session.engine(), "before_cursor_execute", count)
            return len(counted)

        few = queries()
        know(
            *(Child(ref=f"HJ-B1{n}", recorded_at=NOW, municipality="hjoerring") for n in range(20)),
            *(placed(f"HJ-P1{n}", child=f"HJ-B1{n}") for n in range(20)),
        )
        assert queries() == few


class TestNetworks:
    STARTED = date(2025, 3, 3)

    @pytest.fixture(autouse=True)
    def lillehammer(self, sqlite_database: Settings) -> None:
        contact = {"municipality": "lillehammer", "email": "c@lillehammer.example"}
        know(
            staff("LI-S1", "child_welfare_contact", **contact),
            staff("LI-S0", "child_welfare_contact", **contact),
            Family(ref="LI-F1", recorded_at=NOW, kind="resource_network", **contact),
            Network(ref="LI-W1", recorded_at=NOW, municipality="lillehammer", resource_family="LI-F1",
                    started_on=self.STARTED, contact_1="LI-S1", contact_2="LI-S0"),
            on=self.STARTED,
        )  # fmt: skip

    def test_the_networks_first_contact_is_asked_for_the_talk(self) -> None:
        run(date(2025, 3, 10), "lillehammer")
        assert [(task.assignee, task.due_on) for task in asked("contact_talk")] == [("LI-S1", date(2025, 3, 17))]

    def test_gatherings_are_asked_of_the_resource_family_and_a_shortfall_is_told_to_nobody(self) -> None:
        run(date(2025, 5, 10), "lillehammer")
        assert [(task.role, task.assignee) for task in asked("gathering")] == [("family", "LI-F1")]
        run(date(2025, 12, 31), "lillehammer")
        assert seen("gathering", date(2025, 12, 31), "lillehammer").state == State.IMPOSSIBLE
        assert "DutyUnkept" not in {task.form for task in asked("gathering")}

    @pytest.mark.parametrize("change", [date(2025, 3, 30), date(2025, 10, 26)])
    def test_fourteen_days_are_fourteen_days_over_the_change_to_summer_time_and_back(self, change: date) -> None:
        know(held("contact_talk", change - timedelta(days=1), "LI-W1"))
        late = change + timedelta(days=13)
        assert seen("contact_talk", late, "lillehammer").due_on == late
        just_before_midnight = datetime.combine(late - timedelta(days=1), time(21, 30), UTC)
        today = policy_of("lillehammer").today(just_before_midnight)
        ask_what_is_due("lillehammer", today, just_before_midnight)
        assert [task.due_on for task in asked("contact_talk")] == [late]

    def test_gatherings_of_one_year_do_not_count_for_the_next(self) -> None:
        know(*(held("gathering", date(2025, month, 14), "LI-W1") for month in (4, 6, 8, 10, 12)))
        old, new = (seen("gathering", day, "lillehammer") for day in (date(2025, 12, 31), date(2026, 1, 1)))
        assert (old.count, old.wanted, old.state) == (5, 4, State.DONE)
        assert (new.count, new.wanted) == (0, 6)


@pytest.mark.usefixtures("sqlite_database", "hjoerring")
class TestChanges:
    HOLIDAY = Wish(PLACEMENT, "pause", date(2023, 4, 1), "Ferie", "follow_up_meeting", date(2023, 4, 7))

    def change(self, wish: Wish, by: str = CONSULTANT) -> str:
        with writing() as s:
            return change_duty(s, wish, by=Actor(by, "tests"), now=at(MOVED_IN))

    def test_a_pause_moves_the_day_is_audited_and_says_its_reason_to_nobody(self) -> None:
        ref = self.change(self.HOLIDAY)
        assert seen("follow_up_meeting", MOVED_IN).due_on == FIRST_MEETING + timedelta(days=7)
        with reading() as s:
            entry = s.exec(select(AuditEntry).where(AuditEntry.subject == ref)).one()
            change = s.exec(select(DutyChange)).one()
        assert (entry.actor, change.reason, "Ferie" in str(entry.model_dump())) == (CONSULTANT, "Ferie", False)

    def test_a_task_that_a_pause_makes_needless_is_taken_back_and_asked_for_later(self) -> None:
        run(ASKED_FROM)
        self.change(self.HOLIDAY)
        run(ASKED_FROM + timedelta(days=1))
        assert [task.state for task in asked()] == ["withdrawn"]
        run(ASKED_FROM + timedelta(days=7))
        assert [task.state for task in asked()] == ["withdrawn", "open"]

    def test_the_leader_frees_a_family_from_everything_for_a_while(self) -> None:
        everything = Wish(FAMILY, "exempt", MOVED_IN, "Sygdom")
        self.change(everything, LEADER)
        assert run(FIRST_MEETING).asked == 0

    @pytest.mark.parametrize(
        ("wish", "by", "said"),
        [
            (Wish("HJ-P999", "pause", MOVED_IN, "x"), LEADER, "'HJ-P999' is no placement, family or network"),
            (Wish(PLACEMENT, "pause", MOVED_IN, "x", "follow_up"), LEADER, "hjoerring has no duty 'follow_up'; it has"),
            (Wish(PLACEMENT, "pause", MOVED_IN, "x", None, date(2023, 2, 1)), LEADER, "before its first"),
            (Wish(PLACEMENT, "pause", MOVED_IN, " "), LEADER, "say why"),
            (Wish(PLACEMENT, "interval", MOVED_IN, "x", "follow_up_meeting"), LEADER, "needs --every"),
            (
                Wish(PLACEMENT, "interval", MOVED_IN, "x", "child_visit", every={"weeks": 2}),
                LEADER,
                "recurs by an interval",
            ),
            (Wish(PLACEMENT, "pause", MOVED_IN, "x"), CONSULTANT, "a change of all duties, is the leader's"),
            (Wish(PLACEMENT, "exempt", MOVED_IN, "x", "follow_up_meeting"), CONSULTANT, "an exception"),
            (Wish(PLACEMENT, "pause", MOVED_IN, "x", "child_visit"), CONSULTANT, "it is child_adviser's"),
        ],
    )
    def test_a_change_that_cannot_be_is_refused_in_one_line(self, wish: Wish, by: str, said: str) -> None:
        with pytest.raises(Refusal, match=said):
            self.change(wish, by)
        with reading() as s:
            assert s.exec(select(DutyChange)).all() == []
