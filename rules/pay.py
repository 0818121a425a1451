"""Nights become lines: a row for each placement, component, rate row, terms row and reason to hold.

Frames: nights as rules.nights makes them, rates (rate_ref, rate, band, rate_from, rate_to, rate_ore) of one country.
Lines: placement, family, component, source_key, nights, rate_ore, rate_from, amount_ore, taxable, held, sources
(references of the stays), dates (of the nights), and what explains them: rate_ref, terms_ref, band, fees_tenths,
board_lodging_ore. Amounts are whole øre.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from rules.holds import Hold
from rules.money import rounded
from rules.rates import Gap, RateMissing
from rules.refusal import Refusals
from rules.vocabulary import Component

THIRD_CHILD = "third child+"
A_LINE = ["placement", "rate_ref", "terms_ref", "held"]


class Priced(NamedTuple):
    nights: pd.DataFrame
    gaps: list[Gap]


def respite_lines(nights: pd.DataFrame, rates: pd.DataFrame, country: str, fee_step: int) -> pd.DataFrame:
    """R9 for respite stays. Raises RateMissing with every gap."""
    refuse_overlaps(rates, country)
    fee = _with_rate(_fee_nights(nights), rates, country, "fee_night")
    board_lodging = _with_rate(_board_lodging_nights(nights), rates, country, "board_lodging_night")
    if gaps := fee.gaps + board_lodging.gaps:
        raise RateMissing(gaps)
    lines = [_fee(fee.nights, fee_step), *_board_lodging(board_lodging.nights)]
    return pd.concat(lines, ignore_index=True).sort_values(["placement", "component", "source_key", "taxable"])


def refuse_overlaps(rates: pd.DataFrame, country: str) -> None:
    ordered = rates.sort_values(["rate", "band", "rate_from"])
    before = ordered.groupby(["rate", "band"])["rate_to"].shift()
    follows = ordered.duplicated(["rate", "band"])
    double = ordered[follows & (before.isna() | (before >= ordered["rate_from"]))]
    if len(double):
        raise Refusals(
            [
                f"{country} {rate}{f' ({band})' if band else ''}: two rows hold on {day:%Y-%m-%d}; end the earlier one"
                for rate, band, day in zip(double["rate"], double["band"], double["rate_from"], strict=True)
            ]
        )


def _with_rate(nights: pd.DataFrame, rates: pd.DataFrame, country: str, rate: str) -> Priced:
    """The row in force on each night for its band; a night held because its band isn't known has none."""
    knowable = nights["band"].notna()
    priced = pd.merge_asof(
        nights[knowable].sort_values("night"),
        rates[rates["rate"] == rate].drop(columns="rate").sort_values("rate_from"),
        left_on="night",
        right_on="rate_from",
        by="band",
    )
    missing = priced[priced["rate_ref"].isna() | (priced["night"] > priced["rate_to"])]
    spans = missing.groupby("band")["night"].agg(["min", "max"])
    gaps = [Gap(country, rate, str(band), first.date(), last.date()) for band, first, last in spans.itertuples()]
    unknowable = nights[~knowable].assign(band="", rate_ref="", rate_ore=0)
    return Priced(pd.concat([priced, unknowable], ignore_index=True), gaps)


def _fee_nights(nights: pd.DataFrame) -> pd.DataFrame:
    return nights.assign(band="", held=_held(nights, {Hold.NO_FEES: nights["fees_tenths"].isna()}))


def _board_lodging_nights(nights: pd.DataFrame) -> pd.DataFrame:
    third, age = nights["child_number"] >= 3, nights["age"]
    band = pd.Series(
        np.select([third, age.lt(10).fillna(False).astype(bool), age.notna()], [THIRD_CHILD, "age 0-9", "age 10+"], ""),
        index=nights.index,
    )
    band = band.where(band != "")
    return nights.assign(band=band, held=_held(nights, {Hold.NO_BIRTH_DATE: band.isna()}))


def _held(nights: pd.DataFrame, unknown: dict[str, pd.Series]) -> pd.Series:
    """What isn't known comes first: it leaves the amount open."""
    reasons = {Hold.NO_TERMS: nights["terms_ref"] == "", **unknown}
    because = pd.Series(np.select(list(reasons.values()), list(reasons), ""), index=nights.index, dtype=str)
    return because.where(because != "", nights["held"])


def _fee(nights: pd.DataFrame, step: int) -> pd.DataFrame:
    lines = _grouped(nights)
    fees = lines["fees_tenths"].fillna(0).to_numpy("int64")
    tenths = lines["rate_ore"].to_numpy("int64") * fees * lines["nights"].to_numpy()
    return lines.assign(component=Component.FEE.value, amount_ore=rounded(tenths, 10, step), taxable=True)


def _board_lodging(nights: pd.DataFrame) -> list[pd.DataFrame]:
    """Tax-free up to the statutory rate; what was agreed above it is taxable, on lines of its own."""
    lines = _grouped(nights).assign(component=Component.BOARD_LODGING.value)
    computable = ~lines["held"].isin([Hold.NO_TERMS, Hold.NO_BIRTH_DATE]).to_numpy()
    statutory = lines["rate_ore"].to_numpy("int64")
    agreed = lines["board_lodging_ore"].fillna(lines["rate_ore"]).to_numpy("int64")
    tax_free = np.where(computable, np.minimum(agreed, statutory), 0)
    above = np.where(computable, np.maximum(agreed - statutory, 0), 0)
    count = lines["nights"].to_numpy()
    return [
        lines.assign(rate_ore=np.where(computable, tax_free, statutory), amount_ore=tax_free * count, taxable=False),
        lines.assign(rate_ore=above, amount_ore=above * count, taxable=True)[above > 0],
    ]


def _grouped(nights: pd.DataFrame) -> pd.DataFrame:
    """One row a line, with its count of nights, the stays they come from and their dates."""
    ordered = nights.sort_values([*A_LINE, "night", "stay"]).reset_index(drop=True)
    starts = np.flatnonzero(~ordered.duplicated(A_LINE))
    lines = ordered.iloc[starts].drop(columns=["night", "stay", "age", "child_number"]).reset_index(drop=True)
    lines["nights"] = np.diff(np.append(starts, len(ordered)))
    lines["sources"] = _split(ordered["stay"].to_numpy(), starts)
    lines["dates"] = _split(ordered["night"].dt.strftime("%Y-%m-%d").to_numpy(), starts)
    held = np.where(lines["held"] == "", "", "|held:" + lines["held"])
    lines["source_key"] = lines["rate_ref"] + "|" + lines["terms_ref"] + held
    return lines


def _split(values: "np.ndarray", starts: "np.ndarray") -> pd.Series:
    parts = np.split(values, starts[1:]) if len(starts) else []
    return pd.Series([list(dict.fromkeys(part)) for part in parts], dtype=object)
