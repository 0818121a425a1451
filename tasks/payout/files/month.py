"""A released month as its files need it: what is paid, to whom, when and by which way (R9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from data.pay.ledger import lines_of
from data.pay.payees import Payee, payees_of
from data.policies import policy_of
from data.tables import LedgerLine, LineStatus, PayRun, RunStatus
from rules.accounts import account
from rules.months import month
from rules.payment_dates import paid_on
from rules.payroll_file import Product, Row, product
from rules.policy import Policy
from rules.refusal import Refusal, Refusals

CURRENCIES = {"DK": "DKK", "NO": "NOK"}
MOST_NAMED = 20


class NotReleased(Refusal):
    def __init__(self, run: PayRun) -> None:
        self.run = run
        super().__init__(
            f"{run.ref} is {run.status}, not released: files are written of a released month only; "
            f"plejeflow payout release {run.payroll_month} --municipality {run.municipality} comes first"
        )


class Unpayable(Refusals):
    """Families whose money couldn't be sent, a line for each reason."""


@dataclass(frozen=True)
class PayMonth:
    run: PayRun
    policy: Policy
    paid_on: date
    lines: list[LedgerLine]
    """The released ones."""
    held: list[LedgerLine]
    """What waits for a decision; in no file but the statements."""
    payees: dict[str, Payee]

    @property
    def currency(self) -> str:
        return CURRENCIES[self.policy.country]

    @property
    def into_accounts(self) -> bool:
        """Whether tax-free lines are transferred by the municipality itself."""
        return bool(self.setting("payout.pays_by") == "accounts")

    def setting(self, key: str) -> Any:
        return self.policy.value(key, self.paid_on)

    def paid_by(self, line: LedgerLine) -> str:
        return "account" if self.into_accounts and not line.taxable else "payroll"

    def rows(self) -> Iterator[Row]:
        """In the neutral file's columns, by line."""
        return (self._row(line, self.payees[line.family]) for line in self.lines)

    def _row(self, line: LedgerLine, payee: Payee) -> Row:
        said = _product(line)
        return {
            "run": line.run,
            "payroll_month": self.run.payroll_month,
            "payment_date": self.paid_on,
            "family": line.family,
            "payee": payee.name,
            "payroll_number": payee.payroll_number,
            "nemkonto_key": None if self.into_accounts else payee.id_number,
            "line": line.id,
            "placement": line.subject,
            "component": line.component,
            "period": line.period,
            "fees": said.fees,
            "quantity": said.quantity,
            "unit": line.unit,
            "rate": said.rate,
            "rate_from": line.rate_from,
            "amount": kroner(line.amount_ore),
            "amount_ore": line.amount_ore,
            "currency": self.currency,
            "taxable": "yes" if line.taxable else "no",
            "paid_by": self.paid_by(line),
            "corrects": line.corrects,
            "sources": "; ".join(line.sources),
        }


def released_month(s: Session, run: PayRun, known_at: datetime) -> PayMonth:
    """Payees as they were known at that instant. Raises NotReleased and Unpayable."""
    if run.status != RunStatus.RELEASED or run.released_at is None:
        raise NotReleased(run)
    policy = policy_of(run.municipality)
    lines = lines_of(s, run)
    found = PayMonth(
        run,
        policy,
        paid_on(month(run.payroll_month), policy.today(run.released_at), policy),
        [line for line in lines if line.status == LineStatus.RELEASED],
        [line for line in lines if line.status == LineStatus.HELD],
        payees_of(s, run, known_at),
    )
    _refuse_unpayable(found)
    return found


def kroner(ore: int) -> Decimal:
    return Decimal(ore).scaleb(-2)


def _product(line: LedgerLine) -> Product:
    fees = line.basis.get("fees_tenths") if "paid" not in line.basis else _fees_of_all(line)
    return product(line.quantity, fees, line.rate, line.amount_ore)


def _fees_of_all(correction: LedgerLine) -> int | None:
    """Where they are the same throughout what is owed."""
    fees = {owed["basis"].get("fees_tenths") for owed in correction.basis.get("owed", [])}
    return fees.pop() if len(fees) == 1 else correction.basis.get("fees_tenths")


def _refuse_unpayable(found: PayMonth) -> None:
    by_payroll = {line.family for line in found.lines if found.paid_by(line) == "payroll"}
    by_account = {line.family for line in found.lines if found.paid_by(line) == "account"}
    country, payees = found.policy.country, found.payees
    unknown = [ref for ref in by_payroll if not (payees[ref].payroll_number or _key(found, payees[ref]))]
    astray = [ref for ref in by_account if account(payees[ref].account or "", country) is None]
    nameless = [ref for ref in by_account if not payees[ref].name]
    key = "" if found.into_accounts else ", and no CPR number of the contract holder (sheet household)"
    faults = {
        f"no payroll_number{key}": unknown,
        "no account that is a bank account": astray,
        "no contract_holder": nameless,
    }
    if any(faults.values()):
        raise Unpayable(
            [
                f"{found.run.ref}: {_listed(refs)}: {fault}; mend it in the workbook's sheet families and import that"
                for fault, refs in faults.items()
                if refs
            ]
        )


def _key(found: PayMonth, payee: Payee) -> str | None:
    return None if found.into_accounts else payee.id_number


def _listed(refs: list[str]) -> str:
    more = f" and {len(refs) - MOST_NAMED} more" if len(refs) > MOST_NAMED else ""
    return ", ".join(sorted(refs)[:MOST_NAMED]) + more
