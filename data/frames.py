"""What a payout is computed from, as frames: only what was known at the instant (X8), nothing personal."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import Session, col

from data.tables import Child, Family, NightStay, Placement, RateRow, Terms
from data.tables.base import Fact
from rules.months import Month

Columns = Select[*tuple[Any, ...]]


def stays(s: Session, municipality: str, month: Month, known_at: datetime) -> pd.DataFrame:
    """Stays that touch the month, and those whose days aren't known; withdrawn ones aren't among them."""
    arrival, departure = col(NightStay.arrival), col(NightStay.departure)
    wanted: Columns = (
        select(col(NightStay.ref).label("stay"), col(NightStay.placement), arrival, departure)
        .join(Placement, and_(col(Placement.ref) == col(NightStay.placement), _known(Placement, known_at)))
        .join(Child, and_(col(Child.ref) == col(Placement.child), _known(Child, known_at)))
        .where(
            col(Child.municipality) == municipality,
            _known(NightStay, known_at),
            col(NightStay.withdrawn_on).is_(None),
            or_(arrival.is_(None), arrival <= datetime.combine(month.last, time.max)),
            or_(departure.is_(None), departure >= datetime.combine(month.first, time.min)),
        )
    )
    return _frame(s, wanted, days=["arrival", "departure"])


def placements(s: Session, municipality: str, known_at: datetime) -> pd.DataFrame:
    wanted: Columns = (
        select(
            col(Placement.ref).label("placement"),
            col(Placement.family),
            col(Placement.kind),
            col(Placement.start),
            col(Placement.end),
            col(Child.birth_date),
            col(Family.approved_from),
            col(Family.approved_to),
        )
        .join(Child, and_(col(Child.ref) == col(Placement.child), _known(Child, known_at)))
        .join(Family, and_(col(Family.ref) == col(Placement.family), _known(Family, known_at)), isouter=True)
        .where(col(Child.municipality) == municipality, _known(Placement, known_at))
    )
    return _frame(s, wanted, days=["start", "end", "birth_date", "approved_from", "approved_to"])


def terms(s: Session, municipality: str, month: Month, known_at: datetime) -> pd.DataFrame:
    wanted: Columns = (
        select(
            col(Terms.ref).label("terms_ref"),
            col(Terms.placement),
            col(Terms.valid_from).label("terms_from"),
            col(Terms.fees_tenths),
            col(Terms.board_lodging_ore),
            col(Terms.nights_per_month),
        )
        .join(Placement, and_(col(Placement.ref) == col(Terms.placement), _known(Placement, known_at)))
        .join(Child, and_(col(Child.ref) == col(Placement.child), _known(Child, known_at)))
        .where(col(Child.municipality) == municipality, _known(Terms, known_at), col(Terms.valid_from) <= month.last)
    )
    return _frame(s, wanted, days=["terms_from"], whole=["fees_tenths", "board_lodging_ore", "nights_per_month"])


def rates(s: Session, country: str, known_at: datetime) -> pd.DataFrame:
    wanted: Columns = select(
        col(RateRow.ref).label("rate_ref"),
        col(RateRow.rate),
        col(RateRow.band),
        col(RateRow.valid_from).label("rate_from"),
        col(RateRow.valid_to).label("rate_to"),
        col(RateRow.amount).label("amount"),
        col(RateRow.status).label("rate_status"),
    ).where(col(RateRow.country) == country, _known(RateRow, known_at))
    found = _frame(s, wanted, days=["rate_from", "rate_to"])
    ore = [int(Decimal(amount) * 100) for amount in found["amount"]]
    return found.drop(columns="amount").assign(rate_ore=np.array(ore, dtype="int64"))


def _known(table: type[Fact], at: datetime) -> ColumnElement[bool]:
    until = col(table.superseded_at)
    return and_(col(table.recorded_at) <= at, or_(until.is_(None), until > at))


def _frame(s: Session, wanted: Columns, days: list[str], whole: list[str] | None = None) -> pd.DataFrame:
    """Days as datetime64[s], whole numbers as Int64, all else as text, also where there is no row."""
    found = s.execute(wanted)
    names = list(found.keys())
    columns = zip(*found.all(), strict=True)
    frame = pd.DataFrame(dict(zip(names, columns, strict=False)), columns=names, dtype=object)
    kinds = dict.fromkeys(days, "datetime64[s]") | dict.fromkeys(whole or (), "Int64")
    return frame.astype({name: kinds.get(name, "str") for name in names})
