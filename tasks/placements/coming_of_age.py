"""J9: the child's adviser is asked in time what comes after the 18th birthday, or after the aftercare decided."""

from collections import defaultdict
from datetime import date, datetime

from sqlmodel import Session, col, select

from data.errands import asked
from data.grown_ups import NearlyGrownUp, nearly_grown_up
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.facts import current, revise
from data.store.session import writing
from data.tables import Child, Family, GeneratedTask, Placement, TaskState
from rules.aftercare import held_from, is_asked_about
from rules.ages import ADULT, turns
from rules.duties.span import Span
from rules.policy import Policy
from rules.processes.end_of_placement import AfterEighteen
from rules.refusal import Refusal
from tasks.cases.assign import adviser_or_leader
from tasks.cases.errands import give_each
from tasks.cases.opened import open_once
from tasks.cases.question import Question
from tasks.cases.steps import take_back_all

END = "end-of-placement"
SLACK_DAYS = 3
"""The database counts months a little differently; the rule decides."""


def ask_before_18(municipality: str, today: date, now: datetime) -> int:
    """How many tasks were given: one a child, once for the placements that it is about. What nobody needs to decide
    any more is taken back."""
    policy = policy_of(municipality)
    with writing() as s:
        questions = [_question(s, policy, found, today) for found in _by_child(s, policy, today)]
        _take_back(s, municipality, {question.step for question in questions}, now)
    return give_each(municipality, questions, now)


def _by_child(s: Session, policy: Policy, today: date) -> list[list[NearlyGrownUp]]:
    """Apart for the 18th birthday and for the end of aftercare."""
    before_18 = policy.value("aftercare.asked_months_before_18", today)
    before_end = policy.value("aftercare.asked_months_before_end", today)
    latest = max(before_18, before_end) - 12 * ADULT
    born_by = Span(months=latest, days=SLACK_DAYS).after(today)
    answered = _answered(s, policy.key)
    found: dict[tuple[str, str], list[NearlyGrownUp]] = defaultdict(list)
    for one in nearly_grown_up(s, policy.key, born_by=born_by, on=today):
        if (one.placed.ref, _until(one)) in answered:
            continue
        if is_asked_about(one.placed, today, months_before_18=before_18, months_before_end=before_end):
            found[one.child, _until(one)].append(one)
    return list(found.values())


def _answered(s: Session, municipality: str) -> set[tuple[str, str]]:
    """Each placement with what it was asked about before; nobody is asked twice, whatever became of the others."""
    return {
        (placement, task.step.split(":")[-1].split(".")[0])
        for task in asked(s, municipality, [AfterEighteen.__name__])
        if task.state == TaskState.ANSWERED
        for placement in task.demands["placements"]
    }


def _until(one: NearlyGrownUp) -> str:
    """The age, or the last day of the aftercare that is decided."""
    first = held_from(one.placed.birth_date, one.placed.aftercare_until)
    return str(ADULT if first == turns(one.placed.birth_date, ADULT) else one.placed.aftercare_until)


def _question(s: Session, policy: Policy, found: list[NearlyGrownUp], today: date) -> Question[AfterEighteen]:
    one, refs = found[0], [each.placed.ref for each in found]
    role, to = adviser_or_leader(s, policy.key, one.adviser, today)
    part = ".".join([_until(one), *refs])
    return Question(AfterEighteen, role, about=one.child, part=part, to=to, demands={"placements": refs})


def _take_back(s: Session, municipality: str, wanted: set[str], now: datetime) -> None:
    alone = select(GeneratedTask).where(
        col(GeneratedTask.case).is_(None),
        GeneratedTask.municipality == municipality,
        GeneratedTask.state == TaskState.OPEN,
        GeneratedTask.form == AfterEighteen.__name__,
    )
    take_back_all(s, [task for task in s.exec(alone) if task.step not in wanted], now)


def decided(s: Session, task: GeneratedTask, answer: AfterEighteen, by: Actor, now: datetime) -> None:
    """Aftercare is recorded with the placement; what ends gets a case of its own, where the municipality has them."""
    policy = policy_of(task.municipality)
    child = current(s, Child, str(task.about))
    for ref, what in sorted(answer.placements.items()):
        placement = current(s, Placement, ref)
        if what == "goes_on" and answer.aftercare_until is not None:
            _goes_on(s, policy, child, placement, answer.aftercare_until, now)
        else:
            _ends(s, policy, placement, by, now)
        audit(s, by, "decided what comes after 18", ref, now, what=what)


def _goes_on(s: Session, policy: Policy, child: Child, placement: Placement, until: date, now: datetime) -> None:
    if child.birth_date is not None:
        if until < held_from(child.birth_date, placement.aftercare_until):
            raise Refusal(
                "aftercare_until: lies before the 18th birthday, or in what is decided already; give a later day"
            )
        oldest = policy.value("aftercare.ends_at_age", policy.today(now))
        if until >= turns(child.birth_date, oldest):
            raise Refusal(f"aftercare_until: aftercare ends when they turn {oldest}; give a day before")
    revise(s, placement, now, aftercare_until=until)


def _ends(s: Session, policy: Policy, placement: Placement, by: Actor, now: datetime) -> None:
    home = current(s, Family, placement.family)
    if policy.has("placement_end.deadline.end_placement", policy.today(now)) and home.municipality == policy.key:
        open_once(s, END, family=placement.family, child=placement.child, actor=by, now=now)
