"""What a week's mail holds: a person's tasks, a municipality's duties (X2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Generic, Protocol, TypeVar

from rules.duties.standing import Standing, State

A_WEEK, AHEAD = timedelta(days=7), timedelta(weeks=4)


class Dated(Protocol):
    @property
    def due_on(self) -> date | None: ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class Week(Generic[D]):
    late: list[D] = field(default_factory=list)
    this_week: list[D] = field(default_factory=list)
    later: list[D] = field(default_factory=list)


@dataclass(frozen=True)
class Outlook:
    """Each list begins with what was or is late first."""

    late: list[Standing]
    lost: list[Standing]
    """Can no longer be kept."""
    coming: list[Standing]
    """Late within four weeks, if nothing is held before."""


def week(tasks: Iterable[D], today: date) -> Week[D]:
    """From `today` on, the soonest due first; what has no day comes later."""
    parts: Week[D] = Week()
    for task in sorted(tasks, key=lambda task: task.due_on or date.max):
        due = task.due_on or date.max
        (parts.late if due < today else parts.this_week if due < today + A_WEEK else parts.later).append(task)
    return parts


def outlook(standings: Iterable[Standing], today: date) -> Outlook:
    dated = sorted((each for each in standings if each.late_from), key=lambda each: (each.late_from, each.subject))
    return Outlook(
        late=[each for each in dated if each.state is State.LATE],
        lost=[each for each in dated if each.state is State.IMPOSSIBLE],
        coming=[
            each
            for each in dated
            if each.state not in (State.LATE, State.IMPOSSIBLE) and each.late_from and each.late_from <= today + AHEAD
        ],
    )
