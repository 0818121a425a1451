"""V1: a call to the emergency line, and what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rules.forms.base import Form, Held, Reference, Text


class LogCall(Form):
    title = "Log a call to the emergency line"
    what = "Say what the call was about and what you advised. The family's consultant is asked to follow it up."
    why = "Every call is logged at once, and followed up the same working day."
    row = "V1"

    topic: Reference
    about: Text
    advice: Text
    called_at: datetime | None = None
    """Local time; the moment of logging where it isn't given."""

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        return [] if self.topic in demands["topics"] else [f"topic: give one of {', '.join(demands['topics'])}"]


class FollowUpCall(Form):
    title = "Follow up a call to the emergency line"
    what = "The family called the emergency line. Talk with them, and record what came of it."
    why = "A call to the emergency line is followed up by the family's consultant the same working day."
    row = "V1"

    talked_on: Held
    outcome: Text
