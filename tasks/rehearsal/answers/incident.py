"""R3, R7, R8, N6."""

from datetime import date
from typing import Any

from tasks.rehearsal.answers.base import Answer, Usual


def _report(demands: dict[str, Any], today: date) -> Answer:
    kind = "reporting_duty" if "concern" not in demands["kinds"] else "concern"
    return {"kind": kind, "happened_on": f"{today}", "what_happened": "A neighbour heard shouting, several times."}


def _decision(demands: dict[str, Any]) -> Answer:
    return {"placements": dict.fromkeys(demands["placements"], "goes_on"), "reason": "Talked through with the family."}


USUAL: Usual = {
    "IncidentReport": lambda task, today: _report(task.demands, today),
    "SeeToChild": lambda task, today: {"seen_to_on": f"{today}", "done": "Talked with the child at school."},
    "ChildConcern": lambda task, today: {"done": "Talked with the family.", "belongs_to_child_welfare": False},
    "DecideOnConcern": lambda task, today: _decision(task.demands) | {"new_matches": True},
    "DecideOnWithdrawal": lambda task, today: _decision(task.demands),
    "ClaimForm": lambda task, today: {"ordered_on": f"{today}"},
}
