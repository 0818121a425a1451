"""What a person answers: one class draws the form, checks the answer and documents itself."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError, ValidationInfo

from rules.refusal import Refusals


def _held(value: date, info: ValidationInfo) -> date:
    today = (info.context or {}).get("today")
    if today is not None and value > today:
        raise ValueError(f"{value} is still to come; give the day on which it happened")
    return value


Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Held = Annotated[date, AfterValidator(_held)]
"""A day that can't lie ahead of the day of the answer."""


class Form(BaseModel):
    """`title`, `what` to do and `why` are English message ids; `row` is the source row.

    `deadline` names the policy's deadline where it isn't the form's own key.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True, allow_inf_nan=False)

    title: ClassVar[str]
    what: ClassVar[str]
    why: ClassVar[str]
    row: ClassVar[str]
    deadline: ClassVar[str] = ""

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        """What is wrong beside the fields themselves, given what this task demands; a line each."""
        return []

    @classmethod
    def key(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def accept(cls, raw: object, *, demands: Mapping[str, Any], today: date) -> Self:
        """The answer, or an AnswerInvalid with every fault at once."""
        try:
            answer = cls.model_validate(raw, context={"today": today})
        except ValidationError as error:
            raise AnswerInvalid(cls, [_line(problem) for problem in error.errors()]) from None
        if faults := answer.faults(demands):
            raise AnswerInvalid(cls, faults)
        return answer


class AnswerInvalid(Refusals):
    def __init__(self, form: type[Form], faults: list[str]) -> None:
        self.form, self.faults = form, faults
        fields = ", ".join(form.model_fields)
        super().__init__([*faults, f"{form.__name__} has the fields {fields}; mend these and answer again"])


def _line(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"]) or "the answer"
    return f"{where}: {problem['msg'].removeprefix('Value error, ')}"
