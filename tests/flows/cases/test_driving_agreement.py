from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from data.settings import Settings
from data.store.facts import find
from data.store.session import reading
from data.tables import DrivingAgreement, Family, OutboxMail, TravelClaim
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tests import people
from tests.flows.cases.test_case_documents import said
from tests.flows.cases.test_supplementary_benefit import live_together
from tests.letters import opened, part
from tests.people import ADMINISTRATION, CHILD_ADVISER, FAMILY
from tests.story import Story

PLACEMENT, DECISION = "HJ-P001", "driving_decision:HJ-P001"


def application() -> Story:
    return Story("driving-agreement", child=None)


@pytest.fixture
def story(sqlite_database: Settings) -> Story:
    live_together()
    return application()


def granted(story: Story) -> DrivingAgreement | None:
    with reading() as s:
        return find(s, DrivingAgreement, story.ref)


def letter(story: Story) -> str:
    with reading() as s:
        mails = s.exec(select(OutboxMail).where(OutboxMail.template == "decision", OutboxMail.about == story.ref)).all()
    [mail] = mails
    assert mail.recipient == FAMILY
    return part(opened(mail), "plain")


def refuse(story: Story, ground: str, **more: Any) -> None:
    empty: dict[str, Any] = {"drives_from": None, "drives_until": None, "km_a_month": None}
    story.answer(DECISION, granted=False, ground=ground, **empty, **more)


def test_a_grant_is_kept_with_its_period_and_its_most_kilometres_a_month(database: Settings) -> None:
    live_together()
    story = application()
    story.answer("driving_application", drives_from="2023-03-02", drives_until="2023-06-30", km_a_journey=12.5)
    story.answer(DECISION, drives_until="2023-04-30", km_a_month=100)
    agreement = granted(story)
    assert agreement is not None
    assert (agreement.placement, agreement.purpose, agreement.granted_on) == (PLACEMENT, "special_school", story.today)
    assert (agreement.valid_from, agreement.valid_to) == (date(2023, 3, 2), date(2023, 4, 30))
    assert (agreement.metres_a_month, story.case.outcome) == (100_000, "Approved")
    assert "Indberet jeres ture en gang om måneden" in letter(story)
    paper = said(story, "benefit_decision-1")
    assert "ansøgning om kørsel (specialskole)" in paper
    assert "højst 100 km om måneden" in paper
    assert "Er I uenige" in paper
    assert "fra den 2. marts 2023 til den 30. april 2023" in paper


@pytest.mark.parametrize(
    ("purpose", "who"),
    [("special_school", ADMINISTRATION), ("boarding_school", CHILD_ADVISER), ("other", ADMINISTRATION)],
)
def test_each_purpose_is_decided_on_by_its_own_contact(story: Story, purpose: str, who: str) -> None:
    story.answer("driving_application", purpose=purpose)
    assert story.tasks[DECISION].assignee == who
    assert story.finish() == "Approved"


def test_a_boarding_school_is_refused_where_public_transport_is_reasonable(story: Story) -> None:
    story.answer("driving_application", purpose="boarding_school")
    with pytest.raises(AnswerInvalid, match=r"not possible \(public_transport\)"):
        story.answer(DECISION, public_transport_reasonable=True)
    refuse(story, "public_transport", public_transport_reasonable=True)
    assert (story.case.outcome, granted(story)) == ("Refused", None)
    for text in (letter(story), said(story, "benefit_decision-1")):
        assert "Det er rimeligt, at barnet tager offentlig transport." in text
        assert "Er I uenige" in text


@pytest.mark.parametrize(("from_day", "outcome"), [("2023-02-28", "Refused"), ("2023-03-01", "Approved")])
def test_other_driving_is_agreed_only_before_it_takes_place(story: Story, from_day: str, outcome: str) -> None:
    story.answer("driving_application", purpose="other", drives_from=from_day)
    assert story.finish() == outcome


def test_other_driving_that_was_over_before_the_decision_is_refused(story: Story) -> None:
    story.answer("driving_application", purpose="other", drives_until="2023-03-03")
    story.pass_days(3)
    assert story.finish() == "Refused"
    assert "inden I kører" in letter(story)


def test_the_municipality_may_find_that_driving_is_not_needed(story: Story) -> None:
    story.answer("driving_application")
    refuse(story, "not_needed")
    assert (story.case.outcome, granted(story)) == ("Refused", None)


def test_what_was_held_is_agreed_by_a_grant_for_its_day_as_far_as_it_reaches(story: Story) -> None:
    driven: dict[str, Any] = {"placement": PLACEMENT, "purpose": "special_school"}
    for ref, day, km, agreed in (("K1", 1, 30, None), ("K2", 1, 20, False), ("K3", 2, 30, None), ("K4", 28, 30, None)):
        on = date(2023, 2 if day == 28 else 3, day)
        claim = TravelClaim(ref=ref, recorded_at=people.NOW, driven_on=on, metres=km * 1000, agreed=agreed, **driven)
        people.move_in(claim)
    story.answer("driving_application", drives_from="2023-03-01", drives_until="2023-03-31")
    story.answer(DECISION, km_a_month=50)
    with reading() as s:
        claims = s.exec(select(TravelClaim).where(TravelClaim.superseded_at == None)).all()  # noqa: E711
    assert sorted((claim.ref, claim.metres, claim.agreed) for claim in claims) == [
        ("K1", 30_000, True),
        ("K2", 20_000, False),
        ("K3", 20_000, True),
        ("K3-over", 10_000, None),
        ("K4", 30_000, None),
    ]


def test_a_family_may_withdraw_its_application(story: Story) -> None:
    story.answer("driving_application")
    story.answer("withdraw_application")
    assert (story.case.outcome, granted(story)) == ("Withdrawn", None)


@pytest.mark.parametrize("step", ["driving_application", DECISION])
def test_each_step_has_its_deadline(story: Story, step: str) -> None:
    story.go_to(step)
    assert story.tasks[step].due_on == date(2023, 3, 15)


def test_a_placement_that_has_ended_can_not_be_applied_for(sqlite_database: Settings) -> None:
    live_together(end=people.WEDNESDAY - timedelta(days=1))
    assert "has no placement" in application().case.waits_for


@pytest.mark.parametrize("process", ["driving-agreement", "driving-report"])
def test_where_the_country_has_no_rate_no_case_is_opened(sqlite_database: Settings, process: str) -> None:
    people.move_in()
    home: dict[str, Any] = {"municipality": "lillehammer", "name": "Navn", "email": "li@lillehammer.example"}
    people.move_in(Family(ref="LI-F1", recorded_at=people.NOW, kind="foster", **home))
    with pytest.raises(Refusal, match="lillehammer can't pay it, there is no rate mileage_low_km for NO"):
        Story(process, family="LI-F1", child=None)


def test_nothing_is_written_twice_however_often_the_case_is_replayed(story: Story) -> None:
    story.finish()
    for _ in range(3):
        story.replay()
    assert letter(story)
    with reading() as s:
        assert len(s.exec(select(DrivingAgreement)).all()) == 1
