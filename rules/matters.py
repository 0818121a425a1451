"""What the ledger is netted by, and what tells one matter from another."""

from typing import Any

import pandas as pd

NET = ["placement", "family", "component", "taxable"]
MATTER = [*NET, "source_key"]
BY_CLAIM = frozenset({"gathering", "grant", "km"})
"""Units of lines that are one claim on one day."""
DECIDED, DIFFERENCE, OVERPAID, UNKNOWN = "|decided:", "difference", "overpaid", "unknown"
HELD_KEY = "|held:"
"""Stands in a source key before the reason."""


def among(lines: pd.DataFrame, others: pd.DataFrame, key: list[str] = NET) -> Any:
    return pd.MultiIndex.from_frame(lines[key]).isin(pd.MultiIndex.from_frame(others[key]))


def by_net(lines: pd.DataFrame, columns: list[str]) -> dict[tuple[Any, ...], list[tuple[Any, ...]]]:
    """Those columns of each line."""
    found: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    keys = lines[NET].itertuples(index=False, name=None)
    for key, values in zip(keys, lines[columns].itertuples(index=False, name=None), strict=True):
        found.setdefault(key, []).append(values)
    return found
