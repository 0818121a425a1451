"""The forms, by name."""

from rules.forms import (
    action_plan,
    benefit,
    contact,
    courses,
    development_plan,
    driving,
    duties,
    emergency,
    gathering,
    group_supervision,
    half_year,
    incident,
    intensive_start,
    joint_meeting,
    matching,
    network_approval,
    network_home,
    pay,
    pay_watch,
    placement_end,
    reinforced_support,
    resource_network,
    respite_approval,
)
from rules.forms.base import Form


def _below(form: type[Form]) -> list[type[Form]]:
    return [form, *(found for child in form.__subclasses__() for found in _below(child))]


FORMS = {form.__name__: form for form in _below(Form) if "title" in vars(form)}

__all__ = [
    "FORMS",
    "action_plan",
    "benefit",
    "contact",
    "courses",
    "development_plan",
    "driving",
    "duties",
    "emergency",
    "form_named",
    "gathering",
    "group_supervision",
    "half_year",
    "incident",
    "intensive_start",
    "joint_meeting",
    "matching",
    "network_approval",
    "network_home",
    "pay",
    "pay_watch",
    "placement_end",
    "reinforced_support",
    "resource_network",
    "respite_approval",
]


def form_named(name: str) -> type[Form]:
    return FORMS[name]
