"""R6, J9, J11."""

from datetime import date, timedelta

from tasks.rehearsal.answers.base import Answer, Usual


def _end(placements: dict[str, dict[str, list[str]]], today: date) -> Answer:
    placement, known = next(iter(placements.items()))
    return {
        "placement": placement,
        "reason": known["reasons"][0],
        "because": "Everyday life at home goes well again.",
        "notice_given_on": f"{today}",
        "departure": f"{today + timedelta(days=30)}",
        "notice_kept": True,
    }


USUAL: Usual = {
    "AfterEighteen": lambda task, today: {
        "placements": dict.fromkeys(task.demands["placements"], "ends"),
        "reason": "Moves to a place of their own.",
    },
    "EndPlacement": lambda task, today: _end(task.demands["placements"], today),
    "CheckEquipment": lambda task, today: {"equipment": dict.fromkeys(task.demands["equipment"], "returned")},
    "StillConfidential": lambda task, today: {"acknowledged": True, "on": f"{today}"},
    "ClosingTalk": lambda task, today: {"outcome": "held", "on": f"{today}"},
    "FinalReport": lambda task, today: {
        "sections": dict.fromkeys(task.demands["headings"], "Goes well, and better than at the start.")
    },
    "DecideOnContact": lambda task, today: {
        "decision": "Two hours with the parents every other Saturday.",
        "decided_on": f"{today}",
        "valid_from": f"{today}",
    },
    "ReadContactDecision": lambda task, today: {"read_on": f"{today}"},
}
