"""Tasks that stand alone: no case waits for their answer, answering has its effect at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple, cast

from sqlalchemy import update
from sqlmodel import Session, col, select

from data.errands import given_before, open_errands
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.numbering import next_numbers
from data.store.session import lock_all
from data.tables import GeneratedTask, TaskState
from rules.calendar import add_working_days
from rules.forms.base import Form
from rules.policy import Policy
from rules.refusal import Refusal
from tasks.cases.assign import Desk
from tasks.cases.question import Question
from tasks.cases.steps import take_back_all
from tasks.failures.one_by_one import together
from tasks.mail.postman import wake_postman
from tasks.mail.queue import queue_task_mails

Effect = Callable[[Session, GeneratedTask, Any, Actor, datetime], None]
"""Runs in the transaction of the answer; a Refusal from it refuses the answer."""

EFFECTS: dict[str, str] = {
    "DutyHeld": "tasks.duties.answers:held_or_put_off",
    "DutyUnkept": "tasks.duties.answers:say_why_unkept",
    "ChildConcern": "tasks.placements.incidents:log_referral",
    "FollowUpCall": "tasks.families.emergency_line:followed_up",
    "ClaimForm": "tasks.placements.incidents:log_referral",
    "SeeToChild": "tasks.placements.incidents:log_referral",
    "ChildsConsent": "tasks.networks.watch:consent_answered",
    "ConfidentialityDeclaration": "tasks.networks.gaps:declaration_answered",
    "BirthDateMissing": "tasks.networks.gaps:birth_date_found",
    "NameMissingContact": "tasks.networks.gaps:contacts_named",
    "AfterEighteen": "tasks.placements.coming_of_age:decided",
    "NetworkSize": "tasks.networks.watch:size_considered",
    "TrialEvaluation": "tasks.networks.watch:trial_evaluated",
    "Experiences": "tasks.placements.half_year:experiences_in",
    "StatusReport": "tasks.placements.half_year:report_in",
    "ReadStatusReport": "tasks.placements.half_year:report_read",
    "HeldLineDecision": "tasks.payout.decisions:decide_by_answer",
    "OverpaymentDecision": "tasks.payout.decisions:decide_by_answer",
    "LateDocumentation": "tasks.claims.late_claims:decide_by_answer",
    "MissingRate": "tasks.rates.missing:not_needed",
    "UnpaidEntitlement": "tasks.payout.unpaid_tasks:right_as_it_is",
}
"""By form: the function, as module:name."""
CASE_EFFECTS: dict[str, str] = {
    "ChildConcern": "tasks.placements.incidents:log_referral",
    "PayoutApproval": "tasks.payout.months:approve_by_answer",
}
"""By form of a case whose answer does something at once, beside waking the case."""


def give(
    s: Session, question: Question[Any], *, municipality: str, now: datetime, prefer: Iterable[str | None] = ()
) -> GeneratedTask | None:
    """The task and its mail, once for each reason: None where the same step was given before.

    `about` and `part` of the question make the reason. Without `to` somebody of the role is asked, first of `prefer`.
    """
    [given] = give_all(s, [Errand(question, tuple(prefer))], municipality=municipality, now=now)
    if isinstance(given, Refusal):
        raise given
    return given


class Errand(NamedTuple):
    """A task to give; `prefer` as in give."""

    question: Question[Any]
    prefer: tuple[str | None, ...] = ()


Outcome = GeneratedTask | Refusal | None
"""None where the same step was given before."""


def give_all(s: Session, errands: Sequence[Errand], *, municipality: str, now: datetime) -> list[Outcome]:
    """As give does each, in their order, in a number of statements that hardly grows with them."""
    steps = [errand.question.step for errand in errands]
    lock_all(s, [f"errand {municipality} {step}" for step in steps])
    there = given_before(s, municipality, steps)
    desk = Desk(s, municipality, policy_of(municipality).today(now))
    filled = {
        step: _filled(errand, desk, now) for step, errand in zip(steps, errands, strict=True) if step not in there
    }
    questions = [each for each in filled.values() if not isinstance(each, Refusal)]
    rows = give_together(s, questions, municipality=municipality, now=now)
    queue_task_mails(s, rows, "issued", now)
    given: dict[str, Outcome] = {row.step: row for row in rows}
    given |= {step: each for step, each in filled.items() if isinstance(each, Refusal)}
    return [given.pop(step, None) for step in steps]


def _filled(errand: Errand, desk: Desk, now: datetime) -> Question[Any] | Refusal:
    """With whom is asked, and by when."""
    question, prefer = errand
    policy = policy_of(desk.municipality)
    try:
        due = question.due or deadline(policy, question.deadline, policy.today(now))
        to = desk.still(question.to, question.of) if question.to else desk.hand(question.of, prefer=prefer)
        return replace(question, to=to, due=due)
    except Refusal as refusal:
        return refusal


def give_each(municipality: str, questions: Iterable[Question[Any]], now: datetime) -> int:
    """How many were given, each for itself. Raises NotAll for those that couldn't be, with those that were."""
    give_some = partial(give_all, municipality=municipality, now=now)
    try:
        return len(together(map(Errand, questions), give_some, called=about))
    finally:
        wake_postman()


def about(errand: Errand) -> str:
    return str(errand.question.about or errand.question.step)


def give_together(
    s: Session, questions: Sequence[Question[Any]], *, municipality: str, now: datetime
) -> list[GeneratedTask]:
    """Without mails: the caller tells of them together. Each says `to` whom; none of their steps was given before."""
    if not questions:
        return []
    policy = policy_of(municipality)
    today = policy.today(now)
    series = f"{policy.prefix}-{today.year}-T"
    rows = [
        GeneratedTask(
            ref=f"{series}{number:05d}",
            municipality=municipality,
            step=question.step,
            form=question.form.__name__,
            row=question.row,
            role=question.of,
            assignee=question.to or "",
            about=question.about,
            demands=dict(question.demands),
            issued_at=now,
            due_on=question.due or deadline(policy, question.deadline, today),
        )
        for number, question in zip(next_numbers(s, series, len(questions)), questions, strict=True)
    ]
    s.add_all(rows)
    s.flush()
    return rows


def deadline(policy: Policy, step: str, today: date) -> date:
    """The policy's working days for that step."""
    return add_working_days(today, policy.value(f"errands.deadline.{step}", today), policy.country)


def already_asked(s: Session, municipality: str, form: type[Form], part: str) -> set[str]:
    """Whom or what a task of this form and part was ever about."""
    given = select(GeneratedTask.about).where(
        col(GeneratedTask.case).is_(None),
        GeneratedTask.municipality == municipality,
        GeneratedTask.form == form.__name__,
        col(GeneratedTask.step).endswith(f":{part}", autoescape=True),
    )
    return {about for about in s.exec(given) if about}


def needless(s: Session, steps: Sequence[str], *, municipality: str, now: datetime) -> list[str | None]:
    """Takes back those that are still open: what they ask for has come about otherwise. Their references."""
    rows = {row.step: row for row in open_errands(s, municipality, steps)}
    taken = take_back_all(s, list(rows.values()), now)
    return [rows[step].ref if step in rows and rows[step].ref in taken else None for step in steps]


def ended_by_facts(s: Session, tasks: Sequence[GeneratedTask], *, by: Actor, now: datetime) -> None:
    """What they ask for is there: that is their answer, and nobody need give one."""
    ended = s.scalars(
        update(GeneratedTask)
        .where(col(GeneratedTask.ref).in_([task.ref for task in tasks]), col(GeneratedTask.state) == TaskState.OPEN)
        .values(state=TaskState.ANSWERED, answered_at=now, answered_by=by.ref)
        .returning(col(GeneratedTask.ref))
        .execution_options(synchronize_session="fetch")
    )
    for ref in sorted(ended):
        audit(s, by, "task ended by facts", ref, now)


def effect_of(form: type[Form]) -> Effect:
    return _found(EFFECTS[form.__name__])


def case_effect_of(form: type[Form]) -> Effect | None:
    return _found(CASE_EFFECTS[form.__name__]) if form.__name__ in CASE_EFFECTS else None


def _found(where: str) -> Effect:
    module, _, name = where.partition(":")
    return cast(Effect, getattr(import_module(module), name))
