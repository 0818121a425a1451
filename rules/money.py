"""Whole øre, rounded half up; works on one integer and on columns of them alike."""

from typing import TypeVar

import numpy as np

Integers = TypeVar("Integers", int, np.ndarray)

STEP = {"half_up_to_ore": 1, "half_up_to_krone": 100}
"""Øre to which a policy's rounding rule rounds."""


def rounded(numerator: Integers, denominator: int, step: int) -> Integers:
    """numerator / denominator øre (not negative), half up to a multiple of `step` øre."""
    return (2 * numerator + denominator * step) // (2 * denominator * step) * step


def in_kroner(ore: int) -> str:
    """Whole currency units as a file has them, such as 154.31; ore is not negative."""
    return f"{ore // 100}.{ore % 100:02}"


def month_rate(night_rate_ore: Integers, step: int) -> Integers:
    """What a night rate makes in a month, øre."""
    return rounded(night_rate_ore * 365, 12, step)
