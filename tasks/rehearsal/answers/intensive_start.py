"""J4."""

from tasks.rehearsal.answers.base import Usual

USUAL: Usual = {
    "PickModules": lambda task, today: {
        "modules": list(task.demands["modules"])[: task.demands["least"]],
        "all_carers_invited": True,
    },
    "PostponeIntensiveStart": lambda task, today: {"reason": "The child needs calm before all else."},
    "ModuleTeaching": lambda task, today: {"held_on": f"{today}", "minutes": task.demands["minutes"]},
    "ModuleElearning": lambda task, today: {"access_given_on": f"{today}"},
    "ModuleLogbook": lambda task, today: {"before_on": f"{today}", "after_on": f"{today}"},
    "ModuleSupervision": lambda task, today: {"held_on": f"{today}", "minutes": task.demands["minutes_least"]},
    "IntensiveStartLate": lambda task, today: {"decision": "The rest is held before the summer."},
}
