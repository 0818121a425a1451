"""Forms of a family's development plan (V3)."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from rules.forms.base import Form, Held, Text
from rules.needs import PolicyNeeds, deadlines
from rules.policy import DUTIES
from rules.policy_kinds import WORKING_DAYS, Kind
from rules.process import Process
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="development-plan",
    row="V3",
    version=1,
    policy="development_plan",
    family_kinds=frozenset({FamilyKind.FOSTER, FamilyKind.RESPITE, FamilyKind.NETWORK}),
    needs_child=False,
    responsible=Role.FAMILY_CARE_CONSULTANT,
)

STEPS = ("development_goals", "development_review")

KEYS: dict[str, Kind] = {
    **{f"development_plan.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds(
    (
        f"{DUTIES}development_plan_review",
        *deadlines("development_plan", *STEPS),
    )
)


Goals = Annotated[list[Text], Field(max_length=10)]


class DevelopmentGoals(Form):
    title = "Make the family's development plan"
    what = "Agree with the family on concrete goals for its work with the child, and record them."
    why = "Each family has a development plan with concrete goals of its own."
    row = "V3"

    agreed_on: Held
    goals: Annotated[Goals, Field(min_length=1)]


class DevelopmentReview(Form):
    title = "Review the development plan"
    what = "Look at the goals with the family: record how far they have come and which ones come next."
    why = "A development plan is reviewed regularly."
    row = "V3"

    reviewed_on: Held
    progress: Text
    goals: Goals
    ended_because: Text | None = None

    @model_validator(mode="after")
    def goes_on_or_ends(self) -> Self:
        if bool(self.goals) == (self.ended_because is not None):
            raise ValueError("give the next goals, or say in ended_because why the plan ends")
        return self
