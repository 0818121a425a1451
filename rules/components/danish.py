"""R9 and J10 by Danish rates: fee, board and lodging, pocket and clothing money."""

import numpy as np

from rules.components.bands import bands
from rules.components.days import every_day
from rules.components.lines import WHOLE, Coded, chosen, of
from rules.components.month_rates import MonthRates
from rules.components.presence import Presence
from rules.components.stretches import NONE, Days, agreed, any_day, on_days_of, priced, saying
from rules.holds import Hold
from rules.money import STEP, month_rate, rounded
from rules.months import Month
from rules.policy import Policy
from rules.vocabulary import Component, PlacementKind

DAYS_A_WEEK = 7
THIRD_CHILD = "third child+"


def danish(known: Presence, rates: MonthRates, period: Month, policy: Policy) -> list[Coded]:
    return [
        *_fee(known, rates, period, policy),
        *_board_lodging(known, rates, period),
        _allowance(known, rates, period, policy, Component.POCKET_MONEY, "pocket_money_week"),
        _allowance(known, rates, period, policy, Component.CLOTHING_MONEY, "clothing_week"),
    ]


def _fee(known: Presence, rates: MonthRates, period: Month, policy: Policy) -> list[Coded]:
    """A whole month of a full-time placement has the month's fee, shared by days; all else is paid by the night."""
    fees, terms = agreed(known, "fees_tenths"), known.stretches.terms
    unknown = {Hold.NO_TERMS: on_days_of(terms < 0), Hold.NO_FEES: on_days_of(fees[terms] < 0)}
    kinds = known.placements["kind"]
    paid = kinds.isin([PlacementKind.RESPITE, PlacementKind.FULL_TIME]).to_numpy()
    alike = saying(known, "fees_tenths")
    found = priced(known, rates, "fee_night", paid, any_day(known.placements), unknown, alike)
    whole = (kinds.eq(PlacementKind.FULL_TIME).to_numpy() & (known.living == every_day(period)))[found.subject]
    whole &= found.rate >= 0
    return [
        _nights_fee(found, ~whole, fees, rates, period, policy),
        _months_fee(found, whole, fees, rates, period, policy),
    ]


def _nights_fee(
    found: Days, rows: np.ndarray, fees: np.ndarray, rates: MonthRates, period: Month, policy: Policy
) -> Coded:
    some = Days(*(column[rows] for column in found))
    shown, tenths, nights = rates.shown(some.rate), fees[some.terms], some.number
    amount = rounded(np.maximum(shown, 0) * np.maximum(tenths, 0) * nights, 10, _step(policy, "fee", period))
    return of(
        Component.FEE,
        "R9",
        "night",
        True,
        **some._asdict(),
        quantity=nights * WHOLE,
        shown_ore=shown,
        amount_ore=amount,
        fees_tenths=tenths,
    )


def _months_fee(
    found: Days, rows: np.ndarray, fees: np.ndarray, rates: MonthRates, period: Month, policy: Policy
) -> Coded:
    some = Days(*(column[rows] for column in found))
    month = month_rate(rates.shown(some.rate), _step(policy, "monthly_fee", period))
    tenths, nights, length = fees[some.terms], some.number, period.last.day
    return of(
        Component.FEE,
        "R9",
        "month",
        True,
        **some._asdict(),
        quantity=rounded(nights * WHOLE, length, 1),
        shown_ore=month,
        amount_ore=rounded(month * tenths * nights, 10 * length, _step(policy, "fee", period)),
        fees_tenths=tenths,
        month_days=np.full(len(nights), length),
    )


def _board_lodging(known: Presence, rates: MonthRates, period: Month) -> list[Coded]:
    """Tax-free up to the statutory rate; what was agreed above it is taxable, on lines of its own."""
    placement, terms = known.stretches.placement, known.stretches.terms
    ages = bands(known.placements["birth_date"], "DK", "board_lodging_night", period)
    in_bands = {THIRD_CHILD: known.third, **{band: days & ~known.third for band, days in ages.items()}}
    network = known.placements["kind"].eq(PlacementKind.NETWORK).to_numpy()
    unborn = known.placements["birth_date"].isna().to_numpy()[placement]
    unknown = {
        Hold.NO_TERMS: on_days_of((terms < 0) & ~network[placement]),
        Hold.NO_BIRTH_DATE: np.where(unborn, ~known.third[placement], NONE),
    }
    everybody = np.ones(len(known.placements), dtype=bool)
    alike = saying(known, "board_lodging_ore", without=network)
    found = priced(known, rates, "board_lodging_night", everybody, in_bands, unknown, alike)
    statutory, said = rates.shown(found.rate), agreed(known, "board_lodging_ore")[found.terms]
    wanted = np.where(said < 0, statutory, said)
    above = np.where(statutory < 0, 0, wanted - statutory)
    parts = {False: np.where(statutory < 0, -1, np.minimum(wanted, statutory)), True: above}
    tax_free, taxable = (_by_the_night(found, said, ore, taxed) for taxed, ore in parts.items())
    return [tax_free, chosen(taxable, np.flatnonzero(above > 0))]


def _by_the_night(found: Days, said: np.ndarray, ore: np.ndarray, taxable: bool) -> Coded:
    nights = found.number
    return of(
        Component.BOARD_LODGING,
        "R9",
        "night",
        taxable,
        **found._asdict(),
        quantity=nights * WHOLE,
        shown_ore=ore,
        amount_ore=np.maximum(ore, 0) * nights,
        board_lodging_ore=said,
    )


def _allowance(
    known: Presence, rates: MonthRates, period: Month, policy: Policy, component: Component, rate: str
) -> Coded:
    """A seventh of the week's rate a day; a child below the lowest band has none. A month of so many respite days that
    it is a placement has what full-time placements have."""
    birth, given = known.placements["birth_date"], policy.value("payout.child_allowances", period.last)
    kinds = known.placements["kind"].isin(given).to_numpy()
    if PlacementKind.FULL_TIME in given:
        kinds = kinds | known.as_placed
    unknown = {Hold.NO_BIRTH_DATE: on_days_of(birth.isna().to_numpy()[known.stretches.placement])}
    found = priced(known, rates, rate, kinds, bands(birth, "DK", rate, period), unknown)
    week, days = rates.shown(found.rate), found.number
    return of(
        component,
        "J10",
        "day",
        False,
        **found._asdict(),
        quantity=days * WHOLE,
        shown_ore=week,
        amount_ore=rounded(np.maximum(week, 0) * days, DAYS_A_WEEK, _step(policy, "fee", period)),
    )


def _step(policy: Policy, what: str, period: Month) -> int:
    return STEP[policy.value(f"payout.{what}_rounding", period.last)]
