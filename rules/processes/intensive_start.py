"""Forms of the intensive start (J4)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from pydantic import Field, model_validator

from rules.forms.base import Form, Held, Text
from rules.intensive_start import picked_faults
from rules.needs import PolicyNeeds, deadlines, under
from rules.policy_kinds import COUNT, DAYS, ITEMS, MINUTES, MONTHS, WORKING_DAYS, Kind
from rules.process import Process
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="intensive-start",
    row="J4",
    version=1,
    policy="intensive_start",
    family_kinds=frozenset({FamilyKind.FOSTER, FamilyKind.NETWORK}),
    needs_child=True,
    responsible=Role.FAMILY_CARE_CONSULTANT,
)

STEPS = (
    "pick_modules",
    "module_teaching",
    "module_elearning",
    "module_logbook",
    "module_supervision",
    "leader_decision",
)

KEYS: dict[str, Kind] = {
    "intensive_start.begins_within_months": MONTHS,
    "intensive_start.finished_within_months": MONTHS,
    "intensive_start.modules_least": COUNT,
    "intensive_start.modules_most": COUNT,
    "intensive_start.modules.general": ITEMS,
    "intensive_start.modules.themed": ITEMS,
    "intensive_start.minutes.general": MINUTES,
    "intensive_start.minutes.themed": MINUTES,
    "intensive_start.supervision_minutes.least": MINUTES,
    "intensive_start.supervision_minutes.most": MINUTES,
    "intensive_start.warn_days": DAYS,
    "intensive_start.days_a_part": DAYS,
    **{f"intensive_start.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds(
    (
        *under(
            "intensive_start",
            "begins_within_months",
            "finished_within_months",
            "modules_least",
            "modules_most",
            "modules.general",
            "modules.themed",
            "minutes.general",
            "minutes.themed",
            "supervision_minutes.least",
            "supervision_minutes.most",
            "warn_days",
            "days_a_part",
        ),
        *deadlines("intensive_start", *STEPS),
    )
)


class PickModules(Form):
    title = "Plan the intensive start"
    what = "Pick the modules that suit the child and the family, and invite every carer of the family."
    why = "Every new placement gets an intensive start, also with experienced families; the family has to take part."
    row = "J4"

    modules: list[str]
    all_carers_invited: bool

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = picked_faults(self.modules, demands["modules"], demands["least"], demands["most"])
        if not self.all_carers_invited:
            lines.append("all_carers_invited: both carers are to take part; invite every carer, then answer yes")
        return lines


class PostponeIntensiveStart(Form):
    title = "Let the intensive start begin later"
    what = "Only where special consideration for the child speaks against beginning now: record why."
    why = "Out of consideration for the child it may begin later; then it still has to be finished by its last day."
    row = "J4"

    reason: Text


class ModulePart(Form):
    """One of the parts of a module; which module it is tells of the child."""

    discreet = True

    @property
    def days(self) -> list[date]:
        raise NotImplementedError


class ModuleTeaching(ModulePart):
    title = "Hold the teaching of the module"
    what = "Teach the module together with other families, and record the day."
    why = "Each module is taught together with other foster families."
    row = "J4"
    deadline = "module_teaching"

    held_on: Held
    minutes: int = Field(ge=1, le=600)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.minutes < demands["minutes"]:
            return [f"minutes: the module takes {demands['minutes']}; hold the rest of it first"]
        return []

    @property
    def days(self) -> list[date]:
        return [self.held_on]


class ModuleElearning(ModulePart):
    title = "Give access to the module's e-learning"
    what = "See that the family can open the e-learning that belongs to the module, and record the day."
    why = "The family works with e-learning that supports the modules; its consultant sees that they have access."
    row = "J4"
    deadline = "module_elearning"

    access_given_on: Held

    @property
    def days(self) -> list[date]:
        return [self.access_given_on]


class ModuleLogbook(ModulePart):
    title = "Do the module's logbook exercises"
    what = "Do the exercises that belong to the module, and record the days: before, during or after the teaching."
    why = "Exercises in the logbook belong to each module; they lie before, during or after the teaching."
    row = "J4"
    deadline = "module_logbook"

    before_on: Held | None = None
    during_on: Held | None = None
    after_on: Held | None = None

    @model_validator(mode="after")
    def says_a_day(self) -> Self:
        if not self.days:
            raise ValueError("give the day of at least one exercise: before_on, during_on or after_on")
        return self

    @property
    def days(self) -> list[date]:
        return [day for day in (self.before_on, self.during_on, self.after_on) if day]


class ModuleSupervision(ModulePart):
    title = "Hold the module's themed supervision"
    what = "Hold supervision on the module's theme with the family, and record the day and how long it took."
    why = "Themed supervision belongs to each module."
    row = "J4"
    deadline = "module_supervision"

    held_on: Held
    minutes: int = Field(ge=1, le=600)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        least, most = demands["minutes_least"], demands["minutes_most"]
        return [] if least <= self.minutes <= most else [f"minutes: themed supervision takes {least} to {most}"]

    @property
    def days(self) -> list[date]:
        return [self.held_on]


class IntensiveStartLate(Form):
    title = "The intensive start is late"
    what = "A deadline of the intensive start has passed. Decide how it is carried through, and record what you decide."
    why = "From the first day of the placement there is a last day to begin the intensive start and one to finish it."
    row = "J4"
    deadline = "leader_decision"

    decision: Text
