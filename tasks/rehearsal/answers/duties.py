"""What recurs."""

from tasks.rehearsal.answers.base import Usual

USUAL: Usual = {
    "DutyHeld": lambda task, today: {"held_on": f"{today}"},
    "DutyUnkept": lambda task, today: {"reason": "There was nobody to hold it.", "lawful_exception": False},
}
