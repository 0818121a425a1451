"""Who there is: staff, families, households, children."""

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from data.columns import Encrypted
from data.tables.base import Fact, current_ref


class Staff(Fact, table=True):
    __tablename__ = "staff"
    __table_args__ = current_ref("staff", Index("staff_municipality", "municipality"))

    municipality: str
    name: str | None = Field(default=None, sa_type=Encrypted)
    email: str | None = Field(default=None, sa_type=Encrypted)
    roles: str = ""
    absent_from: date | None = None
    absent_to: date | None = None
    substitute: str | None = None

    def has_role(self, role: str) -> bool:
        return role in self.roles.split(",")

    def is_absent(self, on: date) -> bool:
        if self.absent_from is None:
            return self.absent_to is not None and on <= self.absent_to
        return self.absent_from <= on and (self.absent_to is None or on <= self.absent_to)


class Family(Fact, table=True):
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
    approved_from: date | None = None
    approved_to: date | None = None
    approved_children: int | None = None
    approved_age_from: int | None = None
    approved_age_to: int | None = None
    approved_needs: str | None = Field(default=None, sa_type=Encrypted)
    consultant: str | None = None


class HouseholdMember(Fact, table=True):
    __tablename__ = "household_member"
    __table_args__ = current_ref("household_member", Index("household_member_family", "family"))

    family: str
    name: str | None = Field(default=None, sa_type=Encrypted)
    birth_date: date | None = None
    id_number: str | None = Field(default=None, sa_type=Encrypted)
    carer: bool | None = None


class Child(Fact, table=True):
    __tablename__ = "child"
    __table_args__ = current_ref("child", Index("child_municipality", "municipality"))

    municipality: str
    name: str | None = Field(default=None, sa_type=Encrypted)
    birth_date: date | None = None
    id_number: str | None = Field(default=None, sa_type=Encrypted)
    adviser: str | None = None
    needs: str | None = Field(default=None, sa_type=Encrypted)
