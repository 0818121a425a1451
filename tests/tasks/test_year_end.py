from datetime import date, timedelta

import pytest
from sqlmodel import select

from data.session import reading
from data.settings import Settings
from data.tables import ExpenseClaim, OutboxMail, Placement
from tasks.year_end import late_documentation, send_year_end_reminders
from tests import people
from tests.letters import opened, part
from tests.people import CHILD, FAMILY, at


@pytest.fixture(autouse=True)
def _cast(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("database" if "database" in request.fixturenames else "sqlite_database")
    people.move_in()
    home = {"child": CHILD, "family": FAMILY, "kind": "network", "start": date(2022, 1, 1)}
    people.move_in(Placement(ref="HJ-P1", recorded_at=people.NOW, **home))


def granted(ref: str, on: date, documented: date | None = None, regime: str = "full", **more: object) -> None:
    given = {"placement": "HJ-P1", "benefit": "holiday", "granted_on": on, "documentation_on": documented, **more}
    people.move_in(ExpenseClaim(ref=ref, recorded_at=people.NOW, regime=regime, **given))


def run(first: date, last: date) -> list[date]:
    """The days on which the daily job wrote a mail."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if send_year_end_reminders("hjoerring", day, at(day, 6))]


def test_a_family_that_lacks_documentation_is_reminded_in_december_and_in_early_january_once_each(
    database: Settings,
) -> None:
    granted("HJ-E1", date(2023, 5, 4))
    granted("HJ-E2", date(2023, 6, 4))
    assert run(date(2023, 11, 20), date(2024, 1, 12)) == [date(2023, 12, 1), date(2024, 1, 2)]
    with reading() as s:
        mails = list(s.exec(select(OutboxMail)))
    assert [mail.recipient for mail in mails] == [FAMILY, FAMILY]
    text = part(opened(mails[0]), "plain")
    assert "HJ-E1, HJ-E2" in text
    assert "fredag den 5. januar 2024" in text


def test_a_job_that_was_down_on_the_day_catches_up(sqlite_database: Settings) -> None:
    granted("HJ-E1", date(2023, 5, 4))
    assert run(date(2023, 12, 9), date(2023, 12, 12)) == [date(2023, 12, 9)]


def test_nobody_is_reminded_of_what_needs_nothing_more() -> None:
    granted("HJ-E1", date(2023, 5, 4), documented=date(2023, 6, 1))
    granted("HJ-E2", date(2023, 5, 4), regime="grant")
    granted("HJ-E3", date(2023, 5, 4), withdrawn_on=date(2023, 6, 1))
    granted("HJ-E4", date(2022, 5, 4))
    granted("HJ-E5", date(2024, 1, 2))
    assert run(date(2023, 12, 1), date(2024, 1, 5)) == []


def test_what_came_late_or_not_at_all_is_listed_by_reference(database: Settings) -> None:
    granted("HJ-E1", date(2023, 5, 4))
    granted("HJ-E2", date(2023, 5, 4), documented=date(2024, 1, 5))
    granted("HJ-E3", date(2023, 5, 4), documented=date(2024, 1, 6))
    granted("HJ-E4", date(2024, 1, 2))
    assert late_documentation("hjoerring", date(2024, 1, 9)) == [
        ("HJ-E1", FAMILY, "2023-05-04", ""),
        ("HJ-E3", FAMILY, "2023-05-04", "2024-01-06"),
    ]
    assert late_documentation("randers", date(2024, 1, 9)) == []


def test_before_the_last_day_has_passed_nothing_is_late() -> None:
    granted("HJ-E1", date(2023, 5, 4))
    assert late_documentation("hjoerring", date(2024, 1, 5)) == []
    assert len(late_documentation("hjoerring", date(2024, 1, 6))) == 1
