"""A payout as operators look at it: sums and references only, in the words of its municipality."""

from collections import defaultdict
from dataclasses import dataclass

from babel.dates import format_date
from sqlmodel import Session

from data.pay.ledger import totals
from data.pay.pay_runs import run_of
from data.pay.sums import MonthSum, held_by_reason, paid_by_month
from data.policies import policy_of
from data.tables import PayRun
from rules.holds import Hold
from rules.months import month, month_before
from rules.vocabulary import Component
from tasks.words.language import LOCALES, in_kroner, translator
from tasks.words.pay_words import COMPONENTS, HOLDS

MONTHS = 12
Table = list[dict[str, str | int]]


@dataclass(frozen=True)
class Overview:
    run: str
    status: str
    totals: Table
    held: Table
    compared: Table
    """Beside the month before."""
    months: list[str]
    """The last twelve, in words."""
    paid: dict[str, list[float]]
    """Kroner by component and month."""
    locale: str


def overview(s: Session, municipality: str, period: str) -> Overview:
    run = run_of(s, municipality, period)
    words = _Words(policy_of(municipality).language)
    last = month(period)
    months = [last]
    while len(months) < MONTHS:
        months.insert(0, month_before(months[0].first))
    sums = paid_by_month(s, run, str(months[0]))
    return Overview(
        run=run.ref,
        status=run.status,
        totals=_totals(s, run, words),
        held=[
            {"reason": words.hold(row.because), "lines": row.lines, "kr.": words.kroner(row.amount_ore)}
            for row in held_by_reason(s, run)
        ],
        compared=_compared(sums, str(month_before(last.first)), period, words),
        months=[format_date(each.first, "LLL yy", locale=words.locale) for each in months],
        paid=_paid(sums, [str(each) for each in months], words),
        locale=words.locale,
    )


class _Words:
    def __init__(self, language: str) -> None:
        self.language, self.locale, self._say = language, LOCALES[language], translator(language).gettext

    def component(self, name: str) -> str:
        return self._say(COMPONENTS[Component(name)])

    def hold(self, name: str) -> str:
        return self._say(HOLDS[Hold(name)])

    def tax(self, taxable: bool) -> str:
        # the ids are in the catalogue by tasks.explained.lines
        return self._say("taxable" if taxable else "tax-free")

    def kroner(self, ore: int) -> str:
        return in_kroner(ore, self.language)


def _totals(s: Session, run: PayRun, words: _Words) -> Table:
    return [
        {
            "component": words.component(row["component"]),
            "tax": words.tax(row["taxable"]),
            "status": row["status"],
            "lines": row["lines"],
            "kr.": words.kroner(row["amount_ore"]),
        }
        for row in totals(s, run)
    ]


def _compared(sums: list[MonthSum], before: str, now: str, words: _Words) -> Table:
    by = {(row.payroll_month, row.component): row.amount_ore for row in sums}
    table: Table = []
    for component in sorted({row.component for row in sums if row.payroll_month in (before, now)}):
        was, is_now = by.get((before, component), 0), by.get((now, component), 0)
        amounts = {before: words.kroner(was), now: words.kroner(is_now), "difference": words.kroner(is_now - was)}
        table.append({"component": words.component(component), **amounts})
    return table


def _paid(sums: list[MonthSum], months: list[str], words: _Words) -> dict[str, list[float]]:
    """The largest component first."""
    by: dict[str, dict[str, int]] = defaultdict(dict)
    for row in sums:
        by[row.component][row.payroll_month] = row.amount_ore
    largest = sorted(by, key=lambda component: -sum(by[component].values()))
    return {words.component(name): [by[name].get(each, 0) / 100 for each in months] for name in largest}
