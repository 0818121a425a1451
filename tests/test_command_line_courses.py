"""plejeflow course and case breaches, as a person types them."""

import json

import pytest
from click.testing import CliRunner, Result

from data.settings import Settings
from data.store.session import writing
from plejeflow import main
from tasks.families.courses import enrol
from tests import people
from tests.people import FAMILY

LOW_AROUSAL = ("HJ-K01", "--municipality", "hjoerring", "--title", "Low Arousal", "--kind", "annual")


@pytest.fixture(autouse=True)
def _hjoerring(sqlite_database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLEJEFLOW_VAR", str(sqlite_database.var))
    monkeypatch.setenv("PLEJEFLOW_ENCRYPTION_KEYS", sqlite_database.encryption_keys.get_secret_value())
    people.move_in()


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, ["--today", "2023-03-01", *words], catch_exceptions=False)


def test_a_course_is_added_listed_and_shown_with_who_pays() -> None:
    added = typed("course", "add", *LOW_AROUSAL, "--on", "2023-09-04", "--places", "2", "--price", "1250.50")
    assert added.output == "HJ-K01 is in the catalogue\n"
    with writing() as s:
        enrol(s, course="HJ-K01", family=FAMILY, persons=2, case="HJ-2023-0001", now=people.NOW)
    [listed] = json.loads(typed("course", "list", "--json").stdout)
    assert (listed["places"], listed["enrolled"], listed["waiting"]) == (2, 2, 0)
    [enrolment] = json.loads(typed("course", "show", "HJ-K01", "--json").stdout)["enrolments"]
    assert (enrolment["family"], enrolment["costs_ore"]) == (FAMILY, {"hjoerring": 250_100})
    assert "hjoerring 250100" in typed("course", "show", "HJ-K01").stdout


def test_a_course_on_a_past_day_is_refused_in_one_line() -> None:
    refused = typed("course", "add", *LOW_AROUSAL, "--on", "2023-03-01", "--places", "2")
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 1
    assert "HJ-K01 would begin on 2023-03-01; give a day to come" in refused.stderr
    assert typed("course", "list").stdout == "no courses\n"


def test_a_courses_reference_is_written_as_the_workbooks_are() -> None:
    again = ("course", "add", "HJ\u00a0K 1", *LOW_AROUSAL[1:], "--on", "2023-09-04", "--places", "2")
    assert typed("course", "add", "HJ K  1", *again[3:]).exit_code == 0
    assert "there is a course HJ K 1 already" in typed(*again).stderr
    assert "nobody sees" in typed("course", "add", "HJ\u200bK1", *again[3:]).stderr


def test_a_course_without_places_and_one_that_is_not_there_are_refused() -> None:
    assert typed("course", "add", *LOW_AROUSAL, "--on", "2023-09-04", "--places", "0").exit_code == 2
    unknown = typed("course", "show", "HJ-K9")
    assert (unknown.exit_code, "course 'HJ-K9' is not known" in unknown.stderr) == (1, True)


def test_where_no_deadline_was_broken_it_says_so() -> None:
    assert typed("case", "breaches", "--municipality", "hjoerring").stdout == "no deadline was broken\n"
    assert typed("case", "breaches", "--municipality", "atlantis").exit_code == 1
