"""What recurs, as each municipality's pages state it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.duties.changes import Change
from rules.duties.duty import Duty
from rules.duties.span import Span
from rules.duties.standing import State
from tests.rules.duties import LEAD, START, duty, look, made, seen, state, weeks

A_DAY = timedelta(days=1)
FOLLOW_UP = duty("hjoerring", "follow_up_meeting")
ANNIVERSARY, NEW_YEAR = date(2024, 6, 1), date(2024, 1, 1)
EACH_SIX_WEEKS = [weeks(6 * n) for n in range(1, 9)]


class TestHjoerring:
    def test_the_first_follow_up_meeting_is_due_six_weeks_after_the_start(self) -> None:
        first = seen(FOLLOW_UP, START)
        assert (first.state, first.due_on, first.late_from) == (State.COMING, weeks(6), weeks(6) + A_DAY)
        assert first.issue_on == weeks(4)
        assert state(FOLLOW_UP, weeks(4) - A_DAY) == State.COMING
        assert state(FOLLOW_UP, weeks(4)) == State.DUE
        assert state(FOLLOW_UP, weeks(6)) == State.DUE
        assert state(FOLLOW_UP, weeks(6) + A_DAY) == State.LATE

    def test_the_next_meeting_counts_from_the_day_the_last_was_held(self) -> None:
        assert seen(FOLLOW_UP, weeks(7), weeks(6)).due_on == weeks(12)
        assert seen(FOLLOW_UP, weeks(6), weeks(5)).due_on == weeks(11)

    def test_after_meetings_held_late_the_next_is_drawn_forward_so_that_eight_can_still_be_held(self) -> None:
        late = [weeks(8 * n) for n in range(1, 5)]
        next_one = seen(FOLLOW_UP, weeks(32), *late)
        assert (next_one.due_on, next_one.late_from) == (weeks(32 + 5), weeks(32 + 6) + A_DAY)
        assert (next_one.count, next_one.wanted) == (4, 8)

    def test_eight_meetings_by_the_first_anniversary_is_all_and_nothing_is_said_afterwards(self) -> None:
        held = seen(FOLLOW_UP, weeks(50), *EACH_SIX_WEEKS)
        assert (held.state, held.due_on, held.count) == (State.DONE, None, 8)
        assert look(FOLLOW_UP, ANNIVERSARY, *EACH_SIX_WEEKS) is None

    def test_a_ninth_meeting_is_still_due_where_the_year_has_room_for_it(self) -> None:
        early = [weeks(5 * n) for n in range(1, 9)]
        assert seen(FOLLOW_UP, weeks(41), *early).due_on == weeks(46)

    def test_eight_meetings_can_no_longer_be_kept_when_fewer_working_days_are_left_than_meetings(self) -> None:
        six = EACH_SIX_WEEKS[:6]
        thursday, friday = date(2024, 5, 30), date(2024, 5, 31)
        assert state(FOLLOW_UP, thursday, *six) == State.LATE
        assert state(FOLLOW_UP, friday, *six) == State.IMPOSSIBLE

    def test_what_the_first_year_lacked_can_never_be_kept(self) -> None:
        short = seen(FOLLOW_UP, date(2025, 3, 1), *EACH_SIX_WEEKS[:7], date(2024, 7, 1))
        assert (short.state, short.count, short.wanted, short.due_on) == (State.IMPOSSIBLE, 7, 8, None)

    def test_the_meeting_on_the_anniversary_itself_is_after_the_first_year(self) -> None:
        short = seen(FOLLOW_UP, ANNIVERSARY, *EACH_SIX_WEEKS[:7], ANNIVERSARY)
        assert (short.state, short.count) == (State.IMPOSSIBLE, 7)

    def test_a_placement_that_ends_in_its_first_year_owes_its_share_of_the_meetings(self) -> None:
        ended = seen(FOLLOW_UP, date(2023, 8, 1), weeks(6), end=date(2023, 12, 1))
        assert ended.wanted == 4
        assert look(FOLLOW_UP, date(2023, 12, 1), weeks(6), end=date(2023, 12, 1)) is None

    def test_the_child_is_visited_twice_in_each_year_of_the_placement(self) -> None:
        visit = duty("hjoerring", "child_visit")
        none_yet = seen(visit, START)
        assert (none_yet.due_on, none_yet.late_from) == (date(2023, 8, 31), date(2024, 5, 31))
        one = seen(visit, date(2023, 12, 1), date(2023, 8, 31))
        assert (one.state, one.due_on, one.late_from) == (State.COMING, date(2024, 3, 1), date(2024, 5, 31))
        both = seen(visit, date(2024, 3, 1), date(2023, 8, 31), date(2024, 3, 1))
        assert (both.state, both.due_on) == (State.DONE, date(2024, 8, 31))

    @pytest.mark.parametrize("end", [None, date(2023, 11, 1)], ids=["nobody knows that it will end", "it is known"])
    def test_a_child_who_stays_for_five_months_is_visited(self, end: date | None) -> None:
        visit = seen(duty("hjoerring", "child_visit"), START, end=end)
        assert visit.issue_on is not None
        assert visit.due_on is not None
        assert START < visit.issue_on < visit.due_on < date(2023, 9, 15)

    def test_a_stay_of_less_than_a_month_owes_no_visit(self) -> None:
        assert seen(duty("hjoerring", "child_visit"), START, end=date(2023, 6, 30)).wanted == 0
        assert seen(duty("hjoerring", "child_visit"), START, end=date(2023, 7, 1)).wanted == 1

    def test_no_visit_is_owed_of_five_months_of_which_four_and_a_half_are_a_pause(self) -> None:
        away = Change("pause", START, date(2023, 10, 14))
        assert seen(duty("hjoerring", "child_visit"), START, end=date(2023, 11, 1), changes=[away]).wanted == 0

    def test_a_visit_that_a_year_lacked_is_late_until_it_has_been_made_up_for(self) -> None:
        visit, first_year = duty("hjoerring", "child_visit"), date(2023, 11, 20)
        behind = seen(visit, ANNIVERSARY, first_year)
        assert (behind.state, behind.due_on) == (State.LATE, date(2024, 5, 31))
        made_up = seen(visit, date(2024, 6, 10), first_year, date(2024, 6, 10))
        assert (made_up.state, made_up.wanted) == (State.COMING, 2)

    def test_what_makes_up_for_last_year_does_not_count_for_this_one(self) -> None:
        visit, first_year = duty("hjoerring", "child_visit"), date(2023, 11, 20)
        second = [date(2024, 6, 10), date(2024, 12, 1)]
        assert seen(visit, date(2024, 12, 1), first_year, *second).count == 1
        assert state(visit, date(2025, 6, 1), first_year, *second) == State.LATE
        assert state(visit, date(2025, 6, 1), first_year, *second, date(2025, 3, 1)) == State.COMING

    def test_between_two_visits_lie_no_more_than_nine_months_however_the_years_count_them(self) -> None:
        early = date(2023, 6, 20), date(2023, 7, 1)
        both = seen(duty("hjoerring", "child_visit"), date(2023, 7, 1), *early)
        assert (both.state, both.count, both.due_on) == (State.DONE, 2, date(2024, 3, 30))
        assert state(duty("hjoerring", "child_visit"), date(2024, 3, 20), *early) == State.DUE
        assert state(duty("hjoerring", "child_visit"), date(2024, 4, 1), *early) == State.LATE

    def test_two_visits_on_one_day_are_one(self) -> None:
        visit, day = duty("hjoerring", "child_visit"), date(2023, 11, 20)
        assert seen(visit, date(2023, 12, 1), day, day).count == 1

    def test_two_course_days_are_owed_each_year_but_not_the_first_with_intensive_start_up(self) -> None:
        course = duty("hjoerring", "course_day")
        assert seen(course, START).wanted == 2
        freed = seen(course, START, freed_by=["intensive_start"])
        assert (freed.state, freed.wanted, freed.due_on) == (State.DONE, 0, date(2024, 8, 31))
        assert seen(course, ANNIVERSARY, freed_by=["intensive_start"]).wanted == 2

    def test_a_course_day_in_the_freed_year_is_welcome_and_counts_for_no_other(self) -> None:
        course = duty("hjoerring", "course_day")
        assert seen(course, ANNIVERSARY, date(2024, 5, 31), freed_by=["intensive_start"]).count == 0

    def test_the_basic_course_is_four_days_once_also_when_taken_before_the_child_came(self) -> None:
        course = duty("hjoerring", "basic_course_day")
        before = [START - timedelta(days=n) for n in (40, 39, 38)]
        assert state(course, ANNIVERSARY, *before) == State.DUE
        assert state(course, ANNIVERSARY + A_DAY, *before) == State.LATE
        assert seen(course, START, *before).due_on == ANNIVERSARY
        done = seen(course, date(2030, 1, 1), *before, date(2024, 9, 1))
        assert (done.state, done.count, done.due_on) == (State.DONE, 4, None)

    def test_the_four_days_are_spread_over_the_time_there_is_for_them(self) -> None:
        course, asked, held = duty("hjoerring", "basic_course_day"), [], [START]
        for _ in range(4):
            found = seen(course, held[-1], *held[1:])
            assert found.due_on is not None
            asked.append(found.issue_on)
            held.append(found.due_on)
        assert held[1:] == [date(2023, 8, 31), date(2023, 11, 30), date(2024, 3, 1), ANNIVERSARY]
        assert asked == [day - timedelta(days=LEAD) for day in held[1:]]

    def test_two_reports_a_year_of_the_placement_are_asked_for_by_their_own_flow(self) -> None:
        report = duty("hjoerring", "report")
        assert (report.collected, report.row, seen(report, START).wanted) == (True, "J6", 2)

    def test_supervision_comes_as_the_supervisor_decided_for_the_family(self) -> None:
        supervision, held = duty("hjoerring", "supervision"), date(2023, 9, 1)
        assert seen(supervision, held, held).due_on == date(2023, 12, 1)
        monthly = Change("interval", START, every=Span(months=1))
        assert seen(supervision, held, held, changes=[monthly]).due_on == date(2023, 10, 1)

    def test_a_shorter_interval_never_makes_supervision_late_before_the_day_it_was_decided(self) -> None:
        supervision, held, decided = duty("hjoerring", "supervision"), date(2023, 9, 1), date(2023, 11, 15)
        monthly = Change("interval", decided, every=Span(months=1))
        assert seen(supervision, decided, held, changes=[monthly]).due_on == decided

    def test_a_longer_interval_holds_from_its_day_on_unless_it_was_due_already(self) -> None:
        supervision, held = duty("hjoerring", "supervision"), date(2023, 9, 1)
        monthly = Change("interval", START, date(2023, 9, 20), Span(months=1))
        third = Change("interval", date(2023, 9, 21), every=Span(months=3))
        assert seen(supervision, held, held, changes=[monthly, third]).due_on == date(2023, 12, 1)
        too_late = [
            Change("interval", START, None, Span(months=1)),
            Change("interval", date(2023, 10, 2), every=Span(months=3)),
        ]
        assert seen(supervision, held, held, changes=too_late).due_on == date(2023, 10, 1)


class TestRanders:
    def test_the_joint_visit_comes_once_about_two_months_after_the_start(self) -> None:
        visit = duty("randers", "joint_visit")
        first = seen(visit, START)
        assert (first.due_on, first.late_from) == (date(2023, 8, 1), date(2023, 8, 16))
        assert state(visit, date(2023, 8, 15)) == State.DUE
        assert state(visit, date(2023, 8, 16)) == State.LATE
        assert state(visit, date(2030, 1, 1), date(2023, 8, 20)) == State.DONE

    def test_the_action_plan_is_followed_up_within_three_months_and_then_each_half_year(self) -> None:
        follow_up = duty("randers", "action_plan_follow_up")
        assert seen(follow_up, START).due_on == date(2023, 9, 1)
        assert seen(follow_up, date(2023, 9, 1), date(2023, 8, 15)).due_on == date(2024, 2, 15)

    YEARLY = duty("randers", "operational_supervision")

    def test_the_yearly_supervision_is_owed_once_each_calendar_year_and_asked_for_in_its_middle(self) -> None:
        whole = seen(self.YEARLY, date(2024, 1, 1), start=date(2024, 1, 1))
        assert (whole.wanted, whole.due_on, whole.late_from) == (1, date(2024, 7, 2), date(2025, 1, 1))
        assert state(self.YEARLY, date(2024, 12, 31), start=date(2024, 1, 1)) == State.DUE
        assert state(self.YEARLY, date(2025, 1, 1), start=date(2024, 1, 1)) == State.LATE

    @pytest.mark.parametrize(
        ("approved", "wanted", "due_on"),
        [
            (date(2024, 1, 2), 1, date(2024, 7, 2)),
            (date(2024, 6, 1), 1, date(2024, 9, 16)),
            (date(2024, 12, 1), 1, date(2024, 12, 16)),
            (date(2024, 12, 2), 0, date(2025, 7, 2)),
        ],
    )
    def test_the_year_of_the_approval_owes_one_where_a_month_of_it_is_left(
        self, approved: date, wanted: int, due_on: date
    ) -> None:
        first = seen(self.YEARLY, approved, start=approved)
        assert (first.wanted, first.due_on) == (wanted, due_on)

    def test_what_made_up_for_last_year_leaves_this_years_to_be_held(self) -> None:
        made_up = seen(self.YEARLY, date(2025, 1, 8), date(2025, 1, 8), start=date(2024, 1, 1))
        assert (made_up.state, made_up.count, made_up.due_on) == (State.COMING, 0, date(2025, 7, 6))
        both = seen(self.YEARLY, date(2025, 7, 6), date(2025, 1, 8), date(2025, 7, 6), start=date(2024, 1, 1))
        assert (both.state, both.count) == (State.DONE, 1)

    def test_between_two_yearly_ones_lie_no_more_than_eighteen_months(self) -> None:
        held = seen(self.YEARLY, date(2025, 1, 8), date(2024, 7, 1), date(2025, 1, 8), start=date(2024, 1, 1))
        assert (held.state, held.due_on) == (State.DONE, date(2026, 7, 2))
        again = seen(self.YEARLY, date(2025, 1, 1), date(2024, 1, 8), start=date(2024, 1, 1))
        assert again.due_on == date(2025, 7, 2)


class TestHerning:
    MEETING = duty("herning", "consultant_meeting")
    TWO_MONTHLY = tuple(date(2024, month, 10) for month in (1, 3, 5, 7, 9, 11))

    def test_six_meetings_a_year_are_enough_and_eight_are_not_too_many(self) -> None:
        six = seen(self.MEETING, date(2024, 11, 20), *self.TWO_MONTHLY, start=NEW_YEAR)
        assert (six.state, six.count, six.wanted, six.most) == (State.DONE, 6, 6, 8)
        eight = [*self.TWO_MONTHLY, date(2024, 11, 24), date(2024, 12, 1)]
        assert not seen(self.MEETING, date(2024, 12, 31), *eight, start=NEW_YEAR).too_many
        assert seen(self.MEETING, date(2024, 12, 31), *eight, date(2024, 12, 5), start=NEW_YEAR).too_many

    def test_five_meetings_by_new_year_are_one_short_and_the_sixth_is_made_up_for_in_january(self) -> None:
        five = self.TWO_MONTHLY[:5]
        assert state(self.MEETING, date(2024, 12, 9), *five, start=NEW_YEAR) == State.DUE
        assert state(self.MEETING, date(2025, 1, 2), *five, start=NEW_YEAR) == State.LATE
        january = seen(self.MEETING, date(2025, 1, 10), *five, date(2025, 1, 10), start=NEW_YEAR)
        assert (january.state, january.count, january.made_up, january.wanted) == (State.COMING, 0, 1, 6)

    def test_no_ninth_meeting_is_asked_for_because_the_eight_came_early(self) -> None:
        eight = [date(2024, month, 10) for month in range(1, 9)]
        assert seen(self.MEETING, date(2024, 12, 1), *eight, start=NEW_YEAR).state == State.DONE
        assert state(self.MEETING, date(2024, 10, 10), *eight[:6], start=NEW_YEAR) == State.LATE

    def test_a_year_begun_on_the_first_of_june_owes_seven_months_share(self) -> None:
        begun = seen(self.MEETING, START)
        assert (begun.wanted, begun.most) == (3, 6)

    def test_a_placement_from_mid_november_owes_one_in_its_first_calendar_year(self) -> None:
        twice = made(least=2, window="calendar_year")
        late_start = date(2023, 11, 15)
        assert seen(twice, date(2023, 12, 31), start=late_start).wanted == 1
        assert seen(twice, date(2024, 1, 1), start=late_start).wanted == 2

    def test_meetings_are_spread_over_the_year_each_in_the_middle_of_its_part(self) -> None:
        assert seen(self.MEETING, NEW_YEAR, start=NEW_YEAR).due_on == NEW_YEAR + timedelta(days=366 // 12)
        held = seen(self.MEETING, date(2024, 1, 31), date(2024, 1, 31), start=NEW_YEAR)
        assert held.due_on == date(2024, 1, 31) + timedelta(days=2 * 336 // 11)


class TestVesthimmerland:
    def test_the_development_plan_is_reviewed_every_third_month(self) -> None:
        review = duty("vesthimmerland", "development_plan_review")
        assert seen(review, START).due_on == date(2023, 9, 1)
        assert seen(review, date(2023, 9, 1), date(2023, 8, 31)).due_on == date(2023, 11, 30)

    def test_group_supervision_is_judged_but_arranged_by_its_own_flow(self) -> None:
        group = duty("vesthimmerland", "group_supervision")
        assert group.collected
        assert state(group, date(2023, 9, 2)) == State.LATE


class TestLillehammer:
    NETWORK_STARTS = date(2025, 3, 1)

    def test_talks_with_the_contacts_are_due_every_fourteenth_day_and_a_week_before_somebody_is_asked(self) -> None:
        talk, held = duty("lillehammer", "contact_talk"), date(2025, 3, 10)
        next_one = seen(talk, held, held, start=self.NETWORK_STARTS, country="NO")
        assert (next_one.due_on, next_one.issue_on) == (date(2025, 3, 24), date(2025, 3, 17))

    def test_the_interval_of_the_talks_is_adjusted_from_a_day_on(self) -> None:
        talk, held = duty("lillehammer", "contact_talk"), date(2025, 3, 10)
        monthly = Change("interval", date(2025, 3, 12), every=Span(months=1))
        assert seen(talk, held, held, start=self.NETWORK_STARTS, changes=[monthly]).due_on == date(2025, 4, 10)

    def test_a_shortfall_of_gatherings_is_a_notice_and_no_breach(self) -> None:
        gathering = duty("lillehammer", "gathering")
        assert not gathering.binding
        assert seen(gathering, date(2025, 3, 1), start=self.NETWORK_STARTS).wanted == 5

    def test_the_last_gathering_may_be_held_on_the_last_sunday_of_the_year(self) -> None:
        gathering = duty("asker", "gathering", date(2028, 1, 1))
        held = [date(2028, month, 1) for month in range(1, 6)]
        last = seen(gathering, date(2028, 12, 31), *held, start=date(2028, 1, 1))
        assert (last.late_from, last.state) == (date(2029, 1, 1), State.DUE)

    def test_what_is_collected_can_be_caught_up_with_on_the_years_last_day_all_at_once(self) -> None:
        experiences, last_day = duty("lillehammer", "experiences"), date(2026, 12, 31)
        behind = seen(experiences, last_day, start=date(2025, 12, 1))
        assert (behind.state, behind.late_from) == (State.DUE, date(2027, 1, 1))
        assert state(experiences, last_day, last_day, last_day, start=date(2025, 12, 1)) == State.DONE

    def test_experiences_are_owed_twice_a_year_since_the_trial_began(self) -> None:
        experiences = duty("lillehammer", "experiences")
        assert look(experiences, date(2024, 12, 31), start=date(2022, 10, 15)) is None
        assert seen(experiences, date(2025, 1, 1), start=date(2022, 10, 15)).wanted == 2
        assert seen(experiences, date(2025, 6, 1), start=date(2025, 3, 3)).wanted == 1

    @pytest.mark.parametrize("start", [date(2025, 3, 3), date(2025, 6, 1), date(2025, 6, 2), date(2025, 12, 1)])
    def test_experiences_told_on_the_last_day_of_their_half_year_are_never_late(self, start: date) -> None:
        experiences = duty("lillehammer", "experiences")
        asked = [date(2025, 6, 1), date(2025, 12, 1), date(2026, 6, 1), date(2026, 12, 1)]
        told = [day + timedelta(days=29 + day.month // 12) for day in asked if start <= day]
        days = [start + timedelta(days=n) for n in range((date(2026, 12, 31) - start).days + 1)]
        seen_in = {state(experiences, day, *(one for one in told if one < day), start=start) for day in days}
        assert State.LATE not in seen_in
        assert State.IMPOSSIBLE not in seen_in


@pytest.mark.parametrize("key", ["child_visit", "action_plan_follow_up", "operational_supervision"])
def test_what_every_danish_municipality_follows_holds_in_vejle_too(key: str) -> None:
    assert duty("vejle", key).assumed


class TestEdges:
    MONTHLY = made(every={"months": 1})

    def test_a_month_after_the_thirty_first_is_the_last_day_of_a_shorter_month(self) -> None:
        held = date(2024, 1, 31)
        assert seen(self.MONTHLY, held, held).due_on == date(2024, 2, 29)

    def test_the_first_year_of_a_placement_from_a_leap_day_ends_on_the_first_of_march(self) -> None:
        visit = duty("hjoerring", "child_visit")
        leap = seen(visit, date(2025, 2, 28), start=date(2024, 2, 29))
        assert leap.window == (date(2024, 2, 29), date(2025, 2, 28))
        again = seen(visit, date(2028, 2, 29), start=date(2024, 2, 29))
        assert again.window == (date(2028, 2, 29), date(2029, 2, 28))

    def test_what_was_held_in_the_future_has_not_been_held(self) -> None:
        assert seen(self.MONTHLY, START, START + A_DAY).last is None

    def test_what_was_held_before_the_start_belongs_to_another_time(self) -> None:
        assert seen(self.MONTHLY, START, START - A_DAY).due_on == date(2023, 7, 1)

    def test_nothing_is_owed_before_the_start_or_after_the_end(self) -> None:
        assert look(self.MONTHLY, START - A_DAY) is None
        assert look(self.MONTHLY, date(2023, 8, 1), end=date(2023, 8, 1)) is None
        assert seen(self.MONTHLY, START, end=date(2023, 7, 1)).state == State.DONE

    def test_a_duty_younger_than_the_placement_counts_from_its_own_first_day(self) -> None:
        young = made(every={"months": 3}, valid_from=date(2024, 1, 1))
        assert look(young, date(2023, 12, 31)) is None
        assert seen(young, date(2024, 1, 1), date(2023, 12, 1)).due_on == date(2024, 4, 1)
        assert seen(young, date(2024, 1, 1)).due_on == date(2024, 4, 1)

    def test_a_duty_of_the_first_year_that_is_younger_than_it_is_owed_by_nobody_older(self) -> None:
        young = made(every={"weeks": 6}, least=8, window="placement_year", first_year_only=True,
                     valid_from=date(2025, 1, 1))  # fmt: skip
        assert look(young, date(2025, 6, 1)) is None

    def test_a_stricter_policy_makes_nothing_late_before_its_first_day_and_an_easier_one_holds_from_then(self) -> None:
        strict = made(every={"months": 3})
        strict = replaced(strict, date(2024, 1, 1), every={"weeks": 2})
        assert seen(strict, date(2024, 1, 1), date(2023, 12, 1)).due_on == date(2024, 1, 1)
        easier = replaced(self.MONTHLY, date(2023, 12, 10), every={"months": 2})
        assert seen(easier, date(2023, 12, 10), date(2023, 12, 1)).due_on == date(2024, 2, 1)

    def test_a_year_is_judged_by_what_held_when_it_began(self) -> None:
        raised = replaced(made(least=2, window="placement_year"), date(2024, 1, 1), least=4, window="placement_year")
        assert seen(raised, date(2024, 3, 1)).wanted == 2
        assert seen(raised, ANNIVERSARY).wanted == 4

    def test_in_any_twelve_months_the_oldest_visit_is_replaced_before_it_drops_out(self) -> None:
        rolling = made(least=2, most=3, window={"months": 12})
        assert seen(rolling, START).due_on == date(2023, 12, 1)
        one = seen(rolling, date(2023, 9, 1), date(2023, 9, 1))
        assert (one.due_on, one.late_from) == (date(2024, 5, 31), date(2024, 6, 1))
        two = seen(rolling, date(2024, 2, 1), date(2023, 9, 1), date(2024, 2, 1))
        assert (two.due_on, two.count, two.wanted, two.state) == (date(2024, 8, 31), 2, 2, State.COMING)
        assert state(rolling, date(2024, 9, 1), date(2023, 9, 1), date(2024, 2, 1)) == State.LATE
        four = [date(2023, month, 1) for month in (7, 8, 9, 10)]
        assert seen(rolling, date(2023, 10, 1), *four).too_many


class TestPausesAndExceptions:
    MONTHLY = made(every={"months": 1})

    def test_the_days_of_a_pause_do_not_count(self) -> None:
        holiday = Change("pause", date(2023, 6, 10), date(2023, 6, 16))
        assert seen(self.MONTHLY, START, changes=[holiday]).due_on == date(2023, 7, 8)

    def test_two_pauses_over_the_same_days_count_once(self) -> None:
        pauses = [
            Change("pause", date(2023, 6, 10), date(2023, 6, 16)),
            Change("pause", date(2023, 6, 12), date(2023, 6, 18)),
        ]
        assert seen(self.MONTHLY, START, changes=pauses).due_on == date(2023, 7, 10)

    def test_a_pause_that_is_reached_only_through_another_is_counted_too(self) -> None:
        pauses = [
            Change("pause", date(2023, 6, 10), date(2023, 6, 16)),
            Change("pause", date(2023, 7, 5), date(2023, 7, 9)),
        ]
        assert seen(self.MONTHLY, START, changes=pauses).due_on == date(2023, 7, 13)

    def test_a_pause_before_the_last_time_or_after_the_due_day_changes_nothing(self) -> None:
        pauses = [
            Change("pause", date(2023, 6, 10), date(2023, 6, 16)),
            Change("pause", date(2023, 8, 2), date(2023, 8, 9)),
        ]
        assert seen(self.MONTHLY, date(2023, 7, 1), date(2023, 7, 1), changes=pauses).due_on == date(2023, 8, 1)

    def test_while_a_pause_lasts_nothing_is_due(self) -> None:
        paused = seen(self.MONTHLY, date(2023, 9, 1), changes=[Change("pause", date(2023, 6, 20))])
        assert (paused.state, paused.due_on) == (State.COMING, None)

    def test_a_pause_heals_nothing_that_was_late_before_it(self) -> None:
        assert state(self.MONTHLY, date(2023, 9, 1), changes=[Change("pause", date(2023, 7, 2))]) == State.LATE

    def test_a_weeks_holiday_takes_no_visit_away_and_half_a_year_takes_one(self) -> None:
        visit = duty("hjoerring", "child_visit")
        assert seen(visit, START, changes=[Change("pause", date(2023, 7, 1), date(2023, 7, 7))]).wanted == 2
        assert seen(visit, START, changes=[Change("pause", date(2023, 7, 1), date(2023, 12, 31))]).wanted == 1

    def test_what_falls_in_a_recorded_exception_is_due_when_it_is_over(self) -> None:
        ill = Change("exempt", date(2023, 6, 25), date(2023, 7, 20))
        assert seen(self.MONTHLY, START, changes=[ill]).due_on == date(2023, 7, 21)
        elsewhere = Change("exempt", date(2023, 6, 5), date(2023, 6, 20))
        assert seen(self.MONTHLY, START, changes=[elsewhere]).due_on == date(2023, 7, 1)

    def test_an_exception_without_an_end_frees_for_good(self) -> None:
        freed = seen(self.MONTHLY, date(2025, 1, 1), changes=[Change("exempt", START)])
        assert (freed.state, freed.due_on) == (State.COMING, None)

    def test_an_exception_for_a_whole_year_leaves_nothing_owed_in_it(self) -> None:
        course = duty("hjoerring", "course_day")
        freed = seen(course, ANNIVERSARY, date(2023, 9, 1), date(2024, 2, 1),
                     changes=[Change("exempt", ANNIVERSARY, date(2025, 5, 31))])  # fmt: skip
        assert (freed.state, freed.wanted) == (State.DONE, 0)


def replaced(before: Duty, on: date, **fields: object) -> Duty:
    return replace(made(valid_from=on, **fields), before=before)
