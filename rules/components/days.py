"""The days of one month as the bits of an integer, the first day the lowest: columns of uint32.

What holds on single days (nights, bands, rates, terms, reasons to hold) is an AND of whole columns: exact to the day,
and no row for each of them.
"""

import numpy as np
import pandas as pd

from rules.months import Month

EVER, NEVER = -1_000_000, 1_000_000
"""Day numbers that lie before and after every month."""


def numbers(days: pd.Series, period: Month, unknown: int) -> np.ndarray:
    """0 is the first day of the month; the hour doesn't count."""
    at = days.to_numpy(dtype="datetime64[s]").astype("datetime64[D]")
    return np.asarray(np.where(np.isnat(at), unknown, (at - np.datetime64(period.first)).astype("int64")))


def below(number: np.ndarray, period: Month) -> np.ndarray:
    """The days of the month before that day: one less than a power of two has all lower bits.

    >>> from rules.months import month
    >>> texts(below(np.array([-3, 2, 99]), month("2023-02"))).to_list()
    ['', '1-2', '1-28']
    """
    # 64 bits: the whole of a month of 31 days is 2 to the 31st, which no shift of 32 signed bits reaches
    shift = np.clip(number, 0, period.last.day).astype(np.uint64)
    return np.asarray((np.uint64(1) << shift) - np.uint64(1), dtype=np.uint32)


def between(first: np.ndarray, after: np.ndarray, period: Month) -> np.ndarray:
    """From the first day on, without the day `after`.

    >>> from rules.months import month
    >>> texts(between(np.array([4, -9]), np.array([7, 2]), month("2023-05"))).to_list()
    ['5-7', '1-2']
    """
    return np.asarray(below(after, period) & ~below(first, period))


def every_day(period: Month) -> np.uint32:
    return np.uint32((1 << period.last.day) - 1)


def count(days: np.ndarray) -> np.ndarray:
    return np.asarray(np.bitwise_count(days), dtype="int64")


def earliest(days: np.ndarray, most: np.ndarray) -> np.ndarray:
    """The first `most` of the days, found day by day: a running count has no form in whole columns of bits.

    >>> texts(earliest(np.array([0b1011_0100], np.uint32), np.array([2]))).to_list()
    ['3,5']
    """
    kept, so_far = np.zeros_like(days), np.zeros(len(days), dtype="int64")
    for number in range(31):
        bit = days & np.uint32(1 << number)
        so_far += bit != 0
        kept |= np.where(so_far <= most, bit, np.uint32(0))
    return kept


def held_before(days: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days that an earlier row of the same owner has as well, and days that two have; rows stand in order by owner.

    Each round takes every owner's nth row at once, so that there are as many rounds as the owner with most rows has.

    >>> once, twice = held_before(np.array([0b0011, 0b0110, 0b0010, 0b0110], np.uint32), np.array([7, 7, 7, 8]))
    >>> texts(once).to_list(), texts(twice).to_list()
    (['', '1-2', '1-3', ''], ['', '', '2', ''])
    """
    once, twice = np.zeros_like(days), np.zeros_like(days)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    size = np.diff(np.append(starts, len(owner)))
    for nth in range(1, size.max(initial=0)):
        rows = starts[size > nth] + nth
        before = rows - 1
        once[rows] = once[before] | days[before]
        twice[rows] = twice[before] | (once[before] & days[before])
    return once, twice


def united(days: np.ndarray, owner: np.ndarray, owners: int) -> np.ndarray:
    """All days of each owner."""
    together = np.zeros(owners, dtype=np.uint32)
    np.bitwise_or.at(together, owner, days)
    return together


def texts(days: np.ndarray) -> pd.Series:
    """Day numbers of the month as people write them; the few different ones are written once each.

    >>> texts(np.array([0b111_0000 | 1 << 30], np.uint32)).to_list()
    ['5-7,31']
    """
    codes, different = pd.factorize(days)
    return pd.Series([text_of(int(each)) for each in different], dtype="str").take(codes).reset_index(drop=True)


def text_of(days: int) -> str:
    # a bit more at the lower end, so that a day that nothing stands before begins a span too
    padded = days << 1
    starts = [number for number in range(1, 32) if padded >> number & 1 and not padded >> (number - 1) & 1]
    ends = [number for number in range(1, 32) if padded >> number & 1 and not padded >> (number + 1) & 1]
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))


def spans(text: str) -> list[tuple[int, int]]:
    """First and last day of each unbroken row of days in such a text."""
    ends = [part.split("-") for part in text.split(",") if part]
    return [(int(end[0]), int(end[-1])) for end in ends]


def days_in(text: str) -> int:
    """What `text_of` made such a text of."""
    return sum(1 << number - 1 for first, last in spans(text) for number in range(first, last + 1))
