"""Every table, so that one import knows the whole schema."""

from data.tables.audit import AuditEntry, Sequence
from data.tables.base import Fact
from data.tables.cases import CaseRow, CaseState, GeneratedTask, JournalEntry, TaskState
from data.tables.documents import Document, DocumentTemplate
from data.tables.jobs import JobRun
from data.tables.mail import MailState, OutboxMail
from data.tables.money import Decision, LedgerLine, LineStatus, PayDecision, PayExport, PayRun, RateRow, RunStatus
from data.tables.people import Child, Family, HouseholdMember, Staff
from data.tables.placements import (
    AgreedNights,
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
from data.tables.support import (
    ActionPlan,
    ContactDecision,
    Course,
    DrivingAgreement,
    DutyChange,
    EmergencyCall,
    Enrolment,
    NetworkConsent,
    Removal,
    Team,
    TeamHome,
)

__all__ = [
    "ActionPlan",
    "AgreedNights",
    "AuditEntry",
    "CaseRow",
    "CaseState",
    "Child",
    "ContactDecision",
    "Course",
    "Decision",
    "Document",
    "DocumentTemplate",
    "DrivingAgreement",
    "DutyChange",
    "EmergencyCall",
    "Enrolment",
    "ExpenseClaim",
    "Fact",
    "Family",
    "Gathering",
    "GeneratedTask",
    "Happening",
    "HouseholdMember",
    "JobRun",
    "JournalEntry",
    "LedgerLine",
    "LineStatus",
    "MailState",
    "Network",
    "NetworkConsent",
    "NetworkHome",
    "NightStay",
    "OutboxMail",
    "PayDecision",
    "PayExport",
    "PayRun",
    "Placement",
    "RateRow",
    "Removal",
    "RunStatus",
    "Sequence",
    "Staff",
    "TaskState",
    "Team",
    "TeamHome",
    "Terms",
    "TravelClaim",
]
