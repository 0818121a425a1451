"""What a wrong answer is told: the kind of each field and the choices there are, whatever the form."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pydantic import Field

from rules.forms.base import AnswerInvalid, Form, Reference, Text
from rules.forms.kinds import DAY, MOMENT, expected
from rules.register import FORMS
from rules.vocabulary import Purpose


class Trip(Form):
    purpose: Purpose
    km: float = Field(gt=0, le=5000)


class Everything(Form):
    title, what, why, row = "t", "w", "y", "J1"
    held_on: date
    goes_on: bool
    count: int = Field(ge=1, le=20)
    note: Text | None = None
    homes: list[Reference] = Field(min_length=1, max_length=3)
    trips: list[Trip] = Field(default=[])
    ends: dict[str, bool] = Field(default={})


RIGHT: dict[str, Any] = {"held_on": "2023-05-01", "goes_on": True, "count": 2, "homes": ["RA-F1"]}


def faults(**instead: Any) -> list[str]:
    with pytest.raises(AnswerInvalid) as wrong:
        Everything.accept(RIGHT | instead, demands={}, today=date(2023, 5, 12))
    return wrong.value.faults


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"held_on": "1. maj"}, 'expected is a day such as "2024-01-31"'),
        ({"held_on": 45000}, 'expected is a day such as "2024-01-31"'),
        ({"goes_on": "ja"}, "expected is true or false"),
        ({"count": "to"}, "expected is a whole number from 1 to 20"),
        ({"count": 21}, "expected is a whole number from 1 to 20"),
        ({"note": 7}, "expected is a text of 1 to 4000 characters, or null"),
        ({"homes": []}, "expected is a list of 1 to 3, each of it a text of 1 to 80 characters"),
        ({"homes": ["RA-F1", 7]}, "homes.1: Input should be a valid string; expected is a text of 1 to 80 characters"),
        ({"trips": [{"purpose": "fun", "km": 3}]}, ", ".join(f"'{one}'" for one in list(Purpose)[:-1])),
        ({"trips": [{"purpose": "home", "km": 0}]}, "trips.0.km: Input should be greater than 0; expected is a number"),
        ({"trips": [{"purpose": "home"}]}, "trips.0.km: Field required; expected is a number above 0 to 5000"),
        ({"trips": [{"purpose": "home", "km": 1, "kmm": 2}]}, "trips.0.kmm: Extra inputs are not permitted; did you"),
        ({"trips": ["home"]}, "expected is the fields purpose, km"),
        ({"ends": {"HJ-P1": "ja"}}, "ends.HJ-P1: Input should be a valid boolean; expected is true or false"),
        ({"held_onn": "2023-05-01"}, "held_onn: Extra inputs are not permitted; did you mean held_on?"),
    ],
)
def test_a_fault_says_the_kind_and_the_choices_of_its_field(instead: dict[str, Any], said: str) -> None:
    (fault,) = faults(**instead)
    assert said in fault


def test_what_is_missing_is_told_with_its_kind() -> None:
    with pytest.raises(AnswerInvalid) as wrong:
        Everything.accept({}, demands={}, today=date(2023, 5, 12))
    assert wrong.value.faults == [
        f"held_on: Field required; expected is {DAY}",
        "goes_on: Field required; expected is true or false",
        "count: Field required; expected is a whole number from 1 to 20",
        "homes: Field required; expected is a list of 1 to 3, each of it a text of 1 to 80 characters",
    ]


def every_field() -> Iterator[tuple[str, str]]:
    yield from ((form.__name__, field) for form in FORMS.values() for field in form.model_fields)


@pytest.mark.parametrize(("name", "field"), sorted(every_field()))
def test_every_field_of_every_form_has_a_kind(name: str, field: str) -> None:
    form = next(form for form in FORMS.values() if form.__name__ == name)
    said = expected(form.model_json_schema(), [field])
    assert said
    assert not said.endswith(("each of it ", "value: "))


def test_a_moment_is_told_with_its_time() -> None:
    kinds = [expected(form.model_json_schema(), [field]) for form in FORMS.values() for field in form.model_fields]
    assert any(said.startswith(MOMENT) for said in kinds)
    assert any(said.startswith("one of ") for said in kinds)
