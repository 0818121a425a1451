"""N1: a foster home joins a resource family's network, and what the network's contacts look after later."""

from collections.abc import Mapping
from typing import Any

from rules.forms.base import Form, Held, Past, Reference, Text
from rules.needs import LIMITS, PolicyNeeds, deadlines
from rules.policy_kinds import WORKING_DAYS, Kind
from rules.process import Process
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="network-home",
    row="N1",
    version=1,
    policy="network_home",
    family_kinds=frozenset({FamilyKind.FOSTER, FamilyKind.NETWORK}),
    needs_child=False,
    responsible=Role.CHILD_WELFARE_CONTACT,
)

STEPS = ("network_home_joins", "what_to_expect", "declaration", "childs_consent")

KEYS: dict[str, Kind] = {
    **{f"network_home.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds((*LIMITS, "resource_network.consent_above_age", *deadlines("network_home", *STEPS)))


class NetworkHomeJoins(Form):
    title = "A home joins a network"
    what = "Say which network the home is to join."
    why = "Homes may join a resource family's network later, as long as there is room."
    row = "N1"

    network: Reference

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        homes, most = demands["networks"].get(self.network), demands["most"]
        if homes is None:
            return [f"network: isn't known here; there is {', '.join(demands['networks']) or 'none'}"]
        if demands["member_of"]:
            return [f"network: the home takes part in {demands['member_of']}; it leaves that one first"]
        return [f"network: it has {homes} homes already; a network has at most {most}"] if homes >= most else []


class NetworkHomeLeaves(Form):
    title = "The home leaves the network"
    what = "Only if the home no longer takes part in its network: record its last day."
    why = "Taking part is voluntary, and the number of homes decides what gatherings are reimbursed."
    row = "N1"

    left_on: Held

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.left_on.isoformat() >= (demands["joined_on"] or ""):
            return []
        return [f"left_on: the home joined on {demands['joined_on']}; it can't have left before"]


class WhatToExpect(Form):
    title = "What you can expect of the network"
    what = (
        "Read what happens in the network and who does what: the resource family shares its experience, "
        "the child-welfare service keeps its responsibility for the children. "
        "On-call service, a duty to babysit, visits with parents and respite are not part of it. "
        "Say whether you want to take part."
    )
    why = "Everybody in the network should know what to expect, and who does what, before they join."
    row = "N1"

    read: bool
    takes_part: bool

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.takes_part and not self.read:
            return ["read: say true once you have read it; you can only join when you know what to expect"]
        return []


class ConfidentialityDeclaration(Form):
    title = "Group declaration of confidentiality"
    what = (
        "The foster parent with this reference reads and signs the declaration. "
        "It asks you to be careful with what you tell about the foster child."
    )
    why = (
        "Every foster parent in the network signs the group declaration of confidentiality before the home takes part."
    )
    row = "N1"
    deadline = "declaration"

    signed: bool
    signed_on: Held


class ChildsConsent(Form):
    title = "The child's consent to the network"
    what = "Talk with the child with this reference, explain what the network is, and record whether they consent."
    why = "A child who has turned 15 is a party to their own case and decides whether their home takes part."
    row = "N1"

    given: bool
    signed_on: Held


class NetworkSize(Form):
    title = "The network is too small or too large"
    what = "Talk with the resource family about the number of homes, and record what you agreed."
    why = "A network that is outside its limits goes on, but its contacts look at it."
    row = "N1"

    agreed: Text


class BirthDateMissing(Form):
    title = "A birth date in a network is missing"
    what = (
        "Find out the birth date of the one with this reference, who lives in a home of a network, and record it. "
        "Whoever has turned 15 is asked for consent then."
    )
    why = "A child who has turned 15 decides whether their home takes part; without a birth date nobody is asked."
    row = "N1"

    birth_date: Past


class NameMissingContact(Form):
    title = "A contact of the network is missing"
    what = (
        "The network has fewer than two contacts who work here. Name the two who follow it up from now on; "
        "one of them may be who does so already."
    )
    why = "Two employees of the child-welfare service share the guidance of each resource family."
    row = "N1"

    contact_1: Reference
    contact_2: Reference

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.contact_1 == self.contact_2:
            return ["contact_2: is the same as contact_1; a resource family has two different contacts"]
        return []


class TrialEvaluation(Form):
    title = "Evaluate the trial with resource families"
    what = (
        "The trial has ended. Sum up how it went, and decide whether visits with parents and respite "
        "should become part of the scheme."
    )
    why = "Visits with parents and respite are not part of the scheme, and are considered again once it has been tried."
    row = "N1"

    how_it_went: Text
    visits_with_parents: bool
    respite: bool
    reason: Text
