from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from data.documents import list_documents
from data.settings import Settings
from data.store.facts import current, find, revise
from data.store.session import reading, writing
from data.tables import ActionPlan, AgreedNights, CaseRow, Child, Placement, TaskState, Terms
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tasks.cases.answers import answer_task
from tasks.cases.case import Case, Outcome, replay
from tasks.rehearsal.answers import usual_answer
from tasks.runs.case_flow import PROCEDURES
from tests import people
from tests.homes import home
from tests.people import ADMINISTRATION, CHILD, CHILD_ADVISER, LEADER, MATCH_CONSULTANT, at
from tests.story import Story

RESPITE, FULL_TIME = "respite-matching", "full-time-matching"
HOME, SIBLING = "HJ-F100", "HJ-B100"
APPROVED: dict[str, Any] = {
    "municipality": "hjoerring",
    "approved_from": date(2021, 1, 1),
    "approved_children": 1,
    "approved_age_from": 0,
    "approved_age_to": 17,
}
PROPOSE, DECIDE = "propose_respite_match", "capacity_decision"
STARTS = people.WEDNESDAY + timedelta(days=14)


def approved(kind: str, **instead: Any) -> None:
    people.move_in()
    there = home(ref=HOME, recorded_at=people.NOW, kind=kind, email=people.email(HOME), **APPROVED | instead)
    sibling = Child(ref=SIBLING, recorded_at=people.NOW, municipality="hjoerring", birth_date=date(2016, 2, 3))
    people.move_in(*there, sibling)


def placed_already(**more: Any) -> None:
    given = {"child": SIBLING, "family": HOME, "kind": "full_time", "start": date(2022, 1, 1), **more}
    people.move_in(Placement(ref="HJ-P100", recorded_at=people.NOW, **given))


def match(process: str = RESPITE, kind: str = "respite", **instead: Any) -> Story:
    approved(kind, **instead)
    return Story(process, family=HOME)


@pytest.fixture
def respite(sqlite_database: Settings) -> Story:
    return match()


def placement(story: Story) -> Placement:
    with reading() as s:
        return current(s, Placement, f"{story.ref}-P")


def test_respite_that_is_within_the_approval_starts_with_its_terms_nights_contract_and_plan(database: Settings) -> None:
    story = match()
    assert story.finish() == "Approved"
    begun = placement(story)
    assert (begun.child, begun.family, begun.kind, begun.start, begun.case) == (
        CHILD, HOME, "respite", STARTS, story.ref,
    )  # fmt: skip
    with reading() as s:
        terms = current(s, Terms, f"{begun.ref}/{STARTS}")
        nights = current(s, AgreedNights, f"{begun.ref}/{STARTS}")
        plan = current(s, ActionPlan, f"{begun.ref}/1")
        documents = [document.kind for document in list_documents(s, about=story.ref)]
    assert (terms.fees_tenths, terms.nights_per_month, terms.board_lodging_ore) == (25, 6, None)
    assert (nights.weekdays, nights.every_weeks) == (["friday", "saturday"], 2)
    assert (plan.with_parents, plan.follow_up_on) == (True, date(2023, 6, 15))
    assert documents == ["contract_respite"]


def test_each_step_reaches_the_one_whose_it_is(respite: Story) -> None:
    respite.go_to("action_plan")
    asked = {step: task.assignee for step, task in respite.tasks.items() if not task.standing}
    assert asked == {
        "refer_child": CHILD_ADVISER,
        PROPOSE: MATCH_CONSULTANT,
        "issue_contract": ADMINISTRATION,
        "action_plan": CHILD_ADVISER,
    }


def test_the_childs_own_adviser_is_asked_though_a_colleague_comes_first(sqlite_database: Settings) -> None:
    approved("respite")
    people.move_in(people.staff("HJ-S00", "child_adviser"))
    assert Story(RESPITE, family=HOME).tasks["refer_child"].assignee == CHILD_ADVISER


def test_full_time_starts_what_belongs_to_a_new_placement(sqlite_database: Settings) -> None:
    story = match(FULL_TIME, "foster")
    assert story.finish() == "Approved"
    with reading() as s:
        started = {row.process: row.child for row in s.exec(select(CaseRow).where(CaseRow.parent == story.ref))}
        assert [row.kind for row in list_documents(s, about=story.ref)] == ["contract_foster"]
        assert s.exec(select(AgreedNights)).all() == []
    assert started == {"intensive-start": CHILD, "contact-decision": CHILD}
    assert placement(story).kind == "full_time"


def test_a_breach_goes_through_when_the_leader_says_why(sqlite_database: Settings) -> None:
    approved("respite")
    placed_already()
    story = Story(RESPITE, family=HOME)
    story.go_to(DECIDE)
    task = story.tasks[DECIDE]
    assert task.assignee == LEADER
    [breach] = task.demands["breaches"]
    assert breach.startswith("number: 2 children at the same time, approved for 1")
    assert story.finish() == "Approved"


def test_a_breach_is_refused_with_its_reason_and_nothing_starts(sqlite_database: Settings) -> None:
    approved("respite")
    placed_already()
    story = Story(RESPITE, family=HOME)
    story.go_to(DECIDE)
    story.answer(DECIDE, go_through=False)
    assert story.case.outcome == "Refused"
    assert "2 children at the same time" in str(story.case.because)
    with reading() as s:
        assert find(s, Placement, f"{story.ref}-P") is None


def test_a_breach_is_not_decided_without_a_reason(sqlite_database: Settings) -> None:
    story = match(approved_children=0)
    story.go_to(DECIDE)
    with pytest.raises(AnswerInvalid, match="reason"):
        story.answer(DECIDE, reason=" ")


def test_respite_on_other_nights_than_another_child_needs_no_decision(sqlite_database: Settings) -> None:
    approved("respite")
    placed_already(kind="respite")
    weekends: dict[str, Any] = {"weekdays": ["friday", "saturday"], "every_weeks": 2}
    nights = AgreedNights(
        ref="HJ-P100/2022-12-26",
        recorded_at=people.NOW,
        placement="HJ-P100",
        valid_from=date(2022, 12, 26),
        **weekends,
    )
    people.move_in(nights)
    story = Story(RESPITE, family=HOME)
    story.answer("refer_child")
    # the other child is there in the weeks of 2022-12-26 and every second after: not in that of 2023-03-15
    story.answer(PROPOSE)
    assert story.waiting == ["issue_contract"]


def test_respite_whose_nights_nobody_recorded_is_taken_to_be_every_night(sqlite_database: Settings) -> None:
    approved("respite")
    placed_already(kind="respite")
    story = Story(RESPITE, family=HOME)
    story.go_to(DECIDE)
    assert f"no nights are recorded as agreed for {SIBLING}" in story.tasks[DECIDE].demands["breaches"][0]


@pytest.mark.parametrize(
    ("home", "says"),
    [
        ({"approved_from": None}, "no approval"),
        ({"approved_to": date(2023, 3, 1)}, "ended on 2023-03-01"),
        ({"approved_children": 0}, "approved for 0"),
        ({"approved_age_from": None, "approved_age_to": None}, "ages it is approved for aren't recorded"),
        ({"approved_age_to": 9}, "older than 9 on some of the agreed nights"),
    ],
)
def test_what_the_approval_lacks_is_the_leaders_to_decide(
    sqlite_database: Settings, home: dict[str, Any], says: str
) -> None:
    story = match(**home)
    with writing() as s:
        revise(s, current(s, Child, CHILD), at(story.today), birth_date=date(2013, 5, 14))
    story.go_to(DECIDE)
    assert says in " ".join(story.tasks[DECIDE].demands["breaches"])


def test_needs_outside_the_approval_are_the_leaders_to_decide(respite: Story) -> None:
    respite.answer("refer_child")
    respite.answer(PROPOSE, needs_within_approval=False)
    assert respite.waiting == [DECIDE]


def test_an_open_matter_about_the_family_waits_for_the_leader(sqlite_database: Settings) -> None:
    approved("respite")
    incident = Story("incident", family=HOME, child=None)
    story = Story(RESPITE, family=HOME)
    story.go_to(DECIDE)
    assert story.tasks[DECIDE].demands["breaches"] == [f"incident: {incident.ref} about the family is open"]
    story.answer(DECIDE)
    assert story.finish() == "Approved"


def test_a_place_that_was_taken_meanwhile_is_seen_on_the_day_it_starts(sqlite_database: Settings) -> None:
    story = match()
    story.go_to("action_plan")
    placed_already()
    story.answer("action_plan")
    assert story.waiting == [f"{DECIDE}:at the start"]
    with reading() as s:
        assert find(s, Placement, f"{story.ref}-P") is None
    assert story.finish() == "Approved"
    assert placement(story).start == STARTS


def test_a_match_that_was_decided_on_is_not_asked_about_again_at_its_start(sqlite_database: Settings) -> None:
    approved("respite")
    placed_already()
    story = Story(RESPITE, family=HOME)
    story.go_to("action_plan")
    story.answer("action_plan")
    assert story.case.outcome == "Approved"


@pytest.mark.parametrize("who", ["parents", "family", "municipality"])
def test_whoever_no_longer_wants_it_ends_the_match(respite: Story, who: str) -> None:
    respite.go_to("issue_contract")
    respite.answer("withdraw_match", withdrawn_by=who)
    assert (respite.case.outcome, respite.case.because) == ("Withdrawn", f"by the {who}")
    with pytest.raises(Refusal, match=r"has ended \(Withdrawn\)"):
        respite.answer("issue_contract")


def just_answered(story: Story, step: str) -> None:
    """Without the replay that follows it."""
    task = story.tasks[step]
    raw, who = usual_answer(task, story.today), people.email(task.assignee)
    with writing() as s:
        answer_task(s, task.ref, raw, email=who, os_account="tests", now=at(story.today))


def test_a_match_that_is_given_up_at_the_moment_it_starts_does_not_start(database: Settings) -> None:
    story, go_on = match(), PROCEDURES[RESPITE]
    story.go_to("action_plan")
    just_answered(story, "action_plan")

    def given_up_meanwhile(case: Case) -> Outcome:
        if story.tasks["withdraw_match"].state == TaskState.OPEN:
            just_answered(story, "withdraw_match")
        return go_on(case)

    replay(given_up_meanwhile, story.ref)
    assert story.case.outcome == "Withdrawn"
    with reading() as s:
        assert s.exec(select(Placement)).all() == []


def test_a_match_that_has_started_can_not_be_given_up_any_more(respite: Story) -> None:
    go_on = PROCEDURES[RESPITE]
    respite.go_to("action_plan")
    just_answered(respite, "action_plan")

    def given_up_after_all(case: Case) -> Outcome:
        outcome = go_on(case)
        with pytest.raises(Refusal, match="was taken back"):
            just_answered(respite, "withdraw_match")
        return outcome

    replay(given_up_after_all, respite.ref)
    assert respite.case.outcome == "Approved"


def test_half_fees_are_kept_in_tenths(respite: Story) -> None:
    respite.answer("refer_child")
    respite.answer(PROPOSE, fees=0.5, board_lodging_kr="251.50")
    respite.finish()
    with reading() as s:
        terms = current(s, Terms, f"{respite.ref}-P/{STARTS}")
    assert (terms.fees_tenths, terms.board_lodging_ore) == (5, 25_150)


def test_names_with_every_kind_of_letter_go_through_to_the_contract(sqlite_database: Settings) -> None:
    story = match(name="Ægir Þórðarson-Őrsi & Ñuñez 李 <b>", address="Størrebælt 5")
    story.answer("refer_child", needs="Čáslavská þarf frið — “ro” & <ro> 李")
    assert story.finish() == "Approved"


def test_in_randers_the_family_care_consultant_makes_the_match(sqlite_database: Settings) -> None:
    there: dict[str, Any] = {"municipality": "randers"}
    people.move_in(
        people.staff("RA-S1", "child_adviser,family_care_consultant,administration", **there),
        *home(ref=HOME, recorded_at=people.NOW, kind="respite", **APPROVED | there),
        Child(ref=CHILD, recorded_at=people.NOW, birth_date=date(2014, 2, 3), **there),
    )
    story = Story(RESPITE, family=HOME)
    story.answer("refer_child")
    assert story.tasks[PROPOSE].role == "family_care_consultant"
    assert story.finish() == "Approved"


def test_nothing_is_written_twice_however_often_the_case_is_replayed(respite: Story) -> None:
    respite.go_to("action_plan")
    for _ in range(3):
        respite.replay()
    respite.answer("action_plan")
    with reading() as s:
        assert len(s.exec(select(Placement)).all()) == 1
        assert len(s.exec(select(ActionPlan)).all()) == 1
