"""What each scheduled deployment does for one municipality: what its flow calls for all of them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from data.policies import policy
from tasks.development_plan import open_missing
from tasks.digest import send_digests
from tasks.duties import ask_what_is_due
from tasks.emergency_line import report_usage
from tasks.group_supervision import open_for_teams
from tasks.half_year import collect_experiences, collect_reports
from tasks.joint_meetings import open_joint_meeting
from tasks.network_watch import watch_networks
from tasks.payout.months import open_month
from tasks.rates_watch import watch_needed, watch_table
from tasks.reminders import send_reminders
from tasks.retention import remove_what_may_go
from tasks.unpaid import unpaid_entitlements
from tasks.year_end import send_year_end_reminders
from tests.walk.schedule import Fire

SHARED, UNPAID = "quarterly-network-meeting", "unpaid-entitlements"

Job = Callable[..., Any]
"""Municipality, its day, the instant; and what the schedule gives."""


def duties(key: str, today: date, now: datetime, country: str) -> None:
    if policy(key).country == country:
        ask_what_is_due(key, today, now)


def rates(key: str, today: date, now: datetime, table: str | None = None) -> None:
    if table is None:
        watch_needed(key, today, now)
    elif table == policy(key).country:
        watch_table(key, today, now)


def payout(key: str, today: date, now: datetime, municipality: str) -> None:
    if key == municipality:
        open_month(key, None, run=f"{key} {today}", now=now)


JOBS: dict[str, Job] = {
    "daily-duties": duties,
    "development-plans": open_missing,
    "emergency-line-usage": report_usage,
    "half-yearly-experiences": collect_experiences,
    "half-yearly-reports": collect_reports,
    "monthly-payout": payout,
    "network-watch": watch_networks,
    "quarterly-group-supervision": open_for_teams,
    SHARED: open_joint_meeting,
    "rates-watch": rates,
    "reminders": send_reminders,
    "retention": remove_what_may_go,
    UNPAID: unpaid_entitlements,
    "weekly-digest": send_digests,
    "year-end-documentation": send_year_end_reminders,
}


def seldom_enough(fires: Sequence[Fire]) -> list[Fire]:
    """Without most of those that look back over whole months and write nothing in a walk, as its rates are all there.

    What pay needs is looked through when a table may take force; what was left unpaid, once.
    """
    first = min((fire.at for fire in fires if fire.deployment == UNPAID), default=None)

    def counts(fire: Fire) -> bool:
        if fire.deployment == UNPAID:
            return fire.at == first
        looks = fire.deployment == "rates-watch" and not fire.parameters
        return not looks or (fire.at.month in (1, 7) and fire.at.day == 1)

    return [fire for fire in fires if counts(fire)]
