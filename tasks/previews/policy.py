"""What a changed policy would do to the current caseload before it is switched on (X10)."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session

from data.duties import judged
from data.pay import frames
from data.policies import municipalities, policy_of, read_policies
from data.store.session import reading
from rules.duties.standing import State
from rules.months import month
from rules.policy import DUTIES, Policy
from rules.refusal import Refusal
from tasks.previews.pay_effect import PayEffect, Side, pay_effect

OWED = (State.DUE, State.LATE, State.IMPOSSIBLE)


class DutyEffect(NamedTuple):
    """How many subjects stand how today."""

    duty: str
    owed_now: int
    owed_then: int
    """Due, late, or can no longer be kept."""
    newly_owed: int


@dataclass
class PolicyPreview:
    municipality: str
    keys: list[str]
    """Given otherwise than now, or not any more."""
    assumed: int
    """Values that no source states."""
    pay: PayEffect | None = None
    duties: list[DutyEffect] = field(default_factory=list)


def read_policy(path: Path) -> Policy:
    """The file as it would be beside the others. Raises Refusals with every fault."""
    if path.suffix != ".toml" or not path.is_file():
        raise Refusal(f"{path} is no policy file; name one such as proeveby.toml")
    return read_policies(path)[path.stem]


def preview_policy(path: Path, *, period: str, now: datetime) -> PolicyPreview:
    """Writes nothing. The month is computed both ways; duties are judged both ways as of today."""
    policy, in_month = read_policy(path), month(period)
    preview = PolicyPreview(policy.key, [], sum(dated.assumed for rows in policy.values.values() for dated in rows))
    if policy.key not in municipalities():
        preview.keys = sorted(policy.values)
        return preview
    known = policy_of(policy.key)
    changed = {
        key for key in known.values.keys() | policy.values.keys() if known.values.get(key) != policy.values.get(key)
    }
    preview.keys = sorted(changed)
    with reading() as s:
        rates = frames.rates(s, policy.country, now)
        preview.pay = pay_effect(s, Side(known, in_month, rates, now), Side(policy, in_month, rates, now), now)
        if any(key.startswith(DUTIES) for key in changed):
            preview.duties = _duties(s, known, policy, now)
    return preview


def _duties(s: Session, known: Policy, changed: Policy, now: datetime) -> list[DutyEffect]:
    today, then = (_owed(s, each, now) for each in (known, changed))
    return [
        DutyEffect(
            duty,
            sum(key == duty for key, _ in today),
            sum(key == duty for key, _ in then),
            sum(key == duty for key, _ in then - today),
        )
        for duty in sorted({key for key, _ in today ^ then})
    ]


def _owed(s: Session, policy: Policy, now: datetime) -> set[tuple[str, str]]:
    """By duty and subject."""
    found = (one.standing for one in judged(s, policy, policy.today(now)))
    return {(each.duty.key, each.subject) for each in found if each.state in OWED}
