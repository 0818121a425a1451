"""The files are read back: what they hold must be what the ledger released, by component and tax mark (R9)."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree
from python_calamine import CalamineWorkbook

from rules.payroll_file import AMOUNTS, ENCODINGS, Value
from rules.refusal import Refusal
from tasks.payout.files.month import PayMonth, kroner
from tasks.payout.files.pain001 import NAMESPACE, Payments
from tasks.payout.files.tables import neutral_way, system_way

EVERYTHING = ("", "")
HEADINGS: list[Value] = ["file", "component", "taxable", "lines", "amount", "amount_ore"]


class Sum(NamedTuple):
    lines: int
    amount_ore: int


Sums = dict[tuple[str, str], Sum]
"""By component and taxable (yes or no); ("", "") for a file that doesn't tell them apart."""


class NotReconciled(Refusal):
    def __init__(self, run: str, file: str, apart: list[str]) -> None:
        super().__init__(
            f"{run}: {file} doesn't hold what the ledger released ({'; '.join(apart)}); no file was written. "
            "This is a fault of plejeflow or of the disk: don't pay from older files, report it"
        )


def released_sums(totals: Iterable[Mapping[str, Any]]) -> Sums:
    """From data.pay.ledger.totals."""
    return {
        (total["component"], "yes" if total["taxable"] else "no"): Sum(total["lines"], total["amount_ore"])
        for total in totals
        if total["status"] == "released"
    }


def csv_sums(path: Path, month: PayMonth) -> Sums:
    """Raises NotReconciled for a line whose two amounts differ; so does excel_sums."""
    way = neutral_way(month)
    with path.open(encoding=ENCODINGS[way.encoding], newline="") as file:
        rows = csv.DictReader(file, delimiter=way.delimiter)
        return _summed({**row, "amount": way.number(row["amount"])} for row in rows)


def excel_sums(path: Path) -> Sums:
    with path.open("rb") as file:
        headings, *rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    return _summed(dict(zip(headings, row, strict=True)) for row in rows)


def _summed(rows: Iterable[Mapping[Any, Any]]) -> Sums:
    sums: Sums = defaultdict(lambda: Sum(0, 0))
    for row in rows:
        if kroner(int(row["amount_ore"])) != round(Decimal(str(row["amount"])), 2):
            raise NotReconciled(str(row["run"]), "the neutral file", [f"{row['line']}: amount and amount_ore differ"])
        key = (str(row["component"]), str(row["taxable"]))
        sums[key] = Sum(sums[key].lines + 1, sums[key].amount_ore + int(row["amount_ore"]))
    return dict(sums)


def system_sums(path: Path, month: PayMonth) -> Sums:
    columns = [column for column, _ in month.setting("payroll.columns")]
    name = min(AMOUNTS & set(columns))
    way = system_way(month)
    with path.open(encoding=ENCODINGS[way.encoding], newline="") as file:
        _, *rows = csv.reader(file, delimiter=way.delimiter)
    total = sum((way.number(row[columns.index(name)]) for row in rows), Decimal(0))
    return {EVERYTHING: Sum(len(rows), int(total * (100 if name == "amount" else 1)))}


def payment_sums(path: Path) -> Sums:
    amounts = [Decimal(node.text or "") for node in etree.parse(path).iter(f"{{{NAMESPACE}}}InstdAmt")]
    return {EVERYTHING: Sum(len(amounts), int(sum(amounts, Decimal(0)) * 100))}


def together(sums: Sums) -> Sum:
    return Sum(sum(each.lines for each in sums.values()), sum(each.amount_ore for each in sums.values()))


def paid_by_payroll(released: Sums, month: PayMonth) -> Sums:
    return {EVERYTHING: together({key: each for key, each in released.items() if not _by_account(key, month)})}


def owed_in_transfers(released: Sums, month: PayMonth, payments: Payments) -> Sums:
    """What the ledger says the payments file must hold: all that is tax-free, but for the families it can't."""
    tax_free = together({key: each for key, each in released.items() if _by_account(key, month)})
    families = {line.family for line in month.lines if month.paid_by(line) == "account"}
    ore = tax_free.amount_ore - sum(payments.left_out.values())
    return {EVERYTHING: Sum(len(families - payments.left_out.keys()), ore)}


def _by_account(key: tuple[str, str], month: PayMonth) -> bool:
    return month.into_accounts and key[1] == "no"


def refuse_difference(run: str, file: str, held: Sums, expected: Sums) -> None:
    """Raises NotReconciled."""
    apart = [
        f"{' '.join(filter(None, key)) or 'altogether'}: {held.get(key)} instead of {expected.get(key)}"
        for key in sorted({*held, *expected})
        if held.get(key) != expected.get(key)
    ]
    if apart:
        raise NotReconciled(run, file, apart)


def totals_rows(sums_of_files: Mapping[str, Sums], left_out: Mapping[str, int]) -> list[list[Value]]:
    """What a person checks by eye: the ledger first, then every file as it was read back."""
    rows = [HEADINGS]
    for name, sums in sums_of_files.items():
        rows += [_row(name, *key, each) for key, each in sorted(sums.items()) if key != EVERYTHING]
        rows.append(_row(name, "total", "", together(sums)))
    rows += [_row("in no payments file", family, "no", Sum(0, ore)) for family, ore in left_out.items()]
    return rows


def _row(name: str, component: str, taxable: str, of: Sum) -> list[Value]:
    return [name, component, taxable, of.lines, kroner(of.amount_ore), of.amount_ore]
