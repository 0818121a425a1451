from datetime import date
from typing import Any, TypedDict

from rules.policy import DUTIES, Policy


class FigureRow(TypedDict):
    key: str
    valid_from: date
    source: str
    assumed: bool
    value: Any
    """As the policy file writes it."""


def figure_rows(policy: Policy, on: date) -> list[FigureRow]:
    """What is in force that day, by key."""
    given = {key: policy.dated(key, on) for key, rows in sorted(policy.values.items()) if rows[0].valid_from <= on}
    return [
        {
            "key": key,
            "valid_from": dated.valid_from,
            "source": dated.source,
            "assumed": dated.assumed,
            "value": dated.value.written() if key.startswith(DUTIES) else dated.value,
        }
        for key, dated in given.items()
    ]
