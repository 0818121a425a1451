"""From which month on a municipality's ledger says what was paid (R9)."""

from sqlmodel import Session

from data.pay.pay_runs import opens_in
from rules.months import Month, month
from rules.policy import Policy
from rules.refusal import Refusal


class NotInLedger(Refusal):
    """The ledger opens later than this month."""


def opening(s: Session, policy: Policy, in_month: Month) -> Month:
    """The first month of the ledger; this one where no month is approved yet. Raises NotInLedger for a month before."""
    opens = opens_in(s, policy, in_month.last) or str(in_month)
    by_policy = "payout.ledger_from" in policy.values
    said = "payout.ledger_from in its policy" if by_policy else "the first month that was approved"
    if str(in_month) < opens:
        raise NotInLedger(f"{policy.key}: the ledger opens in {opens} ({said}); {in_month} is earlier, never computed")
    return month(opens)
