"""Whoever leaves hands over everything at once, or nothing (X6)."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from data.cases import find_case
from data.reminders import open_among
from data.settings import Settings
from data.store.audit import Actor
from data.store.facts import current, record, revise
from data.store.session import reading, writing
from data.tables import AuditEntry, Child, Course, Family, GeneratedTask, Network, OutboxMail, Staff, Team
from data.tables.base import Fact
from rules.refusal import Refusal
from tasks.mail.queue import configure
from tasks.reminders.handover import hand_over
from tests import people
from tests.letters import case, opened, part, task
from tests.people import ADMINISTRATION, CHILD_ADVISER, FAMILY, LEADER, OUTSIDER, at, staff
from tests.story import Story

LEAVER, HEIR = "HJ-S40", "HJ-S41"
ROLES = "network_adviser,child_adviser,child_welfare_contact,institution_specialist,family_care_consultant"
LAST = date(2023, 3, 31)
NOW = at(date(2023, 4, 3))
HERE: dict[str, Any] = {"recorded_at": people.NOW, "municipality": "hjoerring"}
COURSE = {"title": "Low Arousal", "kind": "specialist", "places": 9}


@pytest.fixture(autouse=True)
def _cast(sqlite_database: Settings) -> None:
    configure(sqlite_database)
    people.move_in()
    know(
        staff(LEAVER, ROLES, left_on=LAST),
        staff(HEIR, ROLES),
        staff(OUTSIDER, "supervisor", substitute=LEAVER),
        Child(ref="HJ-B7", adviser=LEAVER, **HERE),
        Family(ref="HJ-F7", kind="network", consultant=LEAVER, **HERE),
        Network(ref="HJ-N7", resource_family="HJ-F8", contact_1=CHILD_ADVISER, contact_2=LEAVER, **HERE),
        Network(ref="HJ-N6", resource_family="HJ-F8", contact_1=LEAVER, ended_on=LAST, **HERE),
        Team(ref="HJ-H7", family_care_consultant=LEAVER, family_consultant=LEAVER, **HERE),
        Course(ref="HJ-K7", specialist=LEAVER, held_on=date(2023, 6, 1), **COURSE, **HERE),
        Course(ref="HJ-K6", specialist=LEAVER, held_on=LAST, **COURSE, **HERE),
    )
    with writing() as s:
        s.add(case("HJ-2023-0007", responsible=LEAVER))
        s.add(case("HJ-2023-0006", responsible=LEAVER, state="ended", outcome="Approved"))
        s.add(task("HJ-2023-0007-01", assignee=LEAVER))
        s.add(task("HJ-2023-0007-02", assignee=LEAVER, standing=True, form="Withdrawal"))
        s.add(task("HJ-2023-T00001", case=None, assignee=LEAVER, role="child_adviser", form="ParentsView"))
        s.add(task("HJ-2023-T00002", case=None, assignee=LEAVER, form="FormOfAnotherAge"))
        s.add(task("HJ-2023-0006-01", assignee=LEAVER, state="answered"))


def know(*facts: Fact) -> None:
    with writing() as s:
        for fact in facts:
            record(s, fact, people.NOW)


def hand(to: str = HEIR, ref: str = LEAVER, by: str = LEADER) -> dict[str, list[str]]:
    with writing() as s:
        return hand_over(s, ref, to, by=Actor(by, "tests"), now=NOW).moved


def named() -> dict[str, list[str | None]]:
    with reading() as s:
        return {
            "child": [current(s, Child, "HJ-B7").adviser],
            "family": [current(s, Family, "HJ-F7").consultant],
            "networks": [current(s, Network, "HJ-N7").contact_2, current(s, Network, "HJ-N6").contact_1],
            "team": [current(s, Team, "HJ-H7").family_care_consultant, current(s, Team, "HJ-H7").family_consultant],
            "courses": [current(s, Course, ref).specialist for ref in ("HJ-K7", "HJ-K6")],
            "substitutes": [current(s, Staff, ref).substitute for ref in (OUTSIDER, LEAVER)],
            "cases": [find_case(s, ref).responsible for ref in ("HJ-2023-0007", "HJ-2023-0006")],
            "tasks": [task.assignee for task in s.exec(select(GeneratedTask).order_by(GeneratedTask.ref))],
        }


def test_everything_that_goes_on_is_the_heirs_and_what_ended_stays_as_it_was() -> None:
    before = named()
    assert hand() == {
        "tasks": ["HJ-2023-0007-01", "HJ-2023-0007-02", "HJ-2023-T00001", "HJ-2023-T00002"],
        "cases": ["HJ-2023-0007"],
        "children": ["HJ-B7"],
        "families": ["HJ-F7"],
        "networks": ["HJ-N7"],
        "teams": ["HJ-H7"],
        "courses": ["HJ-K7"],
        "substitutes": [OUTSIDER],
    }
    assert before["tasks"] == [LEAVER] * 5
    assert named() == {
        "child": [HEIR],
        "family": [HEIR],
        "networks": [HEIR, LEAVER],
        "team": [HEIR, HEIR],
        "courses": [HEIR, LEAVER],
        "substitutes": [HEIR, HEIR],
        "cases": [HEIR, LEAVER],
        "tasks": [LEAVER, HEIR, HEIR, HEIR, HEIR],
    }
    assert hand() == {}


def test_the_heir_has_one_mail_with_all_of_it_and_it_is_audited() -> None:
    hand()
    with reading() as s:
        [mail] = s.exec(select(OutboxMail))
        assert (mail.recipient, mail.template) == (HEIR, "handed_over")
        text, html = (part(opened(mail), kind) for kind in ("plain", "html"))
        for said in ("HJ-2023-0007-01", "HJ-2023-T00001", "Sager: HJ-2023-0007", "Børn: HJ-B7", "Netværk: HJ-N7"):
            assert said in text
        assert "HJ-B7" in html
        assert "HJ-2023-0007-02" not in text, "an offer that stands is nothing to do"
        [entry] = s.exec(select(AuditEntry).where(AuditEntry.action == "handed over"))
        assert (entry.actor, entry.subject, entry.detail["to"]) == (LEADER, LEAVER, HEIR)


@pytest.mark.parametrize(
    ("to", "says"),
    [
        (LEAVER, "is the same"),
        ("HJ-S50", "left on 2023-03-31"),
        ("RA-S1", "works for randers"),
        ("HJ-S99", "is not known"),
        (CHILD_ADVISER, "lacks network_adviser for HJ-2023-0007-01, HJ-2023-0007-02, HJ-2023-T00002"),
        ("HJ-S51", "lacks child_adviser for HJ-2023-T00001, HJ-B7; child_welfare_contact for HJ-N7"),
    ],
)
def test_somebody_who_cannot_have_it_is_refused_in_one_line_and_nothing_moves(to: str, says: str) -> None:
    know(staff("HJ-S50", ROLES, left_on=LAST), staff("RA-S1", ROLES, municipality="randers"))
    know(staff("HJ-S51", "network_adviser,family_care_consultant,institution_specialist"))
    before = named()
    with pytest.raises(Refusal) as refused:
        hand(to)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert named() == before


def test_the_other_contact_of_a_network_and_the_other_of_two_approvers_are_refused() -> None:
    know(staff(CHILD_ADVISER, ROLES))
    with pytest.raises(Refusal, match="HJ-N7: HJ-S03 is its other contact already"):
        hand(CHILD_ADVISER)
    with writing() as s:
        s.add(task("HJ-2023-0007-08", step="a:1", assignee=LEAVER, apart_from="approvers", form="Assessment"))
        s.add(task("HJ-2023-0007-09", step="a:2", assignee=HEIR, apart_from="approvers", form="Assessment"))
    with pytest.raises(Refusal, match="HJ-2023-0007-08 must be answered by somebody else than HJ-S41"):
        hand()


@pytest.mark.parametrize("by", [LEADER, ADMINISTRATION, LEAVER])
def test_the_leader_administration_and_whoever_leaves_may_hand_over(by: str) -> None:
    assert hand(by=by)["cases"] == ["HJ-2023-0007"]


def test_nobody_else_may() -> None:
    know(staff("RA-S2", "leader", municipality="randers"))
    for by in (CHILD_ADVISER, "RA-S2"):
        with pytest.raises(Refusal, match="may not hand over"):
            hand(by=by)


def test_the_heir_whose_substitute_was_the_leaver_is_nobodys_own_substitute() -> None:
    know(staff(HEIR, ROLES, substitute=LEAVER))
    hand()
    with reading() as s:
        assert current(s, Staff, HEIR).substitute is None


def test_what_a_running_case_asks_later_comes_to_the_heir_and_not_to_whom_it_had_chosen() -> None:
    know(staff("HJ-S42", "match_consultant"), staff("HJ-S43", "match_consultant"))
    story = Story()
    story.go_to("matching_visit")
    with reading() as s:
        [chosen] = s.exec(select(OutboxMail.recipient).where(OutboxMail.template == "invitation")).all()[1:2]
    heir = next(ref for ref in ("HJ-S43", "HJ-S42", people.MATCH_CONSULTANT) if ref != chosen)
    with writing() as s:
        revise(s, current(s, Staff, chosen), people.NOW, left_on=people.WEDNESDAY)
    hand(heir, chosen)
    story.pass_days(40)
    story.answer("parents_view")
    story.answer("matching_visit")
    assert heir in {task.assignee for step, task in story.tasks.items() if step.startswith("assessment")}


def test_a_familys_task_stays_the_familys() -> None:
    with writing() as s:
        s.add(task("HJ-2023-0007-10", assignee=FAMILY, role="family", form="PreStudy"))
    hand()
    with reading() as s:
        assert open_among(s, ["HJ-2023-0007-10"])["HJ-2023-0007-10"].assignee == FAMILY
