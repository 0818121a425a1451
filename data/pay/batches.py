"""A month's facts and ledger, whole families at a time, so that memory doesn't grow with how many there are."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
import pyarrow.compute as pc

from data.pay import frames
from data.pay.frames import Asked
from data.store.arrow import Columns, Opener, frame, whole_frame
from rules.entitlements import Facts

PLACEMENTS_AT_ONCE = 30_000
PLACEMENTS_AT_FIRST = 7_000
BY_FAMILY = {
    "approvals": frames.approvals,
    "terms": frames.terms,
    "stays": frames.stays,
    "elsewhere": frames.elsewhere,
    "travel": frames.travel,
    "expenses": frames.expenses,
    "costs_elsewhere": frames.costs_elsewhere,
    "paid_costs": frames.paid_costs,
    "paid_gatherings": frames.paid_gatherings,
    "networks": frames.networks,
    "network_homes": frames.network_homes,
    "gatherings": frames.gatherings,
}
KEEP_FAMILY = {"approvals", "networks"}


class Batch(NamedTuple):
    facts: Facts
    before: dict[str, pd.DataFrame]
    """What else was asked for, by its name."""


def batches(opened: Opener, asked: Asked, rates: pd.DataFrame, before: dict[str, Columns]) -> Iterator[Batch]:
    placements = opened(frames.placements(asked))
    streams = {name: opened(query(asked)) for name, query in BY_FAMILY.items()}
    others = {name: opened(query) for name, query in before.items()}
    family: str | None = ""
    # few at first and twice as many each time: about as many as are computed while those before are being written
    at_once = min(PLACEMENTS_AT_FIRST, PLACEMENTS_AT_ONCE)
    while family is not None:
        rows, family = placements.take(at_once)
        at_once = min(2 * at_once, PLACEMENTS_AT_ONCE)
        theirs = frame(rows)
        tables = {name: stream.up_to(family) for name, stream in streams.items()}
        inside = pc.is_in(tables["elsewhere"]["other"], value_set=rows["placement"].combine_chunks())
        tables["elsewhere"] = tables["elsewhere"].filter(pc.invert(inside)).drop_columns("other")
        found = {name: frame(table) for name, table in tables.items()}
        found = {name: rows if name in KEEP_FAMILY else rows.drop(columns="family") for name, rows in found.items()}
        paid = [found.pop(name) for name in ("paid_costs", "paid_gatherings")]
        found["paid_claims"] = pd.concat(paid).drop_duplicates("id").drop(columns="id")
        found["costs_elsewhere"] = found["costs_elsewhere"].drop_duplicates("claim")
        found["elsewhere"] = found["elsewhere"].drop_duplicates()  # the child may live in two of the families
        yield Batch(
            Facts(placements=theirs, rates=rates, **found),
            {name: whole_frame(stream.up_to(family)) for name, stream in others.items()},
        )
