"""R4, H1 to H4: what people answer when a child and a family are matched."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rules.agreed_nights import NightPlan, Weekday, every_night
from rules.forms.base import Form, Held, Near, Text

Fees = Annotated[Decimal, Field(gt=0, multiple_of=Decimal("0.5"))]
KronerANight = Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=2)]


class ReferChild(Form):
    title = "Refer the child to a family"
    what = "Describe the child's needs and resources. For respite, say also which nights are wished for."
    why = "The child's adviser refers the child; a consultant finds the family that suits it."
    row = "R4"

    needs: Text
    resources: Text
    wished_nights: Text | None = None

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if demands["nights"] and self.wished_nights is None:
            return ["wished_nights: say which nights the child needs"]
        return []


class Proposal(Form):
    starts_on: Near
    fees: Fees
    fees_reasons: Text
    board_lodging_kr: KronerANight | None = None
    needs_within_approval: bool
    remark: Text | None = None

    @property
    def fees_tenths(self) -> int:
        return int(self.fees * 10)

    @property
    def board_lodging_ore(self) -> int | None:
        return None if self.board_lodging_kr is None else int(self.board_lodging_kr * 100)

    @property
    def plan(self) -> NightPlan:
        """The nights agreed. A child in full-time care is there every night."""
        return every_night(self.starts_on)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        most = Decimal(demands["most_fees_tenths"]) / 10
        return [f"fees: at most {most}; check the number"] if self.fees > most else []


class ProposeFullTimeMatch(Proposal):
    title = "Propose the match"
    what = (
        "Say from when the child is to live with the family, and how many fees are paid. Start from what the family "
        "can achieve with the child's resources, and give your reasons. Say also whether the child's needs are among "
        "those the family is approved for."
    )
    why = "The number of fees is a professional decision with its reasons; it starts from the child's resources."
    row = "R4"
    deadline = "propose_match"


class PlannedStay(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    arrival: Near
    departure: Near


class ProposeRespiteMatch(Proposal):
    title = "Propose the respite"
    what = (
        "Say from when, which nights and how many fees. Give the nights as single stays, or as weekdays on which a "
        "night begins, in every week or every so many weeks from the first one. Start from what the family can achieve "
        "with the child's resources, and give your reasons. Say also whether the child's needs are among those the "
        "family is approved for."
    )
    why = "The number of fees is a professional decision with its reasons; it starts from the child's resources."
    row = "R4"
    deadline = "propose_match"

    nights_per_month: int = Field(ge=1, le=31)
    weekdays: list[Weekday] = Field(default_factory=list, max_length=7)
    every_weeks: int = Field(default=1, ge=1, le=52)
    ends_on: Near | None = None
    stays: list[PlannedStay] = Field(default_factory=list, max_length=366)

    @property
    def plan(self) -> NightPlan:
        stays = tuple((stay.arrival, stay.departure) for stay in self.stays)
        return NightPlan(self.starts_on, self.ends_on, frozenset(self.weekdays), self.every_weeks, stays)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = [*super().faults(demands), *self._stay_faults()]
        if not self.weekdays and not self.stays:
            lines.append("weekdays, stays: say which nights the child is there, in one of the two ways or both")
        if self.ends_on is not None and self.ends_on <= self.starts_on:
            lines.append(f"ends_on: {self.ends_on} doesn't come after starts_on {self.starts_on}")
        return lines

    def _stay_faults(self) -> list[str]:
        ordered = sorted(self.stays, key=lambda stay: (stay.arrival, stay.departure))
        latest = self.ends_on or date.max
        return [
            *(
                f"stays: the departure {stay.departure} doesn't come after the arrival {stay.arrival}"
                for stay in ordered
                if stay.departure <= stay.arrival
            ),
            *(
                f"stays: {stay.arrival} to {stay.departure} isn't within the agreed time from {self.starts_on}"
                for stay in ordered
                if stay.arrival < self.starts_on or stay.departure > latest
            ),
            *(
                f"stays: the one from {later.arrival} begins before the one from {earlier.arrival} is over"
                for earlier, later in pairwise(ordered)
                if later.arrival < earlier.departure
            ),
        ]


class CapacityDecision(Form):
    title = "Decide on a match outside the approval"
    what = (
        "The proposed match isn't within what the family is approved for, or a matter about the family is open. "
        "Decide whether it goes through all the same, and give your reason."
    )
    why = "A family takes in no more than it is approved for unless the leader decides otherwise, with a reason."
    row = "R4"
    deadline = "leader_decision"

    go_through: bool
    reason: Text


class IssueContract(Form):
    title = "Make the contract"
    what = "Make the contract with every item that belongs to it, and record the day on which it was issued."
    why = "A contract is issued only when all items that belong to it are there."
    row = "R4"

    items: dict[str, Text]
    issued_on: Held

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        return unlike("items", self.items, demands["items"])


class WithdrawMatch(Form):
    title = "Give up the match"
    what = "Only if the parents, the family or the municipality no longer want the match: record who and when."
    why = "A match goes on only while all sides want it."
    row = "R4"

    withdrawn_by: Literal["parents", "family", "municipality"]
    withdrawn_on: Held


class AssessResourceFamily(Form):
    title = "Assess the resource family"
    what = (
        "Go through the duties of a resource family with the family, and assess its competences. Answer every item, "
        "say whether the family suits, and give your reason."
    )
    why = "A resource family takes on the duties and has the competences that the municipality has laid down."
    row = "H2"

    duties: dict[str, bool]
    competences: dict[str, bool]
    suits: bool
    reason: Text

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        return [
            *unlike("duties", self.duties, demands["duties"]),
            *unlike("competences", self.competences, demands["competences"]),
            *([f"suits: the family doesn't take on {', '.join(declined)}"] if (declined := self._declined()) else []),
        ]

    def _declined(self) -> list[str]:
        """A family may lack a competence; every duty belongs to the task."""
        return [item for item, taken_on in self.duties.items() if not taken_on] if self.suits else []


def unlike(field: str, given: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """A line for each item that is missing, and for each that doesn't belong there."""
    given, wanted = list(given), list(wanted)
    return [
        *(f"{field}: {item} is missing" for item in wanted if item not in given),
        *(f"{field}: {item} doesn't belong there; leave it out" for item in given if item not in wanted),
    ]
