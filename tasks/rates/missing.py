"""Tasks about rates that are missing: given once, and ended by the rate itself (X3)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial

from sqlmodel import Session

from data.errands import asked, open_of_form
from data.policies import policy_of
from data.rates import list_rates
from data.store.audit import Actor, audit, job
from data.store.session import lock, writing
from data.tables import GeneratedTask, RateRow, TaskState
from rules.calendar import add_working_days
from rules.forms.pay_watch import MissingRate
from rules.policy import Policy
from rules.rates_watch import NEVER, Lacking, by_rate, lacking
from rules.vocabulary import Role
from tasks.cases.assign import first_there
from tasks.cases.errands import deadline, ended_by_facts, give
from tasks.cases.question import Question
from tasks.failures.one_by_one import written
from tasks.mail.postman import wake_postman

JOB = job("rates watch")
WHO = (Role.ADMINISTRATION, Role.LEADER)


def ask_for(policy: Policy, found: Iterable[Lacking], on: Mapping[str, date], now: datetime, *, needed: bool) -> None:
    """A task for each rate that has none open. `on`: by rate, the first day that was looked at; `needed`: also where
    somebody said that it isn't."""
    with writing() as s:
        end_loaded(s, now, policy.key)
    try:
        written(by_rate(found), partial(_ask, policy=policy, on=on, needed=needed, now=now), called=_about)
    finally:
        wake_postman()


def _ask(
    s: Session, lack: Lacking, *, policy: Policy, on: Mapping[str, date], needed: bool, now: datetime
) -> GeneratedTask | None:
    """One at a time for each rate, whatever its bands."""
    about, since = _about(lack), f"{lack.since or NEVER}"
    lock(s, f"missing rate {policy.key} {about}")
    mine = [each for each in asked(s, policy.key, [MissingRate.__name__]) if each.about == about]
    again = [each for each in mine if each.demands["since"] == since]
    if any(each.state == TaskState.OPEN for each in mine) or (again and not needed):
        return None
    role, person = first_there(s, WHO, policy.key, on=policy.today(now))
    question = Question(
        MissingRate,
        role,
        about=about,
        part=f"{since}.{len(again) + 1}",
        to=person,
        due=_due(policy, lack, now),
        demands={
            "called": f"{lack.country} {lack.rate}",
            "since": since,
            "needed_on": f"{on[lack.rate]}",
            "bands": [band for band in lack.bands if band],
        },
    )
    return give(s, question, municipality=policy.key, now=now)


def _due(policy: Policy, lack: Lacking, now: datetime) -> date:
    """The last working day before it is needed, where that leaves the policy's days."""
    soon = deadline(policy, MissingRate.key(), policy.today(now))
    return max(soon, add_working_days(lack.since, -1, policy.country)) if lack.since else soon


def end_loaded(s: Session, now: datetime, municipality: str | None = None) -> None:
    """The tasks whose rate has an amount by now, in every band, on the first day looked at on which it lacked.

    None is everybody's.
    """
    if waiting := open_of_form(s, MissingRate.__name__, municipality):
        table = list_rates(s)
        ended_by_facts(s, [task for task in waiting if _is_there(table, task)], by=JOB, now=now)


def _is_there(table: list[RateRow], task: GeneratedTask) -> bool:
    country, rate = str(task.about).split("/")
    since, on = task.demands["since"], task.demands.get("needed_on")
    looked_at = date.fromisoformat(on) if on else policy_of(task.municipality).today(task.issued_at)
    day = looked_at if since == NEVER else max(date.fromisoformat(since), looked_at if on else date.min)
    return not any(lack.rate == rate for lack in lacking(table, country, day, day))


def not_needed(s: Session, task: GeneratedTask, answer: MissingRate, by: Actor, now: datetime) -> None:
    """The watch asks no more about that day; a payout that needs it all the same does."""
    audit(s, by, "rate not needed", str(task.about), now, task=task.ref)


def _about(lack: Lacking) -> str:
    return f"{lack.country}/{lack.rate}"
