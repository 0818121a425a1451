"""Administration is asked in time for rates that are missing, one task a rate, until they are there (X3)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from data.outbox import list_mails
from data.policies import policy_of
from data.rates import list_rates
from data.store.audit import Actor
from data.store.session import reading, writing
from data.tables import GeneratedTask, RateRow, Staff
from rules.rates import BANDS as RATES
from rules.rates_watch import Lacking, by_rate
from tasks.cases.answers import answer_task
from tasks.mail.notices import title_of
from tasks.mail.pay_notices import missing_rate
from tasks.rates.table import import_rates
from tasks.rates.watch import watch_needed, watch_table
from tasks.reminders.daily import send_reminders
from tasks.reminders.digest import send_digests
from tests.letters import opened, part
from tests.tasks.payroll import APPROVER, CLERK, IMPORTED, LEADER, know, move_in, staff, stay

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


def tasks(state: str = "open") -> list[GeneratedTask]:
    with reading() as s:
        given = select(GeneratedTask).where(GeneratedTask.form == "MissingRate", GeneratedTask.state == state)
        return list(s.exec(given.order_by(col(GeneratedTask.ref))))


def asked(state: str = "open") -> list[tuple[str | None, str, str]]:
    return [(task.about, task.demands["since"], task.assignee) for task in tasks(state)]


def mails(kind: str) -> list[str]:
    with reading() as s:
        return [mail.recipient for mail in list_mails(s) if mail.template == f"task_{kind}"]


def load(path: Path, valid_from: str, day: date, rate: str = "fee_night", *bands: str) -> None:
    rows = [f"DK,{rate},{band},{valid_from},,700.00,DKK/night,published,kommunen" for band in bands or ("",)]
    columns = "country,rate,band,valid_from,valid_to,amount,unit,status,source"
    path.write_text("\n".join([columns, *rows]), encoding="utf-8")
    import_rates(path, actor=Actor("os:tests", "tests"), now=at(day))


def answer(task: GeneratedTask, day: date, **fields: str) -> None:
    with writing() as s:
        answer_task(s, task.ref, fields, email=f"{task.assignee.lower()}@randers.example", os_account="t", now=at(day))


NEXT_YEAR = [
    ("DK/clothing_week", "2021-01-01", CLERK),
    ("DK/fee_night", "2024-01-01", CLERK),
    ("DK/pocket_money_week", "2024-01-01", CLERK),
]


@pytest.mark.usefixtures("database", "randers")
def test_on_the_first_of_december_each_table_that_ends_with_the_year_is_one_task() -> None:
    for _ in range(2):
        found = table(date(2023, 12, 1))
    assert [(lack.rate, lack.since) for lack in found] == [
        ("clothing_week", date(2021, 1, 1)),
        ("fee_night", date(2024, 1, 1)),
        ("pocket_money_week", date(2024, 1, 1)),
    ]
    assert asked() == NEXT_YEAR
    assert mails("issued") == [CLERK] * 3


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_a_table_for_next_year_is_due_on_the_last_working_day_before_and_what_lacks_now_in_the_policys_days() -> None:
    table(date(2023, 12, 1))
    assert {task.about: task.due_on for task in tasks()} == {
        "DK/clothing_week": date(2023, 12, 8),
        "DK/fee_night": date(2023, 12, 29),
        "DK/pocket_money_week": date(2023, 12, 29),
    }


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_it_is_reminded_of_and_then_the_leader_hears_until_the_rate_is_there(tmp_path: Path) -> None:
    know(stay(1, "RA-P1", "2024-02-10T14:00", "2024-02-11T14:00"))
    needed(date(2024, 2, 1))
    for day in range(2, 20):
        needed(date(2024, 2, day))
        send_reminders("randers", date(2024, 2, day), at(date(2024, 2, day)))
    assert [mails(kind) for kind in ("issued", "reminder", "due", "overdue")] == [[CLERK]] * 4
    assert mails("escalated") == [LEADER]
    load(tmp_path / "fees.csv", "2024-01-01", date(2024, 2, 20))
    assert asked() == []
    [ended] = tasks("answered")
    assert (ended.answered_by, ended.answer) == ("job:rates watch", None)
    send_reminders("randers", date(2024, 2, 21), at(date(2024, 2, 21)))
    assert mails("withdrawn") == []


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_a_rate_that_lacked_long_before_anybody_is_paid_by_it_ends_with_the_table_of_the_year_that_is(
    tmp_path: Path,
) -> None:
    know(stay(1, "RA-P1", "2025-02-10T14:00", "2025-02-11T14:00"))
    needed(date(2025, 2, 1))
    fees = ("DK/fee_night", "2024-01-01", CLERK)
    assert fees in asked()
    load(tmp_path / "fees.csv", "2025-01-01", date(2025, 2, 20))
    assert fees not in asked()


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_a_table_that_lacks_a_band_still_ends_nothing(tmp_path: Path) -> None:
    know(stay(1, "RA-P1", "2025-02-10T14:00", "2025-02-11T14:00"))
    needed(date(2025, 2, 1))
    load(tmp_path / "night.csv", "2025-01-01", date(2025, 2, 2), "board_lodging_night", "age 0-9")
    needed(date(2025, 2, 3))
    assert asked() == [("DK/board_lodging_night", "2025-01-01", CLERK), ("DK/fee_night", "2024-01-01", CLERK)]
    load(tmp_path / "night.csv", "2025-01-01", date(2025, 2, 4), "board_lodging_night", "age 10+", "third child+")
    assert asked() == [("DK/fee_night", "2024-01-01", CLERK)]


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_what_shipped_with_an_upgrade_ends_it_at_the_next_watch() -> None:
    know(stay(1, "RA-P1", "2024-02-10T14:00", "2024-02-11T14:00"))
    needed(date(2024, 2, 1))
    with reading() as s:
        last_year = next(row for row in list_rates(s) if row.rate == "fee_night" and row.valid_from.year == 2023)
    shipped = last_year.model_dump(exclude={"id"}) | {"ref": "DK/fee_night//2024", "valid_from": date(2024, 1, 1)}
    know(RateRow(**shipped | {"valid_to": date(2024, 12, 31)}), at=at(date(2024, 2, 2)))
    needed(date(2024, 2, 3))
    assert asked() == []


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_a_rate_that_lacks_again_is_one_new_task() -> None:
    know(stay(1, "RA-P1", "2024-02-10T14:00", "2024-02-11T14:00"))
    needed(date(2024, 2, 1))
    with writing() as s:
        for task in s.exec(select(GeneratedTask)):
            task.state = "answered"
    for day in (2, 3):
        needed(date(2024, 2, day))
    assert asked() == [("DK/fee_night", "2024-01-01", CLERK)]
    assert mails("issued") == [CLERK] * 2


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_what_the_municipality_pays_nothing_by_is_not_asked_for_again_unless_a_payout_needs_it() -> None:
    table(date(2023, 12, 1))
    for task in tasks():
        answer(task, date(2023, 12, 4), not_needed="Bruges ikke her.")
    table(date(2023, 12, 5))
    assert asked() == []
    know(stay(1, "RA-P1", "2024-02-10T14:00", "2024-02-11T14:00"))
    needed(date(2024, 2, 1))
    assert asked() == [("DK/fee_night", "2024-01-01", CLERK)]


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_before_the_policys_days_nothing_is_said_of_what_still_holds() -> None:
    assert [lack.rate for lack in table(date(2023, 11, 16))] == ["clothing_week"]
    assert [lack.rate for lack in table(date(2023, 11, 17))] == ["clothing_week", "fee_night", "pocket_money_week"]


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_norwegian_rates_are_watched_for_norwegian_municipalities() -> None:
    know(Staff(ref="AS-1", recorded_at=IMPORTED, municipality="asker", roles="administration", email="a@asker.example"))
    assert {(lack.country, lack.since) for lack in table(date(2024, 6, 1), "asker")} == set()
    assert {(lack.country, lack.since) for lack in table(date(2025, 6, 1), "asker")} == {("NO", date(2025, 7, 1))}
    assert {assignee for _, _, assignee in asked()} == {"AS-1"}


@pytest.mark.usefixtures("database", "randers")
def test_a_rate_that_a_stay_needs_and_lacks_is_named_with_the_day_its_gap_began() -> None:
    know(stay(1, "RA-P1", "2024-02-10T14:00", "2024-02-11T14:00"))
    assert needed(date(2024, 1, 31)) == []
    for day in (date(2024, 2, 1), date(2024, 3, 31)):
        assert needed(day) == [FEE]
    assert needed(date(2024, 4, 1)) == []
    assert asked() == [("DK/fee_night", "2024-01-01", CLERK)]


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_what_was_asked_for_in_december_isnt_asked_for_again_in_february() -> None:
    know(stay(1, "RA-P1", "2024-02-10T14:00", "2024-02-11T14:00"))
    table(date(2023, 12, 1))
    needed(date(2024, 2, 1))
    assert asked() == NEXT_YEAR


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_all_bands_of_the_rate_are_named_when_one_of_them_is_needed() -> None:
    know(stay(1, "RA-P1", "2025-02-10T14:00", "2025-02-11T14:00"))
    assert needed(date(2025, 2, 1)) == [*NIGHTS, FEE]
    with reading() as s:
        text = part(opened(list_mails(s)[-1]), "plain")
    for words in (
        "Takst: Kost og logi pr. døgn",
        "for børn på 0 til 9 år, for børn på 10 år og derover",
        "I takstfilen: DK board_lodging_night: age 0-9, age 10+, third child+",
        "Mangler fra: 1. januar 2025",
        "plejeflow rates import",
    ):
        assert words in text


def test_bands_that_lack_since_different_days_are_one_table() -> None:
    never, since = Lacking("DK", "fee_night", None, ("a",)), Lacking("DK", "fee_night", date(2024, 1, 1), ("b", "c"))
    assert by_rate([since, never]) == [Lacking("DK", "fee_night", None, ("a", "b", "c"))]


@pytest.mark.parametrize(("country", "rate"), RATES)
@pytest.mark.parametrize("language", ["da", "nb"])
def test_every_rate_that_may_lack_is_named_in_words(country: str, rate: str, language: str) -> None:
    policy, bands = replace(policy_of("randers"), language=language), [band for band in RATES[country, rate] if band]
    demands = {"called": f"{country} {rate}", "since": "2025-07-01", "bands": bands}
    said = missing_rate(demands, language)
    for text in (said["name"], said["bands"], title_of("MissingRate", demands, policy, None)):
        assert rate not in str(text)
        assert "age " not in str(text)
    assert rate in str(said["in_file"])


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_who_reads_of_missing_rates_reads_them_in_words_also_where_many_are_listed() -> None:
    table(date(2023, 12, 1))
    send_reminders("randers", date(2024, 1, 31), at(date(2024, 1, 31)))
    send_digests("randers", date(2024, 2, 5), at(date(2024, 2, 5)))
    with reading() as s:
        found = {mail.template: opened(mail) for mail in list_mails(s) if mail.recipient in (CLERK, LEADER)}
    for name in ("task_issued", "task_escalated", "weekly_digest", "leader_overview"):
        text = part(found[name], "plain")
        assert "Tøjpenge pr. uge" in text, name
        assert "DK/" not in text + str(found[name]["Subject"]), name
    assert str(found["task_issued"]["Subject"]).startswith("Ny opgave – ")
    assert "Regel: X3" not in part(found["task_issued"], "plain")


@pytest.mark.usefixtures("sqlite_database", "randers")
def test_where_nobody_is_in_administration_the_leader_is_asked() -> None:
    know(staff(CLERK, "payroll"))
    table(date(2023, 12, 1))
    assert {assignee for _, _, assignee in asked()} == {LEADER, APPROVER}
