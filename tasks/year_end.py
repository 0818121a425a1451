"""R11: reminds families of documentation that must arrive by the year-end day, and lists what is late after it."""

from collections import defaultdict
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from data.claims import to_be_documented
from data.policies import policy
from data.session import reading
from rules.year_end import coming_cutoff, is_late, reminder_day
from tasks.mail import queue_year_end
from tasks.one_by_one import written
from tasks.postman import wake_postman


class Late(NamedTuple):
    claim: str
    family: str
    granted_on: str
    documentation_on: str
    """Empty while it isn't there."""


def send_year_end_reminders(municipality: str, today: date, now: datetime) -> int:
    """How many mails were written: to each family once for each reminder day that has come."""
    pack = policy(municipality)
    cutoff = pack.value("benefits.year_end_cutoff", today)
    day = reminder_day(today, pack.value("benefits.year_end_reminders", today), cutoff)
    if day is None:
        return 0
    until = coming_cutoff(today, cutoff)
    with reading() as s:
        lacking: dict[str, list[str]] = defaultdict(list)
        for claim, family in to_be_documented(s, municipality, until.year - 1):
            if claim.documentation_on is None:
                lacking[family].append(claim.ref)
    remind = partial(queue_year_end, last_day=until, part=day.isoformat(), municipality=municipality, now=now)

    try:
        return len(written(lacking, lambda s, family: remind(s, family=family, claims=lacking[family]), called=str))
    finally:
        wake_postman()


def late_documentation(municipality: str, today: date) -> list[Late]:
    """Claims granted the year before whose documentation came too late, or isn't there."""
    cutoff = policy(municipality).value("benefits.year_end_cutoff", today)
    with reading() as s:
        return [
            Late(claim.ref, family, f"{claim.granted_on}", f"{claim.documentation_on or ''}")
            for claim, family in to_be_documented(s, municipality, today.year - 1)
            if claim.granted_on and is_late(claim.granted_on, claim.documentation_on, cutoff, today)
        ]
