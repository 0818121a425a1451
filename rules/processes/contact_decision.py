"""J11: decisions on contact with parents and relatives."""

from collections.abc import Mapping
from typing import Any

from rules.forms.base import Form, Held, Near, Text
from rules.needs import PolicyNeeds, deadlines
from rules.policy_kinds import WORKING_DAYS, Kind
from rules.process import PLACED_WITH, Process
from rules.vocabulary import Role

PROCESS = Process(
    name="contact-decision",
    row="J11",
    version=1,
    policy="contact",
    family_kinds=PLACED_WITH,
    needs_child=True,
    responsible=Role.CHILD_ADVISER,
)

STEPS = ("decide_on_contact", "read_contact_decision")

KEYS: dict[str, Kind] = {
    **{f"contact.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds(deadlines("contact", *STEPS))


class DecideOnContact(Form):
    title = "Decide on contact"
    what = "Record the decision on contact with parents and relatives, and from when to when it holds."
    why = "The child's adviser decides on contact; the family supports it."
    row = "J11"

    decision: Text
    decided_on: Held
    valid_from: Near
    valid_to: Near | None = None

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            return [f"valid_to: {self.valid_to} comes before valid_from {self.valid_from}"]
        return []


class ReadContactDecision(Form):
    title = "Read the decision on contact"
    what = "There is a decision on contact. Read it, ask us if anything is unclear, and confirm that you have read it."
    why = "The family supports contact as the child's adviser has decided it."
    row = "J11"

    read_on: Held

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.read_on.isoformat() < demands["decided_on"]:
            return [f"read_on: the decision is of {demands['decided_on']}; it can't have been read before"]
        return []
