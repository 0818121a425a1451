"""J8."""

from tasks.rehearsal.answers.base import Usual

USUAL: Usual = {
    "SupportRequest": lambda task, today: {"raised_by": "supervisor", "reason": "The child sleeps badly."},
    "SupportReferral": lambda task, today: {"refer": True, "reason": "Supervision alone isn't enough."},
    "SupportStartMeeting": lambda task, today: {
        "held_on": f"{today}",
        "purpose": "Understand what the child needs.",
        "framework": "Half a year, at home and in school.",
    },
    "SupportSupervision": lambda task, today: {"held_on": f"{today}"},
    "SupportElement": lambda task, today: {"held_on": [f"{today}"]},
    "SupportMidwayMeeting": lambda task, today: {"held_on": f"{today}", "agreed": "Go on as planned."},
    "SupportHandover": lambda task, today: {
        "held_on": f"{today}",
        "handed_over": "What helped is written down for school and family.",
        "early_because": "The aims are reached.",
    },
    "WrittenReport": lambda task, today: {"written_on": f"{today}", "reference": "HJ-R001"},
    "SupportLate": lambda task, today: {"decision": "One more month, then handed over."},
}
