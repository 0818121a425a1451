"""A correction is explained by the fact that changed it: found wherever it moved, and named in words (X7)."""

from datetime import datetime

import pytest

from data.tables import Decision, TravelClaim
from tasks.payout import decide_line
from tests.tasks.pay_runs import AUGUST, JULY, change, lines, pay, prepare
from tests.tasks.payroll import IMPORTED, JUNE, LEADER, acting, know, move_in
from tests.tasks.test_explain_corrections import explained
from tests.tasks.test_payout_corrections import drive


@pytest.fixture(autouse=True)
def _cast(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("database" if "database" in request.fixturenames else "sqlite_database")
    move_in()


def decide(period: str, component: str, choice: Decision, at: datetime, placement: str = "RA-P1") -> str:
    (line,) = [line["id"] for line in lines(period) if (line["component"], line["placement"]) == (component, placement)]
    return decide_line(line, choice, reason="Aftalt", actor=acting(LEADER), now=at).ref


def test_the_decision_by_which_something_is_owed_is_named() -> None:
    know(drive(1, "RA-P1", "2023-05-04"))
    change(TravelClaim, "RA-K1", at=IMPORTED, agreed=False)
    prepare()
    to_pay = decide("2023-05", "travel", Decision.PAY, JUNE)
    pay()
    change(TravelClaim, "RA-K1", metres=8_000)
    prepare("2023-06", JULY)
    decide("2023-06", "travel", Decision.RECOVER, JULY)
    pay("2023-06", JULY)
    change(TravelClaim, "RA-K1", at=AUGUST, metres=10_000)
    prepare("2023-07", AUGUST)
    said = explained("2023-07", "travel")
    by = f"Decision {to_pay} by RA-S3 on 2 June 2023."
    (owed,) = [each for each in said if each.startswith("Owed: 21.90 kr.")]
    (first,) = [each for each in said if each.startswith("Paid: 21.90 kr.")]
    assert owed.endswith(by)
    assert first.endswith(by)
