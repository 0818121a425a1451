"""Each held line is a task for whoever decides about pay, and each person hears of theirs in one mail (R9)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col, select

from data.policies import policy_of
from data.store.asking import ASKED_AT_ONCE, batched
from data.tables import GeneratedTask, LedgerLine, PayRun, TaskState
from rules.holds import Hold
from rules.months import Month
from rules.processes.monthly_payout import HeldLineDecision, OverpaymentDecision
from rules.rights import Right
from rules.vocabulary import Role
from tasks.cases.errands import give_together
from tasks.cases.question import Question
from tasks.mail.held_mail import queue_together
from tasks.payout.roles import deciding, somebody_who_may
from tasks.words.language import translator
from tasks.words.pay_words import HOLDS

FORMS = (HeldLineDecision, OverpaymentDecision)


class Given(NamedTuple):
    """A task that a held line was given before; `matter` is its step without the number that tells two apart."""

    ref: str
    matter: str
    state: str
    demands: Mapping[str, Any]


def keep_tasks(
    s: Session, run: PayRun, opens: Month, lines: Iterable[LedgerLine], now: datetime
) -> list[GeneratedTask]:
    """A task for each held line of a new draft that has none, none for what is held no longer; the new ones.

    `opens` is the first month the draft computes.

    The caller holds the municipality's payout.
    """
    held = {matter_of(line): line for line in lines}
    given = _given(s, run.municipality)
    waiting = {task.matter: task for task in given if task.state == TaskState.OPEN}
    _take_back(s, [task.ref for matter, task in waiting.items() if matter not in held and _concerns(task, opens, run)])
    still = [(task, held[matter].id) for matter, task in waiting.items() if matter in held]
    _follow(s, {task.ref: {**task.demands, "line": line} for task, line in still if task.demands["line"] != line})
    new = {matter: line for matter, line in held.items() if matter not in waiting}
    if not new:
        return []
    times, who = Counter(task.matter for task in given), _who_decides(s, run.municipality, new.values(), now)
    questions = []
    for matter, line in new.items():
        role, person = who[deciding(line.held_because)]
        questions.append(_question(line, times[matter] + 1, role=role, to=person, now=now))
    tasks = give_together(s, questions, municipality=run.municipality, now=now)
    queue_together(s, tasks, "issued", now)
    return tasks


def _who_decides(
    s: Session, municipality: str, lines: Iterable[LedgerLine], now: datetime
) -> dict[Right, tuple[Role, str]]:
    """Role and person by what there is to do. Raises NobodyToAsk."""
    policy = policy_of(municipality)
    first = Role(policy.value("payout.decided_by", policy.today(now)))
    return {
        right: somebody_who_may(s, right, municipality, policy.today(now), first=first)
        for right in {deciding(line.held_because) for line in lines}
    }


def let_go(s: Session, municipality: str, mine: Iterable[LedgerLine], others: Iterable[LedgerLine]) -> list[str]:
    """What only these lines ask about is taken back, its references; the rest follows the other lines.

    The caller holds the municipality's payout.
    """
    ids, elsewhere = {line.id for line in mine}, {matter_of(line): line.id for line in others}
    waiting = [task for task in _given(s, municipality) if task.state == TaskState.OPEN and task.demands["line"] in ids]
    gone = [task.ref for task in waiting if task.matter not in elsewhere]
    _take_back(s, gone)
    kept = (task for task in waiting if task.matter in elsewhere)
    _follow(s, {task.ref: {**task.demands, "line": elsewhere[task.matter]} for task in kept})
    return gone


def take_back_task_of(s: Session, line: LedgerLine) -> None:
    """It was decided otherwise."""
    same = [task.ref for task in _given(s, line.municipality) if task.matter == matter_of(line)]
    _take_back(s, same)


def matter_of(line: LedgerLine) -> str:
    """Stays the same however often a draft is computed, as long as the amount does."""
    return f"{_form(line).key()}:{line.subject}:{_what(line)}"


def _what(line: LedgerLine) -> str:
    tax = "taxable" if line.taxable else "tax-free"
    return f"{line.period}/{line.component}/{line.source_key}/{tax}/{line.amount_ore}/{line.family}"


def _form(line: LedgerLine) -> type[HeldLineDecision | OverpaymentDecision]:
    return OverpaymentDecision if line.held_because == Hold.OVERPAID else HeldLineDecision


def _question(line: LedgerLine, time: int, *, role: Role, to: str, now: datetime) -> Question[Any]:
    policy = policy_of(line.municipality)
    today = policy.today(now)
    why = translator(policy.language).gettext(HOLDS[Hold(str(line.held_because))])
    most = {"most_instalments": policy.value("payout.most_instalments", today)}
    return Question(
        _form(line),
        role,
        about=line.subject,
        part=f"{_what(line)}:{time}",
        to=to,
        demands={"line": line.id, "period": line.period, "held_because": why, "amount_ore": line.amount_ore}
        | (most if _form(line) is OverpaymentDecision else {}),
    )


def _concerns(task: Given, opens: Month, run: PayRun) -> bool:
    """A run says nothing about months after its own, nor before the ledger's first."""
    return str(opens) <= str(task.demands["period"]) <= run.payroll_month


def _given(s: Session, municipality: str) -> list[Given]:
    columns = (GeneratedTask.ref, GeneratedTask.step, GeneratedTask.state, GeneratedTask.demands)
    names = [form.__name__ for form in FORMS]
    rows = s.exec(
        select(*columns).where(
            GeneratedTask.municipality == municipality,
            col(GeneratedTask.case).is_(None),
            col(GeneratedTask.form).in_(names),
        )
    )
    return [Given(ref, step.rpartition(":")[0], state, demands) for ref, step, state, demands in rows]


def _take_back(s: Session, refs: Sequence[str]) -> None:
    """Without a mail each: they came in one, and thousands may go at once when an import is mended."""
    for some in batched(refs, ASKED_AT_ONCE):
        s.execute(
            update(GeneratedTask)
            .where(col(GeneratedTask.ref).in_(some), col(GeneratedTask.state) == TaskState.OPEN)
            .values(state=TaskState.WITHDRAWN)
        )


def _follow(s: Session, demands: Mapping[str, Any]) -> None:
    """The next month's draft has lines of its own."""
    changed = [{"ref": ref, "demands": those} for ref, those in demands.items()]
    if changed:
        s.execute(update(GeneratedTask), changed)
