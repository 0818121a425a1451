"""R5: the child's action plan."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from rules.forms.base import Form, Held, Near, Text
from rules.needs import PLAN_FOLLOW_UP, PolicyNeeds, deadlines
from rules.policy_kinds import WORKING_DAYS, Kind
from rules.process import PLACED_WITH, Process
from rules.vocabulary import Role

PROCESS = Process(
    name="action-plan",
    row="R5",
    version=1,
    policy="action_plan",
    family_kinds=PLACED_WITH,
    needs_child=True,
    responsible=Role.CHILD_ADVISER,
)

KEYS: dict[str, Kind] = {
    "action_plan.deadline.action_plan": WORKING_DAYS,
}
NEEDS = PolicyNeeds((*deadlines("action_plan", "action_plan"), PLAN_FOLLOW_UP))


class ActionPlan(Form):
    title = "Make and hand over the action plan"
    what = (
        "Make the action plan with the parents: the goals for the child, and the tasks that the family takes on. "
        "Hand it over to the family, and say when it is followed up."
    )
    why = "The family works towards goals that are made with the parents; the plan is revised through the placement."
    row = "R5"

    goals: list[Text] = Field(min_length=1, max_length=30)
    family_tasks: list[Text] = Field(min_length=1, max_length=30)
    with_parents: bool
    without_parents_because: Text | None = None
    handed_over_on: Held
    follow_up_on: Near

    @model_validator(mode="after")
    def says_why_without_the_parents(self) -> Self:
        if self.with_parents == (self.without_parents_because is not None):
            raise ValueError("without_parents_because: say it where the parents didn't take part, and only there")
        return self

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        latest = demands.get("follow_up_by")  # absent where the plan was asked for by an older version
        if self.follow_up_on < self.handed_over_on:
            return ["follow_up_on: a plan can't be followed up before it is handed over"]
        return [f"follow_up_on: at the latest {latest}"] if latest and self.follow_up_on.isoformat() > latest else []
