"""J1."""

from datetime import datetime, time, timedelta

from tasks.rehearsal.answers.base import Usual

USUAL: Usual = {
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
    "EmergencyMoveIn": lambda task, today: {"moved_in_on": f"{today}", "reason": "No adult at home."},
    "Withdrawal": lambda task, today: {"withdrawn_by": "family", "withdrawn_on": f"{today}"},
    "EndEmergencyPlacement": lambda task, today: {"moved_out_on": f"{today}", "reason": "municipality_decides"},
}
