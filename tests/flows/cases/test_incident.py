from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from data.settings import Settings
from data.store.audit import Actor
from data.store.session import reading, writing
from data.tables import AuditEntry, CaseRow, Child, GeneratedTask, NetworkHome, OutboxMail, Placement, Staff
from data.tables import Network as NetworkRow
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tasks.cases.answers import answer_task
from tasks.payout import prepare_payout
from tasks.placements.incidents import open_incidents
from tests import people
from tests.homes import approval
from tests.homes import home as a_home
from tests.letters import in_words, opened, part
from tests.people import CHILD, CHILD_ADVISER, FAMILY, LEADER, at
from tests.story import Story
from tests.tasks import payroll
from tests.tasks.pay_runs import said

REPORT, WITHDRAWAL = "incident_report", f"decide_on_withdrawal:{FAMILY}"
CONCERN, AGAIN = (f"decide_on_concern:{FAMILY}:{attempt}" for attempt in (1, 2))
SIBLING, GUEST, GUESTS_ADVISER = "HJ-B002", "RA-B009", "RA-S01"
SATURDAY = date(2023, 3, 4)


def a_child(ref: str, placement: str, *, municipality: str = "hjoerring", adviser: str | None, **when: Any) -> None:
    given = {"child": ref, "family": FAMILY, "kind": "network", "start": date(2022, 1, 1), **when}
    people.move_in(
        Child(ref=ref, recorded_at=people.NOW, municipality=municipality, adviser=adviser),
        Placement(ref=placement, recorded_at=people.NOW, **given),
    )


@pytest.fixture
def family(sqlite_database: Settings) -> None:
    people.move_in()
    people.move_in(people.staff("HJ-S06", "child_adviser"))
    a_child(CHILD, "HJ-P001", adviser=CHILD_ADVISER)
    a_child(SIBLING, "HJ-P002", adviser="HJ-S06")
    a_child("HJ-B003", "HJ-P003", adviser=CHILD_ADVISER, end=date(2022, 12, 1))


def an_incident(kind: str, by: str = LEADER, today: date = people.WEDNESDAY, **said: Any) -> Story:
    story = Story("incident", child=None, actor=Actor(by, "tests"), now=at(today))
    story.today = today
    story.answer(REPORT, kind=kind, **said)
    return story


def incidents() -> list[str]:
    with reading() as s:
        return open_incidents(s, FAMILY)


def asked(story: Story) -> dict[str, tuple[str, date | None]]:
    return {step: (story.tasks[step].assignee, story.tasks[step].due_on) for step in story.waiting}


@pytest.mark.usefixtures("family")
def test_a_concern_reaches_every_childs_adviser_and_the_leader_the_same_day_even_on_a_saturday() -> None:
    story = an_incident("concern", today=SATURDAY)
    assert asked(story) == {
        f"see_to_child:{CHILD}": (CHILD_ADVISER, SATURDAY),
        f"see_to_child:{SIBLING}": ("HJ-S06", SATURDAY),
        CONCERN: (LEADER, SATURDAY),
    }
    assert story.tasks[CONCERN].demands == {"placements": ["HJ-P001", "HJ-P002"]}
    assert incidents() == [story.ref]
    assert story.finish() == "Completed"
    assert incidents() == []


@pytest.mark.usefixtures("family")
def test_while_the_leader_lets_no_new_match_the_incident_stays_open_and_is_looked_at_again() -> None:
    story = an_incident("concern")
    story.answer(f"see_to_child:{CHILD}")
    story.answer(f"see_to_child:{SIBLING}")
    for day in ("2023-03-01", "2023-02-01"):
        with pytest.raises(AnswerInvalid, match=f"{day} is over; give a day to come"):
            story.answer(CONCERN, new_matches=False, look_again_on=day)
    story.answer(CONCERN, new_matches=False, look_again_on="2023-03-20")
    assert asked(story) == {AGAIN: (LEADER, date(2023, 3, 20))}
    assert incidents() == [story.ref]
    story.answer(AGAIN)
    assert (story.case.outcome, incidents()) == ("Completed", [])


@pytest.mark.usefixtures("family")
def test_a_placement_of_which_no_first_day_is_known_is_listed_too() -> None:
    a_child("HJ-B004", "HJ-P004", adviser=None, start=None)
    story = an_incident("concern")
    assert story.tasks[CONCERN].demands["placements"] == ["HJ-P001", "HJ-P002", "HJ-P004"]
    assert "see_to_child:HJ-B004" in story.waiting


@pytest.mark.usefixtures("family")
def test_a_placement_that_is_decided_to_end_gets_a_case_of_its_own() -> None:
    story = an_incident("concern")
    story.answer(CONCERN, placements={"HJ-P001": "goes_on", "HJ-P002": "ends"})
    with reading() as s:
        [linked] = s.exec(select(CaseRow).where(CaseRow.parent == story.ref)).all()
    assert (linked.process, linked.child) == ("end-of-placement", SIBLING)


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize(
    ("placements", "said"),
    [
        ({"HJ-P001": "goes_on"}, "placements: say whether HJ-P002 goes_on or ends"),
        (
            {"HJ-P001": "goes_on", "HJ-P002": "ends", "Åse": "ends"},
            "1 of them aren't asked about; there is HJ-P001",
        ),
        ({"HJ-P001": "perhaps", "HJ-P002": "ends"}, "Input should be 'goes_on' or 'ends'"),
    ],
)
def test_the_leader_decides_on_every_placement_and_no_other(placements: dict[str, str], said: str) -> None:
    story = an_incident("concern")
    with pytest.raises(AnswerInvalid, match=said) as refused:
        story.answer(CONCERN, placements=placements)
    assert "Åse" not in str(refused.value)


@pytest.mark.usefixtures("family")
def test_the_adviser_of_another_municipalitys_child_is_told_there() -> None:
    guests_adviser = {"municipality": "randers", "roles": "child_adviser", "email": people.email(GUESTS_ADVISER)}
    people.move_in(Staff(ref=GUESTS_ADVISER, recorded_at=people.NOW, **guests_adviser))
    a_child(GUEST, "HJ-P009", municipality="randers", adviser=GUESTS_ADVISER)
    story = an_incident("concern")
    assert f"see_to_child:{GUEST}" not in story.tasks
    with reading() as s:
        [task] = s.exec(select(GeneratedTask).where(col(GeneratedTask.case).is_(None))).all()
        mail = s.exec(select(OutboxMail).where(OutboxMail.about == task.ref)).one()
    assert (task.municipality, task.assignee, task.due_on) == ("randers", GUESTS_ADVISER, people.WEDNESDAY)
    assert (mail.recipient, mail.address) == (GUESTS_ADVISER, people.email(GUESTS_ADVISER))
    with writing() as s:
        done = {"seen_to_on": f"{people.WEDNESDAY}", "done": "Ringede."}
        answer_task(s, task.ref, done, email=people.email(GUESTS_ADVISER), os_account="tests", now=people.NOW)
    assert story.finish() == "Completed"


@pytest.mark.usefixtures("family")
def test_a_childs_task_waits_for_no_sheet_where_nobody_is_adviser_the_leader_gets_it() -> None:
    for ref in (CHILD_ADVISER, "HJ-S06"):
        people.move_in(people.staff(ref, "supervisor"))
    assert set(asked(an_incident("concern")).values()) == {(LEADER, people.WEDNESDAY)}


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize(("ended", "stands"), [(None, date(2023, 2, 20)), (date(2023, 1, 31), date(2023, 1, 31))])
def test_a_withdrawn_approval_ends_that_day_and_every_placement_is_decided_on(ended: date | None, stands: date) -> None:
    home = {"municipality": "hjoerring", "kind": "network", "approved_from": date(2022, 1, 1), "approved_to": ended}
    people.move_in(*a_home(ref=FAMILY, recorded_at=people.NOW, **home))
    story = an_incident("approval_withdrawn", withdrawn_on="2023-02-20")
    assert approval(FAMILY).approved_to == stands
    assert story.tasks[WITHDRAWAL].due_on == people.WEDNESDAY
    assert incidents() == [story.ref]
    assert story.finish() == "Completed"


def test_the_nights_after_a_withdrawal_are_held_until_somebody_decides(database: Settings) -> None:
    payroll.move_in()
    leader = {"municipality": "randers", "roles": "leader", "email": people.email(payroll.LEADER)}
    payroll.know(
        payroll.weekend(1, "RA-P1"),
        payroll.stay(2, "RA-P2", "2023-05-26T14:00", "2023-05-28T14:00"),
        Staff(ref=payroll.LEADER, recorded_at=payroll.IMPORTED, **leader),
    )
    story = Story("incident", family=payroll.FAMILY, child=None)
    story.today = date(2023, 6, 1)
    story.answer(REPORT, kind="approval_withdrawn", withdrawn_on="2023-05-26")
    prepare_payout("randers", "2023-05", actor=payroll.acting(payroll.CLERK), now=payroll.JUNE)
    assert [line for line in said("2023-05") if " fee " in line] == [
        "2023-05 RA-P1 fee 617.24 payable",
        "2023-05 RA-P2 fee 154.31 payable",
        "2023-05 RA-P2 fee 154.31 held: after_approval",
    ]


@pytest.mark.usefixtures("family")
def test_use_of_force_reaches_the_childs_own_adviser_at_once() -> None:
    story = an_incident("use_of_force", by=FAMILY, today=SATURDAY, child=SIBLING)
    assert asked(story) == {f"see_to_child:{SIBLING}": ("HJ-S06", SATURDAY)}
    assert story.tasks[f"see_to_child:{SIBLING}"].row == "R7"
    assert incidents() == []
    assert story.finish() == "Completed"


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize(
    ("ore", "in_childs_care", "told", "claimed"),
    [
        (299.99, False, "Skader under 300,00 kr. betaler I selv", False),
        (300, False, "bestiller en skadesanmeldelse til jer", True),
        (12_000, True, "overladt til barnet", False),
        (50, True, "overladt til barnet", False),
    ],
)
def test_who_pays_for_a_damage_is_told_to_the_family(
    ore: float, in_childs_care: bool, told: str, claimed: bool
) -> None:
    story = an_incident("damage", by=FAMILY, child=CHILD, amount_kr=ore, in_childs_care=in_childs_care)
    with reading() as s:
        [mail] = s.exec(select(OutboxMail).where(OutboxMail.template == "damage")).all()
    assert mail.recipient == FAMILY
    assert told in part(opened(mail), "plain")
    assert "ulykkesforsikring til barnet tegner forældrene selv" in part(opened(mail), "plain")
    assert asked(story) == ({f"claim_form:{CHILD}": (CHILD_ADVISER, date(2023, 3, 8))} if claimed else {})
    assert story.finish() == "Completed"


def in_a_network(*contacts: Staff) -> None:
    people.move_in(
        *contacts,
        NetworkRow(
            ref="HJ-N1", recorded_at=people.NOW, resource_family="HJ-F777", municipality="hjoerring",
            contact_1=contacts[0].ref, contact_2=contacts[1].ref,
        ),
        NetworkHome(
            ref="HJ-N1/HJ-F001/2022-01-01", recorded_at=people.NOW, network="HJ-N1", family=FAMILY,
            joined_on=date(2022, 1, 1),
        ),
    )  # fmt: skip


@pytest.mark.usefixtures("family")
def test_the_familys_own_concern_reaches_the_adviser_and_both_contacts_of_its_network_and_a_referral_is_logged() -> (
    None
):
    in_a_network(*(people.staff(ref, "child_welfare_contact") for ref in ("HJ-S11", "HJ-S12")))
    story = an_incident("reporting_duty", by=FAMILY, child=CHILD, today=SATURDAY)
    steps = [f"child_concern:{CHILD}", "child_concern:HJ-N1:HJ-S11", "child_concern:HJ-N1:HJ-S12"]
    assert asked(story) == dict(
        zip(steps, [(who, SATURDAY) for who in (CHILD_ADVISER, "HJ-S11", "HJ-S12")], strict=True)
    )
    assert [story.tasks[step].row for step in steps] == ["R7", "N6", "N6"]
    assert incidents() == []
    with pytest.raises(AnswerInvalid, match="referred_on: give the day"):
        story.answer(steps[1], belongs_to_child_welfare=True)
    story.answer(steps[1], belongs_to_child_welfare=True, referred_on=f"{SATURDAY}")
    assert story.finish() == "Completed"
    with reading() as s:
        logged = s.exec(select(AuditEntry).where(AuditEntry.action == "concern referred on")).all()
    assert [(entry.subject, entry.actor, entry.detail) for entry in logged] == [
        (story.tasks[steps[1]].ref, "HJ-S11", {"case": story.ref, "on": f"{SATURDAY}"})
    ]


@pytest.mark.usefixtures("family")
def test_a_contact_of_another_municipality_is_told_there_and_the_referral_is_logged_all_the_same() -> None:
    away = {"municipality": "asker", "roles": "child_welfare_contact", "email": people.email("AS-S01")}
    in_a_network(people.staff("HJ-S11", "child_welfare_contact"), Staff(ref="AS-S01", recorded_at=people.NOW, **away))
    an_incident("reporting_duty", by=FAMILY)
    referred = {"done": "-", "belongs_to_child_welfare": True, "referred_on": f"{people.WEDNESDAY}"}
    with writing() as s:
        [task] = s.exec(select(GeneratedTask).where(col(GeneratedTask.case).is_(None))).all()
        assert (task.municipality, task.assignee) == ("asker", "AS-S01")
        answer_task(s, task.ref, referred, email=people.email("AS-S01"), os_account="tests", now=people.NOW)
        entry = s.exec(select(AuditEntry).where(AuditEntry.action == "concern referred on")).one()
    assert (entry.actor, entry.subject) == ("AS-S01", task.ref)


def test_a_concern_of_a_family_where_no_child_is_placed_reaches_the_leader(sqlite_database: Settings) -> None:
    people.move_in()
    assert asked(an_incident("reporting_duty", by=FAMILY)) == {f"child_concern:{FAMILY}": (LEADER, people.WEDNESDAY)}


@pytest.mark.usefixtures("family")
def test_a_family_reports_for_itself_but_nothing_about_its_own_approval() -> None:
    story = Story("incident", child=None, actor=Actor(FAMILY, "tests"))
    task = story.tasks[REPORT]
    assert (task.assignee, task.demands["kinds"]) == (FAMILY, ["reporting_duty", "use_of_force", "damage"])
    assert incidents() == []
    with pytest.raises(AnswerInvalid, match="kind: what can be reported here is reporting_duty, use_of_force, damage"):
        story.answer(REPORT, kind="approval_withdrawn", withdrawn_on="2023-02-20")


@pytest.mark.usefixtures("family")
def test_what_staff_opened_without_saying_yet_what_it_is_stops_matches_too() -> None:
    story = Story("incident", child=None)
    assert story.tasks[REPORT].assignee == LEADER
    assert incidents() == [story.ref]


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"kind": "use_of_force"}, "a report of use_of_force also says child"),
        ({"kind": "use_of_force", "child": "HJ-B777"}, "child: give the reference of one that is or was placed"),
        ({"kind": "approval_withdrawn"}, "a report of approval_withdrawn also says withdrawn_on"),
        ({"kind": "concern", "withdrawn_on": "2023-02-20"}, "a report of concern doesn't say withdrawn_on"),
        (
            {"kind": "damage", "child": CHILD, "in_childs_care": False, "amount_kr": -1},
            "amount_kr: Input should be greater than 0",
        ),
        ({"kind": "burglary"}, "kind: Input should be"),
        ({"happened_on": "2023-03-02"}, "happened_on: 2023-03-02 is still to come"),
        ({"what_happened": "å" * 1_000_000}, "what_happened: String should have at most 4000 characters"),
        ({"å" * 1_000_000: "x"}, "å: Extra inputs are not permitted"),
        ({"child": "x" * 1_000_000}, "child: String should have at most 80 characters"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused_in_short_lines(instead: dict[str, Any], said: str) -> None:
    story = Story("incident", child=None)
    with pytest.raises(AnswerInvalid) as refused:
        story.answer(REPORT, **instead)
    first, *rest = refused.value.lines
    assert said in first
    assert len(rest) == 1
    assert len(str(refused.value)) < 500


@pytest.mark.usefixtures("family")
def test_what_happened_is_nowhere_to_be_read_but_in_the_encrypted_answer() -> None:
    secret = "Ægteparret Łukasz-Ñandú råbte 李"
    story = an_incident("concern", what_happened=secret)
    with reading() as s:
        raw = s.connection().exec_driver_sql("SELECT answer, demands FROM generated_task").all()
        mails = [in_words(opened(mail)) for mail in s.exec(select(OutboxMail))]
    assert not any("Ægte" in str(row) or "\\u00c6gte" in str(row) for row in raw)
    assert not any("Ægte" in mail for mail in mails)
    assert secret in (story.tasks[REPORT].answer or "")


@pytest.mark.usefixtures("family")
def test_nothing_is_answered_after_an_incident_was_seen_to() -> None:
    story = an_incident("use_of_force", child=CHILD)
    story.finish()
    with pytest.raises(Refusal, match="an answer stands"):
        story.answer(f"see_to_child:{CHILD}")
