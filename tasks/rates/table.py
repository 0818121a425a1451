"""A municipality's own rate table into the database, all or nothing."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session

from data.from_outside import read_file
from data.rates import as_table, lines_paid_with, list_rates, record_rate
from data.store.audit import Actor, audit
from data.store.session import lock, writing
from rules import rate_table
from rules.rate_file import read_rate_file
from rules.rate_table import TableRow
from rules.refusal import Refusal, Refusals
from tasks.rates.missing import end_loaded

MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class RatesReport:
    sha256: str
    added: int
    changed: int
    """New versions of rows that were stored; the earlier ones stay as well."""
    unchanged: int
    warnings: list[str]


class Imported(NamedTuple):
    """A file that fits what is stored."""

    sha256: str
    added: list[TableRow]
    changed: list[TableRow]
    unchanged: int
    warnings: list[str]

    @property
    def new(self) -> list[TableRow]:
        return self.added + self.changed


def import_rates(path: Path, *, actor: Actor, now: datetime) -> RatesReport:
    """Raises Refusals with every fault of the file by line and column; nothing is changed then."""
    with writing() as s:
        lock(s, "rates")  # two files that fit the table each by itself may not fit together
        file = fitting(s, path)
        for row in file.new:
            record_rate(s, row, now)
        counts = {"added": len(file.added), "changed": len(file.changed), "unchanged": file.unchanged}
        audit(s, actor, "rates.import", "rates", now, sha256=file.sha256, **counts)
        end_loaded(s, now)
    return RatesReport(file.sha256, warnings=file.warnings, **counts)


def fitting(s: Session, path: Path) -> Imported:
    """Raises Refusals."""
    content = read_file(path, MOST_BYTES)
    given, faults = read_rate_file(_text(path, content))
    stored = {row.ref: row for row in as_table(list_rates(s))}
    table = rate_table.merged(stored.values(), given)
    faults = faults + rate_table.twice(given) + rate_table.overlaps(table)
    if faults:
        raise Refusals([f"{path}: {fault}" for fault in faults])
    new = [row for row in table if row.line is not None]
    changed = [row for row in new if row.ref in stored]
    warned = [*rate_table.warnings(table, stored.values()), *_paid_already(s, changed, stored)]
    return Imported(
        sha256=sha256(content).hexdigest(),
        added=[row for row in new if row.ref not in stored],
        changed=changed,
        unchanged=len(given) - len(new),
        warnings=[f"{path}: {line}" for line in warned],
    )


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"{path} isn't UTF-8 text; save it from the spreadsheet as CSV UTF-8") from None


def _paid_already(s: Session, changed: list[TableRow], stored: dict[str, TableRow]) -> list[str]:
    moved = [row for row in changed if not row.pays_the_same(stored[row.ref])]
    return [
        f"{row}: {row.ref} was used already, in {lines} lines of approved or released months; it is stored as a new "
        "version, and the differences come with the next payout"
        for row in moved
        if (lines := lines_paid_with(s, row))
    ]
