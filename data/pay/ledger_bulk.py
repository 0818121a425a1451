"""The ledger's lines in bulk: written from the frames of a run, and asked for as Arrow."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BigInteger, String, and_, cast, func, literal, or_, select
from sqlmodel import Session, col

from data.pay.frames import Families
from data.store.arrow import Columns, Writer
from data.tables import LedgerLine, LineStatus, PayDecision, PayRun, RunStatus

LINES = pa.schema(
    [
        ("id", pa.string()),
        ("run", pa.string()),
        ("municipality", pa.string()),
        ("period", pa.string()),
        ("subject", pa.string()),
        ("family", pa.string()),
        ("component", pa.string()),
        ("source_key", pa.string()),
        ("quantity", pa.int64()),
        ("unit", pa.string()),
        ("rate", pa.string()),
        ("rate_from", pa.date32()),
        ("amount_ore", pa.int64()),
        ("taxable", pa.bool_()),
        ("status", pa.string()),
        ("held_because", pa.string()),
        ("corrects", pa.string()),
        ("carried_from", pa.string()),
        ("decision", pa.string()),
        ("sources", pa.string()),
        ("basis", pa.string()),
    ]
)
UNKNOWN_IS_NULL = {"held_because", "corrects", "carried_from", "decision"}
CLOSED = (RunStatus.APPROVED.value, RunStatus.RELEASED.value)
ID_DIGITS = 6


def append_lines(write: Writer, run: PayRun, period: str, lines: pd.DataFrame, numbers: np.ndarray) -> None:
    """Lines as rules.corrections makes them, with their numbers within the run."""
    if len(lines):
        write(LedgerLine, _as_stored(run, period, lines, pa.array(numbers).cast(pa.string())))


def _as_stored(run: PayRun, period: str, lines: pd.DataFrame, numbers: pa.Array) -> pa.Table:
    count = len(lines)
    status = (lines["held"] == "").map({True: LineStatus.PAYABLE.value, False: LineStatus.HELD.value})
    made = {
        "id": pc.binary_join_element_wise(run.ref, pc.utf8_lpad(numbers, ID_DIGITS, "0"), "-"),
        "run": pa.repeat(run.ref, count),
        "municipality": pa.repeat(run.municipality, count),
        "period": pa.repeat(period, count),
        "status": pa.array(status, pa.string()),
    }
    given = lines.rename(columns={"placement": "subject", "held": "held_because"})
    arrays = [made[field.name] if field.name in made else _array(given[field.name], field) for field in LINES]
    return pa.Table.from_arrays(arrays, schema=LINES)


def _array(values: "pd.Series[Any]", field: pa.Field) -> pa.Array:
    if pa.types.is_date(field.type):
        return pa.array(values, pa.timestamp("s")).cast(field.type)
    array = pa.array(values, field.type)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return pc.if_else(pc.equal(array, ""), None, array) if field.name in UNKNOWN_IS_NULL else array


def paid_or_held(municipality: str, period: str, last: str, families: Families | None) -> Columns:
    """What closed runs paid for the month, and what the last of them held."""
    line = LedgerLine
    paid = col(line.status) != LineStatus.HELD.value
    wanted: Columns = (
        select(
            col(line.family),
            col(line.id),
            col(line.subject).label("placement"),
            col(line.component),
            col(line.source_key),
            col(line.quantity),
            col(line.unit),
            col(line.rate),
            col(line.rate_from),
            col(line.amount_ore),
            col(line.taxable),
            paid.label("paid"),
            col(line.held_because).label("held"),
            col(line.corrects),
            col(line.carried_from),
            col(line.decision),
            cast(col(line.sources), String).label("sources"),
            cast(col(line.basis), String).label("basis"),
        )
        .join(PayRun, col(PayRun.ref) == col(line.run))
        .where(
            col(line.municipality) == municipality,
            col(line.period) == period,
            or_(and_(col(PayRun.status).in_(CLOSED), paid), and_(col(line.run) == last, ~paid)),
        )
    )
    return wanted if families is None else wanted.where(col(line.family).in_(families))


def held_unchanged(municipality: str, period: str, last: str, changed: Families | None) -> Columns:
    """What the last closed run held for the month, of families whose month isn't computed again."""
    wanted = paid_or_held(municipality, period, last, None).where(col(LedgerLine.status) == LineStatus.HELD.value)
    return wanted if changed is None else wanted.where(col(LedgerLine.family).not_in(changed))


def decisions(municipality: str, period: str, families: Families | None) -> Columns:
    """About the month's lines, with what of each closed runs have taken already."""
    closed = select(col(PayRun.ref)).where(col(PayRun.status).in_(CLOSED))
    taken = and_(col(LedgerLine.decision) == col(PayDecision.ref), col(LedgerLine.run).in_(closed))
    taken_ore = -func.coalesce(func.sum(col(LedgerLine.amount_ore)), 0)
    wanted: Columns = (
        select(
            col(PayDecision.family),
            col(PayDecision.ref).label("decision"),
            col(PayDecision.decision).label("choice"),
            col(PayDecision.instalments),
            col(PayDecision.subject).label("placement"),
            col(PayDecision.component),
            col(PayDecision.source_key),
            col(PayDecision.amount_ore),
            col(PayDecision.quantity),
            col(PayDecision.taxable),
            cast(col(PayDecision.about), String).label("about"),
            func.count(col(LedgerLine.id)).label("taken"),
            cast(taken_ore, BigInteger).label("taken_ore"),
        )
        .join(LedgerLine, taken, isouter=True)
        .where(col(PayDecision.municipality) == municipality, col(PayDecision.period) == period)
        .group_by(col(PayDecision.id))
    )
    return wanted if families is None else wanted.where(col(PayDecision.family).in_(families))


def sums_of(s: Session, run: PayRun, period: str) -> pd.DataFrame:
    """What the run wrote for the month: placement, family, component, taxable, held, amount_ore."""
    whose = (col(LedgerLine.subject), col(LedgerLine.family), col(LedgerLine.component), col(LedgerLine.taxable))
    by = (*whose, func.coalesce(col(LedgerLine.held_because), literal("")))
    wanted = select(*by, func.sum(col(LedgerLine.amount_ore))).group_by(*by)
    rows = s.execute(wanted.where(col(LedgerLine.run) == run.ref, col(LedgerLine.period) == period))
    names = ["placement", "family", "component", "taxable", "held", "amount_ore"]
    return pd.DataFrame([tuple(row) for row in rows], columns=names)
