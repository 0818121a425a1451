"""What a Word template of each kind may say: the closed list of its fields, each with its meaning.

A field with a dot belongs to a row of a list: `{%p for item in items %}`, `{{ item.title }}`, `{%p endfor %}`.
"""

from collections.abc import Mapping

ALWAYS = {
    "municipality": "name of the municipality",
    "reference": "reference of what the document is about, such as the case",
    "made_on": "day on which the document was made",
}
FAMILY = {
    "family_name": "name of the family",
    "family_address": "its address",
    "contract_holder": "who holds the contract",
}
CHILD = {
    "child_name": "name of the child",
    "child_birth_date": "birth date of the child",
}
CONTRACT = {
    **FAMILY,
    **CHILD,
    "law": "the law behind it, by name and date of force",
    "issued_on": "day on which the contract was issued",
    "placement_from": "day from which it holds",
    "items.title": "heading of one of the contract's items",
    "items.text": "what was agreed on it",
}
DECISION = {
    "decided_on": "day of the decision",
    "granted": "yes or no",
    "reason": "the reasons given",
    "rule": "the rule in words",
    "law": "the law behind it, by name and date of force; empty where the policy names none",
    "complaint": "guidance on complaint; empty where the policy has none",
}
SECTIONS = {
    "sections.title": "heading of a section",
    "sections.text": "its text",
}
PERIOD = {
    "period_from": "first day of the period",
    "period_to": "last day of the period",
}

KINDS: Mapping[str, Mapping[str, str]] = {
    "contract_network": CONTRACT,
    "contract_respite": CONTRACT,
    "contract_foster": CONTRACT,
    "contract_resource_respite": CONTRACT,
    "assignment_agreement": {
        **FAMILY,
        "starts_on": "day from which the assignment holds",
        "compensation_ks": "compensation, as a number of KS rates",
        "homes_least": "least number of foster homes in the network",
        "homes_most": "most",
        "contact_1": "name of the first contact",
        "contact_2": "name of the second contact",
    },
    "decision_letter": {
        **FAMILY,
        **CHILD,
        **DECISION,
        "matter": "what was decided on, such as the approval as a network family",
    },
    "approval_letter": {
        **FAMILY,
        "authority": "name of the supervision authority that decided",
        "decided_on": "day of the decision",
        "granted": "yes or no",
        "reason": "the reasons given; empty for an approval",
        "approved_from": "day from which the approval holds; empty for a refusal",
        "children": "number of children it covers; empty for a refusal",
        "age_from": "youngest age it covers; empty for a refusal",
        "age_to": "oldest age it covers; empty for a refusal",
        "needs": "support needs it covers; empty where none are named",
        "rule": "the rule in words",
        "law": "the law behind it, by name and date of force; empty where the policy names none",
    },
    "benefit_decision": {
        **FAMILY,
        **CHILD,
        **DECISION,
        "benefit": "the benefit applied for",
        "amount": "amount granted; empty for a refusal",
        "regime": "how it is documented or paid; empty for a refusal",
        "covered": "what the cost share covers, where that is the reason; else empty",
        "paid_by": "last day on which it is paid; empty where documentation is waited for",
    },
    "consent_attests": {
        **FAMILY,
        "person_name": "who consents",
        "person_birth_date": "birth date of who consents",
        "law": "the law behind it, by name and date of force; empty where the policy names none",
        "lapses_days": "days after which the consent lapses when nothing was ordered on it",
    },
    "group_confidentiality": {
        "family_name": "name of the foster home",
        "person_name": "who signs",
        "network": "reference of the network",
    },
    "child_consent": {
        **CHILD,
        "family_name": "name of the foster home",
        "network": "reference of the network",
        "consent_above_age": "age from which the child is asked",
    },
    "status_report": {**FAMILY, **CHILD, **PERIOD, **SECTIONS, "written_by": "who wrote it"},
    "experiences": {**FAMILY, **PERIOD, **SECTIONS, "network": "reference of the network"},
    "final_report": {
        **FAMILY,
        **CHILD,
        **SECTIONS,
        "started_on": "first day of the placement",
        "ended_on": "day on which the child left",
        "end_reason": "why it ended",
        "written_by": "who wrote it",
    },
    "meeting_notes": {
        **SECTIONS,
        "title": "what kind of meeting it was",
        "held_on": "day of the meeting",
        "place": "where it was held, or its link",
        "attendance": "who was there",
    },
    "pay_statement": {
        "family": "reference of the family",
        "contract_holder": "who holds the contract",
        "payroll_month": "month the payout belongs to",
        "payment_date": "day on which the money is in the account",
        "lines.heading": "what a line pays, for which month and placement, its tax mark, amount and number",
        "lines.text": "how it was computed, from what and by whom, as `plejeflow payout explain` says it",
        "held.heading": "the same of a line that is held or was paid too much, and waits for a decision",
        "held.text": "how it was computed, and why it waits",
        "taxable_total": "sum of the taxable lines in kroner",
        "tax_free_total": "sum of the tax-free lines in kroner",
        "total": "sum of all lines in kroner",
    },
}
"""By kind of document, the fields beside those that every document has."""

FIELDS: Mapping[str, Mapping[str, str]] = {kind: {**ALWAYS, **fields} for kind, fields in KINDS.items()}


def lists(kind: str) -> dict[str, set[str]]:
    """The list fields of a kind, each with what its rows hold."""
    found: dict[str, set[str]] = {}
    for field in FIELDS[kind]:
        if "." in field:
            name, part = field.split(".")
            found.setdefault(name, set()).add(part)
    return found


def single(kind: str) -> set[str]:
    return {field for field in FIELDS[kind] if "." not in field}
