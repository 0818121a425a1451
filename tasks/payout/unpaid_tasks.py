"""Tasks about families whose pay differs from what they are entitled to: one at a time each, ended by the pay (X4)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session

from data.errands import Asked, asked, open_of_form
from data.store.audit import Actor, audit, job
from data.store.session import lock, writing
from data.tables import GeneratedTask, TaskState
from rules.forms.pay_watch import UnpaidEntitlement
from rules.policy import Policy
from rules.vocabulary import Role
from tasks.cases.assign import first_there
from tasks.cases.errands import ended_by_facts, give_together
from tasks.cases.question import Question
from tasks.mail.held_mail import queue_together
from tasks.mail.postman import wake_postman

JOB = job("unpaid entitlements")
WHO = (Role.PAYROLL, Role.ADMINISTRATION, Role.LEADER)
FORM = UnpaidEntitlement.__name__


class Difference(Protocol):
    """As tasks.payout.unpaid has it."""

    @property
    def period(self) -> str: ...
    @property
    def placement(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def amount_ore(self) -> int: ...


def keep(policy: Policy, found: Iterable[Difference], *, unknown: Collection[str], now: datetime) -> int:
    """How many families became a task: those that have none open, and whose difference nobody called right.

    `unknown` are months that couldn't be computed.
    """
    differ = _by_family(found)
    with writing() as s:
        _follow(s, policy, None, differ, unknown, now)
        given: dict[str, list[Asked]] = defaultdict(list)
        for each in asked(s, policy.key, [FORM]):
            given[str(each.about)].append(each)
        new = {family: demands for family, demands in differ.items() if _is_new(demands, given[family])}
        times = {family: len(given[family]) + 1 for family in new}
        tasks = give_together(s, _questions(s, policy, new, times, now), municipality=policy.key, now=now)
        queue_together(s, tasks, "issued", now)
    wake_postman()
    return len(tasks)


def follow(
    policy: Policy, families: Collection[str], found: Iterable[Difference], *, unknown: Collection[str], now: datetime
) -> int:
    """How many were ended, of the open tasks about these families; the others say what differs now."""
    with writing() as s:
        return _follow(s, policy, families, _by_family(found), unknown, now)


def _follow(
    s: Session,
    policy: Policy,
    families: Collection[str] | None,
    differ: Mapping[str, dict[str, Any]],
    unknown: Collection[str],
    now: datetime,
) -> int:
    """None are all families."""
    lock(s, f"unpaid entitlements {policy.key}")
    waiting = [task for task in open_of_form(s, FORM, policy.key) if families is None or task.about in families]
    paid = [task for task in waiting if str(task.about) not in differ and not _touches(task, unknown)]
    for task in waiting:
        task.demands = differ.get(str(task.about), task.demands)
    ended_by_facts(s, paid, by=JOB, now=now)
    return len(paid)


def _touches(task: GeneratedTask, unknown: Collection[str]) -> bool:
    first, last = task.demands["months"]
    return any(first <= period <= last for period in unknown)


def _is_new(demands: Mapping[str, Any], before: Sequence[Asked]) -> bool:
    """Nobody is asked about it, and nobody has said that it is right."""
    if any(each.state == TaskState.OPEN for each in before):
        return False
    return not any(each.demands == demands and each.answered_by != JOB.ref for each in before)


def _by_family(found: Iterable[Difference]) -> dict[str, dict[str, Any]]:
    """What a task demands of each."""
    differ: dict[str, list[Difference]] = defaultdict(list)
    for each in found:
        differ[each.family].append(each)
    return {family: _demands(theirs) for family, theirs in sorted(differ.items())}


def _demands(found: Sequence[Difference]) -> dict[str, Any]:
    placements: dict[str, int] = defaultdict(int)
    for each in found:
        placements[each.placement] += each.amount_ore
    periods = sorted(each.period for each in found)
    return {
        "placements": dict(sorted(placements.items())),
        "months": [periods[0], periods[-1]],
        "amount_ore": sum(placements.values()),
    }


def _questions(
    s: Session, policy: Policy, new: Mapping[str, dict[str, Any]], times: Mapping[str, int], now: datetime
) -> list[Question[UnpaidEntitlement]]:
    """All to one person, who has them in one mail."""
    if not new:
        return []
    role, person = first_there(s, WHO, policy.key, on=policy.today(now))
    return [
        Question(UnpaidEntitlement, role, about=family, part=f"{times[family]}", to=person, demands=demands)
        for family, demands in new.items()
    ]


def right_as_it_is(s: Session, task: GeneratedTask, answer: UnpaidEntitlement, by: Actor, now: datetime) -> None:
    """It is asked about again once it is another difference."""
    audit(s, by, "difference in pay explained", str(task.about), now, task=task.ref)
