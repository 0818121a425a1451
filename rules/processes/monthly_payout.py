"""R9: what people decide about a payout."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from rules.forms.base import Form, Text
from rules.needs import ENTITLEMENT, PolicyNeeds, deadlines, under
from rules.policy_kinds import (
    AT_LEAST_ONE,
    BANK_ACCOUNT,
    BANK_AGREEMENT,
    BIC,
    DAY_OF_MONTH,
    ITEMS,
    MONTH,
    PAYMENT_DAY,
    WORKING_DAYS,
    Kind,
    one_of,
)
from rules.process import Process
from rules.vocabulary import Role

PROCESS = Process(
    name="monthly-payout",
    row="R9",
    version=1,
    policy="payout",
    family_kinds=frozenset(),
    needs_child=False,
    responsible=Role.PAYROLL,
    monthly=True,
)

STEPS = ("payout_approval", "mend_payout", "payroll_files")

KEYS: dict[str, Kind] = {
    "payout.ledger_from": MONTH,
    "payout.nights_rule": one_of("overnights", "noon_to_noon"),
    "payout.placement_from_nights": AT_LEAST_ONE,
    "payout.fee_rounding": one_of("half_up_to_ore"),
    "payout.monthly_fee_rounding": one_of("half_up_to_krone"),
    "payout.child_allowances": ITEMS,
    "payout.payment_day": PAYMENT_DAY,
    "payout.prepared_on": DAY_OF_MONTH,
    "payout.approved_by": one_of(Role.LEADER, Role.PAYROLL),
    "payout.decided_by": one_of(Role.PAYROLL, Role.LEADER),
    "payout.most_instalments": AT_LEAST_ONE,
    **{f"payout.deadline.{step}": WORKING_DAYS for step in STEPS},
    "payout.pays_by": one_of("nemkonto", "accounts"),
    "payout.debtor.account": BANK_ACCOUNT,
    "payout.debtor.bic": BIC,
    "payout.debtor.bank_agreement": BANK_AGREEMENT,
}
NEEDS = PolicyNeeds(
    (
        *ENTITLEMENT.keys,
        *under("payout", "payment_day", "prepared_on", "approved_by", "decided_by", "most_instalments", "pays_by"),
        *deadlines("payout", *STEPS),
        "errands.deadline.pay_decision",
    ),
    where=ENTITLEMENT.where,
    in_denmark=ENTITLEMENT.in_denmark,
    always=True,
)


class HeldLineDecision(Form):
    title = "Decide on a held line"
    what = "A line of the payout is held. Look at why, decide whether it is paid or not, and give your reason."
    why = "What doesn't pass the check before payment waits for a person; the rest is paid."
    row = "R9"
    deadline = "pay_decision"

    decision: Literal["pay", "waive"]
    reason: Text


class OverpaymentDecision(Form):
    """Demands `most_instalments`."""

    title = "Decide on an overpayment"
    what = "The family was paid too much. Decide whether it is recovered and in how many months, and give your reason."
    why = "An overpayment is never netted silently: a named person decides."
    row = "R9"
    deadline = "pay_decision"

    decision: Literal["recover", "waive"]
    instalments: int | None = Field(default=None, ge=1)
    reason: Text

    @model_validator(mode="after")
    def instalments_belong_to_recovery(self) -> Self:
        if (self.decision == "recover") != (self.instalments is not None):
            raise ValueError("instalments: say in how many months it is recovered; only for recover")
        return self

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        most = demands["most_instalments"]
        return [f"instalments: {most} at most"] if (self.instalments or 0) > most else []


class PayoutApproval(Form):
    """Demands `prepared_at`, the draft it is about, and shows its sums."""

    title = "Approve the payout"
    what = "The month's payout is computed. Look through its sums and its held lines, and say whether it can be paid."
    why = "Nothing is paid before somebody other than whoever prepared it has approved it."
    row = "R9"

    approved: bool
    reason: Text | None = None
    as_it_stands: bool | None = None
    """Approved although facts have come in since it was computed."""

    @model_validator(mode="after")
    def a_no_has_its_reason(self) -> Self:
        if not self.approved and self.reason is None:
            raise ValueError("reason: say what has to be mended before it can be paid")
        return self


class MendPayout(Form):
    title = "Mend the payout"
    what = (
        "The payout wasn't approved; the answer to the task named here says why. Mend what it is computed from, "
        "and say so: it is then computed and put forward again."
    )
    why = "A payout that wasn't approved is never paid as it is."
    row = "R9"

    mended: Literal[True]


class PayrollFiles(Form):
    title = "Fetch the payroll files"
    what = (
        "The month is released, but its payroll files couldn't be written. Have the folder put right, or write them "
        "yourself with plejeflow payout export; say when it is done."
    )
    why = "The families are paid when the payroll system has the files."
    row = "R9"

    done: Literal[True]
