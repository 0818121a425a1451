"""A municipality's pay runs, one after the other: drafts, and the closed ones that make the ledger."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from data.tables import PayRun, RunStatus
from rules.months import month
from rules.policy import Policy
from rules.refusal import Refusal


class MonthClosed(Refusal):
    def __init__(self, run: PayRun) -> None:
        self.run = run
        super().__init__(
            f"{run.ref} is {run.status} and is not computed again; "
            "what has changed since is paid or held in the next payroll month"
        )


class NotPrepared(Refusal):
    def __init__(self, municipality: str, period: str) -> None:
        super().__init__(
            f"no payout is prepared for {municipality} in {period}; "
            f"plejeflow payout prepare {period} --municipality {municipality} does it"
        )


def one_at_a_time(s: Session, municipality: str) -> None:
    """Until the transaction ends, nobody else prepares, approves or releases a month of this municipality."""
    if s.get_bind().dialect.name == "postgresql":
        s.execute(select(func.pg_advisory_xact_lock(func.hashtext("payout"), func.hashtext(municipality))))


def open_draft(s: Session, draft: PayRun) -> PayRun:
    """The month's run, locked until the transaction ends. Raises MonthClosed for one that isn't a draft."""
    dialect = postgresql if s.get_bind().dialect.name == "postgresql" else sqlite
    # two who prepare at once meet here: the second waits and then replaces the first one's lines
    s.execute(dialect.insert(PayRun).values(draft.model_dump()).on_conflict_do_nothing())
    run = s.exec(select(PayRun).where(PayRun.ref == draft.ref).with_for_update()).one()
    if run.status != RunStatus.DRAFT:
        raise MonthClosed(run)
    run.known_at, run.prepared_at, run.prepared_by = draft.known_at, draft.prepared_at, draft.prepared_by
    run.read_to, run.follows = draft.read_to, draft.follows
    s.add(run)
    s.flush()
    return run


def run_of(s: Session, municipality: str, period: str) -> PayRun:
    """Raises NotPrepared, and Refusal for what is no month."""
    run = s.exec(select(PayRun).where(PayRun.municipality == municipality, PayRun.payroll_month == period)).first()
    if run is None:
        raise NotPrepared(municipality, str(month(period)))
    return run


def locked_run_of(s: Session, municipality: str, period: str) -> PayRun:
    one_at_a_time(s, municipality)
    return s.exec(select(PayRun).where(PayRun.ref == run_of(s, municipality, period).ref).with_for_update()).one()


def closed_runs(s: Session, municipality: str) -> Sequence[PayRun]:
    """Approved or released: their lines are the ledger."""
    return s.exec(select(PayRun).where(PayRun.municipality == municipality, PayRun.status != RunStatus.DRAFT)).all()


def drafts_of(s: Session, municipality: str) -> Sequence[PayRun]:
    return s.exec(select(PayRun).where(PayRun.municipality == municipality, PayRun.status == RunStatus.DRAFT)).all()


def last_of(closed: Sequence[PayRun]) -> PayRun | None:
    """The one that no other follows."""
    followed = {run.follows for run in closed}
    return next((run for run in closed if run.ref not in followed), None)


def first_approved(s: Session, municipality: str) -> str | None:
    """Payroll month of the earliest closed run."""
    closed = (col(PayRun.municipality) == municipality, col(PayRun.status) != RunStatus.DRAFT)
    return s.scalar(select(func.min(PayRun.payroll_month)).where(*closed))


def last_released(s: Session, municipality: str) -> str | None:
    """Payroll month of the latest released run."""
    released = (col(PayRun.municipality) == municipality, col(PayRun.status) == RunStatus.RELEASED)
    return s.scalar(select(func.max(PayRun.payroll_month)).where(*released))


def opens_in(s: Session, policy: Policy, on: date) -> str | None:
    """The ledger's first month, None while no month is approved: a draft may be a mistyped one."""
    if "payout.ledger_from" in policy.values:
        return str(policy.value("payout.ledger_from", on))
    return first_approved(s, policy.key)
