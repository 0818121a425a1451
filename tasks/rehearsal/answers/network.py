"""N1, N2, N3, N5 and J6."""

from datetime import date, datetime, time, timedelta
from typing import Any

from tasks.rehearsal.answers.base import Answer, Usual


def _children(demands: dict[str, Any]) -> list[str]:
    """One of each home, in as few homes as a network may have."""
    by_home: dict[str, str] = {}
    for child, home in sorted(demands["living_in"].items()):
        by_home.setdefault(home, child)
    return [by_home[home] for home in sorted(by_home)][: demands["least"]]


def _gathering(homes: dict[str, Any], today: date) -> Answer:
    there = [ref for ref, stays in homes.items() if any(joined <= f"{today}" and not left for joined, left in stays)]
    return {"held_on": f"{today}", "kind": "summer", "homes": there, "receipts_kr": 1200}


def _experiences(demands: dict[str, Any]) -> Answer:
    return {
        "how_the_network_worked": "The families know each other well by now and call when something comes up.",
        "gatherings": {known["held_on"]: "A good day; the children played." for known in demands["gatherings"]},
        "contacts": dict.fromkeys(demands["homes"], 6),
    }


USUAL: Usual = {
    "ChooseChildren": lambda task, today: {"children": _children(task.demands)},
    "Candidate": lambda task, today: {
        "is_or_was_foster_home": True,
        "solid_completed": True,
        "suits_the_children": True,
    },
    "NameContacts": lambda task, today: dict(zip(("contact_1", "contact_2"), task.demands["contacts"], strict=False)),
    "AskInPerson": lambda task, today: {"asked_on": f"{today}", "says_yes": True},
    "Suitability": lambda task, today: {
        "checklist": dict.fromkeys(task.demands["checklist"], True),
        "suited": True,
        "reason": "Calm, warm and well liked by the other homes.",
    },
    "IntroductionTalk": lambda task, today: {
        "held_on": f"{today}",
        "minutes": task.demands["minutes"],
        "material_left": True,
    },
    "AssignmentAgreement": lambda task, today: {
        "signed_on": f"{today}",
        "starts_on": max(f"{today}", task.demands["introduced_on"]),
    },
    "MoreHomes": lambda task, today: {
        "homes": task.demands["foster_homes"][: task.demands["least"] - task.demands["joined"]],
    },
    "EndNetwork": lambda task, today: {
        "ends": True,
        "ended_on": max(f"{today}", task.demands["started_on"] or ""),
        "because": "The children are grown up.",
        "homes_told_on": f"{today}",
    },
    "NetworkHomeJoins": lambda task, today: {"network": min(task.demands["networks"])},
    "NetworkHomeLeaves": lambda task, today: {"left_on": f"{today}"},
    "WhatToExpect": lambda task, today: {"read": True, "takes_part": True},
    "ConfidentialityDeclaration": lambda task, today: {"signed": True, "signed_on": f"{today}"},
    "ChildsConsent": lambda task, today: {"given": True, "signed_on": f"{today}"},
    "BirthDateMissing": lambda task, today: {"birth_date": "2014-05-01"},
    "NameMissingContact": lambda task, today: {"contact_1": "LI-S01", "contact_2": "LI-S02"},
    "NetworkSize": lambda task, today: {"agreed": "One more home is asked this spring."},
    "TrialEvaluation": lambda task, today: {
        "how_it_went": "The homes use each other more than we expected.",
        "visits_with_parents": False,
        "respite": False,
        "reason": "The scheme is best as it is.",
    },
    "GatheringReport": lambda task, today: _gathering(task.demands["homes"], today),
    "CheckReceipts": lambda task, today: {"received_on": f"{today}", "amount_kr": task.demands["asked_kr"]},
    "Experiences": lambda task, today: _experiences(task.demands),
    "StatusReport": lambda task, today: {
        "sections": dict.fromkeys(task.demands["headings"], "As it should be for the age."),
    },
    "ReadStatusReport": lambda task, today: {"read": True},
    "PlanJointMeeting": lambda task, today: {
        "starts_at": datetime.combine(today + timedelta(days=14), time(18)).isoformat(),
        "link": "https://meet.example/ressursfamilier",
        "agenda": ["What has gone well?", "Guidance on boundaries."],
    },
    "MoveJointMeeting": lambda task, today: {
        "starts_at": datetime.combine(today + timedelta(days=21), time(18)).isoformat(),
    },
    "JointMeetingHeld": lambda task, today: {
        "held_on": max(f"{today}", task.demands["planned_for"]),
        "attendance": task.demands["invited"],
        "notes": "The homes shared how they keep in touch between gatherings.",
    },
}
