"""Lines as numbers while they are computed, and as everybody reads them afterwards."""

import json
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from rules.components.days import texts
from rules.components.month_rates import MonthRates
from rules.components.presence import Presence
from rules.holds import CODE, HELD, Hold
from rules.money import in_kroner
from rules.vocabulary import Component

COMPONENTS = sorted(Component)
UNITS = ["day", "gathering", "grant", "km", "month", "night"]
ROWS = ["J10", "N1", "N2", "R10", "R9"]
IN_BASIS = ["fees_tenths", "board_lodging_ore", "month_days", "asked_ore", "cap_ore", "homes"]
LACKING = {"rate": -1, "terms": -1, "claim": -1, "shown_ore": -1, "held": 0, "days": 0, **dict.fromkeys(IN_BASIS, -1)}
NEVER_A_ROW = np.iinfo("int64").max
WHOLE = 1000
"""Thousandths in one unit."""

Coded = dict[str, np.ndarray]
"""Columns of lines: subject, quantity, amount_ore, what `of` adds, and those of LACKING that the component has."""


class Names(NamedTuple):
    """What the numbers stand for."""

    subjects: pd.Series
    """Placements, then networks."""
    families: pd.Series
    """Of each subject."""
    claims: pd.Series
    """References of travel, expenses and gatherings."""
    claims_said: pd.Series
    """What a basis says of each, as JSON members."""


def of(component: Component, row: str, unit: str, taxable: bool, **columns: np.ndarray) -> Coded:
    size = len(columns["subject"])
    same = {"component": COMPONENTS.index(component), "row": ROWS.index(row), "unit": UNITS.index(unit)}
    return {**columns, **{name: np.full(size, code) for name, code in same.items()}, "taxable": np.full(size, taxable)}


def chosen(lines: Coded, rows: np.ndarray) -> Coded:
    return {name: column[rows] for name, column in lines.items()}


def as_frame(parts: Iterable[Coded], names: Names, known: Presence, rates: MonthRates) -> pd.DataFrame:
    """As rules.entitlements says."""
    lines = _in_order(_together(list(parts)))
    rate_refs, held = _or_nothing(rates.rows["rate_ref"]), pd.Series(HELD, dtype="str")
    rate_from = pd.concat([rates.rows["rate_from"].astype("datetime64[s]"), pd.Series([pd.NaT])], ignore_index=True)
    return pd.DataFrame(
        {
            "placement": _taken(names.subjects, lines["subject"]),
            "family": _taken(names.families, lines["subject"]),
            "component": _category(lines["component"], [each.value for each in COMPONENTS]),
            "source_key": _source_key(lines, names, known, rate_refs, held),
            "quantity": lines["quantity"],
            "unit": _category(lines["unit"], UNITS),
            "rate": _kroner(lines["shown_ore"]),
            "rate_from": _taken(rate_from, lines["rate"]),
            "rate_ref": _category(lines["rate"] % len(rate_refs), rate_refs.tolist()),
            "amount_ore": lines["amount_ore"],
            "taxable": lines["taxable"],
            "held": _category(lines["held"], list(HELD)),
            "sources": _sources(lines, names, known),
            "basis": _basis(lines, names, known, rate_refs),
        }
    )


def _together(parts: list[Coded]) -> Coded:
    wanted = ["subject", "component", "row", "unit", "taxable", "quantity", "amount_ore", *LACKING]
    return {
        name: np.concatenate(
            [part[name] if name in part else np.full(len(part["subject"]), LACKING[name]) for part in parts]
        )
        for name in wanted
    }


def _in_order(lines: Coded) -> Coded:
    """What has no rate or no terms last: their -1 would come first.

    >>> none = {name: np.array([0, 0]) for name in ("taxable", "held", "claim", "component", "subject")}
    >>> _in_order({**none, "rate": np.array([-1, 5]), "terms": np.array([0, 0])})["rate"].tolist()
    [5, -1]
    """
    last = {key: np.where(lines[key] < 0, NEVER_A_ROW, lines[key]) for key in ("rate", "terms")}
    keys = ("taxable", "held", "terms", "claim", "rate", "component", "subject")
    return chosen(lines, np.lexsort([(lines | last)[key] for key in keys]))


def _source_key(lines: Coded, names: Names, known: Presence, rate_refs: pd.Series, held: pd.Series) -> pd.Series:
    terms = _or_nothing("|" + known.terms["terms_ref"].astype("str"), "|")
    computed = _taken(rate_refs, lines["rate"]) + _taken(terms, lines["terms"])
    claims = _taken(_or_nothing(names.claims), lines["claim"])
    because = pd.Series(["", *("|held:" + held[1:])], dtype="str")
    return computed.where(lines["claim"] < 0, claims) + _taken(because, lines["held"])


def _basis(lines: Coded, names: Names, known: Presence, rate_refs: pd.Series) -> pd.Series:
    rows = pd.Series([f'{{"row":"{row}"' for row in ROWS], dtype="str")
    rates = pd.Series([f',"rate":{json.dumps(ref)}' for ref in rate_refs[:-1]] + [""], dtype="str")
    terms = _or_nothing(',"terms":' + _quoted(known.terms["terms_ref"]))
    said = _taken(rows, lines["row"]) + _taken(rates, lines["rate"]) + _taken(terms, lines["terms"])
    said = said + ',"days":"' + texts(lines["days"]) + '"'
    for name, numbers in ({name: lines[name] for name in IN_BASIS} | _noon_to_noon(lines, known)).items():
        if (numbers >= 0).any():
            codes, different = pd.factorize(numbers)
            members = ["" if value < 0 else f',"{name}":{value}' for value in different]
            said = said + _taken(pd.Series(members, dtype="str"), codes)
    return said + _taken(_or_nothing(names.claims_said), lines["claim"]) + "}"


def _noon_to_noon(lines: Coded, known: Presence) -> Coded:
    """How many such days the month has, and how many make it a placement, of what is paid by respite days."""
    at = np.where((lines["claim"] < 0) & (lines["subject"] < len(known.noon_days)), lines["subject"], -1)
    days = np.append(known.noon_days, -1)[at]
    return {"noon_days": days, "placement_from": np.where(days < 0, -1, known.placement_from)}


def _sources(lines: Coded, names: Names, known: Presence) -> pd.Series:
    """The claim of a line, or the stays whose nights it has."""
    stays, claimed = known.stays, lines["claim"] >= 0
    first = np.searchsorted(stays.placement, lines["subject"], side="left")
    many = np.where(claimed, 0, np.searchsorted(stays.placement, lines["subject"], side="right") - first)
    line = np.repeat(np.arange(len(many)), many)
    stay = np.arange(len(line)) + np.repeat(first - (many.cumsum() - many), many)
    twice = lines["held"][line] == CODE[Hold.REPORTED_TWICE]
    open_ = np.isin(lines["held"][line], [CODE[hold] for hold in (Hold.NO_TERMS, Hold.NO_FEES, Hold.NO_BIRTH_DATE)])
    nights = np.where(twice | open_, stays.again[stay], np.uint32(0)) | np.where(
        twice, np.uint32(0), stays.counted[stay]
    )
    has = np.flatnonzero(nights & lines["days"][line])
    claims = _or_nothing("[" + _quoted(names.claims) + "]", "[")
    return _joined(_taken(claims, lines["claim"]), line[has], stay[has], _quoted(stays.ref))


def _joined(begun: pd.Series, line: np.ndarray, stay: np.ndarray, refs: pd.Series) -> pd.Series:
    """Each line's list begun, with its stays; every line's nth stay in one round, since columns of text add up fast.

    >>> begun, stays = pd.Series(["[", "[", '["C1"]']), pd.Series(['"N1"', '"N2"'])
    >>> _joined(begun, np.array([0, 0]), np.array([1, 0]), stays).to_list()
    ['["N2","N1"]', '[]', '["C1"]']
    """
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    size = np.diff(np.append(starts, len(line)))
    text = begun
    for nth in range(size.max(initial=0)):
        at = starts[size > nth] + nth
        more = np.full(len(text), len(refs))
        more[line[at]] = stay[at]
        text = text + _taken(_or_nothing(("," if nth else "") + refs), more)
    return text.where(text.str.endswith("]"), text + "]")


def _quoted(refs: pd.Series) -> pd.Series:
    plain = refs.astype("str").str.replace("\\", "\\\\", regex=False).str.replace('"', '\\"', regex=False)
    return '"' + plain + '"'


def _or_nothing(values: pd.Series, nothing: str = "") -> pd.Series:
    """With one more at the end, which the number -1 takes."""
    return pd.concat([values.astype("str"), pd.Series([nothing], dtype="str")], ignore_index=True)


def _taken(values: pd.Series, numbers: np.ndarray) -> pd.Series:
    return values.take(numbers).reset_index(drop=True)


def _kroner(ore: np.ndarray) -> pd.Series:
    codes, different = pd.factorize(ore)
    return _category(codes, ["" if each < 0 else in_kroner(each) for each in different])


def _category(codes: np.ndarray, words: list[str]) -> pd.Series:
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(words)))
