"""Who there is: municipalities, staff, families, households, children."""

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from data.columns import Encrypted
from data.tables.base import Withdrawable, current_ref
from rules.vocabulary import Role


class Municipality(Withdrawable, table=True):
    """What is known of it beside its policy."""

    __tablename__ = "municipality"
    __table_args__ = current_ref("municipality")
    natural_key = ("municipality",)

    municipality: str
    duties_begin: date | None = None
    """The day from which duties are judged; what was held before may be unknown."""


class Staff(Withdrawable, table=True):
    __tablename__ = "staff"
    __table_args__ = current_ref("staff", Index("staff_municipality", "municipality"))

    municipality: str
    name: str | None = Field(default=None, sa_type=Encrypted)
    email: str | None = Field(default=None, sa_type=Encrypted)
    roles: str = ""
    absent_from: date | None = None
    absent_to: date | None = None
    substitute: str | None = None
    left_on: date | None = None
    """The last day of work."""

    def has_role(self, role: str) -> bool:
        return role in self.roles.split(",")

    def has_left(self, on: date) -> bool:
        return self.left_on is not None and on > self.left_on

    def is_contact(self, on: date) -> bool:
        """Whether a network can have this person as one of its two contacts."""
        return self.withdrawn_on is None and not self.has_left(on) and self.has_role(Role.CHILD_WELFARE_CONTACT)

    def is_absent(self, on: date) -> bool:
        if self.has_left(on):
            return True
        if self.absent_from is None:
            return self.absent_to is not None and on <= self.absent_to
        return self.absent_from <= on and (self.absent_to is None or on <= self.absent_to)


class Family(Withdrawable, table=True):
    __tablename__ = "family"
    __table_args__ = current_ref("family", Index("family_municipality", "municipality"))

    municipality: str
    kind: str
    name: str | None = Field(default=None, sa_type=Encrypted)
    email: str | None = Field(default=None, sa_type=Encrypted)
    phone: str | None = Field(default=None, sa_type=Encrypted)
    address: str | None = Field(default=None, sa_type=Encrypted)
    contract_holder: str | None = Field(default=None, sa_type=Encrypted)
    payroll_number: str | None = Field(default=None, sa_type=Encrypted)
    account: str | None = Field(default=None, sa_type=Encrypted)
    region: str | None = None
    consultant: str | None = None


class Approval(Withdrawable, table=True):
    """A period in which a family is approved; a family's periods are its history."""

    __tablename__ = "approval"
    __table_args__ = current_ref("approval", Index("approval_family", "family"))

    family: str
    valid_from: date | None = None
    """None is not known: such a period covers nothing."""
    valid_to: date | None = None
    """The last day; None while it lasts."""
    children: int | None = None
    age_from: int | None = None
    age_to: int | None = None
    needs: str | None = Field(default=None, sa_type=Encrypted)
    authority: str | None = None
    number: str | None = None
    """The authority's own number of the approval."""


class HouseholdMember(Withdrawable, table=True):
    __tablename__ = "household_member"
    __table_args__ = current_ref("household_member", Index("household_member_family", "family"))

    family: str
    name: str | None = Field(default=None, sa_type=Encrypted)
    birth_date: date | None = None
    id_number: str | None = Field(default=None, sa_type=Encrypted)
    carer: bool | None = None


class Child(Withdrawable, table=True):
    __tablename__ = "child"
    __table_args__ = current_ref("child", Index("child_municipality", "municipality"))

    municipality: str
    name: str | None = Field(default=None, sa_type=Encrypted)
    birth_date: date | None = None
    id_number: str | None = Field(default=None, sa_type=Encrypted)
    adviser: str | None = None
    needs: str | None = Field(default=None, sa_type=Encrypted)
