"""R9: stays of which one end isn't known: held until it is, in the month of the other."""

import numpy as np
import pandas as pd

from rules.components.claims import bit, of_placements
from rules.components.days import NEVER, numbers
from rules.components.lines import Coded, of
from rules.holds import CODE, Hold
from rules.months import Month
from rules.policy import Policy
from rules.vocabulary import Component, PlacementKind


def without_an_end(stays: pd.DataFrame, placements: pd.DataFrame) -> pd.DataFrame:
    """Respite stays, as rules.components.claims.of_placements makes them."""
    lacking = stays[stays["arrival"].isna() | stays["departure"].isna()]
    found = of_placements(lacking.rename(columns={"stay": "claim"}), placements)
    respite = placements["kind"].eq(PlacementKind.RESPITE).to_numpy()[found["subject"]]
    return found[respite].reset_index(drop=True)


def open_stays(stays: pd.DataFrame, period: Month, policy: Policy) -> Coded:
    """`stays` as `without_an_end` makes them, with their number `nth`; one line each, of what is paid for a night."""
    day = numbers(stays["arrival"].fillna(stays["departure"]), period, NEVER)
    ours = np.flatnonzero((day >= 0) & (day < period.last.day))
    nothing = np.zeros(len(ours), dtype="int64")
    return of(
        Component.RESPITE_PAY if policy.country == "NO" else Component.FEE,
        "R9",
        "night",
        True,
        subject=stays["subject"].to_numpy()[ours],
        claim=stays["nth"].to_numpy()[ours],
        held=np.full(len(ours), CODE[Hold.NO_DEPARTURE]),
        days=bit(day[ours]),
        quantity=nothing,
        amount_ore=nothing,
    )
