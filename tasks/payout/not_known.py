"""What a draft without a line doesn't know yet: a day before everything was recorded prepares an empty month (X8)."""

from zoneinfo import ZoneInfo

from sqlmodel import Session

from data.caseload.sheets import SHEETS
from data.pay.changes import Since, facts_since, first_recorded
from data.tables import PayRun
from rules.months import Month
from rules.policy import Policy

MOST_NAMED = 20
SHEET_OF = {str(sheet.table.__tablename__): sheet.name for sheet in SHEETS} | {"rate": "rates"}


def not_known_yet(s: Session, policy: Policy, months: Month, run: PayRun) -> list[str]:
    """A line for each fact of these months that was recorded after the draft's instant, up to so many."""
    later = facts_since(s, policy, months, Since(run.read_to, run.known_at))
    told = []
    for table, ref in later[:MOST_NAMED]:
        since, knew = (
            f"{at.astimezone(ZoneInfo(policy.timezone)):%Y-%m-%d %H:%M}"
            for at in (first_recorded(s, table, ref, run.known_at), run.known_at)
        )
        told.append(f"{ref} ({SHEET_OF[table]}) isn't known to this draft: it was recorded on {since}, after {knew}")
    more = len(later) - len(told)
    return [*told, f"and {more} more that were recorded after it"] if more > 0 else told
