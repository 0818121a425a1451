"""R11: reminds families of documentation that must arrive by the year-end day, and lists what is late after it."""

from collections import defaultdict
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from sqlmodel import Session

from data.beginnings import began_on
from data.pay.claims import documented_since, reported_since, spent_on, to_be_documented
from data.policies import policy_of
from data.store.session import reading
from data.tables import ExpenseClaim, TravelClaim
from rules.year_end import coming_cutoff, is_late, reminder_day
from tasks.claims.late_claims import ask_leader
from tasks.failures.one_by_one import written
from tasks.mail.postman import wake_postman
from tasks.mail.queue import queue_year_end


class Late(NamedTuple):
    claim: str
    family: str
    spent_on: str
    """Or driven on."""
    documentation_on: str
    """Or reported on. Empty while it isn't there."""


def send_year_end_reminders(municipality: str, today: date, now: datetime) -> int:
    """How many mails were written: to each family once for each reminder day that has come."""
    policy = policy_of(municipality)
    cutoff = policy.value("benefits.year_end_cutoff", today)
    day = reminder_day(today, policy.value("benefits.year_end_reminders", today), cutoff)
    if day is None:
        return 0
    until = coming_cutoff(today, cutoff)
    with reading() as s:
        began = began_on(s, municipality)
        lacking: dict[str, list[str]] = defaultdict(list)
        for claim, family in to_be_documented(s, municipality, until.year - 1):
            if claim.documentation_on is None and _since(began, spent_on(claim)):
                lacking[family].append(claim.ref)
    remind = partial(queue_year_end, last_day=until, part=day.isoformat(), municipality=municipality, now=now)

    try:
        return len(written(lacking, lambda s, family: remind(s, family=family, claims=lacking[family]), called=str))
    finally:
        wake_postman()


def late_documentation(municipality: str, today: date) -> list[Late]:
    """Expenses and driving of the year before that were documented or reported too late, or aren't documented."""
    with reading() as s:
        return [_listed(*late) for late in _late(s, municipality, today)]


def give_late_claims(municipality: str, today: date, now: datetime) -> int:
    """How many of them were put before the leader: each once."""
    with reading() as s:
        late = [claim for claim, *_ in _late(s, municipality, today)]
    ask = partial(ask_leader, municipality=municipality, now=now)
    try:
        return len(written(late, lambda s, claim: ask(s, claim) or None, called=lambda claim: claim.ref))
    finally:
        wake_postman()


def _late(s: Session, municipality: str, today: date) -> list[tuple[ExpenseClaim | TravelClaim, str, date | None]]:
    """Of the year before, what came late or isn't there; of earlier ones, what came this year. With the family and the
    day on which it came."""
    cutoff, began = policy_of(municipality).value("benefits.year_end_cutoff", today), began_on(s, municipality)
    this_year, last_year = date(today.year, 1, 1), date(today.year - 1, 1, 1)
    expenses = [
        *to_be_documented(s, municipality, last_year.year),
        *documented_since(s, municipality, this_year, last_year),
    ]
    late = [
        (claim, family, claim.documentation_on)
        for claim, family in expenses
        if is_late(spent_on(claim) or today, claim.documentation_on, cutoff, today)
        if _since(began, spent_on(claim))
    ]
    driving = [
        (claim, family, reported)
        for claim, family, reported in reported_since(s, municipality, this_year, this_year)
        if claim.driven_on and is_late(claim.driven_on, reported, cutoff, today)
        if _since(began, claim.driven_on)
    ]
    return [*late, *driving]


def _since(began: date | None, day: date | None) -> bool:
    """Whether it was the municipality's to know here: of what was spent before, the documentation may be elsewhere."""
    return began is None or day is None or day >= began


def _listed(claim: ExpenseClaim | TravelClaim, family: str, came: date | None) -> Late:
    day = claim.driven_on if isinstance(claim, TravelClaim) else spent_on(claim)
    return Late(claim.ref, family, f"{day}", f"{came or ''}")
