"""Somebody decides about a held line: pay it, waive it, or recover what was paid too much."""

from datetime import datetime

from sqlmodel import Session

from data.pay.ledger import decision_since, find_line
from data.pay.pay_runs import one_at_a_time
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.numbering import next_number
from data.store.session import writing
from data.tables import Decision, GeneratedTask, LedgerLine, LineStatus, PayDecision
from rules.processes.monthly_payout import HeldLineDecision, OverpaymentDecision
from rules.refusal import Refusal
from tasks.payout.held import take_back_task_of
from tasks.payout.roles import deciding, refuse_unless_may

MATTER = ("municipality", "period", "subject", "family", "component", "source_key", "taxable", "quantity", "amount_ore")


class AlreadyDecided(Refusal):
    def __init__(self, decision: PayDecision) -> None:
        self.decision = decision
        super().__init__(
            f"{decision.line} was decided by {decision.decided_by} already ({decision.decision}, {decision.ref})"
        )


def decide_line(
    line_id: str, decision: Decision, *, reason: str, actor: Actor, now: datetime, instalments: int = 1
) -> PayDecision:
    """Takes effect in the next draft. Raises Refusal for a line that isn't held or a decision that doesn't fit it."""
    with writing() as s:
        made = _decide(s, line_id, decision, reason, instalments, actor, now)
        take_back_task_of(s, find_line(s, line_id))
    return made


def decide_by_answer(
    s: Session, task: GeneratedTask, answer: HeldLineDecision | OverpaymentDecision, actor: Actor, now: datetime
) -> None:
    """The effect of answering a held line's task."""
    instalments = answer.instalments or 1 if isinstance(answer, OverpaymentDecision) else 1
    _decide(s, task.demands["line"], Decision(answer.decision), answer.reason, instalments, actor, now)


def _decide(
    s: Session, line_id: str, decision: Decision, reason: str, instalments: int, actor: Actor, now: datetime
) -> PayDecision:
    line = find_line(s, line_id)
    refuse_unless_may(s, actor, deciding(line.held_because), line.municipality, now)
    one_at_a_time(s, line.municipality)
    if line.status != LineStatus.HELD:
        raise Refusal(f"{line.id} isn't held: there is nothing to decide about it")
    _refuse_unfit(line, decision, reason, instalments, now)
    if before := decision_since(s, line):
        raise AlreadyDecided(before)
    series = f"{policy_of(line.municipality).prefix}-D"
    made = PayDecision(
        ref=f"{series}{next_number(s, series)}",
        line=line.id,
        **{name: getattr(line, name) for name in MATTER},
        about=line.basis.get("about") or {"days": line.basis.get("days", ""), "sources": line.sources},
        decision=decision,
        instalments=instalments,
        reason=reason,
        decided_by=actor.ref,
        decided_at=now,
    )
    s.add(made)
    audit(s, actor, f"payout.{decision}", line.id, now, decision=made.ref, instalments=instalments)
    return made


def _refuse_unfit(line: LedgerLine, decision: Decision, reason: str, instalments: int, now: datetime) -> None:
    if not reason.strip():
        raise Refusal(f"{line.id}: say why; a decision needs its reason")
    if decision == Decision.RECOVER and line.amount_ore >= 0:
        raise Refusal(f"{line.id} isn't an overpayment: pay it or waive it")
    if decision == Decision.PAY and line.amount_ore <= 0:
        raise Refusal(f"{line.id} holds nothing that could be paid; recover or waive an overpayment, or mend the facts")
    if decision != Decision.RECOVER:
        if instalments != 1:
            raise Refusal(f"{line.id}: only a recovery has instalments; leave them out, or recover it")
        return
    policy = policy_of(line.municipality)
    most = policy.value("payout.most_instalments", policy.today(now))
    if not 1 <= instalments <= most:
        raise Refusal(f"{line.id}: a recovery has from 1 instalment to the policy's most (here {most})")
