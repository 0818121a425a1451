"""What people are asked because of duties: to hold what is due, and to say why something can no longer be kept."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from sqlmodel import Session

from data.beginnings import began_on
from data.duties import Judged, judged
from data.errands import Asked, asked
from data.policies import policy
from data.session import reading
from data.tables import TaskState
from rules.duties.span import Span
from rules.duties.standing import Standing, State
from rules.forms.duties import DutyHeld, DutyUnkept
from rules.vocabulary import Role
from tasks.assign import Desk, NobodyToAsk
from tasks.errands import Errand, Outcome, about, give_all
from tasks.errands import needless as take_back_needless
from tasks.one_by_one import NotAll, together
from tasks.postman import wake_postman
from tasks.question import Question


Errands = defaultdict[tuple[str, str], list[Asked]]
"""By subject and duty, the latest last."""


@dataclass
class Done:
    """What a day's run saw and wrote."""

    standings: list[Standing]
    asked: int = 0
    taken_back: int = 0
    nobody: set[Role] = field(default_factory=set)
    """Roles that nobody has: what they should hold was asked of nobody."""

    def __str__(self) -> str:
        return f"{self.asked} asked, {self.taken_back} taken back"


def judge(municipality: str, today: date) -> list[Judged]:
    with reading() as s:
        return judged(s, policy(municipality), today)


def ask_what_is_due(municipality: str, today: date, now: datetime) -> Done:
    """Asks once for each time that is due, late or lost, and takes back what nobody needs to answer any more."""
    with reading() as s:
        found, errands = judged(s, policy(municipality), today), _errands(s, municipality)
    done, needed, wanted = Done([one.standing for one in found]), set(), list[Wanted]()
    for one in found:
        mine = errands[one.standing.subject, one.standing.duty.key]
        meant = [errand for errand in mine if _is_meant(errand, one.standing)]
        needed |= {errand.step for errand in meant}
        question = None if one.standing.duty.collected else _question(one, meant, today)
        if question is not None:
            errand = Errand(question, (*one.owner.own_staff, *_last_asked(mine)))
            wanted.append(Wanted(one.standing.due_on or today, errand))
    still_open = {errand.step for mine in errands.values() for errand in mine if errand.state == TaskState.OPEN}
    try:
        _write(done, municipality, _of_the_day(wanted, errands, municipality, today), sorted(still_open - needed), now)
    except NotAll as others:
        others.done = done
        raise
    finally:
        wake_postman()
    return done


class Wanted(NamedTuple):
    due_on: date
    errand: Errand


def _of_the_day(wanted: Sequence[Wanted], errands: Errands, municipality: str, today: date) -> list[Errand]:
    """All; while a municipality settles in no more for each person than policy says, but for what has no time left."""
    pack = policy(municipality)
    with reading() as s:
        began, desk = began_on(s, municipality), Desk(s, municipality, today)
        if began is None or today >= Span(months=pack.value("beginning.settles_within_months", today)).after(began):
            return [errand for _, errand in wanted]
        most = pack.value("beginning.asked_a_day", today)
        given = (errand for mine in errands.values() for errand in mine if pack.today(errand.issued_at) == today)
        asked = Counter(errand.assignee for errand in given)
        kept = []
        for due_on, errand in sorted(wanted, key=lambda one: (one.due_on, one.errand.question.step)):
            whom = _whom(desk, errand)
            if due_on <= today or whom is None or asked[whom] < most:
                kept.append(errand)
                asked[whom or ""] += 1
    return kept


def _whom(desk: Desk, errand: Errand) -> str | None:
    try:
        return errand.question.to or desk.hand(errand.question.of, prefer=errand.prefer)
    except NobodyToAsk:
        return None


def _write(done: Done, municipality: str, wanted: Sequence[Errand], needless: Sequence[str], now: datetime) -> None:
    ask = partial(_ask, municipality=municipality, now=now, done=done)
    try:
        done.asked = len(together(wanted, ask, called=about))
    except NotAll as others:
        done.asked = len(others.done)
        raise
    finally:
        done.taken_back = len(
            together(needless, partial(take_back_needless, municipality=municipality, now=now), called=str)
        )


def _errands(s: Session, municipality: str) -> Errands:
    """All that were ever given, by subject and duty, the latest last."""
    found: Errands = defaultdict(list)
    for errand in asked(s, municipality, (DutyHeld.__name__, DutyUnkept.__name__)):
        found[str(errand.about), errand.demands["duty"]].append(errand)
    return found


def _is_meant(errand: Asked, standing: Standing) -> bool:
    """Whether the task asks for what is owed now."""
    if errand.form == DutyUnkept.__name__:
        return standing.state is State.IMPOSSIBLE and errand.demands["occurrence"] == _lost(standing)
    same_day = errand.due_on is not None and errand.due_on == standing.due_on
    return same_day or errand.demands["occurrence"] == standing.occurrence


def _question(one: Judged, meant: Sequence[Asked], today: date) -> Question[Any] | None:
    """None where nobody need be asked, or somebody was."""
    standing, owner = one
    if standing.state is State.IMPOSSIBLE:
        # what was broken before it was recorded here is listed, and nobody is asked
        news = standing.duty.binding and standing.late_from is not None and standing.late_from > owner.known_since
        return unkept(standing) if news and not any(errand.form == DutyUnkept.__name__ for errand in meant) else None
    if standing.state not in (State.DUE, State.LATE) or any(errand.state == TaskState.OPEN for errand in meant):
        return None
    due = standing.due_on if standing.due_on and standing.due_on >= today else None
    # an answer after which it is owed as before leaves it to be asked for again
    again = f".{today}" if meant else ""
    return to_hold(standing, again, to=owner.family if standing.duty.asked is Role.FAMILY else None, due=due)


def to_hold(standing: Standing, again: str, *, to: str | None, due: date | None) -> Question[DutyHeld]:
    duty = standing.duty
    return Question(
        DutyHeld,
        duty.asked,
        about=standing.subject,
        part=f"{duty.key}.{standing.occurrence}{again}",
        to=to,
        due=due,
        demands={"duty": duty.key, "called": duty.name, "occurrence": standing.occurrence},
        source=duty.row,
    )


def unkept(standing: Standing) -> Question[DutyUnkept]:
    """Of what is counted in a window; nothing else can be lost."""
    duty = standing.duty
    return Question(
        DutyUnkept,
        Role.LEADER,
        about=standing.subject,
        part=f"{duty.key}.{_lost(standing)}",
        demands={"duty": duty.key, "called": duty.name, "occurrence": _lost(standing)},
        source=duty.row,
    )


def _lost(standing: Standing) -> str:
    return "..".join(f"{day}" for day in standing.window or ())


def _last_asked(errands: Sequence[Asked]) -> list[str]:
    return [errand.assignee for errand in errands if errand.form == DutyHeld.__name__][-1:]


def _ask(s: Session, errands: Sequence[Errand], *, municipality: str, now: datetime, done: Done) -> list[Outcome]:
    """A role that nobody has is named once, in what the run says."""
    outcomes = give_all(s, errands, municipality=municipality, now=now)
    done.nobody |= {outcome.role for outcome in outcomes if isinstance(outcome, NobodyToAsk)}
    return [None if isinstance(outcome, NobodyToAsk) else outcome for outcome in outcomes]
