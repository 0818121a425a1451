"""Which days of the month a placement is paid for, and which of them wait for a person."""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from rules.ages import ADULT
from rules.components.approved import without_approval
from rules.components.bands import birthday
from rules.components.days import EVER, NEVER, below, between, count, earliest, every_day, held_before, numbers, united
from rules.components.stays import Counting, days_stayed, while_another_lasts, while_elsewhere
from rules.holds import CODE, Hold
from rules.months import Month
from rules.vocabulary import PlacementKind


class Stays(NamedTuple):
    """Respite stays, by placement and reference."""

    ref: pd.Series
    placement: np.ndarray
    arrival: np.ndarray
    departure: np.ndarray
    counted: np.ndarray
    """Nights that are no repetition."""
    again: np.ndarray
    """Nights that an earlier stay of the placement has."""


class Stretches(NamedTuple):
    """Days of a placement under one row of terms (-1: none)."""

    placement: np.ndarray
    terms: np.ndarray
    days: np.ndarray


class Pieces(NamedTuple):
    """Days of a stretch that are payable, or held for one reason (number in rules.holds.HELD)."""

    stretch: np.ndarray
    held: np.ndarray
    days: np.ndarray


class Presence(NamedTuple):
    placements: pd.DataFrame
    """By reference."""
    terms: pd.DataFrame
    """By placement and first day."""
    stays: Stays
    living: np.ndarray
    """Days in the placement, of whatever kind."""
    stretches: Stretches
    pieces: Pieces
    third: np.ndarray
    """Nights on which two children who came earlier are paid for in the family."""
    noon_days: np.ndarray
    """How many days of the month, counted noon to noon, respite stays are, payable or not; -1 where nights are."""
    placement_from: int
    """So many of them make the month a placement."""

    @property
    def as_placed(self) -> np.ndarray:
        return np.asarray((self.noon_days >= self.placement_from) & (self.noon_days >= 0))


def presence(
    placements: pd.DataFrame,
    approvals: pd.DataFrame,
    terms: pd.DataFrame,
    stays: pd.DataFrame,
    elsewhere: pd.DataFrame,
    period: Month,
    today: date,
    by: Counting,
) -> Presence:
    """Frames as rules.entitlements says."""
    homes = placements.sort_values("placement").reset_index(drop=True)
    where = pd.Index(homes["placement"])
    respite = (homes["kind"] == PlacementKind.RESPITE).to_numpy()
    # noon to noon, the last day may have begun when the child leaves
    ends = numbers(homes["end"], period, NEVER) + (respite & by.noon_to_noon)
    living = between(numbers(homes["start"], period, EVER), ends, period)
    slept = _stays(stays, where, respite, period, by)
    elsewhere = elsewhere.assign(days=days_stayed(elsewhere, period, by))
    slept_by = united(slept.counted, slept.placement, len(homes))
    at_home = np.where(homes["start"].notna() & ~respite, living, np.uint32(0))
    nights = np.where(respite, slept_by, at_home)
    agreed = _agreed(terms, where)
    spans = _spans(agreed, where, period)
    stretches = Stretches(spans.placement, spans.terms, nights[spans.placement] & spans.days)
    holds = _holds(homes, approvals, respite, living, nights, elsewhere, period, today)
    if by.noon_to_noon and holds[Hold.OTHER_RESPITE_STAY].any():
        holds[Hold.OTHER_RESPITE_STAY] &= _at_once(homes, slept, elsewhere)
    again = united(slept.again, slept.placement, len(homes))[spans.placement] & spans.days
    pieces = _pieces(stretches, holds, again, agreed, respite)
    third = _third(homes, stretches, pieces, agreed, period)
    noon_days = np.where(respite & by.noon_to_noon, count(slept_by), -1)
    return Presence(homes, agreed, slept, living, stretches, pieces, third, noon_days, by.placement_from)


def _stays(stays: pd.DataFrame, where: pd.Index, respite: np.ndarray, period: Month, by: Counting) -> Stays:
    placement, days = where.get_indexer(pd.Index(stays["placement"])), days_stayed(stays, period, by)
    counts = np.flatnonzero((placement >= 0) & (days != 0))
    counts = counts[respite[placement[counts]]]
    found = stays[["stay", "arrival", "departure"]].iloc[counts].assign(owner=placement[counts], days=days[counts])
    found = found.sort_values(["owner", "stay"], ignore_index=True)
    days = found["days"].to_numpy()
    before, _ = held_before(days, found["owner"].to_numpy())
    again = days & before
    if by.noon_to_noon and again.any():
        again = while_another_lasts(found)
    return Stays(
        ref=found["stay"].astype("str"),
        placement=found["owner"].to_numpy(),
        arrival=found["arrival"].to_numpy(),
        departure=found["departure"].to_numpy(),
        counted=days & ~again,
        again=again,
    )


def _agreed(terms: pd.DataFrame, where: pd.Index) -> pd.DataFrame:
    of = where.get_indexer(pd.Index(terms["placement"]))
    return terms.assign(of=of)[of >= 0].sort_values(["of", "terms_from", "terms_ref"], ignore_index=True)


def _spans(agreed: pd.DataFrame, where: pd.Index, period: Month) -> Stretches:
    """Each placement's month by terms: from a row's first day until the next one's; before the first there are none."""
    of, first = agreed["of"].to_numpy(), numbers(agreed["terms_from"], period, NEVER)
    follows = np.append(of[1:] == of[:-1], False) if len(of) else np.zeros(0, dtype=bool)
    until = np.where(follows, np.append(first[1:], NEVER)[: len(of)], NEVER)
    begins = np.full(len(where), NEVER)
    np.minimum.at(begins, of, first)
    before = below(begins, period)
    spans = Stretches(
        np.concatenate([np.arange(len(where)), of]),
        np.concatenate([np.full(len(where), -1), np.arange(len(of))]),
        np.concatenate([before, between(first, until, period)]),
    )
    order = np.lexsort((spans.terms, spans.placement))
    order = order[spans.days[order] != 0]
    return Stretches(*(column[order] for column in spans))


def _holds(
    homes: pd.DataFrame,
    approvals: pd.DataFrame,
    respite: np.ndarray,
    living: np.ndarray,
    nights: np.ndarray,
    elsewhere: pd.DataFrame,
    period: Month,
    today: date,
) -> dict[Hold, np.ndarray]:
    """Days for which each reason holds, the first reason first."""
    from_today = np.full(len(homes), (today - period.first).days)
    return {
        Hold.OUTSIDE_PLACEMENT: ~living,
        **without_approval(homes, approvals, period, since=homes["emergency_from"]),
        Hold.NO_AFTERCARE: _grown_up(homes, period),
        Hold.OTHER_RESPITE_STAY: _elsewhere(homes, respite, nights, elsewhere, period),
        Hold.IN_FUTURE: ~below(from_today, period),
    }


def _grown_up(homes: pd.DataFrame, period: Month) -> np.ndarray:
    """From the 18th birthday on, but for the days of the aftercare that is decided."""
    decided = numbers(homes["aftercare_until"], period, EVER) + 1
    return every_day(period) & ~below(np.maximum(birthday(homes["birth_date"], ADULT, period), decided), period)


def _elsewhere(
    homes: pd.DataFrame, respite: np.ndarray, nights: np.ndarray, elsewhere: pd.DataFrame, period: Month
) -> np.ndarray:
    """Nights on which the child is reported with another respite family as well: nobody knows which report is right."""
    at = np.flatnonzero(respite)
    away = elsewhere["days"].to_numpy()
    child, _ = pd.factorize(pd.concat([homes["child"].iloc[at], elsewhere["child"]]), use_na_sentinel=False)
    days = np.concatenate([nights[at], away])
    order = np.argsort(child, kind="stable")
    earlier, _ = held_before(days[order], child[order])
    later, _ = held_before(days[order][::-1], child.max(initial=0) - child[order][::-1])
    both = np.empty_like(days)
    both[order] = earlier | later[::-1]
    found = np.zeros(len(homes), dtype=np.uint32)
    found[at] = both[: len(at)]
    return found


def _at_once(homes: pd.DataFrame, slept: Stays, elsewhere: pd.DataFrame) -> np.ndarray:
    """Days of respite placements on which the child was in two families at the same time, by the clock."""
    ours = pd.DataFrame(
        {
            "owner": homes["child"].to_numpy()[slept.placement],
            "place": slept.placement,
            "arrival": slept.arrival,
            "departure": slept.departure,
            "days": slept.counted | slept.again,
        }
    )
    theirs = elsewhere.rename(columns={"child": "owner"}).assign(place=-1)
    return while_elsewhere(pd.concat([ours, theirs[[*ours]]], ignore_index=True), len(homes))


def _pieces(
    stretches: Stretches, holds: dict[Hold, np.ndarray], again: np.ndarray, agreed: pd.DataFrame, respite: np.ndarray
) -> Pieces:
    parts, rest = [_held(Hold.REPORTED_TWICE, again)], stretches.days.copy()
    for hold, days in holds.items():
        parts.append(_held(hold, rest & days[stretches.placement]))
        rest &= ~days[stretches.placement]
    within = np.where(respite[stretches.placement], _within_agreed(stretches, rest, agreed), rest)
    parts += [_held(Hold.MORE_THAN_AGREED, rest & ~within), _held(None, within)]
    return Pieces(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _held(hold: Hold | None, days: np.ndarray) -> Pieces:
    rows = np.flatnonzero(days)
    return Pieces(rows, np.full(len(rows), CODE[hold] if hold else 0), days[rows])


def _within_agreed(stretches: Stretches, days: np.ndarray, agreed: pd.DataFrame) -> np.ndarray:
    """Without the latest nights that are more than the month's agreed number."""
    most = agreed["nights_per_month"].fillna(31).to_numpy("int64")
    nights = count(days)
    so_far = nights.cumsum() - nights
    starts = np.diff(stretches.placement, prepend=-1) != 0
    before = so_far - so_far[starts][starts.cumsum() - 1] if len(days) else so_far
    left = np.append(most, 31)[stretches.terms] - before
    over = np.flatnonzero(nights > left)
    within = days.copy()
    within[over] = earliest(days[over], left[over])
    return within


def _third(
    homes: pd.DataFrame, stretches: Stretches, pieces: Pieces, agreed: pd.DataFrame, period: Month
) -> np.ndarray:
    payable = (pieces.held == 0) & _paid_for(homes, stretches, agreed)[pieces.stretch]
    paid = united(pieces.days[payable], stretches.placement[pieces.stretch[payable]], len(homes))
    family, _ = pd.factorize(homes["family"], use_na_sentinel=False)
    order = np.lexsort((numbers(homes["start"], period, NEVER), family))
    _, two_before = held_before(paid[order], family[order])
    third = np.empty_like(two_before)
    third[order] = two_before
    return third


def _paid_for(homes: pd.DataFrame, stretches: Stretches, agreed: pd.DataFrame) -> np.ndarray:
    """Stretches of which enough is known to pay a fee or board and lodging."""
    born = homes["birth_date"].notna().to_numpy()[stretches.placement]
    network = homes["kind"].eq(PlacementKind.NETWORK).to_numpy()[stretches.placement]
    fees = np.append(agreed["fees_tenths"].notna().to_numpy(), False)[stretches.terms]
    return np.asarray(np.where(network, born, (stretches.terms >= 0) & (born | fees)))
