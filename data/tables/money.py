"""Rates, pay runs and the append-only ledger. Amounts are integers in øre."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.columns import Encrypted, UtcDateTime
from data.tables.base import Fact, current_ref


class RunStatus(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    RELEASED = "released"


class LineStatus(StrEnum):
    PAYABLE = "payable"
    HELD = "held"
    RELEASED = "released"


class Decision(StrEnum):
    PAY = "pay"
    WAIVE = "waive"
    RECOVER = "recover"


class RateRow(Fact, table=True):
    __tablename__ = "rate"
    __table_args__ = current_ref("rate", Index("rate_key", "country", "rate", "band", "valid_from"))
    natural_key = ("country", "rate", "band", "valid_from")

    country: str
    rate: str
    band: str = ""
    valid_from: date
    valid_to: date | None = None
    amount: str
    """Decimal text in whole currency units, such as 154.31."""
    unit: str
    status: str
    source: str


class PayRun(SQLModel, table=True):
    __tablename__ = "pay_run"
    __table_args__ = (UniqueConstraint("municipality", "payroll_month", name="pay_run_month"),)

    ref: str = Field(primary_key=True)
    """Municipality's prefix and month, such as RA-2023-05."""
    municipality: str
    payroll_month: str
    status: str = RunStatus.DRAFT
    known_at: datetime = Field(sa_type=UtcDateTime)
    """Facts recorded up to then were used."""
    read_to: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    """By table, the last id there was when the facts were read: what comes later may change what this run computed."""
    follows: str | None = None
    """The run that was closed last when this one was prepared; another one closed since makes this one stale."""
    prepared_at: datetime = Field(sa_type=UtcDateTime)
    prepared_by: str
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by: str | None = None
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: str | None = None


class LedgerLine(SQLModel, table=True):
    __tablename__ = "ledger_line"
    __table_args__ = (
        UniqueConstraint(
            "run", "period", "subject", "family", "component", "source_key", "taxable", name="ledger_line_key"
        ),
        Index("ledger_line_subject", "municipality", "subject", "period"),
    )

    id: str = Field(primary_key=True)
    """The run's ref and a number, such as RA-2023-05-000017."""
    run: str
    municipality: str
    period: str
    """The month it pays for, YYYY-MM."""
    subject: str
    """Placement or network reference."""
    family: str
    component: str
    source_key: str
    """Rate row, terms row or claim that sets this line apart from its neighbours."""
    quantity: int = Field(sa_type=BigInteger)
    """In thousandths of the unit."""
    unit: str
    rate: str
    rate_from: date | None = None
    amount_ore: int = Field(sa_type=BigInteger)
    taxable: bool
    status: str = LineStatus.PAYABLE
    held_because: str | None = None
    corrects: str | None = None
    """Line whose placement, period, component and tax mark this one corrects."""
    carried_from: str | None = None
    """The first line that held this back, where the same amount is still held for the same reason."""
    decision: str | None = None
    """The decision that made a held line payable, or that has an overpayment recovered."""
    sources: list[str] = Field(default_factory=list, sa_type=JSON)
    basis: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What explains it: fees, rate row, terms row, rule row, warnings."""


class PayDecision(SQLModel, table=True):
    """What somebody decided about a held line. Append-only; names the matter, as a draft's lines come and go."""

    __tablename__ = "pay_decision"
    __table_args__ = (Index("pay_decision_matter", "municipality", "period", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True)
    municipality: str
    line: str
    """The held line as it was shown."""
    period: str
    subject: str
    family: str
    component: str
    source_key: str
    taxable: bool
    quantity: int = Field(sa_type=BigInteger)
    amount_ore: int = Field(sa_type=BigInteger)
    decision: str
    about: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Of the line: days, sources and, of an overpayment, `entitled_ore`: what these were worth all the same."""
    instalments: int = 1
    """Runs an overpayment is recovered in."""
    reason: str = Field(sa_type=Encrypted)
    decided_by: str
    decided_at: datetime = Field(sa_type=UtcDateTime)


class PayRejection(SQLModel, table=True):
    """A draft that wasn't approved. Append-only; the draft may be computed again or discarded afterwards."""

    __tablename__ = "pay_rejection"
    __table_args__ = (Index("pay_rejection_run", "run"),)

    id: int | None = Field(default=None, primary_key=True)
    run: str
    prepared_at: datetime = Field(sa_type=UtcDateTime)
    """Which draft of the run it was."""
    task: str
    reason: str = Field(sa_type=Encrypted)
    rejected_by: str
    rejected_at: datetime = Field(sa_type=UtcDateTime)


class PayExport(SQLModel, table=True):
    """Payroll files that were written of a released run. Append-only."""

    __tablename__ = "pay_export"
    __table_args__ = (Index("pay_export_run", "run"),)

    ref: str = Field(primary_key=True)
    run: str
    exported_at: datetime = Field(sa_type=UtcDateTime)
    exported_by: str
    payment_date: date
    files: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """Of each file: name, sha256, lines, amount_ore."""
