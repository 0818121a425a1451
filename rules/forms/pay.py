"""R9: what people decide about pay that waits."""

from typing import Literal, Self

from pydantic import Field, model_validator

from rules.forms.base import Form, Text


class HeldLineDecision(Form):
    title = "Decide on a held line"
    what = "A line of the payout is held. Look at why, decide whether it is paid or not, and give your reason."
    why = "What doesn't pass the check before payment waits for a person; the rest is paid."
    row = "R9"
    deadline = "pay_decision"

    decision: Literal["pay", "waive"]
    reason: Text


class OverpaymentDecision(Form):
    title = "Decide on an overpayment"
    what = "The family was paid too much. Decide whether it is recovered and in how many months, and give your reason."
    why = "An overpayment is never netted silently: a named person decides."
    row = "R9"
    deadline = "pay_decision"

    decision: Literal["recover", "waive"]
    instalments: int | None = Field(default=None, ge=1, le=36)
    reason: Text

    @model_validator(mode="after")
    def instalments_belong_to_recovery(self) -> Self:
        if (self.decision == "recover") != (self.instalments is not None):
            raise ValueError("instalments: say in how many months it is recovered, 1 to 36; only for recover")
        return self
