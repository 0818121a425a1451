"""Mails quote the numbers of draft lines: a number means the same line however often the draft is made again."""

import pytest

from data.pay.ledger import find_line
from data.settings import Settings
from data.store.session import reading
from data.tables import Decision, NightStay, Terms
from rules.refusal import Refusal
from tasks.payout import decide_line, discard_payout
from tests.tasks.pay_runs import JULY, change, lines, pay, prepare
from tests.tasks.payroll import CLERK, IMPORTED, JUNE, LEADER, acting, guest, know, move_in, stay, weekend


def people() -> None:
    move_in()
    change(Terms, "RA-P2/2022-01-01", at=IMPORTED, nights_per_month=1)
    know(weekend(2, "RA-P2"))


def numbers(period: str = "2023-05") -> dict[str, str]:
    """By what they are numbers of."""
    return {
        f"{line['placement']} {line['period']} {line['component']} {line['held_because'] or 'paid'}": line["id"]
        for line in lines(period)
    }


def comes_first() -> None:
    """A line that stands before all the others."""
    know(weekend(1, "RA-P1"), at=JUNE)


def test_a_line_keeps_its_number_when_another_comes_before_it(randers: Settings) -> None:
    prepare()
    before = numbers()
    assert sorted(before.values()) == [f"RA-2023-05-{number:06}" for number in (1, 2, 3, 4)]
    comes_first()
    prepare()
    after = numbers()
    assert {what: after[what] for what in before} == before
    assert sorted(after.values())[4:] == ["RA-2023-05-000005", "RA-2023-05-000006"]


def test_a_decision_on_a_quoted_number_is_about_the_line_that_was_quoted(randers: Settings) -> None:
    prepare()
    quoted = numbers()["RA-P2 2023-05 fee more_than_agreed"]
    comes_first()
    prepare()
    made = decide_line(quoted, Decision.WAIVE, reason="Aftalt", actor=acting(LEADER), now=JUNE)
    assert (made.subject, made.component, made.amount_ore) == ("RA-P2", "fee", 154_31)


def test_what_was_held_keeps_its_number_when_it_is_decided_to_be_paid(randers: Settings) -> None:
    prepare()
    held = numbers()["RA-P2 2023-05 fee more_than_agreed"]
    decide_line(held, Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JUNE)
    prepare()
    with reading() as s:
        line = find_line(s, held)
        assert (line.subject, line.component, line.status, line.amount_ore) == ("RA-P2", "fee", "payable", 154_31)


def test_the_number_of_a_line_that_is_gone_is_given_to_no_other(randers: Settings) -> None:
    prepare()
    before = numbers()
    change(NightStay, "RA-N2", at=JUNE, withdrawn_on=JUNE.date())
    comes_first()
    prepare()
    assert not set(numbers().values()) & set(before.values())
    with pytest.raises(Refusal, match="there is no ledger line"):
        decide_line(min(before.values()), Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JUNE)


def test_what_is_held_for_another_reason_now_is_another_line(on_sqlite: Settings) -> None:
    prepare()
    before = numbers()["RA-P2 2023-05 fee more_than_agreed"]
    change(Terms, "RA-P2/2022-01-01", at=JUNE, nights_per_month=None)
    know(stay(3, "RA-P2", "2023-05-12T14:00", "2023-05-13T14:00"), at=JUNE)
    prepare()
    after = numbers()
    assert after["RA-P2 2023-05 fee reported_twice"] != before
    assert before not in after.values()


def test_not_even_a_discarded_drafts_numbers_are_given_again(on_sqlite: Settings) -> None:
    prepare()
    before = numbers()
    discard_payout("randers", "2023-05", actor=acting(CLERK), now=JUNE)
    comes_first()
    prepare()
    assert not set(numbers().values()) & set(before.values())


def test_months_and_families_are_told_apart_in_a_draft_over_several_months(on_sqlite: Settings) -> None:
    pay()
    know(stay(5, "RA-P2", "2023-06-09T14:00", "2023-06-10T14:00"), *guest(3, IMPORTED.date()), at=JULY)
    prepare("2023-06", JULY)
    before = numbers("2023-06")
    know(stay(6, "RA-P1", "2023-05-26T14:00", "2023-05-27T14:00"), at=JULY)
    prepare("2023-06", JULY)
    after = numbers("2023-06")
    assert {what: after[what] for what in before} == before
    assert len(after) == len(before) + 2
