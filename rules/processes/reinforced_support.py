"""Forms of reinforced support (J8)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from rules.forms.base import Form, Held, Reference, Text
from rules.needs import PolicyNeeds, deadlines, under
from rules.policy_kinds import DAYS, ITEMS, MONTHS, WORKING_DAYS, Kind
from rules.process import Process
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="reinforced-support",
    row="J8",
    version=1,
    policy="reinforced_support",
    family_kinds=frozenset({FamilyKind.FOSTER, FamilyKind.NETWORK}),
    needs_child=True,
    responsible=Role.CHILD_ADVISER,
)

STEPS = (
    "support_request",
    "support_referral",
    "support_start_meeting",
    "written_report",
    "leader_decision",
)

KEYS: dict[str, Kind] = {
    "reinforced_support.supervision_interval_days": DAYS,
    "reinforced_support.least_months": MONTHS,
    "reinforced_support.most_months": MONTHS,
    "reinforced_support.midway_months": MONTHS,
    "reinforced_support.warn_days": DAYS,
    "reinforced_support.elements": ITEMS,
    **{f"reinforced_support.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds(
    (
        *under(
            "reinforced_support",
            "supervision_interval_days",
            "least_months",
            "most_months",
            "midway_months",
            "warn_days",
            "elements",
        ),
        *deadlines("reinforced_support", *STEPS),
    )
)


class SupportRequest(Form):
    title = "Record who asks for reinforced support"
    what = "Say who finds that ordinary supervision isn't enough, why, and what is asked for."
    why = "The child's adviser, the supervisor or the family may raise it; an examination only the child's adviser."
    row = "J8"

    raised_by: Literal["child_adviser", "supervisor", "family"]
    reason: Text
    support: bool = True
    examination: bool = False

    @model_validator(mode="after")
    def asks_for_what_may_be_asked(self) -> Self:
        if not self.support and not self.examination:
            raise ValueError("say yes to support, to examination or to both")
        if self.examination and self.raised_by != "child_adviser":
            raise ValueError(
                "examination: only the child's adviser takes the initiative to it; raise the support alone"
            )
        return self


class SupportReferral(Form):
    title = "Decide on reinforced support"
    what = "Refer the child to the assessment unit, or say why not."
    why = "Only the child's adviser refers to reinforced support and to a child-psychological examination."
    row = "J8"

    refer: bool
    reason: Text


class SupportStartMeeting(Form):
    title = "Hold the start meeting"
    what = "Meet with the child's adviser, the family and its supervisor, and record the purpose and the framework."
    why = "The effort begins with a meeting on its purpose and framework."
    row = "J8"

    held_on: Held
    purpose: Text
    framework: Text


class SupportSupervision(Form):
    title = "Hold the frequent supervision"
    what = "Hold supervision with the family together with the assessment unit, and record the day."
    why = "During reinforced support the family's own supervisor holds supervision more often than otherwise."
    row = "J8"

    held_on: Held

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        before = date.fromisoformat(demands["after"])
        return [] if self.held_on > before else [f"held_on: the one before was on {before}; give a later day"]


class SupportElement(Form):
    title = "Record a part of the support"
    what = "Where this part was used, record each day on which it was."
    why = "Observations, filmed interaction, talks and tests are used where they help the child."
    row = "J8"
    deadline = "support_element"
    discreet = True

    held_on: list[Held] = Field(min_length=1, max_length=60)


class SupportMidwayMeeting(Form):
    title = "Hold the status meeting midway"
    what = "Meet on how far the effort has come, and record what was agreed."
    why = "There is a status meeting midway."
    row = "J8"

    held_on: Held
    agreed: Text


class SupportHandover(Form):
    title = "Hand over at the closing meeting"
    what = "Hand over to those who go on with the child and the family. Where it ends early, say why."
    why = "The effort ends with a meeting at which it is handed over."
    row = "J8"

    held_on: Held
    handed_over: Text
    early_because: Text | None = None

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        not_before = date.fromisoformat(demands["not_before"])
        if self.held_on < not_before and self.early_because is None:
            return [f"early_because: it lasts until {not_before} at least; say why it ends before"]
        return []


class WrittenReport(Form):
    title = "Write the report of the examination"
    what = "Finish the written report of the child-psychological examination, and record where it is kept."
    why = "A child-psychological examination ends with a written report."
    row = "J8"
    deadline = "written_report"
    discreet = True

    written_on: Held
    reference: Reference


class SupportLate(Form):
    title = "The reinforced support has lasted too long"
    what = "It has gone on for longer than agreed. Decide whether and how it goes on, and record what you decide."
    why = "Reinforced support and examinations have a longest duration, counted from the start meeting."
    row = "J8"
    deadline = "leader_decision"

    decision: Text
