"""R10."""

from datetime import date, timedelta
from typing import Any

from tasks.rehearsal.answers.base import Answer, Usual


def _application(offered: dict[str, list[str]], today: date) -> Answer:
    placement, benefits = next(iter(offered.items()))
    benefit = "car_seat" if "car_seat" in benefits else benefits[0]
    return {
        "placement": placement,
        "benefit": benefit,
        "purpose": "What we have is outgrown.",
        "amount_kr": 900,
        "planned_on": f"{today + timedelta(days=30)}",
        "booked": False,
        "loan_tried": True,
        "seat_standard": "i_size",
        "doctor_asked": True,
        "doctors_order": True,
        "occasion": "course",
    }


def _decision(demands: dict[str, Any]) -> Answer:
    if demands["grounds"]:
        refusal = {"granted": False, "ground": demands["grounds"][0], "reason": "The rules don't allow it."}
        return refusal | ({"parents_grant_covers": False} if demands["benefit"] == "diet" else {})
    most = min(demands["asked_ore"], demands["asked_ore"] if demands["most_ore"] is None else demands["most_ore"])
    grant = {"granted": True, "amount_kr": most / 100, "regime": demands["regimes"][0], "reason": "It is needed."}
    return grant | ({"parents_grant_covers": False} if demands["benefit"] == "diet" else {})


USUAL: Usual = {
    "BenefitApplication": lambda task, today: _application(task.demands["offered"], today),
    "BenefitDecision": lambda task, today: _decision(task.demands),
    "SendDocumentation": lambda task, today: {"sent_on": f"{today}", "originals": True},
    "CheckDocumentation": lambda task, today: {"received_on": f"{today}", "in_order": True, "amount_kr": 900},
    "PayInvoice": lambda task, today: {"received_on": f"{today}", "paid_on": f"{today}", "amount_kr": 900},
    "WithdrawApplication": lambda task, today: {"withdrawn_on": f"{today}"},
    "LateDocumentation": lambda task, today: {"let_through": True, "reason": "The shop was slow with the receipt."},
}
