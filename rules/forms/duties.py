"""What is answered about a duty: that it was held, why not, and why it can no longer be kept."""

from typing import Self

from pydantic import Field, model_validator

from rules.forms.base import Form, Held, Near, Text


class DutyHeld(Form):
    title = "Hold and record"
    what = "Hold it by the deadline and record the day. If it couldn't be held, say why and give the new day."
    why = "It recurs by the municipality's rules."
    row = "X1"

    held_on: Held | None = Field(default=None, title="Held on")
    reason: Text | None = Field(default=None, title="Why it was not held")
    new_day: Near | None = Field(default=None, title="The new day")
    lawful_exception: bool = Field(default=False, title="The leader records it as a lawful exception")

    @model_validator(mode="after")
    def held_or_put_off(self) -> Self:
        if self.held_on is None and (self.reason is None or self.new_day is None):
            raise ValueError("held_on: give the day it was held; or else a reason and new_day")
        if self.held_on is not None and (self.new_day is not None or self.lawful_exception):
            raise ValueError("new_day: what was held isn't put off; leave out new_day and lawful_exception")
        return self


class DutyUnkept(Form):
    title = "Can no longer be kept"
    what = "Too few days are left to hold what was owed. Say why, and whether it is a lawful exception."
    why = "What can no longer be kept is a breach, unless the leader records a lawful exception."
    row = "X1"

    reason: Text = Field(title="Why it was not kept")
    lawful_exception: bool = Field(title="It is a lawful exception")
