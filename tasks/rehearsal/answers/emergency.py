"""V1."""

from tasks.rehearsal.answers.base import Usual

USUAL: Usual = {
    "FollowUpCall": lambda task, today: {"talked_on": f"{today}", "outcome": "All is calm again; we meet on Monday."},
}
