"""X3, X4: what is asked about a rate that is missing, and about what was paid otherwise than it was owed.

Neither has an answer that says it is done: the rate or the payout itself ends the task.
"""

from pydantic import Field

from rules.forms.base import Form, Text


class MissingRate(Form):
    """Demands `since`, the first day without it, and `bands`."""

    title = "Load the rate that is missing"
    what = (
        "Load the municipality's own table, with its source: plejeflow rates import FILE.csv. The task ends by itself "
        "when every amount is there. If the municipality pays nothing by this rate, say so and why."
    )
    why = "A payout that needs it is refused until the amount is there; nothing is guessed."
    row = "X3"

    not_needed: Text = Field(title="Why it is not needed")


class UnpaidEntitlement(Form):
    """Demands `placements`, the øre of each, `months`, the first and the last, and `amount_ore`."""

    title = "Go through what was paid"
    what = (
        "Contracts, ages and rates entitle the family to something else than the ledger has paid. What is owed is paid "
        "with the next payout that is prepared, what was paid too much waits there for a decision; the task ends by "
        "itself when they agree. If the difference is right as it is, say why."
    )
    why = "Each quarter what families are entitled to is compared with what was paid."
    row = "X4"

    right_as_it_is: Text = Field(title="Why the difference is right")
