"""R10: what people answer about driving: an agreement before it, and the journeys after it."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rules.driving import METRES_A_KM, Journey
from rules.forms.base import Form, Held, Near, Text
from rules.grounds import Ground
from rules.needs import PolicyNeeds, deadlines, each, under
from rules.policy_kinds import PURPOSES, Kind, one_of
from rules.process import PLACED_WITH, Process
from rules.vocabulary import Purpose, Role

PROCESS = Process(
    name="driving-agreement",
    row="R10",
    version=1,
    policy="benefits",
    family_kinds=PLACED_WITH,
    needs_child=False,
    responsible=Role.ADMINISTRATION,
    family_opens=True,
    rate="mileage_low_km",
)

KEYS: dict[str, Kind] = {
    "benefits.driving.always_agreed": PURPOSES,
    "benefits.driving.beforehand": PURPOSES,
    **{f"benefits.driving.contact.{purpose}": one_of(Role.ADMINISTRATION, Role.CHILD_ADVISER) for purpose in Purpose},
}
NEEDS = PolicyNeeds(
    (
        *each("benefits.driving.contact", Purpose),
        *under("benefits", "driving.always_agreed", "driving.beforehand", "complaint.supplement"),
        *deadlines("benefits", "driving_application", "driving_decision"),
    )
)


Kilometres = Annotated[Decimal, Field(gt=0, le=5_000, decimal_places=3)]
KilometresAMonth = Annotated[Decimal, Field(gt=0, le=50_000, decimal_places=3)]


def metres(km: Decimal) -> int:
    return int(km * METRES_A_KM)


class DrivingApplication(Form):
    title = "Apply for an agreement about driving"
    what = (
        "Say for which placement and what you would drive, from when to when, how many kilometres there and back "
        "and how many times a month, and why. Apply before you drive."
    )
    why = "Driving to a special or boarding school, and any other than the rules name, is paid only where it is agreed."
    row = "R10"

    placement: str
    purpose: Purpose
    drives_from: Near
    drives_until: Near
    km_a_journey: Kilometres
    journeys_a_month: Annotated[int, Field(ge=1, le=100)]
    because: Text

    @property
    def metres_a_month(self) -> int:
        return metres(self.km_a_journey) * self.journeys_a_month

    @model_validator(mode="after")
    def ends_after_it_begins(self) -> Self:
        if self.drives_until < self.drives_from:
            raise ValueError("drives_until: this is before drives_from; give the last day")
        return self

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = []
        if self.placement not in demands["placements"]:
            lines.append(f"placement: give one of {', '.join(demands['placements'])}")
        if self.purpose not in demands["purposes"]:
            needed = ", ".join(demands["purposes"])
            lines.append(f"purpose: {self.purpose} needs no agreement, report it; there is {needed}")
        return lines


class DrivingDecision(Form):
    title = "Decide on the application about driving"
    what = (
        "Grant or refuse what the family applies for. A grant says its first and last day and the most kilometres "
        "a month, a refusal says its ground. For a boarding school, say whether public transport is reasonable. "
        "Give your reason."
    )
    why = "Driving to a special or boarding school, and any other than the rules name, is paid only where it is agreed."
    row = "R10"

    granted: bool
    reason: Text
    public_transport_reasonable: bool | None = None
    drives_from: Near | None = None
    drives_until: Near | None = None
    km_a_month: KilometresAMonth | None = None
    ground: Ground | None = None

    @property
    def metres_a_month(self) -> int:
        return metres(self.km_a_month or Decimal(0))

    @property
    def period(self) -> tuple[date, date]:
        """First and last day of a grant. Raises ValueError for a refusal."""
        if self.drives_from is None or self.drives_until is None:
            raise ValueError("a refusal has no period")
        return self.drives_from, self.drives_until

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = []
        if demands["purpose"] == Purpose.BOARDING_SCHOOL and self.public_transport_reasonable is None:
            lines.append("public_transport_reasonable: say whether the child can reasonably go by it; true or false")
        stands = self._stands(demands)
        return lines + (self._grant_faults(demands, stands) if self.granted else self._refusal_faults(stands))

    def _stands(self, demands: Mapping[str, Any]) -> list[str]:
        """Grounds that leave only a refusal."""
        over = demands["beforehand"] and f"{demands['today']}" > demands["until"]
        unmet = {
            Ground.ALREADY_DRIVEN: demands["applied_late"] or over,
            Ground.PUBLIC_TRANSPORT: self.public_transport_reasonable,
        }
        return [ground.value for ground, there in unmet.items() if there]

    def _grant_faults(self, demands: Mapping[str, Any], stands: list[str]) -> list[str]:
        lines = [f"granted: not possible ({ground}); refuse on that ground" for ground in stands]
        if self.ground is not None:
            lines.append("ground: this belongs to a refusal; leave it out")
        if not stands:
            lines += self._period_faults(demands)
        most = demands["metres_a_month"]
        if self.km_a_month is None or self.metres_a_month > most:
            lines.append(f"km_a_month: say the most kilometres a month, at most {Decimal(most) / METRES_A_KM:f}")
        return lines

    def _period_faults(self, demands: Mapping[str, Any]) -> Iterator[str]:
        first, last = date.fromisoformat(demands["from"]), date.fromisoformat(demands["until"])
        if demands["beforehand"]:
            first = max(first, demands["today"])
        if self.drives_from is None or not first <= self.drives_from <= last:
            yield f"drives_from: say the first day, from {first} to {last}"
        elif self.drives_until is None or not self.drives_from <= self.drives_until <= last:
            yield f"drives_until: say the last day, from {self.drives_from} to {last}"

    def _refusal_faults(self, stands: list[str]) -> list[str]:
        fitting, lines = [*stands, Ground.NOT_NEEDED], []
        if self.ground not in fitting:
            lines.append(f"ground: say one that fits this application: {', '.join(fitting)}")
        if (self.drives_from, self.drives_until, self.km_a_month) != (None, None, None):
            lines.append("drives_from, drives_until, km_a_month: these belong to a grant; leave them out")
        return lines


class DrivenJourney(BaseModel):
    """There and back."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True, allow_inf_nan=False)

    driven_on: Held
    purpose: Purpose
    km: Kilometres

    @property
    def journey(self) -> Journey:
        return Journey(self.driven_on, self.purpose.value, metres(self.km))


class ReportDriving(Form):
    title = "Report your driving"
    what = (
        "List the journeys for one placement: the day, what for, and the kilometres there and back. "
        "One journey is reported once. If there was none, leave the list empty."
    )
    why = "Agreed driving is paid at the low rate of the day it was driven; what isn't agreed waits for a decision."
    row = "R10"

    placement: str
    journeys: list[DrivenJourney] = Field(max_length=60)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        stay = demands["placements"].get(self.placement)
        if stay is None:
            return [f"placement: give one of {', '.join(demands['placements'])}"]
        return [*_outside(self.journeys, *stay), *self._twice(demands["reported"])]

    def _twice(self, reported: list[list[Any]]) -> Iterator[str]:
        """`reported`: placement, day, purpose and metres of each journey that is known already."""
        seen = {
            Journey(date.fromisoformat(day), purpose, far): "reported before"
            for placement, day, purpose, far in reported
            if placement == self.placement
        }
        for at, driven in enumerate(self.journeys):
            if driven.journey in seen:
                yield f"journeys.{at}: {driven.driven_on} is {seen[driven.journey]}; a journey is reported once"
            seen[driven.journey] = f"the same journey as journeys.{at}"


def _outside(journeys: list[DrivenJourney], start: str | None, end: str | None) -> Iterator[str]:
    for at, driven in enumerate(journeys):
        day = f"{driven.driven_on}"
        if start is not None and day < start:
            yield f"journeys.{at}: {day} is before the placement began on {start}"
        if end is not None and day > end:
            yield f"journeys.{at}: {day} is after the placement ended on {end}"
