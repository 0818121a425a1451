"""plejeflow duties, as a person types it."""

import json
from datetime import date

import pytest
from click.testing import CliRunner, Result

from data.settings import Settings
from data.tables import Family, Placement
from plejeflow import main
from tests import people
from tests.people import CHILD, FAMILY, LEADER, NOW, WEDNESDAY


@pytest.fixture(autouse=True)
def hjoerring(sqlite_database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLEJEFLOW_VAR", str(sqlite_database.var))
    monkeypatch.setenv("PLEJEFLOW_ENCRYPTION_KEYS", sqlite_database.encryption_keys.get_secret_value())
    people.move_in()
    people.move_in(
        Family(ref=FAMILY, recorded_at=NOW, municipality="hjoerring", kind="network"),
        Placement(ref="HJ-P001", recorded_at=NOW, child=CHILD, family=FAMILY, kind="network", start=WEDNESDAY),
    )


def duties(*words: str, today: str = "2023-03-01") -> Result:
    return CliRunner().invoke(main, ["--today", today, "duties", *words], catch_exceptions=False)


def listed(*words: str, today: str = "2023-03-01") -> dict[str, dict[str, object]]:
    """By duty."""
    result = duties(*words, "--json", today=today)
    assert result.exit_code == 0
    return {row["duty"]: row for row in json.loads(result.stdout)}


def change(*words: str, of: str = "HJ-P001", by: str = LEADER) -> Result:
    return duties("change", of, *words, "--reason", "Ferie", "--as", people.email(by))


def test_every_duty_is_listed_with_its_source_row_and_from_when_it_is_late() -> None:
    meeting = listed("--municipality", "hjoerring")["follow_up_meeting"]
    assert (meeting["row"], meeting["due_on"], meeting["late_from"]) == ("J5", "2023-04-12", "2023-04-13")
    assert (meeting["count"], meeting["least"], meeting["subject"]) == (0, 8, "HJ-P001")
    assert {"child_visit", "report", "course_day", "supervision"} < listed().keys()


def test_only_what_is_late_is_listed_where_that_is_asked() -> None:
    assert listed("--late") == {}
    assert listed("--late", today="2023-04-13").keys() == {"follow_up_meeting"}
    assert duties("--late").stdout == "no duties\n"


def test_the_register_of_broken_deadlines_outlives_the_year_and_the_placement() -> None:
    assert duties("--broken").stdout == "no broken deadlines\n"
    people.move_in(
        Placement(
            ref="HJ-P001", recorded_at=NOW, child=CHILD, family=FAMILY, kind="network", start=WEDNESDAY,
            end=date(2024, 6, 1),
        )
    )  # fmt: skip
    register = listed("--broken", "--municipality", "hjoerring", today="2026-01-01")
    visits = register["child_visit"]
    assert (visits["subject"], visits["row"], visits["due_on"], visits["held_on"]) == (
        "HJ-P001",
        "J2",
        "2024-02-29",
        None,
    )
    assert (visits["count"], visits["least"], visits["from"], visits["to"]) == (0, 2, "2023-03-01", "2024-02-29")
    assert visits["known_since"] == "2023-03-01"
    assert listed("--late", today="2026-01-01") == {}


def test_what_is_late_and_what_ever_was_are_two_lists() -> None:
    both = duties("--late", "--broken")
    assert (both.exit_code, "give one of them" in both.stderr) == (2, True)


def test_another_interval_is_recorded_and_holds_from_its_day() -> None:
    every = ("--duty", "supervision", "--kind", "interval", "--from", "2023-03-01", "--every", "2months")
    said = change(*every, of=FAMILY)
    assert (said.exit_code, said.stdout) == (0, f"{FAMILY}/supervision/interval/2023-03-01\n")
    assert listed()["supervision"]["due_on"] == "2023-05-01"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ("--kind", "interval", "--from", "2023-03-01", "--every", "2moons"),
            2,
            "write it as 14days, 6weeks or 2months",
        ),
        (("--kind", "pause", "--from", "2023-13-01"), 2, "isn't a day"),
        (("--kind", "pause", "--from", "2023-03-01", "--duty", "supervision"), 1, "supervision is owed by a family"),
        (("--kind", "pause", "--from", "2023-03-01", "--duty", "tea"), 1, "hjoerring has no duty 'tea'"),
    ],
)
def test_a_change_that_makes_no_sense_is_one_clear_line(words: tuple[str, ...], code: int, said: str) -> None:
    result = change(*words)
    assert (result.exit_code, said in result.stderr) == (code, True)
    assert listed()["follow_up_meeting"]["due_on"] == f"{date(2023, 4, 12)}"


def test_a_municipality_begins_on_a_day_and_what_was_before_it_is_no_longer_late() -> None:
    assert listed("--late", today="2023-09-01").keys() >= {"follow_up_meeting", "supervision"}
    said = duties("begin", "--municipality", "hjoerring", "--on", "2023-09-01", today="2023-09-01")
    assert said.stdout == (
        "hjoerring is judged from 2023-09-01 on; of 1 placements from before, what comes first is spread out\n"
    )
    assert listed("--late", today="2023-09-01") == {}
    assert listed(today="2023-09-01")["supervision"]["due_on"] > "2023-09-20"


def test_a_municipality_that_nobody_knows_does_not_begin() -> None:
    said = duties("begin", "--municipality", "hjorring", "--on", "2023-09-01")
    assert (said.exit_code, said.stderr.startswith("plejeflow: no municipality 'hjorring'")) == (1, True)


def test_a_mistyped_year_is_refused_as_nothing_would_be_asked_for_until_then() -> None:
    said = duties("begin", "--municipality", "hjoerring", "--on", "2032-09-01")
    assert (said.exit_code, "2032-09-01 is more than a year away" in said.stderr) == (1, True)
    assert listed()["supervision"]["due_on"] == "2023-06-01"
