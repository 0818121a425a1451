"""Pauses, lawful exceptions and other intervals, as a person records them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from data.people import HasLeft, current_staff
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.facts import find, record
from data.tables import DutyChange, Family, Network, Placement
from rules.duties.changes import ChangeKind
from rules.duties.duty import About, Duty
from rules.refusal import Refusal
from rules.rights import Right, may


@dataclass(frozen=True)
class Wish:
    """`duty` None is all of the subject's; `last` None while it lasts; `every` as in {"weeks": 6}."""

    subject: str
    kind: ChangeKind
    first: date
    reason: str
    duty: str | None = None
    last: date | None = None
    every: Mapping[str, int] | None = None


def home_of(s: Session, subject: str) -> str:
    """The municipality whose duties it owes. Raises Refusal where it owes none."""
    placement = find(s, Placement, subject)
    if placement is not None:
        return placement.municipality
    owner = find(s, Family, subject) or find(s, Network, subject)
    if owner is None:
        raise Refusal(f"{subject!r} is no placement, family or network that is known; check the reference")
    return owner.municipality


def change_duty(s: Session, wish: Wish, *, by: Actor, now: datetime) -> str:
    """The reference of what was recorded; the same kind from the same day is replaced. Raises Refusal."""
    policy = policy_of(home_of(s, wish.subject))
    duties = {duty.key: duty for duty in policy.duties(policy.today(now))}
    if wish.duty is not None and wish.duty not in duties:
        raise Refusal(f"{policy.key} has no duty {wish.duty!r}; it has {', '.join(duties) or 'none'}")
    duty = duties[wish.duty] if wish.duty else None
    _makes_sense(wish, duty)
    if duty is not None and (about := _about(s, wish.subject)) != duty.about:
        raise Refusal(f"{duty.key} is owed by a {duty.about}; {wish.subject} is a {about}, so name the {duty.about}")
    _may(s, by, wish, duty, policy.key, policy.today(now))
    ref = f"{wish.subject}/{wish.duty or 'all'}/{wish.kind}/{wish.first}"
    change = DutyChange(
        ref=ref,
        recorded_at=now,
        subject=wish.subject,
        duty=wish.duty,
        kind=wish.kind,
        starts_on=wish.first,
        ends_on=wish.last,
        every=dict(wish.every) if wish.every else None,
        reason=wish.reason,
        decided_by=by.ref,
    )
    record(s, change, now)
    audit(s, by, "duty changed", ref, now, until=wish.last and f"{wish.last}", every=change.every)
    return ref


def _about(s: Session, subject: str) -> About:
    if find(s, Placement, subject) is not None:
        return "placement"
    return "network" if find(s, Network, subject) is not None else "family"


def _makes_sense(wish: Wish, duty: Duty | None) -> None:
    if wish.last is not None and wish.last < wish.first:
        raise Refusal(f"its last day {wish.last} is before its first {wish.first}; mend one of them")
    if not wish.reason.strip():
        raise Refusal("say why, in --reason")
    if (wish.kind == "interval") != (wish.every is not None):
        raise Refusal("another interval needs --every, such as --every 2months; a pause or an exception has none")
    if wish.kind == "interval" and (duty is None or duty.every is None):
        raise Refusal("name with --duty the one duty whose interval changes; it must be one that recurs by an interval")


def _may(s: Session, by: Actor, wish: Wish, duty: Duty | None, municipality: str, on: date) -> None:
    """Whoever holds the duty, or the leader, or stands in; what frees from a duty, or concerns all, is the leader's."""
    staff = current_staff(s, municipality)
    if by.ref not in staff:
        raise Refusal(f"{by.ref} doesn't work for {municipality}, whose duty it is; let somebody who does decide")
    if staff[by.ref].has_left(on):
        raise HasLeft(staff[by.ref])
    if wish.kind == "exempt" or duty is None:
        right = Right.EXEMPT_FROM_DUTY if wish.kind == "exempt" else Right.CHANGE_ALL_DUTIES
        if not may(staff, by.ref, right, on):
            raise Refusal(f"{by.ref} can't decide that: an exception, and a change of all duties, is the leader's")
    elif not may(staff, by.ref, Right.CHANGE_A_DUTY, on, beside=duty.asked):
        raise Refusal(f"{by.ref} can't decide that: it is {duty.asked}'s, who holds it, or the leader's")
