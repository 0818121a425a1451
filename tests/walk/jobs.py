"""What a scheduled deployment does for one municipality: what its flow does for each of them."""

from collections.abc import Sequence
from datetime import date, datetime

from data.policies import policy_of
from tasks.payout.months import open_month
from tasks.runs.job_runner import JOBS, for_one
from tasks.runs.schedules import MONTHLY
from tests.walk.schedule import Fire

SHARED, UNPAID = "quarterly-network-meeting", "unpaid-entitlements"


def carry_out(fire: Fire, key: str, today: date, now: datetime) -> None:
    if fire.deployment == MONTHLY:
        if key == fire.parameters["municipality"]:
            open_month(key, None, run=f"{key} {today}", now=now)
        return
    job = JOBS[fire.deployment]
    if job.is_for(policy_of(key), fire.parameters):
        ran = for_one(job, key, today, now, fire.parameters)
        assert not ran.fault, f"{job.name} of {key}, {today}: {ran.fault}"


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
