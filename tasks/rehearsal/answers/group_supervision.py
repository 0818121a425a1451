"""V2."""

from datetime import timedelta

from tasks.rehearsal.answers.base import Usual

USUAL: Usual = {
    "PlanGroupSupervision": lambda task, today: {
        "starts_at": f"{today + timedelta(days=14)}T13:00:00",
        "place": "The family house.",
    },
    "MoveGroupSupervision": lambda task, today: {"starts_at": f"{today + timedelta(days=21)}T13:00:00"},
    "GroupSupervision": lambda task, today: {"held_on": f"{today}", "attended": task.demands["families"]},
}
