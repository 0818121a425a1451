"""A case, its journal and what people were asked to do."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from data.columns import Encrypted, UtcDateTime


class CaseState(StrEnum):
    OPEN = "open"
    ENDED = "ended"


class TaskState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


OPEN = text("state = 'open'")
BEHIND = text("(woken > seen OR flow_run IS NULL)")
OPEN_BEHIND = text(f"{OPEN} AND {BEHIND}")
"""A query finds the index by the same words."""
ALONE = text('"case" IS NULL')


class CaseRow(SQLModel, table=True):
    __tablename__ = "cases"
    __table_args__ = (
        Index("cases_state", "state", "municipality"),
        Index("cases_wakes", "state", "wakes_on"),
        Index("cases_flow_run", "flow_run"),
        Index("cases_behind", "ref", sqlite_where=OPEN_BEHIND, postgresql_where=OPEN_BEHIND),
        Index("cases_one_open", "process", "family", "child", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    ref: str = Field(primary_key=True)
    municipality: str
    process: str
    process_version: int
    family: str | None = None
    """None where the whole municipality is concerned."""
    child: str | None = None
    parent: str | None = Field(default=None, index=True)
    """The case that started this one."""
    responsible: str | None = None
    """Staff reference; asked first wherever they have the role."""
    state: str = CaseState.OPEN
    outcome: str | None = None
    because: str | None = Field(default=None, sa_type=Encrypted)
    waits_for: str = ""
    held_up: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """The last replay was refused: what is missing is named in `waits_for`."""
    opened_at: datetime = Field(sa_type=UtcDateTime)
    opened_by: str
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    woken: int = 1
    """How often something happened that the process has to look at."""
    seen: int = 0
    """The value of `woken` that the last finished replay started from."""
    woken_at: datetime = Field(sa_type=UtcDateTime)
    """The case's clock: when it was last woken."""
    wakes_on: date | None = None
    """The next day on which something lapses or comes due by itself."""
    flow_run: str | None = None
    fault: str | None = None
    """What of the process itself stopped the last replay: an exception's name and where it was raised."""
    fault_version: str | None = None
    """The plejeflow that was stopped by it."""
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often the sweep has scheduled the run again since a replay last came to its end."""
    again_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Not before then does the sweep schedule it once more."""


class JournalEntry(SQLModel, table=True):
    """What a replay branches on, as it was at its first reading. Append-only."""

    __tablename__ = "journal"

    case: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value: str | None = Field(default=None, sa_type=Encrypted)
    """JSON."""
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str


class GeneratedTask(SQLModel, table=True):
    __tablename__ = "generated_task"
    __table_args__ = (
        UniqueConstraint("case", "step", name="generated_task_step"),
        Index("generated_task_alone", "municipality", "step", unique=True, sqlite_where=ALONE, postgresql_where=ALONE),
        Index("generated_task_state", "state", "due_on"),
        Index("generated_task_due", "municipality", "state", "due_on"),
        Index("generated_task_assignee", "assignee", "state"),
    )

    ref: str = Field(primary_key=True)
    case: str | None = None
    """None for a task that stands alone, such as a duty's."""
    municipality: str
    step: str
    """Stable key of the step within its case; of a task that stands alone, its one reason."""
    form: str
    row: str
    """Source row, such as J1."""
    role: str
    assignee: str
    """Staff or family reference."""
    about: str | None = None
    """Reference of the person or thing it is about."""
    standing: bool = False
    """May be answered at any time; never due, never reminded of."""
    apart_from: str | None = None
    """Steps of this group must be answered by different people."""
    demands: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What the answer is checked against beside its form, such as the contract's items."""
    issued_at: datetime = Field(sa_type=UtcDateTime)
    due_on: date | None = None
    lapses_on: date | None = None
    state: str = TaskState.OPEN
    answer: str | None = Field(default=None, sa_type=Encrypted)
    """JSON of the form."""
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: str | None = None
    escalated_with: str | None = None
    """Whose it was when a leader was told that it is overdue."""
