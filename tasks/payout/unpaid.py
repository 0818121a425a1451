"""What families are entitled to against what the ledger has paid, in every month that is released (X4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import pandas as pd
from sqlmodel import Session

from data.errands import open_of_form
from data.pay import frames
from data.pay.batches import batches
from data.pay.frames import Asked
from data.pay.ledger_bulk import decisions, paid_or_held
from data.pay.pay_runs import closed_runs, last_of, last_released, opens_in
from data.policies import policy_of
from data.store.arrow import Opener, snapshot
from data.store.session import reading
from data.tables import PayRun
from rules.corrections import as_they_are, corrected
from rules.entitlements import entitled
from rules.forms.pay_watch import UnpaidEntitlement
from rules.incomplete import incomplete
from rules.matters import NET, OVERPAID
from rules.months import Month, month, months_through, quarter_before
from rules.policy import Policy
from rules.rates import Gap, RateMissing
from tasks.payout.unpaid_tasks import follow, keep
from tasks.rates.watch import ask_for_gaps


class Difference(NamedTuple):
    period: str
    placement: str
    family: str
    component: str
    taxable: bool
    amount_ore: int
    """Owed to the family; negative is paid too much, and not yet held for anybody's decision."""


@dataclass
class UnpaidReport:
    about: str
    """The municipality's quarter, such as RA-2023-Q2."""
    months: list[str] = field(default_factory=list)
    """From the ledger's first to the last of the quarter that is released; a later month isn't unpaid yet."""
    differences: list[Difference] = field(default_factory=list)
    uncomputed: dict[str, list[str]] = field(default_factory=dict)
    """By month, the rates it lacks, a line each."""
    gaps: list[Gap] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.differences)} differences"


def unpaid_entitlements(municipality: str, today: date, now: datetime) -> UnpaidReport:
    """Up to the last quarter that is over. A family whose pay differs is a task of whoever pays out."""
    policy = policy_of(municipality)
    with reading() as s:
        report = _compared(s, policy, None, today, now)
    if report.gaps:
        ask_for_gaps(municipality, report.gaps, now)
    keep(policy, report.differences, unknown=report.uncomputed, now=now)
    return report


def end_what_was_paid(municipality: str, today: date, now: datetime) -> int:
    """How many tasks a payout has ended, of families that somebody was asked about."""
    policy = policy_of(municipality)
    with reading() as s:
        families = sorted({str(task.about) for task in open_of_form(s, UnpaidEntitlement.__name__, municipality)})
        report = _compared(s, policy, families, today, now) if families else None
    return follow(policy, families, report.differences, unknown=report.uncomputed, now=now) if report else 0


def _compared(s: Session, policy: Policy, families: list[str] | None, today: date, now: datetime) -> UnpaidReport:
    quarter = quarter_before(today)
    report = UnpaidReport(f"{policy.prefix}-{quarter}")
    with snapshot(s) as opened:
        last, rates = last_of(closed_runs(s, policy.key)), frames.rates(s, policy.country, now)
        for each in _released(s, policy, quarter.last, today):
            report.months.append(str(each))
            try:
                report.differences += _differences(
                    opened, Asked(policy.key, each, now, families), policy, rates, last, today
                )
            except RateMissing as missing:
                report.uncomputed[str(each)] = missing.lines
                report.gaps += missing.gaps
    return report


def _released(s: Session, policy: Policy, until: Month, today: date) -> Sequence[Month]:
    """A run pays every month up to its own: what comes after the last one released is still on its way."""
    opens, last = opens_in(s, policy, today), last_released(s, policy.key)
    return months_through(month(opens), min(until, month(last))) if opens and last else []


def _differences(
    opened: Opener, asked: Asked, policy: Policy, rates: pd.DataFrame, last: PayRun | None, today: date
) -> list[Difference]:
    """What a draft would write about the month if it computed every family anew."""
    about = (asked.municipality, str(asked.month))
    before = (
        {"ledger": paid_or_held(*about, last.ref, asked.families), "decisions": decisions(*about, asked.families)}
        if last
        else {}
    )
    found: list[Difference] = []
    for batch in batches(opened, asked, rates, before):
        lines = entitled(batch.facts, asked.month, policy, today)
        paid_before = before and not batch.before["ledger"].empty
        lines = corrected(lines, **batch.before, lacking=incomplete(batch.facts)) if paid_before else as_they_are(lines)
        owed = (lines["held"] == "") & (lines["amount_ore"] > 0)
        too_much = (lines["held"] == OVERPAID) & (lines["carried_from"] == "")
        sums = lines[owed | too_much].groupby(NET, observed=True, as_index=False)["amount_ore"].sum()
        found += [Difference._make((about[1], *row)) for row in sums.itertuples(index=False, name=None)]
    return found
