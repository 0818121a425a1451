"""What accompanies a placement: exceptions from duties, plans, decisions on contact, courses, teams, calls."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from data.columns import Encrypted, UtcDateTime
from data.tables.base import Fact, Withdrawable, current_ref


class DutyChange(Fact, table=True):
    """A pause, a recorded lawful exception, or another interval from a day on."""

    __tablename__ = "duty_change"
    __table_args__ = current_ref("duty_change", Index("duty_change_subject", "subject"))

    subject: str
    """Placement, family or network reference."""
    duty: str | None = None
    """Key of one duty; None is all of the subject's."""
    kind: str
    """pause, exempt or interval."""
    starts_on: date
    ends_on: date | None = None
    """Last day; None while it lasts."""
    every: dict[str, int] | None = Field(default=None, sa_type=JSON)
    """The other interval, such as {"months": 2}."""
    reason: str | None = Field(default=None, sa_type=Encrypted)
    decided_by: str


class ActionPlan(Fact, table=True):
    """R5: a placement's plan; every revision is the next version."""

    __tablename__ = "action_plan"
    __table_args__ = current_ref("action_plan", Index("action_plan_placement", "placement"))
    natural_key = ("placement", "version")

    placement: str
    version: int
    made_on: date
    goals: str = Field(sa_type=Encrypted)
    family_tasks: str = Field(sa_type=Encrypted)
    with_parents: bool
    follow_up_on: date | None = None


class ContactDecision(Fact, table=True):
    """J11: contact with parents and relatives."""

    __tablename__ = "contact_decision"
    __table_args__ = current_ref("contact_decision", Index("contact_decision_placement", "placement"))

    placement: str
    valid_from: date
    valid_to: date | None = None
    decided_on: date
    decision: str = Field(sa_type=Encrypted)
    told_on: date | None = None
    """The day the family was told."""


class DrivingAgreement(Fact, table=True):
    """R10: driving that was granted, by the reference of its case."""

    __tablename__ = "driving_agreement"
    __table_args__ = current_ref("driving_agreement", Index("driving_agreement_placement", "placement"))

    placement: str
    purpose: str
    valid_from: date
    valid_to: date
    """The last day."""
    metres_a_month: int
    """At most, in a calendar month."""
    granted_on: date


class Course(Withdrawable, table=True):
    __tablename__ = "course"
    __table_args__ = current_ref("course", Index("course_municipality", "municipality"))

    municipality: str
    title: str
    kind: str
    """basic, annual, module or specialist."""
    held_on: date
    """The first day."""
    days: int = 1
    places: int
    price_ore: int | None = None
    """What one person costs the municipalities, in øre."""
    theme: str | None = None
    specialist: str | None = None
    """Staff reference of an institution specialist (V4)."""


class Enrolment(Fact, table=True):
    __tablename__ = "enrolment"
    __table_args__ = current_ref("enrolment", Index("enrolment_family", "family"))
    natural_key = ("course", "family")

    course: str
    family: str
    persons: int = 1
    state: str
    """enrolled, waiting, cancelled, attended or absent."""
    case: str | None = None
    """Reference of the case in which it was asked for."""
    asked_at: datetime = Field(sa_type=UtcDateTime)
    """Decides the order on the waiting list."""
    days_attended: int = 0


class Team(Withdrawable, table=True):
    """V2: families that share group supervision."""

    __tablename__ = "team"
    __table_args__ = current_ref("team", Index("team_municipality", "municipality"))

    municipality: str
    family_care_consultant: str | None = None
    family_consultant: str | None = None


class TeamHome(Withdrawable, table=True):
    __tablename__ = "team_home"
    __table_args__ = current_ref("team_home", Index("team_home_team", "team"))
    natural_key = ("team", "family", "joined_on")

    team: str
    family: str
    joined_on: date
    left_on: date | None = None


class NetworkConsent(Fact, table=True):
    """N1: a child's consent, or a foster parent's declaration of confidentiality."""

    __tablename__ = "network_consent"
    __table_args__ = current_ref("network_consent", Index("network_consent_network", "network"))
    natural_key = ("network", "person", "kind")

    network: str
    family: str
    person: str
    """Reference of the child or the household member."""
    kind: str
    """consent or declaration."""
    given: bool
    signed_on: date | None = None


class EmergencyCall(SQLModel, table=True):
    """V1: a call to the emergency line. Append-only."""

    __tablename__ = "emergency_call"
    __table_args__ = (Index("emergency_call_month", "municipality", "called_at"),)

    ref: str = Field(primary_key=True)
    municipality: str
    family: str
    called_at: datetime = Field(sa_type=UtcDateTime)
    about: str = Field(sa_type=Encrypted)
    advice: str = Field(sa_type=Encrypted)
    topic: str
    """A word of a closed list, for the usage report."""
    taken_by: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class Removal(SQLModel, table=True):
    """X5: what retention took away, by reference."""

    __tablename__ = "removal"
    __table_args__ = (Index("removal_of", "kind", "ref"),)

    id: int | None = Field(default=None, primary_key=True)
    municipality: str
    kind: str
    ref: str
    rule: str
    removed_at: datetime = Field(sa_type=UtcDateTime)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
