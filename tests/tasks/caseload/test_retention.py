from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from data import policies
from data.settings import Settings
from data.store.audit import first_broken
from data.store.session import reading, writing
from data.tables import Document, EmergencyCall, GeneratedTask, JournalEntry, MailState, OutboxMail, Placement, Removal
from flows.jobs.retention import rows
from rules.policy import PolicyValue
from tasks.caseload.retention import Gone, Kept, Swept, remove_what_may_go
from tests import people
from tests.letters import case
from tests.people import at
from tests.story import Story

LATER = date(2026, 3, 2)


@pytest.fixture
def keeps_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that may go by itself goes after twelve months."""
    policy = policies.policy_of("hjoerring")
    kinds = ("mails_months", "cases_not_approved_months", "calls_months")
    values = {f"retention.{kind}": (PolicyValue(12, date(2019, 1, 1), "X5"),) for kind in kinds}
    own = {"hjoerring": replace(policy, values={**policy.values, **values})}
    monkeypatch.setattr(policies, "_in_force", lambda folder: own)


def removed(today: date = LATER) -> list[Gone]:
    return remove_what_may_go("hjoerring", today, at(today)).gone


def kept() -> list[Kept]:
    return remove_what_may_go("hjoerring", LATER, at(LATER)).kept


def send_all() -> None:
    with writing() as s:
        for mail in s.exec(select(OutboxMail)):
            mail.state = MailState.SENT
            s.add(mail)


@pytest.mark.usefixtures("keeps_a_year")
def test_what_an_ended_case_without_approval_holds_goes_and_that_it_was_stays(database: Settings) -> None:
    people.move_in()
    story = Story()
    story.answer("first_visit")
    story.answer(story.waiting[0], given=False)
    assert story.case.outcome == "Refused"
    with reading() as s:
        papers = [paper.ref for paper in s.exec(select(Document))]
    assert papers
    send_all()
    assert removed(date(2024, 2, 29)) == []
    gone = removed()
    assert Gone("cases_not_approved", story.ref) in gone
    with reading() as s:
        assert [task.answer for task in s.exec(select(GeneratedTask)) if task.case == story.ref and task.answer] == []
        assert s.exec(select(JournalEntry).where(JournalEntry.case == story.ref)).all() == []
        assert all(mail.message is None and mail.subject for mail in s.exec(select(OutboxMail)))
        assert s.exec(select(Document)).all() == []
        listed = {(row.kind, row.ref) for row in s.exec(select(Removal))}
        assert listed == {*gone, *(("document", paper) for paper in papers)}
        assert first_broken(s) is None
    assert story.case.outcome == "Refused"
    assert removed() == []


@pytest.mark.usefixtures("keeps_a_year")
def test_an_open_case_a_mail_that_waits_and_a_young_call_are_kept(database: Settings) -> None:
    people.move_in()
    Story()
    call = {"municipality": "hjoerring", "family": people.FAMILY, "about": "A bad night.", "advice": "Stay with them."}
    call |= {"topic": "conflict", "taken_by": people.LEADER}
    with writing() as s:
        s.add(EmergencyCall(ref="HJ-C1", called_at=at(date(2025, 3, 2)), recorded_at=people.NOW, **call))
        s.add(EmergencyCall(ref="HJ-C2", called_at=at(date(2025, 3, 1)), recorded_at=people.NOW, **call))
    assert removed() == [Gone("calls", "HJ-C2")]


@pytest.mark.usefixtures("keeps_a_year")
def test_what_came_to_nothing_without_being_an_approval_is_kept(sqlite_database: Settings) -> None:
    people.move_in()
    lives_there: dict[str, Any] = {
        "child": people.CHILD,
        "family": people.FAMILY,
        "kind": "network",
        "start": people.WEDNESDAY,
    }
    people.move_in(Placement(ref="HJ-P001", recorded_at=people.NOW, **lives_there))
    support = Story("reinforced-support")
    support.answer("support_request")
    support.answer("support_referral", refer=False)
    assert support.case.outcome == "Refused"
    assert [gone for gone in removed() if gone.ref == support.ref] == []
    assert support.tasks["support_request"].answer


def test_what_policy_does_not_name_is_kept(sqlite_database: Settings) -> None:
    people.move_in()
    story = Story()
    story.answer("first_visit", both_sides_go_on=False)
    assert [gone.kind for gone in removed() if gone.kind != "mails"] == []


MOVED_IN = {"moved_in_on": "2023-03-01", "reason": "Moderen er indlagt."}


@pytest.mark.usefixtures("keeps_a_year")
@pytest.mark.parametrize("outcome", ["Refused", "Withdrawn"])
def test_a_case_in_which_a_child_lived_is_kept_whole_and_the_list_says_why(database: Settings, outcome: str) -> None:
    people.move_in()
    story = Story()
    story.answer("emergency_move_in", **MOVED_IN)
    if outcome == "Withdrawn":
        story.answer("first_visit", both_sides_go_on=False)
    else:
        story.answer("first_visit")
        story.answer(story.waiting[0], given=False)
    story.answer("end_emergency_placement")
    assert story.case.outcome == outcome
    with reading() as s:
        papers = {paper.ref for paper in s.exec(select(Document))}
        noted = len(s.exec(select(JournalEntry).where(JournalEntry.case == story.ref)).all())
    because = story.case.because
    send_all()
    gone = removed()
    assert {each.kind for each in gone} <= {"mails"}
    assert kept() == [Kept("cases_not_approved", story.ref, f"a child lived there: {story.ref}-P")]
    with reading() as s:
        assert {paper.ref for paper in s.exec(select(Document))} == papers
        assert len(s.exec(select(JournalEntry).where(JournalEntry.case == story.ref)).all()) == noted
    assert all(task.answer for task in story.tasks.values() if task.answered_by)
    assert story.case.because == because


def stay(ref: str, **more: Any) -> Placement:
    given = {"child": people.CHILD, "family": "HJ-F9", "municipality": "hjoerring", "kind": "respite"}
    return Placement(ref=ref, recorded_at=people.NOW, **{**given, "start": date(2023, 3, 1), **more})


@pytest.mark.usefixtures("keeps_a_year")
def test_an_approval_that_was_withdrawn_after_a_stay_is_kept_and_one_without_goes(sqlite_database: Settings) -> None:
    ended = {"state": "ended", "outcome": "Withdrawn", "process": "respite-approval", "ended_at": at(date(2023, 6, 1))}
    with writing() as s:
        s.add_all(case(f"HJ-2023-000{nth}", family=f"HJ-F{nth}", **ended) for nth in (8, 9))
        s.add(case("HJ-2023-0007", family="HJ-F8", **{**ended, "process": "incident"}))
    people.move_in(stay("HJ-P9"), stay("HJ-P8", family="HJ-F8", start=date(2023, 6, 2)))
    assert removed() == [Gone("cases_not_approved", "HJ-2023-0008")]
    assert kept() == [Kept("cases_not_approved", "HJ-2023-0009", "a child lived there: HJ-P9")]


def test_the_dashboards_list_says_what_went_and_what_was_kept_and_why() -> None:
    swept = Swept([Gone("calls", "HJ-C2")], [Kept("cases_not_approved", "HJ-2023-0009", "a child lived there: HJ-P9")])
    assert rows(swept) == [
        {"kind": "cases_not_approved", "ref": "HJ-2023-0009", "kept_because": "a child lived there: HJ-P9"},
        {"kind": "calls", "ref": "HJ-C2", "kept_because": ""},
    ]
    assert str(swept) == "1 removed, 1 kept"
