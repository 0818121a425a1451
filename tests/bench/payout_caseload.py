"""A municipality of any size in a database, made from numbers: two placements a family, most of them respite."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import text
from sqlmodel import Session, SQLModel

from data.rates import load_shipped
from data.store.arrow import append
from data.store.facts import record
from data.store.session import engine, writing
from data.tables import Approval, Child, Family, NightStay, Placement, Staff, Terms, TravelClaim

KNOWN = datetime(2023, 1, 2, 8, tzinfo=UTC)
CLERK = "RA-S1"
AT_ONCE = 100_000
FULL_TIME_EVERY, TRAVEL_EVERY = 4, 10


def fill(placements: int) -> None:
    with writing() as s:
        load_shipped(s, KNOWN)
        record(s, Staff(ref=CLERK, recorded_at=KNOWN, municipality="randers", roles="payroll"), KNOWN)
        for first in range(0, placements, AT_ONCE):
            _some(s, np.arange(first, min(first + AT_ONCE, placements)))
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # as the server does by itself within minutes
        connection.execute(text("VACUUM ANALYZE" if engine().dialect.name == "postgresql" else "ANALYZE"))


def _some(s: Session, number: "np.ndarray[Any, Any]") -> None:
    random = np.random.default_rng(int(number[0]))
    size, family = len(number), _refs("RA-F", np.unique(number // 2))
    placement, child = _refs("RA-P", number), _refs("RA-B", number)
    born = np.datetime64("2006-01-01") + random.integers(0, 5000, size)
    full_time = number % FULL_TIME_EVERY == 0
    kind = np.where(full_time, "full_time", "respite")
    since, approved = _same("2022-01-01", size), _same("2021-01-01", len(family))
    _add(
        s,
        Family,
        family,
        municipality=_same("randers", len(family)),
        kind=_same("respite", len(family)),
    )
    periods = pa.array([f"{ref}-A1" for ref in family.to_pylist()])
    _add(s, Approval, periods, family=family, valid_from=approved)
    _add(s, Child, child, municipality=_same("randers", size), birth_date=pa.array(born))
    _add(
        s,
        Placement,
        placement,
        child=child,
        family=_refs("RA-F", number // 2),
        municipality=_same("randers", size),
        kind=pa.array(kind),
        start=since,
    )
    fees = pa.array(random.choice([10, 15, 20, 25], size))
    terms_ref = pa.array([f"{ref}/2022-01-01" for ref in placement.to_pylist()])
    _add(s, Terms, terms_ref, placement=placement, valid_from=since, fees_tenths=fees)
    guest = number[~full_time]
    friday = np.datetime64("2023-05-05T15:00:00") + np.timedelta64(7, "D") * random.integers(0, 4, len(guest))
    left = friday + np.timedelta64(2, "D")
    of = _refs("RA-P", guest)
    _add(s, NightStay, _refs("RA-N", guest), placement=of, arrival=_moments(friday), departure=_moments(left))
    drove = number[number % TRAVEL_EVERY == 0]
    day, metres = _same("2023-05-10", len(drove)), pa.array(random.integers(1_000, 90_000, len(drove)))
    agreed = pa.array(np.ones(len(drove), dtype=bool))
    to = _same("contact_visit", len(drove))
    _add(
        s,
        TravelClaim,
        _refs("RA-K", drove),
        placement=_refs("RA-P", drove),
        driven_on=day,
        metres=metres,
        purpose=to,
        agreed=agreed,
    )


def _add(s: Session, table: type[SQLModel], ref: pa.Array, **columns: pa.Array) -> None:
    recorded = _same("2023-01-02 08:00:00.000000+00:00" if _postgresql() else "2023-01-02 08:00:00.000000", len(ref))
    append(s, table, pa.table({"ref": ref, "recorded_at": recorded, **columns}))


def _postgresql() -> bool:
    return engine().dialect.name == "postgresql"


def _refs(prefix: str, number: "np.ndarray[Any, Any]") -> pa.Array:
    return pa.array([f"{prefix}{each:07}" for each in number.tolist()])


def _same(value: str, size: int) -> pa.Array:
    return pa.repeat(value, size)


def _moments(at: "np.ndarray[Any, Any]") -> pa.Array:
    return pa.array([f"{each:%Y-%m-%d %H:%M:%S.%f}" for each in at.tolist()])
