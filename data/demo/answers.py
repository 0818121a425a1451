"""What people usually answer: every form filled in as in a case that goes well."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from data.tables import GeneratedTask

Answer = dict[str, Any]

USUAL: dict[str, Callable[[GeneratedTask, date], Answer]] = {
    "FirstVisit": lambda task, today: {"held_on": f"{today}", "both_sides_go_on": True},
    "Consent": lambda task, today: {"given": True, "signed_on": f"{today}"},
    "OrderAttests": lambda task, today: {"ordered_on": f"{today}"},
    "CriminalRecord": lambda task, today: {"clean": True, "issued_on": f"{today}"},
    "ChildProtectionAttest": lambda task, today: {"clean": True, "issued_on": f"{today}"},
    "AttestDecision": lambda task, today: {"go_on": True, "reason": "Old and without bearing on children."},
    "PreStudy": lambda task, today: {
        "about_us": "Two adults, two children, a dog.",
        "relation_to_the_child": "We have known each other since birth.",
        "home_and_room": "A house with a room of its own.",
        "health": "Good.",
        "everyday_life_and_work": "Home by four most days.",
        "cooperation_with_parents": "We talk every week.",
    },
    "PlanMatchingVisit": lambda task, today: {
        "starts_at": datetime.combine(today + timedelta(days=7), time(14)).isoformat(),
    },
    "MatchingVisit": lambda task, today: {
        "held_on": f"{today}",
        "network_adviser_present": True,
        "match_consultant_present": True,
        "summary": "A good talk; the child showed the room.",
    },
    "ParentsView": lambda task, today: {"obtained_on": f"{today}", "view": "They are glad that it is this family."},
    "Assessment": lambda task, today: {
        "checklist": dict.fromkeys(task.demands["checklist"], True),
        "approved": True,
        "reason": "Every requirement is met.",
    },
    "ApprovalDecision": lambda task, today: {"approved": True, "reason": "The relation to the child weighs most."},
    "SpecialSupport": lambda task, today: {"arranged": "Monthly supervision.", "starts_on": f"{today}"},
    "Contract": lambda task, today: {
        "items": dict.fromkeys(task.demands["items"], "As agreed."),
        "issued_on": f"{today}",
        "placement_from": task.demands.get("moved_in_on") or f"{today + timedelta(days=7)}",
    },
    "ContractReview": lambda task, today: {"outcome": "held", "on": f"{today}"},
    "ActionPlan": lambda task, today: {"goals": ["A calm start at school."], "handed_over_on": f"{today}"},
    "EmergencyMoveIn": lambda task, today: {"moved_in_on": f"{today}", "reason": "No adult at home."},
    "Withdrawal": lambda task, today: {"withdrawn_by": "family", "withdrawn_on": f"{today}"},
    "EndEmergencyPlacement": lambda task, today: {"moved_out_on": f"{today}", "reason": "municipality_decides"},
    "BenefitApplication": lambda task, today: _application(task.demands["offered"], today),
    "BenefitDecision": lambda task, today: _decision(task.demands),
    "SendDocumentation": lambda task, today: {"sent_on": f"{today}", "originals": True},
    "CheckDocumentation": lambda task, today: {"received_on": f"{today}", "in_order": True, "amount_kr": 900},
    "PayInvoice": lambda task, today: {"received_on": f"{today}", "paid_on": f"{today}", "amount_kr": 900},
    "WithdrawApplication": lambda task, today: {"withdrawn_on": f"{today}"},
    "LateDocumentation": lambda task, today: {"let_through": True, "reason": "The shop was slow with the receipt."},
    "HeldLineDecision": lambda task, today: {"decision": "pay", "reason": "Agreed on the telephone."},
    "OverpaymentDecision": lambda task, today: {"decision": "recover", "instalments": 3, "reason": "Agreed with them."},
}


def usual_answer(task: GeneratedTask, today: date) -> Answer:
    return USUAL[task.form](task, today)


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
