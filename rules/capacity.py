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
    """One period of it. None is not known."""

    since: date
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


def breaches(
    approvals: Sequence[Approval], newcomer: Guest, others: Iterable[Guest], *, needs_covered: bool
) -> list[Breach]:
    """What of the newcomer's nights no approval covers. `others` may hold other nights of the same child.

    Of periods that overlap one is enough, and it must cover a night alone: numbers of children aren't added up.
    """
    guests = [other for other in others if other.child != newcomer.child]
    found = _outside(approvals, newcomer.nights)
    for approval, nights in _by_period(approvals, newcomer, guests).items():
        asked = newcomer._replace(nights=nights)
        found += [*_too_many(approval.children, asked, guests), *_wrong_age(approval, asked)]
    if not needs_covered:
        found.append(_breach(Exceeds.NEEDS, newcomer.nights, "the child's needs aren't among those it is approved for"))
    return found


def _outside(approvals: Sequence[Approval], nights: Collection[date]) -> list[Breach]:
    if not approvals:
        return [_breach(Exceeds.APPROVAL, nights, "the family has no approval")]
    out: dict[str, list[date]] = {}
    for night in sorted(nights):
        if not any(_in_force(approval, night) for approval in approvals):
            out.setdefault(_nearest(approvals, night), []).append(night)
    return [_breach(Exceeds.APPROVAL, these, f"{words}; outside it: {_when(these)}") for words, these in out.items()]


def _in_force(approval: Approval, night: date) -> bool:
    return approval.since <= night and (approval.until is None or night <= approval.until)


def _nearest(approvals: Sequence[Approval], night: date) -> str:
    ended = [approval.until for approval in approvals if approval.until is not None and approval.until < night]
    if ended:
        return f"the approval ended on {max(ended)}"
    return f"the approval holds from {min(approval.since for approval in approvals)}"


def _by_period(
    approvals: Sequence[Approval], newcomer: Guest, others: Sequence[Guest]
) -> dict[Approval, frozenset[date]]:
    """Each night under a period that covers it; where none does, under the one that began last."""
    newest_first = sorted(approvals, key=lambda approval: approval.since, reverse=True)
    found: dict[Approval, set[date]] = {}
    for night in newcomer.nights:
        in_force = [approval for approval in newest_first if _in_force(approval, night)]
        alone = newcomer._replace(nights=frozenset([night]))
        covering = (
            approval
            for approval in in_force
            if not _too_many(approval.children, alone, others) and not _wrong_age(approval, alone)
        )
        if in_force:
            best = in_force[0] if len(in_force) == 1 else next(covering, in_force[0])
            found.setdefault(best, set()).add(night)
    return {approval: frozenset(nights) for approval, nights in found.items()}


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
