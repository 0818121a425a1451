from datetime import date, timedelta

import pytest
from sqlmodel import select

from data.approvals import periods_of
from data.settings import Settings
from data.store.facts import current, find
from data.store.session import reading, writing
from data.tables import Approval, Child, Family, HouseholdMember, OutboxMail, Placement, TaskState, Terms
from rules.approvals import spells
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tasks.cases.answers import SamePerson, answer_task
from tasks.cases.case import Case, Outcome, replay
from tasks.runs.case_flow import PROCEDURES
from tests import people
from tests.homes import Latest, approval
from tests.letters import event
from tests.people import (
    CHILD,
    CHILD_ADVISER,
    FAMILY,
    FATHER,
    LEADER,
    MATCH_CONSULTANT,
    MOTHER,
    NEARLY_FIFTEEN,
    NETWORK_ADVISER,
    TEENAGER,
    TURNS_FIFTEEN,
    at,
)
from tests.story import Story


@pytest.fixture
def story(database: Settings) -> Story:
    people.move_in()
    return Story()


def placement(story: Story) -> Placement | None:
    with reading() as s:
        return find(s, Placement, f"{story.ref}-P")


def family() -> Latest:
    return approval(FAMILY)


def test_a_family_that_meets_everything_is_approved_with_a_placement(database: Settings) -> None:
    people.move_in()
    story = Story()
    assert story.finish() == "Approved"
    assert (family().approved_from, family().approved_children) == (story.today, 1)
    opened = placement(story)
    assert opened is not None
    assert (opened.child, opened.family, opened.kind) == (CHILD, FAMILY, "network")
    with reading() as s:
        assert current(s, Terms, f"{opened.ref}/{opened.start}").fees_tenths == 0
    assert story.case.state == "ended"
    assert not story.waiting


def test_the_first_visit_is_asked_of_the_network_adviser_within_ten_working_days(story: Story) -> None:
    visit = story.tasks["first_visit"]
    assert (visit.assignee, visit.due_on) == (NETWORK_ADVISER, date(2023, 3, 15))
    assert story.case.waits_for == f"network_adviser: first_visit ({visit.ref}, due 2023-03-15)"


def test_a_family_that_does_not_want_to_go_on_is_withdrawn(story: Story) -> None:
    story.answer("first_visit", both_sides_go_on=False)
    assert story.case.outcome == "Withdrawn"
    assert family().approved_from is None


def test_a_refused_consent_closes_the_case(story: Story) -> None:
    story.answer("first_visit")
    story.answer(f"consent:{FATHER}:1", given=False)
    assert story.case.outcome == "Refused"
    assert story.tasks[f"consent:{MOTHER}:1"].state == TaskState.WITHDRAWN


def test_adults_and_those_of_fifteen_consent_but_not_the_younger(story: Story) -> None:
    story.answer("first_visit")
    assert story.waiting == [f"consent:{member}:1" for member in (MOTHER, FATHER, TEENAGER)]


def test_a_consent_lapses_after_fourteen_days_without_an_order_and_is_asked_for_again(story: Story) -> None:
    story.go_to("order_attests:1")
    story.pass_days(13)
    assert story.waiting == ["order_attests:1"]
    story.pass_days(1)
    assert story.tasks["order_attests:1"].state == TaskState.WITHDRAWN
    assert story.waiting == [f"consent:{member}:2" for member in (MOTHER, FATHER, TEENAGER)]
    assert story.finish() == "Approved"


def test_only_the_consent_that_lapsed_is_asked_for_again(story: Story) -> None:
    story.answer("first_visit")
    story.answer(f"consent:{MOTHER}:1")
    story.pass_days(5)
    story.answer(f"consent:{FATHER}:1")
    story.answer(f"consent:{TEENAGER}:1")
    story.pass_days(9)
    assert story.waiting == [f"consent:{MOTHER}:2"]
    story.answer(f"consent:{MOTHER}:2")
    assert story.waiting == ["order_attests:2"]


def test_all_attests_are_outstanding_at_once_and_come_in_any_order(story: Story) -> None:
    story.go_to(f"criminal_record:{MOTHER}:1")
    attests = story.waiting
    assert sorted(attests) == sorted(
        [f"criminal_record:{adult}:1" for adult in (MOTHER, FATHER)]
        + [f"child_protection_attest:{member}:1" for member in (MOTHER, FATHER, TEENAGER)]
    )
    for step in reversed(attests):
        story.answer(step)
    assert story.waiting == ["pre_study"]


def test_an_attest_that_is_not_clean_goes_to_the_leader_at_once_while_others_are_outstanding(story: Story) -> None:
    story.go_to(f"criminal_record:{FATHER}:1")
    story.answer(f"criminal_record:{FATHER}:1", clean=False)
    decision = f"attest_decision:{FATHER}:criminal_record:1"
    assert story.tasks[decision].assignee == LEADER
    story.answer(decision, go_on=False)
    assert story.case.outcome == "Refused"
    assert story.tasks[f"criminal_record:{MOTHER}:1"].state == TaskState.WITHDRAWN


def test_the_leader_may_let_an_attest_pass_and_then_the_checklist_may_say_so(story: Story) -> None:
    story.go_to(f"criminal_record:{FATHER}:1")
    story.answer(f"criminal_record:{FATHER}:1", clean=False)
    story.answer(f"attest_decision:{FATHER}:criminal_record:1")
    story.go_to("assessment:network_adviser")
    checklist = dict.fromkeys(story.tasks["assessment:network_adviser"].demands["checklist"], True)
    story.answer("assessment:network_adviser", checklist=checklist | {"clean_attests": False})
    assert story.finish() == "Approved"


def test_an_attest_too_old_on_the_day_of_the_decision_is_asked_for_again(story: Story) -> None:
    story.go_to("assessment:network_adviser")
    story.pass_days(91)
    story.answer("assessment:network_adviser")
    story.answer("assessment:match_consultant")
    story.go_to(f"consent:{MOTHER}:2")
    assert {f"consent:{member}:2" for member in (MOTHER, FATHER, TEENAGER)} <= set(story.waiting)
    assert family().approved_from is None
    assert story.finish() == "Approved"
    assert family().approved_from == story.today
    assert f"criminal_record:{MOTHER}:2" in story.tasks


def test_a_household_member_who_turns_fifteen_gets_a_task_that_day_and_the_decision_waits_for_it(story: Story) -> None:
    story.go_to("pre_study")
    story.come_to(TURNS_FIFTEEN - timedelta(days=1))
    assert f"consent:{NEARLY_FIFTEEN}:1" not in story.tasks
    story.come_to(TURNS_FIFTEEN)
    assert f"consent:{NEARLY_FIFTEEN}:1" in story.waiting
    story.answer(f"consent:{NEARLY_FIFTEEN}:1")
    assert set(story.waiting) == {"pre_study", f"order_attests:{NEARLY_FIFTEEN}:1"}
    for step in ("pre_study", "plan_matching_visit", "matching_visit", "parents_view"):
        story.answer(step)
    for role in ("network_adviser", "match_consultant"):
        story.answer(f"assessment:{role}")
    assert story.waiting == [f"order_attests:{NEARLY_FIFTEEN}:1"]
    assert story.finish() == "Approved"
    assert f"child_protection_attest:{NEARLY_FIFTEEN}:1" in story.tasks
    assert f"criminal_record:{NEARLY_FIFTEEN}:1" not in story.tasks
    assert f"consent:{NEARLY_FIFTEEN}:2" not in story.tasks


def test_whoever_comes_of_age_after_the_decision_is_not_asked(story: Story) -> None:
    story.go_to("contract")
    story.come_to(TURNS_FIFTEEN + timedelta(days=2))
    story.replay()
    assert story.waiting == ["contract"]


def test_a_young_person_who_refuses_on_their_birthday_ends_the_case_at_once(story: Story) -> None:
    story.go_to("pre_study")
    story.come_to(TURNS_FIFTEEN)
    story.answer(f"consent:{NEARLY_FIFTEEN}:1", given=False)
    assert story.case.outcome == "Refused"


def test_whoever_moves_out_meanwhile_owes_no_attest(story: Story) -> None:
    story.go_to(f"criminal_record:{FATHER}:1")
    people.move_in(HouseholdMember(ref=FATHER, recorded_at=people.NOW, family="HJ-F777", birth_date=date(1982, 9, 9)))
    story.answer(f"criminal_record:{MOTHER}:1")
    assert story.tasks[f"criminal_record:{FATHER}:1"].state == TaskState.WITHDRAWN
    assert story.finish() == "Approved"


def test_a_second_child_keeps_the_first_ones_approval(story: Story) -> None:
    story.finish()
    first = story.today
    people.move_in(Child(ref="HJ-B002", recorded_at=people.NOW, municipality="hjoerring", adviser=CHILD_ADVISER))
    sibling = Story(child="HJ-B002", now=at(first))
    sibling.today = first
    sibling.pass_days(30)
    sibling.go_to("contract")
    assert (family().approved_from, family().approved_children) == (sibling.today, 2)
    sibling.answer("withdrawal", by=NETWORK_ADVISER)
    assert (family().approved_children, family().approved_to) == (1, None)
    with reading() as s:
        assert spells(periods_of(s, FAMILY)) == [(first, None)]


def test_an_answer_that_comes_while_the_case_is_ending_is_still_seen(story: Story) -> None:
    task = story.tasks["emergency_move_in"]

    def at_the_last_moment(case: Case) -> Outcome:
        if task.ref not in answered:
            answered.append(task.ref)
            with writing() as s:
                raw = {"moved_in_on": f"{story.today}", "reason": "No adult at home."}
                answer_task(s, task.ref, raw, email=people.email(CHILD_ADVISER), os_account="t", now=at(story.today))
        return PROCEDURES[story.process](case)

    answered: list[str] = []
    with writing() as s:
        raw = {"held_on": f"{story.today}", "both_sides_go_on": False}
        visit = story.tasks["first_visit"].ref
        answer_task(s, visit, raw, email=people.email(NETWORK_ADVISER), os_account="t", now=at(story.today))
    replay(at_the_last_moment, story.ref)
    assert placement(story) is not None
    assert story.waiting == ["end_emergency_placement"]


@pytest.mark.parametrize(
    ("step", "wrong", "said"),
    [
        ("plan_matching_visit", {"starts_at": "9999-12-31T23:30"}, "isn't within a year"),
        ("plan_matching_visit", {"starts_at": "2019-01-01T10:00"}, "isn't within a year"),
        ("order_attests:1", {"ordered_on": "2023-02-01"}, "an order can't come before it"),
        ("contract", {"placement_from": "2023-02-01"}, "can't move in before"),
        ("contract", {"placement_from": "2199-01-01"}, "more than a year away"),
        ("first_visit", {"held_on": "1990-01-01"}, "more than a year ago"),
        ("first_visit", {"both_sides_go_on": "off"}, "both_sides_go_on: "),
        ("first_visit", {"held_on": 0}, "held_on: "),
    ],
)
def test_a_day_that_can_not_be_right_is_refused(story: Story, step: str, wrong: dict[str, object], said: str) -> None:
    story.go_to(step)
    with pytest.raises(AnswerInvalid, match=said):
        story.answer(step, **wrong)


def test_a_child_can_not_have_left_before_it_came(story: Story) -> None:
    story.answer("emergency_move_in", by=CHILD_ADVISER)
    story.answer("first_visit", both_sides_go_on=False)
    with pytest.raises(AnswerInvalid, match="can't have left before"):
        story.answer("end_emergency_placement", moved_out_on="2023-02-20")


def test_an_order_on_a_lapsed_consent_is_refused_also_when_nobody_swept(story: Story) -> None:
    story.go_to("order_attests:1")
    story.today += timedelta(days=20)
    with pytest.raises(Refusal, match="lapsed on 2023-03-15"):
        story.answer("order_attests:1")


def test_special_support_that_one_approver_found_is_arranged_when_the_leader_decides(story: Story) -> None:
    story.go_to("assessment:network_adviser")
    story.answer("assessment:network_adviser", approved=False)
    story.answer("assessment:match_consultant", special_support="Weekly supervision.")
    story.answer("approval_decision")
    assert story.waiting == ["special_support"]


def test_a_move_in_after_the_contract_was_asked_for_is_in_the_contract(story: Story) -> None:
    story.go_to("contract")
    story.answer("emergency_move_in", by=CHILD_ADVISER)
    assert story.tasks["contract"].state == TaskState.WITHDRAWN
    with pytest.raises(AnswerInvalid, match="moved in on 2023-03-01"):
        story.answer("contract:after the move-in", placement_from="2023-03-05")
    assert story.finish() == "Approved"


def test_what_an_attest_showed_stays_out_of_prefect(story: Story) -> None:
    story.go_to(f"criminal_record:{FATHER}:1")
    story.answer(f"criminal_record:{FATHER}:1", clean=False)
    asked = story.tasks[f"attest_decision:{FATHER}:criminal_record:1"]
    assert f"leader: leader_decision ({asked.ref}" in story.case.waits_for
    assert "attest_decision" not in story.case.waits_for


def test_a_requirement_that_is_not_met_refuses_the_family(story: Story) -> None:
    story.go_to("assessment:network_adviser")
    demands = story.tasks["assessment:network_adviser"].demands
    checklist = dict.fromkeys(demands["checklist"], True) | {"good_health": False}
    with pytest.raises(AnswerInvalid, match="good_health isn't met"):
        story.answer("assessment:network_adviser", checklist=checklist)
    for role in ("network_adviser", "match_consultant"):
        story.answer(f"assessment:{role}", checklist=checklist, approved=False)
    assert story.case.outcome == "Refused"
    assert story.rested.outcome is not None
    assert story.rested.outcome.because == "checklist: good_health"


@pytest.mark.parametrize(("leader_approves", "outcome"), [(True, "Approved"), (False, "Refused")])
def test_the_leader_decides_where_the_approvers_disagree(story: Story, leader_approves: bool, outcome: str) -> None:
    story.go_to("assessment:network_adviser")
    story.answer("assessment:network_adviser", approved=False)
    story.answer("assessment:match_consultant")
    assert story.waiting == ["approval_decision"]
    story.answer("approval_decision", approved=leader_approves)
    if leader_approves:
        story.finish()
    assert story.case.outcome == outcome


def test_one_person_can_not_be_both_approvers(sqlite_database: Settings) -> None:
    people.move_in()
    away = {"absent_from": people.WEDNESDAY, "substitute": NETWORK_ADVISER}
    people.move_in(people.staff(MATCH_CONSULTANT, "match_consultant", **away))
    story = Story()
    story.go_to("assessment:network_adviser")
    story.answer("assessment:network_adviser")
    with pytest.raises(SamePerson):
        story.answer("assessment:match_consultant", by=NETWORK_ADVISER)


def test_with_one_person_in_both_roles_the_case_is_held_up_and_says_who_is_missing(sqlite_database: Settings) -> None:
    people.move_in()
    people.move_in(people.staff(NETWORK_ADVISER, "network_adviser,match_consultant"))
    people.move_in(people.staff(MATCH_CONSULTANT, "supervisor"))
    story = Story()
    for _ in range(20):
        if not story.waiting:
            break
        story.answer(story.waiting[0])
    assert story.case.waits_for.startswith(f"held up: nobody other than {NETWORK_ADVISER} in hjoerring")
    people.move_in(people.staff(MATCH_CONSULTANT, "match_consultant"))
    story.pass_days(1)
    assert story.waiting == ["plan_matching_visit"]


def test_special_support_is_arranged_before_the_contract(story: Story) -> None:
    story.go_to("assessment:network_adviser")
    story.answer("assessment:network_adviser", special_support="A supervisor from the start.")
    story.answer("assessment:match_consultant")
    assert story.waiting == ["special_support"]
    assert story.finish() == "Approved"


def test_a_contract_that_lacks_items_is_refused_with_the_list(story: Story) -> None:
    story.go_to("contract")
    items = dict.fromkeys(story.tasks["contract"].demands["items"], "As agreed.")
    del items["confidentiality"]
    with pytest.raises(AnswerInvalid, match="confidentiality is missing"):
        story.answer("contract", items=items)
    assert story.waiting == ["contract"]


def test_a_contract_review_may_be_declined(story: Story) -> None:
    story.go_to("contract_review")
    story.answer("contract_review", outcome="declined")
    assert story.waiting == ["action_plan"]


def test_an_emergency_move_in_is_recorded_with_its_reason_before_the_approval(story: Story) -> None:
    story.go_to("pre_study")
    story.answer("emergency_move_in", by=CHILD_ADVISER)
    opened = placement(story)
    assert opened is not None
    assert (opened.start, opened.emergency_reason) == (story.today, "No adult at home.")
    assert family().approved_from is None
    story.pass_days(3)
    assert story.finish() == "Approved"
    still = placement(story)
    assert still is not None
    assert still.start == opened.start


def test_after_an_emergency_move_in_a_refusal_finds_the_child_another_place(story: Story) -> None:
    story.answer("emergency_move_in", by=CHILD_ADVISER)
    story.answer("first_visit", both_sides_go_on=False)
    assert story.waiting == ["end_emergency_placement"]
    story.answer("end_emergency_placement")
    ended = placement(story)
    assert ended is not None
    assert (ended.end, story.case.outcome) == (story.today, "Withdrawn")


def test_a_family_may_withdraw_at_any_time_and_an_approval_given_is_ended(story: Story) -> None:
    story.go_to("contract")
    assert family().approved_from == story.today
    story.answer("withdrawal", by=NETWORK_ADVISER)
    assert story.case.outcome == "Withdrawn"
    assert family().approved_to == story.today
    assert story.tasks["contract"].state == TaskState.WITHDRAWN


def test_the_matching_visit_invites_both_and_the_family_for_its_day(story: Story) -> None:
    story.go_to("matching_visit")
    with reading() as s:
        invited = s.exec(select(OutboxMail.recipient).where(OutboxMail.template == "invitation")).all()
    assert sorted(invited) == sorted([NETWORK_ADVISER, MATCH_CONSULTANT, FAMILY])
    assert story.tasks["matching_visit"].due_on == story.today + timedelta(days=7)


def test_a_visit_that_is_not_made_any_more_leaves_everybodys_calendar(story: Story) -> None:
    story.go_to("matching_visit")
    story.answer("withdrawal", by=NETWORK_ADVISER)
    for _ in range(2):
        story.replay()
    with reading() as s:
        asked, cancelled = (
            s.exec(
                select(OutboxMail)
                .where(OutboxMail.dedup.startswith(f"{story.ref}:matching_visit:{sequence}:"))  # type: ignore[attr-defined]
                .order_by(OutboxMail.recipient)
            ).all()
            for sequence in (0, 1)
        )
    assert [mail.recipient for mail in cancelled] == [mail.recipient for mail in asked] != []
    for before, after in zip(map(event, asked), map(event, cancelled), strict=True):
        assert (after["UID"], after["SEQUENCE"], str(after["STATUS"])) == (before["UID"], 1, "CANCELLED")
        assert after["ATTENDEE"] == before["ATTENDEE"]


@pytest.mark.parametrize("step", ["plan_matching_visit", "assessment:network_adviser", "contract"])
def test_a_visit_that_was_not_invited_to_or_was_made_is_not_called_off(story: Story, step: str) -> None:
    story.go_to(step)
    story.answer("withdrawal", by=NETWORK_ADVISER)
    with reading() as s:
        mails = s.exec(select(OutboxMail).where(OutboxMail.template == "invitation")).all()
    assert all(str(event(mail)["STATUS"]) == "CONFIRMED" for mail in mails)


def test_a_visit_that_only_one_of_them_made_does_not_count(story: Story) -> None:
    story.go_to("matching_visit")
    with pytest.raises(AnswerInvalid, match="hold the visit again together"):
        story.answer("matching_visit", match_consultant_present=False)


def test_a_birth_date_that_is_not_known_holds_the_case_up(sqlite_database: Settings) -> None:
    people.move_in()
    people.move_in(HouseholdMember(ref=TEENAGER, recorded_at=people.NOW, family=FAMILY))
    story = Story()
    story.answer("first_visit")
    assert TEENAGER in story.case.waits_for
    assert story.case.waits_for.startswith("held up: no birth date")
    people.move_in(HouseholdMember(ref=TEENAGER, recorded_at=people.NOW, family=FAMILY, birth_date=date(2006, 6, 1)))
    story.pass_days(1)
    assert f"consent:{TEENAGER}:1" in story.waiting


def test_a_case_is_refused_for_a_family_of_another_kind(sqlite_database: Settings) -> None:
    people.move_in()
    people.move_in(Family(ref=FAMILY, recorded_at=people.NOW, municipality="hjoerring", kind="respite"))
    with pytest.raises(Refusal, match="family of kind network"):
        Story()


def test_the_invitation_and_the_approval_happen_once_however_often_the_case_is_replayed(story: Story) -> None:
    story.go_to("action_plan")
    for _ in range(3):
        story.replay()
    assert story.finish() == "Approved"
    with reading() as s:
        assert len(s.exec(select(OutboxMail).where(OutboxMail.template == "invitation")).all()) == 3
        assert len(s.exec(select(Approval).where(Approval.family == FAMILY)).all()) == 1
