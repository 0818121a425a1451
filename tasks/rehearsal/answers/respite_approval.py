"""R1, R2."""

from datetime import date, timedelta
from typing import Any

from tasks.rehearsal.answers.base import Answer, Usual


def _decision(demands: dict[str, Any], today: date) -> Answer:
    return {
        "approved": True,
        "decided_on": f"{today}",
        "assessed_on": max(demands["sent_on"], f"{today - timedelta(days=14)}"),
        "approved_from": f"{today}",
        "children": 2,
        "age_from": 0,
        "age_to": 12,
        "needs": "Children who need calm and fixed routines.",
    }


def _assessment(demands: dict[str, Any]) -> Answer:
    return {field: dict.fromkeys(demands[field], "Good, nothing to remark.") for field in ("themes", "apart")}


USUAL: Usual = {
    "BasicCourseCompleted": lambda task, today: {"completed_on": f"{today}"},
    "ApprovalApplication": lambda task, today: {"sent_on": f"{today}", "fast_track": False},
    "AuthorityDecision": lambda task, today: _decision(task.demands, today),
    "QualityAssessment": lambda task, today: _assessment(task.demands),
    "ChaseAuthority": lambda task, today: {"asked_on": f"{today}", "said": "It comes next week."},
    "WithdrawApprovalApplication": lambda task, today: {"withdrawn_on": f"{today}"},
}
