"""A draft that was never meant is taken away with all that came of it: a mistyped month, a rehearsal (R9)."""

from datetime import datetime

from sqlmodel import Session

from data.cases import tasks_of
from data.outbox import forget_waiting
from data.pay.ledger import clear, held_lines
from data.pay.pay_runs import closed_runs, drafts_of, last_of, locked_run_of
from data.store.audit import Actor, audit
from data.store.session import writing
from data.tables import LedgerLine, PayRun, RunStatus, TaskState
from rules.refusal import Refusal
from rules.rights import Right
from tasks.cases.steps import take_back
from tasks.mail.postman import wake_postman
from tasks.payout.held import let_go
from tasks.payout.roles import refuse_unless_may
from tasks.payout.wake import wake_month


class NoDraft(Refusal):
    def __init__(self, run: PayRun) -> None:
        self.run = run
        super().__init__(
            f"{run.ref} is {run.status}, by {run.approved_by}: only a draft can be discarded; "
            "what is wrong about it is mended in the facts and made good in the next payroll month"
        )


def discard_payout(municipality: str, period: str, *, actor: Actor, now: datetime) -> PayRun:
    """The draft as it was. What was decided about its lines stays decided.

    Raises NotPrepared, NoDraft and MayNot; nothing is changed then.
    """
    with writing() as s:
        wake_month(s, municipality, period, now)
        run = _discard(s, municipality, period, actor, now)
    wake_postman()
    return run


def _discard(s: Session, municipality: str, period: str, actor: Actor, now: datetime) -> PayRun:
    run = locked_run_of(s, municipality, period)
    refuse_unless_may(s, actor, Right.DISCARD_PAYOUT, municipality, now)
    if run.status != RunStatus.DRAFT:
        raise NoDraft(run)
    gone = let_go(s, run.municipality, held_lines(s, run), _held_otherwise(s, run))
    forget_waiting(s, gone)
    _ask_no_more(s, run, now)
    lines = clear(s, run)
    s.delete(run)
    audit(s, actor, "payout.discard", run.ref, now, lines=lines, prepared_by=run.prepared_by, tasks=len(gone))
    return run


def _held_otherwise(s: Session, run: PayRun) -> list[LedgerLine]:
    """By other drafts, and by the run that the next draft carries on from."""
    drafts = [draft for draft in drafts_of(s, run.municipality) if draft.ref != run.ref]
    last = last_of(closed_runs(s, run.municipality))
    return [line for other in (*drafts, last) if other is not None for line in held_lines(s, other)]


def _ask_no_more(s: Session, run: PayRun, now: datetime) -> None:
    """Who has heard that the month is to be approved or mended hears that it isn't; the month's own run then ends."""
    asked = [task for task in tasks_of(s, run.ref) if task.state == TaskState.OPEN]
    unheard = forget_waiting(s, [task.ref for task in asked])
    for task in asked:
        take_back(s, task, now, told=task.ref not in unheard)
