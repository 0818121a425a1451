"""What was agreed and what happened: placements, terms, nights, claims, networks."""

from datetime import date, datetime

from sqlalchemy import JSON, DateTime, Index
from sqlmodel import Field

from data.columns import Encrypted
from data.tables.base import Fact, Withdrawable, current_ref


class Placement(Withdrawable, table=True):
    __tablename__ = "placement"
    __table_args__ = current_ref(
        "placement",
        Index("placement_family", "family"),
        Index("placement_child", "child"),
        Index("placement_municipality", "municipality"),
    )

    child: str
    family: str
    municipality: str
    """Who decides and pays, wherever the child belongs later."""
    kind: str
    start: date | None = None
    end: date | None = None
    """The day of departure: no night on it."""
    end_reason: str | None = None
    aftercare_until: date | None = None
    """The last day of the aftercare that is decided; without it nights from the 18th birthday on are held."""
    case: str | None = None
    """Reference of the case that opened it."""
    emergency_reason: str | None = Field(default=None, sa_type=Encrypted)


class Terms(Withdrawable, table=True):
    __tablename__ = "terms"
    __table_args__ = current_ref("terms", Index("terms_placement", "placement"))
    natural_key = ("placement", "valid_from")

    placement: str
    valid_from: date
    fees_tenths: int | None = None
    """Number of fees agreed, in tenths: 25 is two and a half."""
    board_lodging_ore: int | None = None
    """Agreed amount a night in øre; NULL is the statutory rate."""
    nights_per_month: int | None = None
    supervision_interval: int | None = None


class AgreedNights(Fact, table=True):
    """Which nights a child is to be in a respite family, as rules.agreed_nights.NightPlan reads them."""

    __tablename__ = "agreed_nights"
    __table_args__ = current_ref("agreed_nights", Index("agreed_nights_placement", "placement"))
    natural_key = ("placement", "valid_from")

    placement: str
    valid_from: date
    until: date | None = None
    """No night begins on it or later."""
    weekdays: list[str] = Field(default_factory=list, sa_type=JSON)
    every_weeks: int = 1
    stays: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    """Arrival and departure of each, as ISO days."""


class NightStay(Withdrawable, table=True):
    __tablename__ = "night_stay"
    __table_args__ = current_ref(
        "night_stay", Index("night_stay_placement", "placement"), Index("night_stay_arrival", "arrival")
    )

    placement: str
    arrival: datetime | None = Field(default=None, sa_type=DateTime)
    """Local time of the municipality."""
    departure: datetime | None = Field(default=None, sa_type=DateTime)
    reported_on: date | None = None


class TravelClaim(Withdrawable, table=True):
    __tablename__ = "travel_claim"
    __table_args__ = current_ref("travel_claim", Index("travel_claim_placement", "placement"))

    placement: str
    driven_on: date | None = None
    metres: int | None = None
    purpose: str | None = None
    agreed: bool | None = None
    reported_on: date | None = None
    let_through_on: date | None = None
    """The leader's exception for what came too late (R11)."""


class ExpenseClaim(Withdrawable, table=True):
    __tablename__ = "expense_claim"
    __table_args__ = current_ref("expense_claim", Index("expense_claim_placement", "placement"))

    placement: str
    benefit: str
    applied_on: date | None = None
    amount_ore: int | None = None
    regime: str | None = None
    granted_on: date | None = None
    granted_amount_ore: int | None = None
    spent_on: date | None = None
    """Day of the expense, where it isn't that of the application."""
    documentation_on: date | None = None
    let_through_on: date | None = None
    """The leader's exception for what came too late (R11)."""


class Network(Withdrawable, table=True):
    __tablename__ = "network"
    __table_args__ = current_ref("network", Index("network_municipality", "municipality"))

    resource_family: str
    municipality: str
    started_on: date | None = None
    ended_on: date | None = None
    """The last day; None while it goes on."""
    contact_1: str | None = None
    contact_2: str | None = None


class NetworkHome(Withdrawable, table=True):
    __tablename__ = "network_home"
    __table_args__ = current_ref("network_home", Index("network_home_network", "network"))
    natural_key = ("network", "family", "joined_on")

    network: str
    family: str
    joined_on: date
    left_on: date | None = None


class Gathering(Withdrawable, table=True):
    __tablename__ = "gathering"
    __table_args__ = current_ref("gathering", Index("gathering_network", "network"))

    network: str
    held_on: date | None = None
    kind: str | None = None
    amount_ore: int | None = None
    homes: int | None = None


class Happening(Withdrawable, table=True):
    __tablename__ = "happening"
    __table_args__ = current_ref("happening", Index("happening_subject", "subject", "duty"))

    subject: str
    duty: str
    held_on: date | None = None
