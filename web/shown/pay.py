from collections.abc import Callable, Mapping
from typing import Any

from rules.holds import Hold
from tasks.pay_words import HOLDS

CELLS = (
    "id",
    "placement",
    "family",
    "component",
    "period",
    "quantity",
    "rate",
    "amount_ore",
    "taxable",
    "status",
)
"""Of a line as JSON: those that a table has room for."""


def line_cells(line: Mapping[str, Any], say: Callable[[str], str]) -> dict[str, object]:
    """With why it is held in words; `say` translates them."""
    held = line["held_because"]
    return {**{key: line[key] for key in CELLS}, "held_because": None if held is None else say(HOLDS[Hold(held)])}


def rejection_line(no: Mapping[str, str]) -> str:
    return f"not approved by {no['by']} at {no['at'][:16].replace('T', ' ')}: {no['reason']} ({no['task']})"
