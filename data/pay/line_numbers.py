"""Numbers of a run's lines: whoever quotes one means the same line, however often the draft is made again.

A line keeps its number as long as placement or network, family, component, month, source and tax mark stay: also where
what was held becomes payable. A number that is free again is given to nothing else, not even after a discard.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sqlalchemy import func, literal, select
from sqlmodel import Session, col

from data.pay.batches import PLACEMENTS_AT_ONCE
from data.store.arrow import Columns, Opener, whole_frame
from data.store.numbering import next_numbers
from data.tables import LedgerLine, LineStatus, PayRun
from data.tables.audit import Sequence

KEY = ["placement", "family", "component", "source_key", "taxable"]
STATE = r"(?:\|held:\w+)?(?:\|decided(?::[^|]*)?)*$"
"""What a source is followed by while its line waits, and once somebody decided about it."""


class Before(NamedTuple):
    """Of the draft as it was: what tells its lines apart, in 64 bits each, so that a large one fits into memory."""

    exact: "pd.Series[int]"
    """Number by key."""
    loose: "pd.Series[int]"
    """Number by key without what the line waits for, in order of the key."""
    held: frozenset[int]


class LineNumbers:
    def __init__(self, s: Session, opened: Opener, run: PayRun) -> None:
        self._run = run
        self._series = f"line {run.ref}"
        given = s.get(Sequence, self._series)
        self._given = self.last = given.last if given else 0
        self._before = _before(opened, run) if _has_lines(s, run) else None
        self._taken: set[int] = set()

    def of(self, period: str, lines: pd.DataFrame) -> np.ndarray:
        """For all lines of these placements in that month."""
        numbers = np.zeros(len(lines), dtype="int64")
        if self._before is not None and len(lines):
            numbers = self._kept(self._before, period, lines)
        new = numbers == 0
        numbers[new] = np.arange(self.last + 1, self.last + 1 + new.sum())
        self.last += int(new.sum())
        return numbers

    def _kept(self, before: Before, period: str, lines: pd.DataFrame) -> np.ndarray:
        exact, loose = _keys(period, lines)
        numbers = before.exact.reindex(exact).fillna(0).to_numpy("int64", copy=True)
        numbers[pd.Series(numbers).duplicated().to_numpy()] = 0
        self._taken |= set(numbers[numbers > 0].tolist())
        held = lines["held"].to_numpy() != ""
        for at in np.flatnonzero(numbers == 0):
            numbers[at] = self._free(before, int(loose[at]), bool(held[at]))
        return numbers

    def _free(self, before: Before, loose: int, held: bool) -> int:
        """A number of the same source whose line waited and waits no longer, or the other way round; 0 for none."""
        first, after = np.searchsorted(before.loose.index, [loose, loose + 1])
        for number in before.loose.iloc[first:after].tolist():
            if number not in self._taken and (number in before.held) != held:
                self._taken.add(number)
                return int(number)
        return 0

    def remember(self, s: Session) -> None:
        if self.last > self._given:
            next_numbers(s, self._series, self.last - self._given)


def _has_lines(s: Session, run: PayRun) -> bool:
    return s.scalar(select(func.count()).select_from(LedgerLine).where(col(LedgerLine.run) == run.ref)) != 0


def _before(opened: Opener, run: PayRun) -> Before:
    line = LedgerLine
    wanted: Columns = select(
        col(line.family),
        col(line.id),
        col(line.period),
        col(line.subject).label("placement"),
        col(line.component),
        col(line.source_key),
        col(line.taxable),
        (col(line.status) == literal(LineStatus.HELD.value)).label("waits"),
    ).where(col(line.run) == run.ref)
    stream, parts, more = opened(wanted), [], ""
    while more is not None:
        rows, more = stream.take(PLACEMENTS_AT_ONCE)  # type: ignore[assignment]
        parts.append(_compact(whole_frame(rows)))
    exact, loose, number, held = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(loose, kind="stable")
    by_key = pd.Series(number, index=exact)
    return Before(
        by_key[~by_key.index.duplicated()],
        pd.Series(number[order], index=loose[order]),
        frozenset(number[held].tolist()),
    )


def _compact(lines: pd.DataFrame) -> tuple[np.ndarray, ...]:
    number = lines["id"].str.rpartition("-")[2].astype("int64").to_numpy() if len(lines) else np.zeros(0, "int64")
    exact, loose = np.zeros(len(lines), "int64"), np.zeros(len(lines), "int64")
    for period, rows in lines.groupby("period").indices.items():
        exact[rows], loose[rows] = _keys(str(period), lines.iloc[rows])
    return exact, loose, number, lines["waits"].to_numpy(bool)


def _keys(period: str, lines: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    key = lines[KEY].astype(dict.fromkeys(KEY, "str")).assign(period=period)
    source = key["source_key"].str.replace(STATE, "", regex=True)
    return _in_64_bits(key), _in_64_bits(key.assign(source_key=source))


def _in_64_bits(key: pd.DataFrame) -> Any:
    # half the range: one more must still be a number
    return (pd.util.hash_pandas_object(key, index=False).to_numpy() >> np.uint64(1)).astype("int64")
