"""Writes the payroll files of a released month and remembers that it did (R9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlmodel import Session

from data.pay.exports import exports_of
from data.pay.ledger import totals
from data.pay.pay_runs import locked_run_of, run_of
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.session import reading, writing
from data.tables import PayExport, PayRun
from rules.rights import Right
from tasks.payout.files.folder import aside, put_in_place
from tasks.payout.files.month import PayMonth, kroner, released_month
from tasks.payout.files.pain001 import Payments, payments_of, write_payments
from tasks.payout.files.statements import write_statements
from tasks.payout.files.tables import write_neutral_csv, write_neutral_excel, write_system_csv, write_totals_csv
from tasks.payout.files.totals import (
    Sums,
    csv_sums,
    excel_sums,
    owed_in_transfers,
    paid_by_payroll,
    payment_sums,
    refuse_difference,
    released_sums,
    system_sums,
    together,
    totals_rows,
)
from tasks.payout.roles import refuse_unless_may
from tasks.payout.wake import wake_month

STATEMENTS = "statements"


@dataclass
class ExportReport:
    ref: str
    run: str
    payment_date: date
    files: list[dict[str, Any]]
    """Of each: name, sha256, lines, amount_ore."""
    totals: list[dict[str, Any]]
    """What the ledger released and each file holds: component, taxable, lines, amount_ore."""
    notices: list[str] = field(default_factory=list)


def export_payout(municipality: str, period: str, folder: Path, *, actor: Actor, now: datetime) -> ExportReport:
    """All files of the run, or none. Again: the same bytes, with the payees as the first export knew them.

    Raises NotPrepared, MayNot, NotReleased, Unpayable, DebtorUnknown, PolicyMissing, WageTypeMissing, NotReconciled,
    FolderUnusable and OtherFilesThere.
    """
    key = policy_of(municipality).key
    with aside(folder, f"{key}-{period}") as staged:
        with reading() as s:
            run = run_of(s, key, period)
            refuse_unless_may(s, actor, Right.EXPORT_PAYOUT, key, now)
            before = exports_of(s, run)
            month = released_month(s, run, before[0].exported_at if before else now)
            written = _Files(staged, month, released_sums(totals(s, run)))
            written.write(s)
        with writing() as s:
            wake_month(s, key, period, now)
            run = locked_run_of(s, key, period)
            before = exports_of(s, run)
            made = _mark(s, run, month, written.files, len(before) + 1, actor, now)
            put_in_place(staged, folder, [file["name"] for file in written.files])
    told = [*_told_before(before, made), *written.notices, *_told_late(month, now)]
    return ExportReport(made.ref, run.ref, month.paid_on, written.files, _as_rows(written.released), told)


class _Files:
    """Writes the files into a folder, reads each back and holds it against the ledger."""

    def __init__(self, folder: Path, month: PayMonth, released: Sums) -> None:
        self.folder, self.month, self.released = folder, month, released
        self.files: list[dict[str, Any]] = []
        self.notices: list[str] = []
        self._sums: dict[str, Sums] = {"ledger": released}

    def write(self, s: Session) -> None:
        """Raises NotReconciled, and Refusal for what can't be written."""
        ref, month = self.month.run.ref, self.month
        payments = payments_of(month) if month.into_accounts else None
        write_neutral_csv(neutral := self._path(f"payroll-{ref}.csv"), month)
        self._check(neutral, csv_sums(neutral, month), self.released)
        write_neutral_excel(workbook := self._path(f"payroll-{ref}.xlsx"), month)
        self._check(workbook, excel_sums(workbook), self.released)
        if "payroll.columns" in month.policy.values:
            write_system_csv(own := self._path(f"payroll-{ref}-{month.setting('payroll.system')}.csv"), month)
            self._check(own, system_sums(own, month), paid_by_payroll(self.released, month))
        if payments:
            self._write_payments(payments)
        left_out = payments.left_out if payments else {}
        write_totals_csv(sums := self._path(f"totals-{ref}.csv"), month, totals_rows(self._sums, left_out))
        self._note(sums, self.released)
        self._write_statements(s)

    def _write_payments(self, payments: Payments) -> None:
        ref = self.month.run.ref
        self.notices += [
            f"{ref}: {family}: its tax-free lines come to {kroner(ore)} kr., which no bank transfers; "
            "it is in totals and not in the payments file, settle it with the family"
            for family, ore in payments.left_out.items()
        ]
        if not payments.transfers:
            self.notices.append(f"{ref}: nothing is transferred into accounts: there is no payments file")
            return
        write_payments(path := self._path(f"payments-{ref}.xml"), self.month, payments)
        self._check(path, payment_sums(path), owed_in_transfers(self.released, self.month, payments))

    def _write_statements(self, s: Session) -> None:
        (self.folder / STATEMENTS).mkdir()
        for path in write_statements(s, self.folder / STATEMENTS, self.month):
            self._note(path, {})

    def _path(self, name: str) -> Path:
        return self.folder / name

    def _check(self, path: Path, held: Sums, expected: Sums) -> None:
        refuse_difference(self.month.run.ref, path.name, held, expected)
        self._sums[path.name] = held
        self._note(path, held)

    def _note(self, path: Path, held: Sums) -> None:
        name, all_of_it = path.relative_to(self.folder).as_posix(), together(held)
        digest = sha256(path.read_bytes()).hexdigest()
        self.files.append({"name": name, "sha256": digest, **all_of_it._asdict()})


def _mark(
    s: Session, run: PayRun, month: PayMonth, files: list[dict[str, Any]], number: int, actor: Actor, now: datetime
) -> PayExport:
    made = PayExport(
        ref=f"{run.ref}-E{number}",
        run=run.ref,
        exported_at=now,
        exported_by=actor.ref,
        payment_date=month.paid_on,
        files=files,
    )
    s.add(made)
    statements = [file for file in files if file["name"].startswith(f"{STATEMENTS}/")]
    others = {file["name"]: file["sha256"] for file in files if file not in statements}
    digest = sha256("".join(file["sha256"] for file in statements).encode()).hexdigest()
    audit(
        s, actor, "payout.export", run.ref, now,
        export=made.ref, files=others, statements=len(statements), statements_sha256=digest,
    )  # fmt: skip
    return made


def _told_before(before: Sequence[PayExport], made: PayExport) -> list[str]:
    if not before:
        return []
    first = before[0]
    was = {file["name"]: file["sha256"] for file in first.files}
    other = [file["name"] for file in made.files if was.get(file["name"]) != file["sha256"]]
    said = f"{made.run} was exported before, by {first.exported_by} on {first.exported_at:%Y-%m-%d} ({first.ref})"
    if other:
        said += f"; policy or templates have changed since: {len(other)} files differ, such as {other[0]}"
        return [f"{said}; find out what payroll has imported before you use these"]
    return [f"{said}; these are the same files: import them once"]


def _told_late(month: PayMonth, now: datetime) -> list[str]:
    if month.policy.today(now) <= month.paid_on:
        return []
    return [f"the payment date {month.paid_on} has passed: agree with payroll or the bank on another"]


def _as_rows(sums: Sums) -> list[dict[str, Any]]:
    return [
        {"component": component, "taxable": taxable == "yes", **each._asdict()}
        for (component, taxable), each in sorted(sums.items())
    ]
