"""N1: what the contacts answer on the way to a resource family with its network of foster homes."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from rules.forms.base import Form, Held, Near, Reference, Text
from rules.needs import LIMITS, PolicyNeeds, deadlines, under
from rules.policy_kinds import COUNT, DATE, ITEMS, MINUTES, ORE, WORKING_DAYS, YEARS, Kind
from rules.process import Process
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="resource-network",
    row="N1",
    version=1,
    policy="resource_network",
    family_kinds=frozenset({FamilyKind.RESOURCE_NETWORK}),
    needs_child=False,
    responsible=Role.CHILD_WELFARE_CONTACT,
    approves=True,
)

STEPS = (
    "choose_children",
    "candidate",
    "name_contacts",
    "ask_in_person",
    "suitability",
    "introduction_talk",
    "assignment_agreement",
    "more_homes",
    "end_network",
)

KEYS: dict[str, Kind] = {
    "resource_network.homes_least": COUNT,
    "resource_network.homes_most": COUNT,
    "resource_network.compensation_ks": COUNT,
    "resource_network.introduction_talks": COUNT,
    "resource_network.introduction_talk_minutes": MINUTES,
    "resource_network.consent_above_age": YEARS,
    "resource_network.gathering_cap_a_home_ore": ORE,
    "resource_network.municipalities": ITEMS,
    "resource_network.suitability": ITEMS,
    "resource_network.trial_ends": DATE,
    **{f"resource_network.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds(
    (
        *LIMITS,
        *under(
            "resource_network",
            "compensation_ks",
            "introduction_talks",
            "introduction_talk_minutes",
            "suitability",
        ),
        *deadlines("resource_network", *STEPS),
    )
)


class ChooseChildren(Form):
    title = "Choose the children of the network"
    what = "Choose the children who would gain from knowing each other, by reference. Their homes form the network."
    why = "The children are chosen first; then a resource family is found that suits them."
    row = "N1"

    children: list[Reference] = Field(min_length=1, max_length=50)
    remark: Text | None = None

    def homes(self, living_in: Mapping[str, str]) -> list[str]:
        return sorted({living_in[child] for child in self.children})

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        living_in = demands["living_in"]
        lines = [
            f"children: number {nth} doesn't live in a foster home that is free to join; "
            "check the reference, and leave out the resource family's own foster children"
            for nth, child in enumerate(self.children, 1)
            if child not in living_in
        ]
        return lines or list(_size("children", len(self.homes(living_in)), demands))


def _size(field: str, homes: int, demands: Mapping[str, Any]) -> Iterator[str]:
    least, most = demands["least"], demands["most"]
    if not least <= homes <= most:
        yield f"{field}: that makes {homes} homes; a network has {least} to {most}"


class Candidate(Form):
    title = "Candidate for resource family"
    what = "Say whether the family meets the formal demands, and whether it suits the children who were chosen."
    why = (
        "A resource family is or was a foster home and has completed Solid. "
        "Personal suitability weighs more: a formal demand can be let through with a reason."
    )
    row = "N1"

    is_or_was_foster_home: bool
    solid_completed: bool
    let_through_because: Text | None = None
    suits_the_children: bool

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        formal = ("is_or_was_foster_home", "solid_completed")
        unmet = [name for name in formal if not getattr(self, name)]
        if not unmet or self.let_through_because or not self.suits_the_children:
            return []
        return [f"let_through_because: {' and '.join(unmet)} isn't met; give the reason for going on all the same"]


class NameContacts(Form):
    title = "Name the two contacts"
    what = "Name the two people in the child-welfare service who together follow the resource family up."
    why = "Two employees of the child-welfare service share the guidance of each resource family."
    row = "N1"

    contact_1: Reference
    contact_2: Reference

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        able = demands["contacts"]
        lines = [
            f"{name}: isn't a child-welfare contact here; there is {', '.join(able)}"
            for name in ("contact_1", "contact_2")
            if getattr(self, name) not in able
        ]
        if self.contact_1 == self.contact_2:
            lines.append("contact_2: is the same as contact_1; a resource family has two different contacts")
        return lines


class AskInPerson(Form):
    title = "Ask the family in person"
    what = "Meet the family, present the project and what it hopes to achieve, and ask whether they want to take part."
    why = "Being asked is a recognition: a resource family is always asked directly and in person."
    row = "N1"

    asked_on: Held
    says_yes: bool
    remark: Text | None = None


class Suitability(Form):
    title = "Personal suitability"
    what = "Answer every point of the checklist, and say whether the family is suited to be a resource family."
    why = "Personal suitability matters more than formal demands, and both contacts must agree on it."
    row = "N1"

    checklist: dict[str, bool]
    suited: bool
    reason: Text

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        wanted, given = demands["checklist"], self.checklist
        lines = [f"checklist: {item} isn't answered; say true or false" for item in wanted if item not in given]
        lines += [f"checklist: {item} isn't one of its points; leave it out" for item in given if item not in wanted]
        lacking = [item for item, met in given.items() if not met]
        if self.suited and lacking:
            lines.append(
                f"suited: not possible while {', '.join(lacking)} is lacking; say false, or mend the checklist"
            )
        return lines


class IntroductionTalk(Form):
    title = "Introduction course: talk with the resource family"
    what = "Hold the talk with the presentation as a guide, and leave the leaflet with the family at the latest now."
    why = "A resource family is introduced in talks before it begins, and keeps the written material."
    row = "N1"

    held_on: Held
    minutes: int = Field(ge=1, le=480)
    material_left: bool

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = []
        if self.minutes < demands["minutes"]:
            lines.append(f"minutes: a talk takes {demands['minutes']}; hold the rest of it and give the whole time")
        if self.held_on.isoformat() < demands["after"]:
            lines.append(f"held_on: this talk comes after {demands['after']}; check the day")
        if demands["last"] and not self.material_left:
            lines.append("material_left: it is the last talk; leave the leaflet with the family first")
        return lines


class AssignmentAgreement(Form):
    title = "Assignment agreement"
    what = "Go through the assignment agreement with the family, have it signed, and record from when it holds."
    why = "A resource family has an assignment agreement, and a compensation on top of anything else it receives."
    row = "N1"

    signed_on: Held
    starts_on: Near
    outlays_agreed: Text | None = None

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.starts_on.isoformat() >= demands["introduced_on"]:
            return []
        return [f"starts_on: the introduction ended on {demands['introduced_on']}; the assignment can't start before"]


class MoreHomes(Form):
    title = "Find more homes for the network"
    what = "Fewer homes than a network needs have joined. Name more foster homes, by reference."
    why = "A resource family's network has so many foster homes that they can share experience and grow together."
    row = "N1"

    homes: list[Reference] = Field(min_length=1, max_length=20)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = [
            f"homes: number {nth} isn't a foster home that is free to join; check the reference"
            for nth, home in enumerate(self.homes, 1)
            if home not in demands["foster_homes"]
        ]
        return lines or list(_size("homes", demands["joined"] + len(set(self.homes)), demands))


class EndNetwork(Form):
    title = "The family leads a network already: end it?"
    what = (
        "Say whether the network ends. If it does, talk with the resource family and the homes first, "
        "and record its last day. A family leads one network at a time."
    )
    why = "The assignment ends with the network: compensation, talks and gatherings go no further than its last day."
    row = "N1"

    ends: bool
    ended_on: Near | None = None
    because: Text
    homes_told_on: Held | None = None

    @model_validator(mode="after")
    def says_the_last_day_where_it_ends(self) -> Self:
        if self.ends != (self.ended_on is not None and self.homes_told_on is not None):
            raise ValueError("ended_on: give it and homes_told_on where the network ends, and only there")
        return self

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        started = demands["started_on"]
        if self.ended_on is None or started is None or self.ended_on.isoformat() >= started:
            return []
        return [f"ended_on: the network started on {started}; it can't have ended before"]
