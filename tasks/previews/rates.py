"""What a rate table would do to a month's pay before it is switched on (X10)."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pandas as pd

from data.pay import frames
from data.policies import policy_of
from data.store.session import reading
from rules.months import month
from rules.policy import Policy
from rules.rate_table import TableRow
from tasks.previews.pay_effect import PayEffect, Side, pay_effect, with_rows
from tasks.rates.table import fitting


@dataclass
class RatesPreview(PayEffect):
    added: int = 0
    changed: int = 0
    warnings: list[str] = field(default_factory=list)


def preview_rates(path: Path, *, municipality: str, period: str, now: datetime) -> RatesPreview:
    """Writes nothing. Raises Refusals as import_rates does, and PolicyMissing."""
    policy, in_month = policy_of(municipality), month(period)
    with reading() as s:
        file = fitting(s, path)
        rates = frames.rates(s, policy.country, now)
        then = Side(policy, in_month, _on_top(rates, file.new, policy), now)
        effect = pay_effect(s, Side(policy, in_month, rates, now), then, now)
    return RatesPreview(**vars(effect), added=len(file.added), changed=len(file.changed), warnings=file.warnings)


def _on_top(rates: pd.DataFrame, new: list[TableRow], policy: Policy) -> pd.DataFrame:
    ours = [row for row in new if row.country == policy.country]
    stays = rates[~rates["rate_ref"].isin([row.ref for row in ours])]
    given = [(row.rate, row.band, row.valid_from, row.valid_to, row.ref, row.status, row.amount_ore) for row in ours]
    return with_rows(stays, given)
