"""What families are entitled to against what the ledger has paid, in every month since it opened (X4)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import pandas as pd

from data import frames
from data.arrow import Opener, snapshot
from data.batches import batches
from data.frames import Asked
from data.ledger_bulk import decisions, paid_or_held
from data.pay_runs import closed_runs, last_of, opens_in
from data.policies import policy
from data.session import reading, writing
from data.tables import PayRun
from rules.corrections import as_they_are, corrected
from rules.entitlements import entitled
from rules.incomplete import incomplete
from rules.matters import NET, OVERPAID
from rules.months import month, months_through, quarter_before
from rules.policy import Policy
from rules.rates import RateMissing
from rules.vocabulary import Role
from tasks import pay_notices
from tasks.mail import queue_to_role
from tasks.postman import wake_postman


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
    """From the ledger's first to the last of the quarter; none where no ledger is open yet."""
    differences: list[Difference] = field(default_factory=list)
    uncomputed: dict[str, list[str]] = field(default_factory=dict)
    """By month, the rates it lacks, a line each."""

    def __str__(self) -> str:
        return f"{len(self.differences)} differences"


def unpaid_entitlements(municipality: str, today: date, now: datetime) -> UnpaidReport:
    """Up to the last quarter that is over. The payroll role has one mail about it if there is anything to say."""
    rules, quarter = policy(municipality), quarter_before(today)
    report = UnpaidReport(f"{rules.prefix}-{quarter}")
    with reading() as s, snapshot(s) as opened:
        opens = opens_in(s, rules, today)
        last = last_of(closed_runs(s, municipality))
        rates = frames.rates(s, rules.country, now)
        for each in months_through(month(opens), quarter.last) if opens else []:
            report.months.append(str(each))
            try:
                report.differences += _differences(opened, Asked(municipality, each, now), rules, rates, last, today)
            except RateMissing as missing:
                report.uncomputed[str(each)] = missing.lines
    if report.differences or report.uncomputed:
        _tell(report, municipality, now)
    return report


def _differences(
    opened: Opener, asked: Asked, rules: Policy, rates: pd.DataFrame, last: PayRun | None, today: date
) -> list[Difference]:
    """What a draft would write about the month if it computed every family anew."""
    about = (asked.municipality, str(asked.month))
    before = {"ledger": paid_or_held(*about, last.ref, None), "decisions": decisions(*about, None)} if last else {}
    found: list[Difference] = []
    for batch in batches(opened, asked, rates, before):
        lines = entitled(batch.facts, asked.month, rules, today)
        paid_before = before and not batch.before["ledger"].empty
        lines = corrected(lines, **batch.before, lacking=incomplete(batch.facts)) if paid_before else as_they_are(lines)
        owed = (lines["held"] == "") & (lines["amount_ore"] > 0)
        too_much = (lines["held"] == OVERPAID) & (lines["carried_from"] == "")
        sums = lines[owed | too_much].groupby(NET, observed=True, as_index=False)["amount_ore"].sum()
        found += [Difference._make((about[1], *row)) for row in sums.itertuples(index=False, name=None)]
    return found


def _tell(report: UnpaidReport, municipality: str, now: datetime) -> None:
    with writing() as s:
        queue_to_role(
            s,
            Role.PAYROLL,
            lambda pack, site: pay_notices.unpaid(
                report.about,
                differences=len(report.differences),
                uncomputed=len(report.uncomputed),
                months=report.months,
                pack=pack,
                site=site,
            ),
            about=report.about,
            municipality=municipality,
            dedup=f"{report.about}:unpaid",
            now=now,
        )
    wake_postman()
