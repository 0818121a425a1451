"""R4, R5, H1 to H4."""

from datetime import date, timedelta

from tasks.rehearsal.answers.base import Answer, Usual


def _proposal(today: date) -> Answer:
    return {
        "starts_on": f"{today + timedelta(days=14)}",
        "fees": 2.5,
        "fees_reasons": "The child is glad of company and learns fast with grown-ups who keep calm.",
        "needs_within_approval": True,
    }


USUAL: Usual = {
    "ReferChild": lambda task, today: {
        "needs": "Rest and a fixed rhythm.",
        "resources": "Curious, likes animals and helps in the kitchen.",
        "wished_nights": "Every other weekend.",
    },
    "ProposeFullTimeMatch": lambda task, today: _proposal(today),
    "ProposeRespiteMatch": lambda task, today: {
        **_proposal(today),
        "weekdays": ["friday", "saturday"],
        "every_weeks": 2,
        "nights_per_month": 6,
    },
    "CapacityDecision": lambda task, today: {"go_through": True, "reason": "Siblings; the house has room for both."},
    "IssueContract": lambda task, today: {
        "items": dict.fromkeys(task.demands["items"], "As agreed."),
        "issued_on": f"{today}",
    },
    "WithdrawMatch": lambda task, today: {"withdrawn_by": "parents", "withdrawn_on": f"{today}"},
    "AssessResourceFamily": lambda task, today: {
        "duties": dict.fromkeys(task.demands["duties"], True),
        "competences": dict.fromkeys(task.demands["competences"], True),
        "suits": True,
        "reason": "Calm, experienced, and near the school.",
    },
    "ActionPlan": lambda task, today: {
        "goals": ["A calm start at school."],
        "family_tasks": ["To be there at the start of the school day."],
        "with_parents": True,
        "handed_over_on": f"{today}",
        "follow_up_on": task.demands.get("follow_up_by") or f"{today + timedelta(days=90)}",
    },
}
