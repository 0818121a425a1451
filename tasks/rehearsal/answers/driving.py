"""R10: driving."""

from datetime import date, timedelta
from typing import Any

from rules.driving import METRES_A_KM
from tasks.rehearsal.answers.base import Answer, Usual


def _application(demands: dict[str, Any], today: date) -> Answer:
    return {
        "placement": next(iter(demands["placements"])),
        "purpose": demands["purposes"][0],
        "drives_from": f"{today}",
        "drives_until": f"{today + timedelta(days=60)}",
        "km_a_journey": 12,
        "journeys_a_month": 10,
        "because": "There is no bus at that hour.",
    }


def _decision(demands: dict[str, Any], today: date) -> Answer:
    asked = {"public_transport_reasonable": False} if demands["purpose"] == "boarding_school" else {}
    first = max(demands["from"], f"{today}") if demands["beforehand"] else demands["from"]
    if demands["applied_late"] or first > demands["until"]:
        return {
            "granted": False,
            "ground": "already_driven",
            "reason": "It was driven before anybody was asked.",
        } | asked
    grant = {"drives_from": first, "drives_until": demands["until"]}
    grant["km_a_month"] = demands["metres_a_month"] / METRES_A_KM
    return {"granted": True, "reason": "The child can't get there otherwise."} | grant | asked


def _report(demands: dict[str, Any], today: date) -> Answer:
    placement, (start, end) = next(iter(demands["placements"].items()))
    driven_on = min(filter(None, [f"{today}", end]))
    if (start or "") > driven_on:
        return {"placement": placement, "journeys": []}
    return {"placement": placement, "journeys": [{"driven_on": driven_on, "purpose": "contact_visit", "km": 12}]}


USUAL: Usual = {
    "DrivingApplication": lambda task, today: _application(task.demands, today),
    "DrivingDecision": lambda task, today: _decision(task.demands, today),
    "ReportDriving": lambda task, today: _report(task.demands, today),
}
