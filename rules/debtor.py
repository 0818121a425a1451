"""From where a municipality pays that pays into accounts itself."""

from datetime import date

from rules.policy import Policy

DEBTOR = ("payout.debtor.account", "payout.debtor.bic", "payout.debtor.bank_agreement")


def debtor_lacks(policy: Policy, on: date) -> list[str]:
    """Keys that its payments file needs and the policy doesn't give."""
    if policy.value("payout.pays_by", on) != "accounts":
        return []
    return [key for key in DEBTOR if not policy.has(key, on)]
