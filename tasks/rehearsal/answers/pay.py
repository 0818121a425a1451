"""R9, X3, X4."""

from tasks.rehearsal.answers.base import Usual

USUAL: Usual = {
    "HeldLineDecision": lambda task, today: {"decision": "pay", "reason": "Agreed on the telephone."},
    "OverpaymentDecision": lambda task, today: {"decision": "recover", "instalments": 3, "reason": "Agreed with them."},
    "PayoutApproval": lambda task, today: {"approved": True},
    "MendPayout": lambda task, today: {"mended": True},
    "PayrollFiles": lambda task, today: {"done": True},
    "MissingRate": lambda task, today: {"not_needed": "Nothing is paid by it here."},
    "UnpaidEntitlement": lambda task, today: {"right_as_it_is": "Agreed with the family."},
}
