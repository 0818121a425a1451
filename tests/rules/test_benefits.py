from datetime import date
from decimal import Decimal

import pytest

from data.policies import policy_of
from rules.benefits import Known, most_ore, objections, paid_by, regimes
from rules.forms.base import AnswerInvalid
from rules.grounds import Ground
from rules.processes.monthly_payout import HeldLineDecision, OverpaymentDecision
from rules.processes.supplementary_benefit import BenefitApplication
from rules.refusal import Refusal
from rules.vocabulary import Benefit

RANDERS, DAY = policy_of("randers"), date(2023, 3, 1)
KNOWN = Known(child="RA-B1", birth_date=date(2015, 3, 1), enrolment_fee_granted=False, free_costs_ore=0)
SEAT = BenefitApplication(
    placement="RA-P1",
    benefit=Benefit.CAR_SEAT,
    purpose="Outgrown.",
    amount_kr=Decimal(900),
    loan_tried=True,
    seat_standard="i_size",
)


@pytest.mark.parametrize(
    ("payable_on", "by"),
    [
        (date(2023, 3, 1), date(2023, 4, 30)),
        (date(2023, 3, 31), date(2023, 4, 30)),
        (date(2023, 11, 2), date(2023, 12, 31)),
        (date(2023, 12, 31), date(2024, 1, 31)),
        (date(2024, 1, 1), date(2024, 2, 29)),
    ],
)
def test_what_becomes_payable_is_paid_at_the_latest_in_the_month_after(payable_on: date, by: date) -> None:
    assert paid_by(payable_on, 1) == by


@pytest.mark.parametrize("standard", ["i_size", "ece_r44_03", "ece_r44_04"])
def test_a_seat_of_each_standard_that_the_rules_name_is_fine(standard: str) -> None:
    assert objections(SEAT.model_copy(update={"seat_standard": standard}), KNOWN, RANDERS, DAY) == []


def test_every_condition_that_is_not_met_is_named() -> None:
    asked = SEAT.model_copy(update={"loan_tried": False, "seat_standard": "other"})
    assert objections(asked, KNOWN._replace(enrolment_fee_granted=True), RANDERS, DAY) == [
        Ground.LOAN_FIRST,
        Ground.SEAT_STANDARD,
        Ground.ENROLMENT_FEE,
    ]


def test_an_age_that_decides_but_is_not_known_is_asked_for_by_the_childs_reference() -> None:
    asked = SEAT.model_copy(update={"benefit": Benefit.INCONTINENCE, "doctor_asked": True})
    with pytest.raises(Refusal, match="no birth date is known for child RA-B1"):
        objections(asked, KNOWN._replace(birth_date=None), RANDERS, DAY)


@pytest.mark.parametrize(
    ("used", "left", "grounds"),
    [
        (0, 2_000_000, []),
        (1_999_999, 1, []),
        (2_000_000, 0, [Ground.FREE_COSTS_USED_UP]),
        (2_500_000, 0, [Ground.FREE_COSTS_USED_UP]),
    ],
)
def test_20000_kr_a_year_are_left_without_documentation(used: int, left: int, grounds: list[Ground]) -> None:
    known = KNOWN._replace(free_costs_ore=used)
    hjoerring = policy_of("hjoerring")
    assert most_ore(Benefit.FREE_COSTS, known, hjoerring, DAY) == left
    asked = SEAT.model_copy(update={"benefit": Benefit.FREE_COSTS})
    assert objections(asked, known, hjoerring, DAY) == grounds


def test_only_free_costs_need_no_documentation() -> None:
    free = {benefit for benefit in Benefit if regimes(benefit, policy_of("hjoerring"), DAY) == ["none"]}
    assert free == {Benefit.FREE_COSTS}


def test_a_held_line_is_paid_or_not_with_a_reason() -> None:
    for decision in ("pay", "waive"):
        HeldLineDecision.accept({"decision": decision, "reason": "Agreed."}, demands={}, today=DAY)
    with pytest.raises(AnswerInvalid, match="reason"):
        HeldLineDecision.accept({"decision": "pay", "reason": " "}, demands={}, today=DAY)


@pytest.mark.parametrize(
    ("answer", "fits"),
    [
        ({"decision": "recover", "instalments": 1}, True),
        ({"decision": "recover", "instalments": 36}, True),
        ({"decision": "recover", "instalments": 37}, False),
        ({"decision": "recover", "instalments": 0}, False),
        ({"decision": "recover"}, False),
        ({"decision": "waive"}, True),
        ({"decision": "waive", "instalments": 3}, False),
    ],
)
def test_an_overpayment_is_recovered_in_as_many_months_as_policy_allows_or_waived(
    answer: dict[str, object], fits: bool
) -> None:
    given = answer | {"reason": "Agreed."}
    if fits:
        OverpaymentDecision.accept(given, demands={"most_instalments": 36}, today=DAY)
        return
    with pytest.raises(AnswerInvalid, match="instalments"):
        OverpaymentDecision.accept(given, demands={"most_instalments": 36}, today=DAY)
