"""R9."""

from data.demo.answers.base import Usual

USUAL: Usual = {
    "HeldLineDecision": lambda task, today: {"decision": "pay", "reason": "Agreed on the telephone."},
    "OverpaymentDecision": lambda task, today: {"decision": "recover", "instalments": 3, "reason": "Agreed with them."},
    "PayoutApproval": lambda task, today: {"approved": True},
    "MendPayout": lambda task, today: {"mended": True},
    "PayrollFiles": lambda task, today: {"done": True},
}
