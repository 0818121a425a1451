"""What a person does to a payout by hand, the month's own run looks at."""

from datetime import datetime

from sqlmodel import Session

from data.policies import policy_of
from data.tables import CaseRow
from tasks.cases.opened import wake


def wake_month(s: Session, municipality: str, period: str, now: datetime) -> None:
    """Where the month has a run. Comes before the payout is taken hold of, as an answer does it too."""
    ref = f"{policy_of(municipality).prefix}-{period}"
    if s.get(CaseRow, ref) is not None:
        wake(s, ref, now)
