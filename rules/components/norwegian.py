"""R9 and N1 by Norwegian rates: support and expense cover by the month, respite by the night."""

import numpy as np
import pandas as pd

from rules.components.approved import without_approval
from rules.components.bands import bands, month_after_birthday
from rules.components.days import NEVER, between, count, numbers
from rules.components.lines import WHOLE, Coded, of
from rules.components.month_rates import MonthRates
from rules.components.presence import Presence
from rules.components.stretches import Days, agreed, any_day, on_days_of, priced, saying
from rules.holds import CODE, Hold
from rules.money import STEP, rounded
from rules.months import Month
from rules.policy import Policy
from rules.vocabulary import Component, PlacementKind


def norwegian(known: Presence, rates: MonthRates, period: Month, policy: Policy) -> list[Coded]:
    return [
        _foster_support(known, rates, period, policy),
        _expense_cover(known, rates, period, policy),
        _respite_pay(known, rates),
        _respite_expense(known, rates, period),
    ]


def network_support(
    networks: pd.DataFrame,
    approvals: pd.DataFrame,
    first_subject: int,
    rates: MonthRates,
    period: Month,
    policy: Policy,
) -> Coded:
    """N1: so many KS for the family that leads the network, `networks` by reference, from its first to its last day."""
    ended = numbers(networks["ended_on"], period, NEVER - 1) + 1
    days = between(numbers(networks["started_on"], period, NEVER), ended, period)
    nobody = pd.Series(pd.NaT, index=networks.index, dtype="datetime64[s]")
    holds = without_approval(networks, approvals, period, since=nobody)
    held = np.bitwise_or.reduce(list(holds.values()))
    parts = {0: days & ~held, **{CODE[hold]: days & lacking for hold, lacking in holds.items()}}
    at = {held: rates.price("foster_support_month", {"": part}) for held, part in parts.items()}
    subject, rate, found = (np.concatenate(columns) for columns in zip(*at.values(), strict=True))
    fees = np.full(len(subject), 10)
    if days.any():
        fees *= policy.value("resource_network.compensation_ks", period.last)
    support = Days(
        subject=subject + first_subject,
        terms=np.full(len(subject), -1),
        rate=rate,
        held=np.concatenate([np.full(len(each.row), held) for held, each in at.items()]),
        days=found,
    )
    return _by_the_month(Component.FOSTER_SUPPORT, "N1", True, support, fees, rates, period, policy)


def _foster_support(known: Presence, rates: MonthRates, period: Month, policy: Policy) -> Coded:
    fees, terms = agreed(known, "fees_tenths"), known.stretches.terms
    unknown = {Hold.NO_TERMS: on_days_of(terms < 0), Hold.NO_FEES: on_days_of(fees[terms] < 0)}
    alike = saying(known, "fees_tenths")
    found = priced(known, rates, "foster_support_month", _at_home(known), any_day(known.placements), unknown, alike)
    return _by_the_month(Component.FOSTER_SUPPORT, "R9", True, found, fees[found.terms], rates, period, policy)


def _expense_cover(known: Presence, rates: MonthRates, period: Month, policy: Policy) -> Coded:
    birth = known.placements["birth_date"]
    in_bands = bands(birth, "NO", "expense_cover_month", period, month_after_birthday)
    found = priced(known, rates, "expense_cover_month", _at_home(known), in_bands, _without_birth_date(known))
    one = np.full(len(found.rate), 10)
    lines = _by_the_month(Component.EXPENSE_COVER, "R9", False, found, one, rates, period, policy)
    return {name: column for name, column in lines.items() if name != "fees_tenths"}


def _by_the_month(
    component: Component,
    row: str,
    taxable: bool,
    found: Days,
    fees: np.ndarray,
    rates: MonthRates,
    period: Month,
    policy: Policy,
) -> Coded:
    """Its days' share of the month."""
    shown, days, length = rates.shown(found.rate), found.number, period.last.day
    step = STEP[policy.value("payout.fee_rounding", period.last)]
    return of(
        component,
        row,
        "month",
        taxable,
        **found._asdict(),
        quantity=rounded(days * WHOLE, length, 1),
        shown_ore=shown,
        amount_ore=rounded(np.maximum(shown, 0) * np.maximum(fees, 0) * days, 10 * length, step),
        fees_tenths=fees,
        month_days=np.full(len(days), length),
    )


def _respite_pay(known: Presence, rates: MonthRates) -> Coded:
    found = priced(known, rates, "respite_pay_night", _respite(known), any_day(known.placements), {})
    return _by_the_night(Component.RESPITE_PAY, True, found, rates)


def _respite_expense(known: Presence, rates: MonthRates, period: Month) -> Coded:
    in_bands = bands(known.placements["birth_date"], "NO", "respite_expense_night", period)
    found = priced(known, rates, "respite_expense_night", _respite(known), in_bands, _without_birth_date(known))
    return _by_the_night(Component.RESPITE_EXPENSE, False, found, rates)


def _by_the_night(component: Component, taxable: bool, found: Days, rates: MonthRates) -> Coded:
    shown, nights = rates.shown(found.rate), count(found.days)
    amount = np.maximum(shown, 0) * nights
    columns = {**found._asdict(), "quantity": nights * WHOLE, "shown_ore": shown, "amount_ore": amount}
    return of(component, "R9", "night", taxable, **columns)


def _respite(known: Presence) -> np.ndarray:
    return known.placements["kind"].eq(PlacementKind.RESPITE).to_numpy()


def _at_home(known: Presence) -> np.ndarray:
    return ~_respite(known)


def _without_birth_date(known: Presence) -> dict[Hold, np.ndarray]:
    unknown = known.placements["birth_date"].isna().to_numpy()
    return {Hold.NO_BIRTH_DATE: on_days_of(unknown[known.stretches.placement])}
