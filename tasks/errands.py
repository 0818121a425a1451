"""Tasks that stand alone: no case waits for their answer, answering has its effect at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib import import_module
from typing import Any, cast

from sqlmodel import Session, col, select

from data.audit import Actor
from data.numbering import next_numbers
from data.policies import policy
from data.session import lock
from data.tables import GeneratedTask, TaskState
from rules.calendar import add_working_days
from rules.forms.base import Form
from rules.policy import Policy
from tasks.assign import for_role
from tasks.case_steps import take_back
from tasks.mail import queue_task_mail
from tasks.one_by_one import written
from tasks.postman import wake_postman
from tasks.question import Question

Effect = Callable[[Session, GeneratedTask, Any, Actor, datetime], None]
"""Runs in the transaction of the answer; a Refusal from it refuses the answer."""

EFFECTS: dict[str, str] = {
    "DutyHeld": "tasks.duty_answers:held_or_put_off",
    "DutyUnkept": "tasks.duty_answers:say_why_unkept",
    "ChildConcern": "tasks.incidents:log_referral",
    "FollowUpCall": "tasks.emergency_line:followed_up",
    "ClaimForm": "tasks.incidents:log_referral",
    "SeeToChild": "tasks.incidents:log_referral",
    "ChildsConsent": "tasks.network_watch:consent_answered",
    "NetworkSize": "tasks.network_watch:size_considered",
    "TrialEvaluation": "tasks.network_watch:trial_evaluated",
    "Experiences": "tasks.half_year:experiences_in",
    "StatusReport": "tasks.half_year:report_in",
    "ReadStatusReport": "tasks.half_year:report_read",
    "HeldLineDecision": "tasks.payout.decisions:decide_by_answer",
    "OverpaymentDecision": "tasks.payout.decisions:decide_by_answer",
}
"""By form: the function, as module:name."""
CASE_EFFECTS: dict[str, str] = {
    "ChildConcern": "tasks.incidents:log_referral",
    "PayoutApproval": "tasks.payout.months:approve_by_answer",
}
"""By form of a case whose answer does something at once, beside waking the case."""


def give(
    s: Session, question: Question[Any], *, municipality: str, now: datetime, prefer: Iterable[str | None] = ()
) -> GeneratedTask | None:
    """The task and its mail, once for each reason: None where the same step was given before.

    `about` and `part` of the question make the reason. Without `to` somebody of the role is asked, first of `prefer`.
    """
    lock(s, f"errand {municipality} {question.step}")
    if _given(s, municipality, question.step):
        return None
    to = question.to or for_role(s, question.of, municipality, on=policy(municipality).today(now), prefer=prefer)
    [row] = give_together(s, [replace(question, to=to)], municipality=municipality, now=now)
    queue_task_mail(s, row, "issued", now)
    return row


def give_each(municipality: str, questions: Iterable[Question[Any]], now: datetime) -> int:
    """How many were given, each for itself. Raises NotAll for those that couldn't be, with those that were."""

    def act(s: Session, question: Question[Any]) -> str | None:
        given = give(s, question, municipality=municipality, now=now)
        return given.ref if given else None

    try:
        return len(written(questions, act, called=lambda question: str(question.about or question.step)))
    finally:
        wake_postman()


def give_together(
    s: Session, questions: Sequence[Question[Any]], *, municipality: str, now: datetime
) -> list[GeneratedTask]:
    """Without mails: the caller tells of them together. Each says `to` whom; none of their steps was given before."""
    pack = policy(municipality)
    today = pack.today(now)
    series = f"{pack.prefix}-{today.year}-T"
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
            due_on=question.due or deadline(pack, question.deadline, today),
        )
        for number, question in zip(next_numbers(s, series, len(questions)), questions, strict=True)
    ]
    s.add_all(rows)
    s.flush()
    return rows


def deadline(pack: Policy, step: str, today: date) -> date:
    """The policy's working days for that step."""
    return add_working_days(today, pack.value(f"errands.deadline.{step}", today), pack.country)


def _given(s: Session, municipality: str, step: str) -> GeneratedTask | None:
    same = select(GeneratedTask).where(
        col(GeneratedTask.case).is_(None), GeneratedTask.municipality == municipality, GeneratedTask.step == step
    )
    return s.exec(same).first()


def already_asked(s: Session, municipality: str, form: type[Form], part: str) -> set[str]:
    """Whom or what a task of this form and part was ever about."""
    given = select(GeneratedTask.about).where(
        col(GeneratedTask.case).is_(None),
        GeneratedTask.municipality == municipality,
        GeneratedTask.form == form.__name__,
        col(GeneratedTask.step).endswith(f":{part}", autoescape=True),
    )
    return {about for about in s.exec(given) if about}


def needless(s: Session, municipality: str, step: str, now: datetime) -> bool:
    """Takes the task back, if it is still open: what it asks for has come about otherwise."""
    row = _given(s, municipality, step)
    if row is None or row.state != TaskState.OPEN:
        return False
    take_back(s, row, now)
    return True


def effect_of(form: type[Form]) -> Effect:
    return _found(EFFECTS[form.__name__])


def case_effect_of(form: type[Form]) -> Effect | None:
    return _found(CASE_EFFECTS[form.__name__]) if form.__name__ in CASE_EFFECTS else None


def _found(where: str) -> Effect:
    module, _, name = where.partition(":")
    return cast(Effect, getattr(import_module(module), name))
