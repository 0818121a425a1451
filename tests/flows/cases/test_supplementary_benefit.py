from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from data.rates import load_shipped
from data.settings import Settings
from data.store.facts import find
from data.store.session import reading, writing
from data.tables import Child, ExpenseClaim, Family, OutboxMail, Placement
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tasks.payout import prepare_payout
from tests import people
from tests.letters import opened, part
from tests.people import ADMINISTRATION, CHILD, CHILD_ADVISER, FAMILY, LEADER, at
from tests.story import Story
from tests.tasks.payroll import acting
from web.shown.pay import run_as_json

PLACEMENT, DECISION = "HJ-P001", "benefit_decision:HJ-P001"
SENT, CHECKED, LATE = (
    f"{step}:{PLACEMENT}" for step in ("send_documentation", "check_documentation", "late_documentation")
)


def live_in_respite() -> None:
    live_together(kind="respite")
    home = {"municipality": "hjoerring", "kind": "respite", "email": people.email(FAMILY)}
    people.move_in(Family(ref=FAMILY, recorded_at=people.NOW, **home))


def live_together(**placement: Any) -> None:
    people.move_in()
    given = {"child": CHILD, "family": FAMILY, "kind": "network", "start": date(2022, 1, 1), **placement}
    people.move_in(Placement(ref=PLACEMENT, recorded_at=people.NOW, **given))


def guests_with_payroll() -> None:
    """A respite placement, so that nothing but the claim is paid."""
    live_in_respite()
    people.move_in(people.staff(ADMINISTRATION, "administration,payroll"))
    with writing() as s:
        load_shipped(s, people.NOW)


def benefit_case() -> Story:
    return Story("supplementary-benefit", child=None)


@pytest.fixture
def story(sqlite_database: Settings) -> Story:
    live_together()
    return benefit_case()


def claim(story: Story) -> ExpenseClaim:
    with reading() as s:
        found = find(s, ExpenseClaim, f"{story.ref}-E")
    assert found is not None
    return found


def granted_before(benefit: str, ore: int, on: date, ref: str = "HJ-E9") -> None:
    given = {"placement": PLACEMENT, "regime": "none", "granted_on": on, "granted_amount_ore": ore}
    people.move_in(ExpenseClaim(ref=ref, recorded_at=people.NOW, benefit=benefit, **given))


def letters(story: Story) -> list[OutboxMail]:
    with reading() as s:
        rows = s.exec(select(OutboxMail).where(OutboxMail.template == "decision", OutboxMail.about == story.ref))
        return list(rows)


def letter(story: Story) -> str:
    [mail] = letters(story)
    assert mail.recipient == FAMILY
    return part(opened(mail), "plain")


def lines(period: str, now: date) -> list[tuple[str, int, str, str | None]]:
    """Component, øre, status and reason of what the case's claims are paid."""
    prepare_payout("hjoerring", period, actor=acting(ADMINISTRATION), now=at(now))
    with reading() as s:
        found = run_as_json(s, "hjoerring", period)["lines"]
    return [
        (line["component"], line["amount_ore"], line["status"], line["held_because"])
        for line in found
        if any(source.endswith("-E") for source in line["sources"])
    ]


def refuse(story: Story, ground: str, **more: Any) -> None:
    answer = {"granted": False, "ground": ground, "amount_kr": None, "regime": None}
    story.answer(DECISION, **answer, **more)


def test_a_grant_is_recorded_as_a_claim_that_pay_reads(database: Settings) -> None:
    guests_with_payroll()
    story = benefit_case()
    assert story.finish() == "Approved"
    granted = claim(story)
    assert (granted.benefit, granted.regime, granted.granted_amount_ore) == ("car_seat", "grant", 90_000)
    assert (granted.applied_on, granted.granted_on, granted.documentation_on) == (story.today, story.today, None)
    assert lines("2023-03", date(2023, 4, 3)) == [("supplement", 90_000, "payable", None)]
    assert "onsdag den 1. marts" not in letter(story)
    assert "30. april 2023" in letter(story)


@pytest.mark.parametrize(
    ("benefit", "who"),
    [
        ("car_seat", ADMINISTRATION),
        ("booster", ADMINISTRATION),
        ("incontinence", ADMINISTRATION),
        ("diet", CHILD_ADVISER),
        ("holiday", CHILD_ADVISER),
        ("lost_earnings", CHILD_ADVISER),
        ("free_costs", CHILD_ADVISER),
    ],
)
def test_each_benefit_is_decided_on_by_its_own_contact(story: Story, benefit: str, who: str) -> None:
    story.answer("benefit_application", benefit=benefit)
    assert story.tasks[DECISION].assignee == who
    assert story.finish() == "Approved"


def test_the_childs_own_adviser_decides_though_a_colleague_comes_first(sqlite_database: Settings) -> None:
    live_together()
    people.move_in(people.staff("HJ-S00", "child_adviser"))
    story = benefit_case()
    story.answer("benefit_application", benefit="holiday")
    assert story.tasks[DECISION].assignee == CHILD_ADVISER


@pytest.mark.parametrize(
    ("benefit", "said", "ground"),
    [
        ("car_seat", {"loan_tried": False}, "loan_first"),
        ("booster", {"loan_tried": False}, "loan_first"),
        ("car_seat", {"seat_standard": "other"}, "seat_standard"),
        ("incontinence", {"doctor_asked": False}, "doctors_advice"),
        ("diet", {"doctors_order": False}, "doctors_order"),
        ("holiday", {"booked": True}, "already_booked"),
        ("other", {"booked": True}, "already_booked"),
    ],
)
def test_a_condition_that_is_not_met_leaves_only_a_refusal(
    story: Story, benefit: str, said: dict[str, Any], ground: str
) -> None:
    story.answer("benefit_application", benefit=benefit, **said)
    grant = {"granted": True, "ground": None, "amount_kr": 900, "regime": "grant"}
    with pytest.raises(AnswerInvalid, match=rf"granted: not possible \({ground}\)"):
        story.answer(DECISION, **grant)
    assert story.finish() == "Refused"
    assert claim(story).granted_on is None
    assert "Klage: Er I uenige" in letter(story)


def test_no_seat_where_an_enrolment_fee_was_granted(sqlite_database: Settings) -> None:
    live_together()
    granted_before("enrolment_fee", 500_000, date(2022, 5, 2))
    story = benefit_case()
    story.answer("benefit_application")
    assert story.tasks[DECISION].demands["grounds"] == ["enrolment_fee"]


@pytest.mark.parametrize(("turns_five", "grounds"), [(people.WEDNESDAY, []), (date(2023, 3, 2), ["too_young"])])
def test_incontinence_is_covered_from_the_fifth_birthday_on(
    sqlite_database: Settings, turns_five: date, grounds: list[str]
) -> None:
    live_together()
    born = turns_five.replace(year=2018)
    people.move_in(Child(ref=CHILD, recorded_at=people.NOW, municipality="hjoerring", birth_date=born))
    story = benefit_case()
    story.answer("benefit_application", benefit="incontinence")
    assert story.tasks[DECISION].demands["grounds"] == grounds


def test_diet_is_granted_only_after_considering_whether_the_parents_own_grant_covers_it(story: Story) -> None:
    story.answer("benefit_application", benefit="diet")
    with pytest.raises(AnswerInvalid, match="consider first whether the parents' own grant"):
        story.answer(DECISION, parents_grant_covers=None)
    with pytest.raises(AnswerInvalid, match=r"not possible \(parents_grant\)"):
        story.answer(DECISION, parents_grant_covers=True)
    refuse(story, "parents_grant", parents_grant_covers=True)
    assert story.case.outcome == "Refused"
    assert "serviceloven § 41" in letter(story)


@pytest.mark.parametrize(("benefit", "most"), [("car_seat", 1500), ("booster", 250)])
def test_a_seat_is_covered_up_to_the_policys_amount(story: Story, benefit: str, most: int) -> None:
    story.answer("benefit_application", benefit=benefit, amount_kr=2000)
    with pytest.raises(AnswerInvalid, match=f"at most {most}.00"):
        story.answer(DECISION, amount_kr=f"{most}.01")
    story.answer(DECISION, amount_kr=most)
    assert claim(story).granted_amount_ore == most * 100


def test_nobody_is_granted_more_than_they_apply_for(story: Story) -> None:
    story.answer("benefit_application", benefit="holiday", amount_kr="412.50")
    with pytest.raises(AnswerInvalid, match=r"at most 412\.50"):
        story.answer(DECISION, amount_kr="412.51")


def test_costs_without_documentation_are_granted_up_to_20000_a_calendar_year(sqlite_database: Settings) -> None:
    live_together()
    granted_before("free_costs", 1_950_000, date(2023, 1, 2))
    granted_before("free_costs", 2_000_000, date(2022, 12, 31), ref="HJ-E8")
    story = benefit_case()
    story.answer("benefit_application", benefit="free_costs")
    with pytest.raises(AnswerInvalid, match=r"at most 500\.00"):
        story.answer(DECISION, amount_kr=501)
    with pytest.raises(AnswerInvalid, match="regime: say one of none"):
        story.answer(DECISION, regime="full")
    story.answer(DECISION)
    assert (claim(story).regime, claim(story).granted_amount_ore, story.case.outcome) == ("none", 50_000, "Approved")
    second = benefit_case()
    second.answer("benefit_application", benefit="free_costs")
    assert second.tasks[DECISION].demands["grounds"] == ["free_costs_used_up"]


def test_what_the_cost_share_covers_is_refused_citing_its_list(story: Story) -> None:
    story.answer("benefit_application", benefit="other")
    with pytest.raises(AnswerInvalid, match="covered_item: for cost_share only, one of board, lodging"):
        refuse(story, "cost_share", covered_item="pony")
    refuse(story, "cost_share", covered_item="babysitter")
    assert "Omkostningsdelen dækker: kost, logi, hygiejne" in letter(story)
    assert "barnepige" in letter(story)


def test_a_respite_familys_list_is_shorter_and_so_is_what_it_may_apply_for(sqlite_database: Settings) -> None:
    live_in_respite()
    story = benefit_case()
    with pytest.raises(AnswerInvalid, match="benefit: for this placement there is car_seat"):
        story.answer("benefit_application", benefit="free_costs")
    story.answer("benefit_application", benefit="other")
    assert "babysitter" not in story.tasks[DECISION].demands["covered"]


def test_a_refusal_on_a_ground_that_does_not_fit_is_sent_back(story: Story) -> None:
    story.answer("benefit_application")
    with pytest.raises(AnswerInvalid, match="ground: say one that fits"):
        refuse(story, "too_young")
    refuse(story, "not_needed")
    assert story.case.outcome == "Refused"


def test_full_cover_waits_for_its_documentation_and_pays_no_more_than_it_shows(story: Story) -> None:
    story.answer("benefit_application", benefit="holiday", planned_on="2023-07-03", amount_kr=900)
    story.answer(DECISION, regime="full")
    assert story.waiting == [f"{SENT}:1"]
    assert story.tasks[f"{SENT}:1"].due_on == date(2023, 7, 31)
    story.come_to(date(2023, 7, 10))
    story.answer(f"{SENT}:1")
    story.answer(f"{CHECKED}:1", amount_kr="811.25")
    assert story.case.outcome == "Approved"
    documented = claim(story)
    assert (documented.documentation_on, documented.granted_amount_ore) == (story.today, 81_125)
    assert documented.granted_on == people.WEDNESDAY


def test_documentation_that_is_not_in_order_is_asked_for_again(story: Story) -> None:
    story.answer("benefit_application", benefit="holiday")
    story.answer(DECISION, regime="full")
    story.answer(f"{SENT}:1")
    story.answer(f"{CHECKED}:1", in_order=False, amount_kr=None)
    assert story.waiting == [f"{SENT}:2"]
    assert claim(story).documentation_on is None
    assert story.finish() == "Approved"


def test_an_invoice_is_paid_and_kept_by_the_centre(story: Story) -> None:
    story.answer("benefit_application")
    story.answer(DECISION, regime="invoice")
    assert story.tasks[f"pay_invoice:{PLACEMENT}"].assignee == ADMINISTRATION
    assert story.finish() == "Approved"
    assert claim(story).regime == "invoice"


def test_the_proof_of_a_grant_stays_with_the_family_unless_it_is_asked_for(story: Story) -> None:
    story.answer("benefit_application")
    story.answer(DECISION, ask_for_proof=True)
    assert "2 år" in letter(story)
    assert story.waiting == [f"{SENT}:1"]
    assert story.finish() == "Approved"
    assert claim(story).granted_amount_ore == 90_000


DECEMBER = date(2023, 12, 20)


def granted_in_full(story: Story, planned_on: str = "2023-12-22") -> None:
    story.today = DECEMBER
    story.answer("benefit_application", benefit="holiday", planned_on=planned_on)
    story.answer(DECISION, regime="full")


def test_a_holiday_of_july_that_was_granted_in_december_isnt_late_on_5_january(story: Story) -> None:
    granted_in_full(story, "2024-07-08")
    story.come_to(date(2024, 8, 5))
    assert LATE not in story.tasks
    story.answer(f"{SENT}:1")
    story.answer(f"{CHECKED}:1")
    assert (story.case.outcome, claim(story).spent_on) == ("Approved", date(2024, 7, 8))


def test_what_was_applied_for_on_28_december_and_documented_on_20_january_is_late(story: Story) -> None:
    story.today = date(2023, 12, 28)
    story.answer("benefit_application", benefit="diet", doctors_order=True, planned_on=None)
    story.come_to(date(2024, 1, 8))
    story.answer(DECISION, regime="full", parents_grant_covers=False)
    assert LATE in story.waiting
    story.come_to(date(2024, 1, 20))
    story.answer(f"{SENT}:1")
    story.answer(f"{CHECKED}:1")
    assert story.waiting == [LATE]


def test_documentation_that_arrives_on_the_last_day_is_in_time_even_if_recorded_later(story: Story) -> None:
    granted_in_full(story)
    story.come_to(date(2024, 1, 5))
    story.answer(f"{SENT}:1")
    assert LATE not in story.tasks
    story.come_to(date(2024, 1, 8))
    assert LATE not in story.tasks
    story.answer(f"{CHECKED}:1", received_on="2024-01-05")
    assert story.case.outcome == "Approved"


def test_documentation_that_was_sent_in_time_and_arrived_late_is_the_leaders_to_decide(story: Story) -> None:
    granted_in_full(story)
    story.come_to(date(2024, 1, 5))
    story.answer(f"{SENT}:1")
    story.come_to(date(2024, 1, 8))
    story.answer(f"{CHECKED}:1", received_on="2024-01-08")
    assert story.waiting == [LATE]


def test_the_leader_lets_late_documentation_through_and_then_it_pays(sqlite_database: Settings) -> None:
    guests_with_payroll()
    story = benefit_case()
    granted_in_full(story)
    story.come_to(date(2024, 1, 6))
    assert story.tasks[LATE].assignee == LEADER
    story.answer(f"{SENT}:1")
    story.answer(f"{CHECKED}:1")
    assert claim(story).granted_on == DECEMBER
    story.pass_days(3)
    story.answer(LATE)
    assert story.case.outcome == "Approved"
    through = claim(story)
    assert (through.let_through_on, through.documentation_on) == (date(2024, 1, 9), date(2024, 1, 6))
    assert lines("2024-01", date(2024, 2, 2)) == [("supplement", 90_000, "payable", None)]


def test_late_documentation_is_held_back_until_the_leader_decides(sqlite_database: Settings) -> None:
    guests_with_payroll()
    story = benefit_case()
    granted_in_full(story)
    story.come_to(date(2024, 1, 6))
    story.answer(f"{SENT}:1")
    story.answer(f"{CHECKED}:1")
    assert lines("2024-01", date(2024, 2, 2)) == [("supplement", 90_000, "held", "late_documentation")]
    story.answer(LATE, let_through=False)
    assert lines("2024-01", date(2024, 2, 2)) == []


def test_late_documentation_is_refused_with_a_letter_that_says_there_is_no_guidance(story: Story) -> None:
    granted_in_full(story)
    story.come_to(date(2024, 1, 6))
    story.answer(LATE, let_through=False)
    assert story.case.outcome == "Refused"
    assert claim(story).withdrawn_on == story.today
    text = part(opened(letters(story)[-1]), "plain")
    assert "dokumentation ved årsskiftet" in text
    assert "ingen klagevejledning" in text


def test_a_family_may_withdraw_its_application(story: Story) -> None:
    story.answer("benefit_application")
    story.answer("withdraw_application")
    assert (story.case.outcome, claim(story).withdrawn_on) == ("Withdrawn", story.today)


def test_several_applications_are_open_at_once(story: Story) -> None:
    assert benefit_case().ref != story.ref


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"placement": "HJ-P999"}, "placement: give one of HJ-P001"),
        ({"amount_kr": 1e12}, "amount_kr"),
        ({"amount_kr": -1}, "amount_kr"),
        ({"loan_tried": None}, "also says loan_tried"),
    ],
)
def test_an_application_that_lacks_something_is_refused_in_a_line(
    story: Story, wrong: dict[str, Any], says: str
) -> None:
    with pytest.raises(AnswerInvalid, match=says):
        story.answer("benefit_application", **wrong)
    assert story.waiting == ["benefit_application"]


def test_a_placement_that_has_ended_can_not_be_applied_for(sqlite_database: Settings) -> None:
    live_together(end=people.WEDNESDAY - timedelta(days=1))
    assert "has no placement" in benefit_case().case.waits_for


def test_the_case_is_not_opened_for_a_child(sqlite_database: Settings) -> None:
    live_together()
    with pytest.raises(Refusal, match="leave out --child"):
        Story("supplementary-benefit")


def test_nothing_is_written_twice_however_often_the_case_is_replayed(story: Story) -> None:
    granted_in_full(story)
    for _ in range(3):
        story.replay()
    assert len(letters(story)) == 1
    with reading() as s:
        assert len(s.exec(select(ExpenseClaim)).all()) == 2
