"""R4, H1: whether a new placement keeps within what a family is approved for, night by night."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from rules.ages import age


class Exceeds(StrEnum):
    APPROVAL = "approval"
    NUMBER = "number"
    AGE = "age"
    NEEDS = "needs"


class Approval(NamedTuple):
    """None is not known."""

    since: date | None
    until: date | None
    """Its last day; None while it lasts."""
    children: int | None
    age_from: int | None
    age_to: int | None
    """The last year of age it covers."""


class Guest(NamedTuple):
    """A child and the nights it is there."""

    child: str
    birth_date: date | None
    nights: frozenset[date]
    agreed: bool = True
    """False where no nights are recorded as agreed: then it may be there on every one of them."""


class Breach(NamedTuple):
    kind: Exceeds
    nights: tuple[date, ...]
    words: str
    """References and figures of the approval only: no age and no birth date."""


def breaches(approval: Approval, newcomer: Guest, others: Iterable[Guest], *, needs_covered: bool) -> list[Breach]:
    """What of the newcomer's nights the approval doesn't cover. `others` may hold other nights of the same child."""
    guests = [other for other in others if other.child != newcomer.child]
    found = [
        *_outside(approval, newcomer.nights),
        *_too_many(approval.children, newcomer, guests),
        *_wrong_age(approval, newcomer),
    ]
    if not needs_covered:
        found.append(_breach(Exceeds.NEEDS, newcomer.nights, "the child's needs aren't among those it is approved for"))
    return found


def _outside(approval: Approval, nights: Collection[date]) -> list[Breach]:
    if approval.since is None:
        return [_breach(Exceeds.APPROVAL, nights, "the family has no approval")]
    before = [night for night in nights if night < approval.since]
    after = [night for night in nights if approval.until is not None and night > approval.until]
    told = [(before, f"the approval holds from {approval.since}"), (after, f"the approval ended on {approval.until}")]
    return [_breach(Exceeds.APPROVAL, out, f"{words}; outside it: {_when(out)}") for out, words in told if out]


def _too_many(most: int | None, newcomer: Guest, others: Sequence[Guest]) -> list[Breach]:
    if most is None:
        words = "the number of children it is approved for isn't recorded"
        return [_breach(Exceeds.NUMBER, newcomer.nights, words)]
    there = {night: {other.child for other in others if night in other.nights} for night in newcomer.nights}
    over = [night for night, children in there.items() if len(children) + 1 > most]
    if not over:
        return []
    top = max(len(there[night]) for night in over) + 1
    words = f"{top} {'child' if top == 1 else 'children'} at the same time, approved for {most}: {_when(over)}"
    if unsure := sorted({other.child for other in others if not other.agreed and other.nights & set(over)}):
        words += f"; no nights are recorded as agreed for {', '.join(unsure)}, so every night counts"
    return [_breach(Exceeds.NUMBER, over, words)]


def _wrong_age(approval: Approval, newcomer: Guest) -> list[Breach]:
    low, high = approval.age_from, approval.age_to
    if low is None or high is None:
        return [_breach(Exceeds.AGE, newcomer.nights, "the ages it is approved for aren't recorded in full")]
    if newcomer.birth_date is None:
        return [_breach(Exceeds.AGE, newcomer.nights, f"the birth date of {newcomer.child} isn't recorded")]
    ages = {night: age(newcomer.birth_date, night) for night in newcomer.nights}
    younger = [night for night, years in ages.items() if years < low]
    older = [night for night, years in ages.items() if years > high]
    told = [(younger, f"the child is younger than {low}"), (older, f"the child is older than {high}")]
    within = f"approved for {low} to {high} years"
    return [
        _breach(Exceeds.AGE, out, f"{words} on {_share(out, newcomer.nights)} of the agreed nights, {within}")
        for out, words in told
        if out
    ]


def _breach(kind: Exceeds, nights: Iterable[date], words: str) -> Breach:
    return Breach(kind, tuple(sorted(nights)), f"{kind}: {words}")


def _share(some: Collection[date], nights: Collection[date]) -> str:
    return "all" if len(some) == len(nights) else "some"


def _when(nights: Collection[date]) -> str:
    if len(nights) == 1:
        return f"the night of {min(nights)}"
    return f"{len(nights)} nights from {min(nights)} to {max(nights)}"
