"""A payroll month: prepared, approved by somebody else, released; and what it would be today."""

from tasks.payout.closing import approve_payout, release_payout
from tasks.payout.decisions import decide_line
from tasks.payout.discard import discard_payout
from tasks.payout.hindsight import Difference, as_computed, compare_payout
from tasks.payout.prepare import PaySummary, prepare_payout

__all__ = [
    "Difference",
    "PaySummary",
    "approve_payout",
    "as_computed",
    "compare_payout",
    "decide_line",
    "discard_payout",
    "prepare_payout",
    "release_payout",
]
