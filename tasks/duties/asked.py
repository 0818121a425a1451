"""What people are asked because of duties: to hold what is due, and to say why something can no longer be kept."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from data.duties import Found, Judged, broken_deadlines, judged
from data.errands import Asked, asked
from data.policies import policy_of
from data.store.session import reading
from data.tables import TaskState
from rules.duties.standing import Standing, State
from rules.forms.duties import DutyHeld, DutyUnkept
from rules.forms.half_year import Experiences, StatusReport
from rules.half_years import EXPERIENCES, REPORT
from rules.vocabulary import Role
from tasks.cases.assign import NobodyToAsk
from tasks.cases.errands import Errand, Outcome, about, give_all
from tasks.cases.errands import needless as take_back_needless
from tasks.cases.question import Question
from tasks.duties.few_a_day import few_a_day
from tasks.failures.one_by_one import NotAll, together
from tasks.mail.postman import wake_postman

COLLECTED = {StatusReport.__name__: REPORT, Experiences.__name__: EXPERIENCES}
"""By form of what a job of its own asks for: the duty."""


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
        return judged(s, policy_of(municipality), today)


def broken_of(municipality: str, today: date) -> list[Found]:
    with reading() as s:
        return broken_deadlines(s, policy_of(municipality), today)


def ask_what_is_due(municipality: str, today: date, now: datetime) -> Done:
    """Asks once for each time that is due, late or lost, and takes back what nobody needs to answer any more.

    That something can no longer be kept is taken back by nothing but the leader's answer.
    """
    with reading() as s:
        found = judged(s, policy_of(municipality), today)
        errands, reports = _errands(s, municipality, found), asked(s, municipality, COLLECTED)
    done, needed, wanted = Done([one.standing for one in found]), set(), []
    for key, group in _asked_in_one(found).items():
        mine = errands[key]
        held = [errand for errand in mine if errand.form == DutyHeld.__name__]
        meant = [errand for errand in held if any(_is_meant(errand, one) for one in group)]
        needed |= {errand.step for errand in meant}
        wanted += [Errand(unkept(one.standing), one.owner.own_staff) for one in group if _is_news(one, mine)]
        question = _question(group, meant, today)
        if question is not None:
            wanted.append(Errand(question, (*group[0].owner.own_staff, *(errand.assignee for errand in held[-1:]))))
    given = [errand for mine in errands.values() for errand in mine if errand.form == DutyHeld.__name__]
    still_open = {errand.step for errand in given if errand.state == TaskState.OPEN}
    with reading() as s:
        wanted = few_a_day(s, policy_of(municipality), wanted, given, today)
    try:
        _write(done, municipality, wanted, sorted((still_open - needed) | _over(reports, found)), now)
    except NotAll as others:
        others.done = done
        raise
    finally:
        wake_postman()
    return done


def _asked_in_one(found: Iterable[Judged]) -> dict[tuple[str, str], list[Judged]]:
    """What one meeting is enough for, the soonest due first: siblings of a family where the duty says so."""
    groups: defaultdict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (one.standing.due_on or date.max, one.owner.ref)):
        duty = one.standing.duty
        groups[one.owner.family if duty.together else one.owner.ref, duty.key].append(one)
    return groups


def _over(reports: Iterable[Asked], found: Iterable[Judged]) -> set[str]:
    """Steps of reports that are still asked for of whom nothing is owed any more."""
    owed = {(one.owner.ref, one.standing.duty.key) for one in found}
    return {
        report.step
        for report in reports
        if report.state == TaskState.OPEN and (str(report.about), COLLECTED[report.form]) not in owed
    }


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


def _errands(s: Session, municipality: str, found: Iterable[Judged]) -> defaultdict[tuple[str, str], list[Asked]]:
    """All that were ever given, by what they were asked in one with, the latest last."""
    family = {(one.owner.ref, one.standing.duty.key): one.owner.family for one in found if one.standing.duty.together}
    errands: defaultdict[tuple[str, str], list[Asked]] = defaultdict(list)
    for errand in asked(s, municipality, (DutyHeld.__name__, DutyUnkept.__name__)):
        about, duty = str(errand.about), errand.demands["duty"]
        errands[family.get((about, duty), about), duty].append(errand)
    return errands


def _is_meant(errand: Asked, one: Judged) -> bool:
    """Whether the task asks for what is owed now."""
    standing = one.standing
    same_day = errand.due_on is not None and errand.due_on == standing.due_on
    return same_day or errand.demands["occurrence"] == standing.occurrence or _is_for_a_sibling_too(errand, one)


def _is_for_a_sibling_too(errand: Asked, one: Judged) -> bool:
    """Whether it is open for the whole family, and who stays owed it by its day as well: the other's is over."""
    owed_by = one.standing.due_on if one.standing.state in (State.DUE, State.LATE) else None
    theirs = errand.state == TaskState.OPEN and errand.about == one.owner.family and one.standing.duty.together
    return theirs and owed_by is not None and errand.due_on is not None and owed_by <= errand.due_on


def _is_news(one: Judged, errands: Iterable[Asked]) -> bool:
    """Whether the leader is to be asked; what was broken before it was recorded here is listed, and nobody is asked."""
    standing, owner = one
    if standing.state is not State.IMPOSSIBLE or not standing.duty.binding:
        return False
    here = standing.late_from is not None and standing.late_from > owner.known_since
    return here and not any(
        errand.form == DutyUnkept.__name__
        and (errand.about, errand.demands["occurrence"]) == (owner.ref, _lost(standing))
        for errand in errands
    )


def _question(group: Sequence[Judged], meant: Sequence[Asked], today: date) -> Question[Any] | None:
    """None where nobody need be asked, or somebody was."""
    owing = [one for one in group if one.standing.state in (State.DUE, State.LATE)]
    if not owing or owing[0].standing.duty.collected or any(errand.state == TaskState.OPEN for errand in meant):
        return None
    standing, owner = owing[0]
    # who is asked today has until another day
    due = standing.due_on if standing.due_on and standing.due_on > today else None
    # an answer after which it is owed as before leaves it to be asked for again
    again = f".{today}" if meant else ""
    to = owner.family if standing.duty.asked is Role.FAMILY else None
    return to_hold(standing, again, about=owner.ref if len(group) == 1 else owner.family, to=to, due=due)


def to_hold(standing: Standing, again: str, *, about: str, to: str | None, due: date | None) -> Question[DutyHeld]:
    duty = standing.duty
    return Question(
        DutyHeld,
        duty.asked,
        about=about,
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


def _ask(s: Session, errands: Sequence[Errand], *, municipality: str, now: datetime, done: Done) -> list[Outcome]:
    """A role that nobody has is named once, in what the run says."""
    outcomes = give_all(s, errands, municipality=municipality, now=now)
    done.nobody |= {outcome.role for outcome in outcomes if isinstance(outcome, NobodyToAsk)}
    return [None if isinstance(outcome, NobodyToAsk) else outcome for outcome in outcomes]
