"""Administration hears in time of rates that are missing, once about each rate and day (X3)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from data.outbox import list_mails
from data.policies import policy
from data.session import reading
from data.tables import Staff
from rules.rates import BANDS as RATES
from rules.rates_watch import Lacking
from tasks.notices import Site
from tasks.pay_notices import rates_missing
from tasks.rates_watch import watch_needed, watch_table
from tests.letters import opened, part
from tests.tasks.payroll import CLERK, IMPORTED, LEADER, know, move_in, staff, stay

BANDS = ("age 0-9", "age 10+", "third child+")
NIGHTS = [Lacking("DK", "board_lodging_night", date(2025, 1, 1), BANDS)]
FEE = Lacking("DK", "fee_night", date(2024, 1, 1), ("",))


def reachable(ref: str, roles: str) -> Staff:
    row = staff(ref, roles)
    row.email = f"{ref.lower()}@randers.example"
    return row


@pytest.fixture
def randers() -> None:
    move_in()
    know(reachable(CLERK, "administration,payroll"), reachable(LEADER, "leader"))


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def needed(day: date) -> list[Lacking]:
    return watch_needed("randers", day, at(day))


def table(day: date, municipality: str = "randers") -> list[Lacking]:
    return watch_table(municipality, day, at(day))


def mails() -> list[tuple[str, str]]:
    with reading() as s:
        return [(mail.about, mail.recipient) for mail in reversed(list_mails(s))]


@pytest.mark.usefixtures("database", "randers")
def test_on_the_first_of_december_everything_that_ends_with_the_year_is_mailed_once() -> None:
    for _ in range(2):
        found = table(date(2023, 12, 1))
    assert [(lack.rate, lack.since) for lack in found] == [
        ("clothing_week", date(2021, 1, 1)),
        ("fee_night", date(2024, 1, 1)),
        ("pocket_money_week", date(2024, 1, 1)),
    ]
    assert mails() == [
        ("DK/clothing_week/2021-01-01", CLERK),
        ("DK/fee_night/2024-01-01", CLERK),
        ("DK/pocket_money_week/2024-01-01", CLERK),
    ]


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_before_the_policys_days_nothing_is_said_of_what_still_holds() -> None:
    assert [lack.rate for lack in table(date(2023, 11, 16))] == ["clothing_week"]
    assert [lack.rate for lack in table(date(2023, 11, 17))] == ["clothing_week", "fee_night", "pocket_money_week"]


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_norwegian_rates_are_watched_for_norwegian_municipalities() -> None:
    know(Staff(ref="AS-1", recorded_at=IMPORTED, municipality="asker", roles="administration", email="a@asker.example"))
    assert {(lack.country, lack.since) for lack in table(date(2024, 6, 1), "asker")} == set()
    assert {(lack.country, lack.since) for lack in table(date(2025, 6, 1), "asker")} == {("NO", date(2025, 7, 1))}
    assert {recipient for _, recipient in mails()} == {"AS-1"}


@pytest.mark.usefixtures("database", "randers")
def test_a_rate_that_a_stay_needs_and_lacks_is_named_with_the_day_its_gap_began() -> None:
    know(stay(1, "RA-P1", "2024-02-10T14:00", "2024-02-11T14:00"))
    assert needed(date(2024, 1, 31)) == []
    for day in (date(2024, 2, 1), date(2024, 3, 31)):
        assert needed(day) == [FEE]
    assert needed(date(2024, 4, 1)) == []
    assert mails() == [("DK/fee_night/2024-01-01", CLERK)]


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_what_was_mailed_in_december_isnt_mailed_again_in_february() -> None:
    know(stay(1, "RA-P1", "2024-02-10T14:00", "2024-02-11T14:00"))
    table(date(2023, 12, 1))
    before = mails()
    needed(date(2024, 2, 1))
    assert mails() == before


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_all_bands_of_the_rate_are_named_when_one_of_them_is_needed() -> None:
    know(stay(1, "RA-P1", "2025-02-10T14:00", "2025-02-11T14:00"))
    assert needed(date(2025, 2, 1)) == [*NIGHTS, FEE]
    with reading() as s:
        text = part(opened(list_mails(s)[-1]), "plain")
    assert "Takst: Kost og logi pr. døgn" in text
    assert "for børn på 0 til 9 år, for børn på 10 år og derover" in text
    assert "I takstfilen: DK board_lodging_night: age 0-9, age 10+, third child+" in text
    assert "onsdag den 1. januar 2025" in text
    assert "plejeflow rates import" in text


@pytest.mark.parametrize(("country", "rate"), RATES)
@pytest.mark.parametrize("language", ["da", "nb"])
def test_every_rate_that_may_lack_is_named_in_words(country: str, rate: str, language: str) -> None:
    pack, place = replace(policy("randers"), language=language), Site("https://pleje.example", "pleje.example")
    said = rates_missing(Lacking(country, rate, date(2025, 7, 1), RATES[country, rate]), pack, place).context
    for text in (said["rate"], said["bands"], said["rule"]):
        assert rate not in str(text)
        assert "age " not in str(text)
    assert rate in str(said["in_file"])


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_where_nobody_is_in_administration_the_leader_is_told() -> None:
    know(staff(CLERK, "payroll"))
    table(date(2023, 12, 1))
    assert {recipient for _, recipient in mails()} == {LEADER}
