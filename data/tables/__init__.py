"""Every table, so that one import knows the whole schema."""

from data.tables.audit import AuditEntry, Sequence
from data.tables.base import Fact
from data.tables.cases import CaseRow, CaseState, GeneratedTask, JournalEntry, TaskState
from data.tables.mail import MailState, OutboxMail
from data.tables.money import Decision, LedgerLine, LineStatus, PayDecision, PayRun, RateRow, RunStatus
from data.tables.people import Child, Family, HouseholdMember, Staff
from data.tables.placements import (
    ExpenseClaim,
    Gathering,
    Happening,
    Network,
    NetworkHome,
    NightStay,
    Placement,
    Terms,
    TravelClaim,
)

__all__ = [
    "AuditEntry",
    "CaseRow",
    "CaseState",
    "Child",
    "Decision",
    "ExpenseClaim",
    "Fact",
    "Family",
    "Gathering",
    "GeneratedTask",
    "Happening",
    "HouseholdMember",
    "JournalEntry",
    "LedgerLine",
    "LineStatus",
    "MailState",
    "Network",
    "NetworkHome",
    "NightStay",
    "OutboxMail",
    "PayDecision",
    "PayRun",
    "Placement",
    "RateRow",
    "RunStatus",
    "Sequence",
    "Staff",
    "TaskState",
    "Terms",
    "TravelClaim",
]
