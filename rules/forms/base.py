"""What a person answers: one class draws the form, checks the answer and documents itself."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError, ValidationInfo

from rules.forms.kinds import expected, nearest
from rules.references import tidy, unseen
from rules.refusal import Refusals
from rules.storable import is_storable, storable

SAYS_ALL = ("value_error", "enum", "literal_error")
"""Faults that name what is expected by themselves."""
YEAR = timedelta(days=366)


def _past(value: date, info: ValidationInfo) -> date:
    if (today := _answered_on(info)) is not None and value > today:
        raise ValueError(f"{value} is still to come; give the day on which it happened")
    return value


def _held(value: date, info: ValidationInfo) -> date:
    _past(value, info)
    if (today := _answered_on(info)) is not None and value < today - YEAR:
        raise ValueError(f"{value} is more than a year ago; check the year")
    return value


def _near(value: date, info: ValidationInfo) -> date:
    if (today := _answered_on(info)) is not None and abs(value - today) > YEAR:
        raise ValueError(f"{value} is more than a year away; check the year")
    return value


def _ahead(value: date, info: ValidationInfo) -> date:
    _near(value, info)
    if (today := _answered_on(info)) is not None and value <= today:
        raise ValueError(f"{value} is over; give a day to come")
    return value


def _compared(value: str) -> str:
    """As the workbook's references are."""
    if name := unseen(said := tidy(value)):
        raise ValueError(f"has a character in it that can't be seen, {name}; type it again")
    return said


def _answered_on(info: ValidationInfo) -> date | None:
    """None where an answer is read again that was checked when it came in."""
    return (info.context or {}).get("today")


Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_compared)]
Past = Annotated[date, AfterValidator(_past)]
"""A day at the latest that of the answer."""
Held = Annotated[date, AfterValidator(_held)]
"""A day of the last year, at the latest that of the answer."""
Near = Annotated[date, AfterValidator(_near)]
"""A day within a year of the answer, before or after."""
Ahead = Annotated[date, AfterValidator(_ahead)]
"""A day of the year after the answer."""


class Form(BaseModel):
    """`title`, `what` to do and `why` are English message ids; `row` is the source row.

    `deadline` names the policy's deadline where it isn't the form's own key. A `discreet` form tells of a person by
    being asked at all: outside our database it goes by its deadline's name.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True, allow_inf_nan=False)

    title: ClassVar[str]
    what: ClassVar[str]
    why: ClassVar[str]
    row: ClassVar[str]
    deadline: ClassVar[str] = ""
    discreet: ClassVar[bool] = False

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        """What is wrong beside the fields themselves, given what this task demands and `today`; a line each."""
        return []

    @classmethod
    def key(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def accept(cls, raw: object, *, demands: Mapping[str, Any], today: date) -> Self:
        """The answer, or an AnswerInvalid with every fault at once."""
        if unstorable := list(_unstorable(raw)):
            raise AnswerInvalid(cls, unstorable)
        try:
            # strict, by way of JSON: "off" is no yes or no, and 0 is no day
            answer = cls.model_validate_json(json.dumps(raw), strict=True, context={"today": today})
        except ValidationError as error:
            schema = cls.model_json_schema()
            raise AnswerInvalid(cls, [_line(problem, schema) for problem in error.errors()]) from None
        if faults := answer.faults({**demands, "today": today}):
            raise AnswerInvalid(cls, faults)
        return answer


class AnswerInvalid(Refusals):
    def __init__(self, form: type[Form], faults: list[str]) -> None:
        self.form, self.faults = form, faults
        fields = ", ".join(form.model_fields)
        super().__init__([*faults, f"{form.__name__} has the fields {fields}; mend these and answer again"])


def _unstorable(raw: object) -> Iterator[str]:
    """A line for each text in it that no database keeps, however deep it stands."""
    waiting: list[tuple[str, object]] = [("", raw)]
    for where, value in waiting:
        if isinstance(value, str) and not is_storable(value):
            yield f"{where or 'the answer'}: has characters in it that can't be kept; type it again"
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [(f"{where}.{storable(str(name))[:40]}".lstrip("."), each) for name, each in inside]


def _line(problem: Any, schema: Mapping[str, Any]) -> str:
    # what was written in the place of a field's name may be anything, and of any length
    where = ".".join(storable(str(part))[:40] for part in problem["loc"]) or "the answer"
    what = problem["msg"].removeprefix("Value error, ")
    if problem["type"] in SAYS_ALL:
        return f"{where}: {what}"
    if problem["type"] == "extra_forbidden":
        hint = nearest(schema, problem["loc"])
    else:
        said = expected(schema, problem["loc"])
        hint = said and f"expected is {said}"
    return f"{where}: {what}; {hint}" if hint else f"{where}: {what}"
