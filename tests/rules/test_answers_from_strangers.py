from datetime import date
from typing import Any

import pytest

from rules.forms.base import AnswerInvalid
from rules.processes.joint_meeting import PlanJointMeeting

TODAY = date(2025, 3, 3)
PLAN: dict[str, Any] = {"starts_at": "2025-03-20T18:00", "link": "https://meet.example/a", "agenda": ["Hej"]}


def test_line_breaks_tabs_and_letters_of_the_country_are_kept() -> None:
    said = "Første punkt\n\tå gøre – „nu“"
    assert PlanJointMeeting.accept(PLAN | {"agenda": [said]}, demands={}, today=TODAY).agenda == [said]


@pytest.mark.parametrize("mark", ["\0", "\x1b[31m", "\ud800", "\x7f", "\uffff"])
def test_an_answer_with_what_no_database_keeps_is_refused_by_field(mark: str) -> None:
    for given, where in (
        (PLAN | {"agenda": ["Hej", f"a{mark}b"]}, "agenda.1"),
        (PLAN | {"link": f"https://meet.example/{mark}"}, "link"),
        (f"a{mark}b", "the answer"),
    ):
        with pytest.raises(AnswerInvalid, match="can't be kept") as refused:
            PlanJointMeeting.accept(given, demands={}, today=TODAY)
        assert refused.value.faults[0].startswith(f"{where}: ")
        assert mark not in str(refused.value)


@pytest.mark.parametrize("mark", ["\0", "\ud800"])
def test_a_field_with_such_a_name_is_refused_in_words_that_any_screen_shows(mark: str) -> None:
    with pytest.raises(AnswerInvalid) as refused:
        PlanJointMeeting.accept(PLAN | {f"x{mark}": 1}, demands={}, today=TODAY)
    assert str(refused.value).encode()
    assert mark not in str(refused.value)


def test_an_answer_that_is_nested_too_deep_is_refused_too() -> None:
    deep: Any = "x"
    for _ in range(700):
        deep = [deep]
    with pytest.raises(AnswerInvalid):
        PlanJointMeeting.accept(PLAN | {"agenda": deep}, demands={}, today=TODAY)
