"""R10: journeys are reported; its form stands beside those of the agreement (rules.processes.driving_agreement)."""

from rules.needs import PolicyNeeds, deadlines
from rules.process import PLACED_WITH, Process
from rules.vocabulary import Role

PROCESS = Process(
    name="driving-report",
    row="R10",
    version=1,
    policy="benefits",
    family_kinds=PLACED_WITH,
    needs_child=False,
    responsible=Role.ADMINISTRATION,
    family_opens=True,
    rate="mileage_low_km",
)

NEEDS = PolicyNeeds(("benefits.driving.always_agreed", *deadlines("benefits", "report_driving")))
