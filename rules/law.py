"""The law behind a procedure, as the policy names it."""

from datetime import date

from rules.policy import Policy


def law_behind(policy: Policy, row: str, on: date) -> str | None:
    """By name and date of force; None where the policy names no law for this source row."""
    keys = sorted(key for key in policy.values if key.startswith("law."))
    in_force = ([dated for dated in policy.values[key] if dated.valid_from <= on] for key in keys)
    return next((dated[-1].value for dated in in_force if dated and dated[-1].source.split()[0] == row), None)
