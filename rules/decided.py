"""What somebody decided, applied to what is entitled to now.

A decision is about days, or about a claim: it stays with them, whatever rate or terms they have by now. What was paid
by decision is never asked about again; what nobody decided about is. A waived overpayment is a debt that has ended, as
long as its days or claims don't turn out to be owed after all: then what was paid for them was right.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rules.components.days import days_in, text_of
from rules.components.lines import WHOLE
from rules.matters import BY_CLAIM, DECIDED, HELD_KEY, NET, OVERPAID, among, by_net
from rules.money import rounded


class Worth(NamedTuple):
    """A line's amount, and what it is for."""

    claimed: bool
    priced: tuple[str, str]
    """Its rate row and its terms row."""
    refs: list[str]
    days: int
    """As the bits of an integer."""
    amount_ore: int

    def of(self, days: int, refs: Iterable[str]) -> int:
        """Øre for these days, or this claim."""
        if self.claimed:
            return self.amount_ore if set(refs) & set(self.refs) else 0
        shared = (self.days & days).bit_count()
        return rounded(self.amount_ore * shared, self.days.bit_count(), 1) if shared else 0


@dataclass
class _Answer:
    decision: str
    pays: bool
    left_ore: int
    source_key: str
    days: int
    refs: frozenset[str]

    def days_of(self, line: "_Held") -> int:
        # what was paid by decision stays paid, whatever it would be held for by now
        if not self.pays and not self.source_key.endswith(HELD_KEY + line.held):
            return 0
        if not self.days and not self.refs:
            return line.days if self.source_key == line.source_key else 0
        if line.unit in BY_CLAIM:
            return line.days if self.refs & set(json.loads(line.sources)) else 0
        return line.days & self.days


class _Held(NamedTuple):
    row: int
    source_key: str
    held: str
    unit: str
    quantity: int
    rate: str
    amount_ore: int
    sources: str
    basis: str

    @property
    def days(self) -> int:
        return days_in(json.loads(self.basis)["days"])


class _Part(NamedTuple):
    row: int
    quantity: int
    """0 where no number of units comes to the amount: such a part has no rate."""
    amount_ore: int
    basis: str
    decision: str = ""


def as_decided(lines: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Of a held line, what somebody decided to pay becomes payable and what was waived goes; the rest stays held."""
    lines = lines.astype(dict.fromkeys(lines.select_dtypes("category").columns, "str"))
    about = decisions[decisions["source_key"] != OVERPAID]
    concerned = (lines["held"] != "").to_numpy() & among(lines, about)
    if not concerned.any():
        return lines
    answers = by_net(about, ["decision", "choice", "amount_ore", "source_key", "about"])
    some = lines[concerned].assign(row=np.flatnonzero(concerned))
    parts = [
        part
        for net, held in by_net(some, [*_Held._fields]).items()
        for part in _split([_Held(*line) for line in held], [_answer(*made) for made in sorted(answers[net])])
    ]
    rows = lines.iloc[[part.row for part in parts]].reset_index(drop=True)
    made = pd.Series([part.decision for part in parts], dtype="str")
    quantity = np.array([part.quantity for part in parts], dtype="int64")
    unpriced = (quantity == 0) & (rows["quantity"] != 0).to_numpy()
    split = rows.assign(
        quantity=quantity,
        rate=rows["rate"].mask(unpriced, ""),
        rate_from=rows["rate_from"].mask(unpriced),
        amount_ore=np.array([part.amount_ore for part in parts], dtype="int64"),
        basis=pd.Series([part.basis for part in parts], dtype="str"),
        held=rows["held"].where(made == "", ""),
        source_key=rows["source_key"].where(made == "", rows["source_key"] + DECIDED + made),
        decision=made,
    )
    both: pd.DataFrame = pd.concat([lines[~concerned], split], ignore_index=True)
    return both


def _answer(decision: str, choice: str, amount_ore: int, source_key: str, about: str) -> _Answer:
    said = json.loads(about)
    days, refs = days_in(said.get("days", "")), frozenset(said.get("sources", []))
    return _Answer(decision, choice == "pay", amount_ore, source_key, days, refs)


def _split(lines: list[_Held], answers: list[_Answer]) -> Iterator[_Part]:
    for line in lines:
        left = _by_day(line)
        for answer in answers:
            if days := [day for day in left if answer.days_of(line) >> day & 1]:
                taken = _taken(answer, days, left)
                if answer.pays and taken:
                    yield _part(line, days, taken)._replace(decision=answer.decision)
        if left:
            yield _part(line, [*left], sum(left.values()))


def _by_day(line: _Held) -> dict[int, int]:
    """Øre of each day of the line, by the day's bit."""
    days = [day for day in range(31) if line.days >> day & 1]
    so_far = [line.amount_ore * number // len(days) for number in range(len(days) + 1)]
    return {day: after - before for day, before, after in zip(days, so_far, so_far[1:], strict=False)}


def _taken(answer: _Answer, days: list[int], left: dict[int, int]) -> int:
    """What the decision reaches of these days is left no longer; neither is an amount nobody knows, when waived."""
    taken = 0
    for day in days:
        some = min(left[day], answer.left_ore)
        answer.left_ore -= some
        left[day] -= some
        taken += some
        if not left[day] and (some or not answer.pays):
            del left[day]
    return taken


def _part(line: _Held, days: list[int], amount_ore: int) -> _Part:
    bits = sum(1 << day for day in days)
    basis = json.dumps(json.loads(line.basis) | {"days": text_of(bits)}, separators=(",", ":"))
    return _Part(line.row, _quantity(line, days, amount_ore), amount_ore, basis)


def _quantity(line: _Held, days: list[int], amount_ore: int) -> int:
    by_day = _by_day(line)
    if amount_ore != sum(by_day[day] for day in days):
        return _units(line, amount_ore)
    if line.unit in ("night", "day"):
        return WHOLE * len(days)
    if line.unit == "month":
        return rounded(line.quantity * len(days), line.days.bit_count(), 1)
    return line.quantity


def _units(line: _Held, amount_ore: int) -> int:
    """The units that times the rate come to a part of a claim, 0 where none do."""
    if line.unit != "km" or not line.rate:
        return 0
    units = rounded(line.quantity * amount_ore, line.amount_ore, 1)
    return units if rounded(units * int(Decimal(line.rate) * 100), WHOLE, 1) == amount_ore else 0


def ended_debts(decisions: pd.DataFrame, payable: pd.DataFrame) -> pd.DataFrame:
    """By NET: `ended_ore`, which isn't paid any more as far as the ledger is concerned, and `at_most_ore` of waivers
    of which nothing is known but their sum."""
    waived = decisions[(decisions["source_key"] == OVERPAID) & (decisions["choice"] == "waive")]
    owed = by_net(payable[among(payable, waived)], ["unit", "sources", "basis", "amount_ore"])
    sums = [_stands(-ore, json.loads(about), owed.get(net, [])) for net, ore, about in _debts(waived)]
    ended: pd.DataFrame = waived[NET].assign(
        ended_ore=np.array([ended for ended, _ in sums], dtype="int64"),
        at_most_ore=np.array([most for _, most in sums], dtype="int64"),
    )
    sums_of: pd.DataFrame = ended.groupby(NET)[["ended_ore", "at_most_ore"]].sum()
    return sums_of


def still_a_debt(recoveries: pd.DataFrame, payable: pd.DataFrame) -> np.ndarray:
    """Of each decision to recover the øre that are a debt yet: its own days or claims may be owed after all by now."""
    owed = by_net(payable[among(payable, recoveries)], ["unit", "sources", "basis", "amount_ore"])
    stands = [sum(_stands(-ore, json.loads(about), owed.get(net, []))) for net, ore, about in _debts(recoveries)]
    return np.array(stands, dtype="int64")


def _debts(decisions: pd.DataFrame) -> Iterator[tuple[tuple[Any, ...], int, str]]:
    nets = decisions[NET].itertuples(index=False, name=None)
    return zip(nets, decisions["amount_ore"].tolist(), decisions["about"], strict=True)


def _stands(decided_ore: int, about: dict[str, Any], owed: list[tuple[Any, ...]]) -> tuple[int, int]:
    """What of a debt is one yet, and apart a debt of which nothing is known but its sum."""
    if "entitled_ore" not in about:
        return 0, decided_ore
    days, refs = days_in(about["days"]), about["sources"]
    now = sum(worth(*line).of(days, refs) for line in owed)
    return max(decided_ore - max(now - about["entitled_ore"], 0), 0), 0


def worth(unit: str, sources: str, basis: str, amount_ore: int) -> Worth:
    said = json.loads(basis)
    priced = (said.get("rate", ""), said.get("terms", ""))
    return Worth(unit in BY_CLAIM, priced, json.loads(sources), days_in(said["days"]), amount_ore)
