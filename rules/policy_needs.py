"""What each job and file can't do without in a municipality's policy; a process says so itself."""

from rules.debtor import DEBTOR
from rules.needs import ENTITLEMENT, PolicyNeeds, deadlines, under
from rules.policy import DUTIES
from rules.policy_keys import NETWORK_ERRANDS
from rules.register import PROCESS_NEEDS

JOB_NEEDS: dict[str, PolicyNeeds] = {
    "case-sweep": PolicyNeeds(always=True),
    "reminders": PolicyNeeds(under("reminders", "before_due_days", "escalate_after_days"), row="X1", always=True),
    "weekly-digest": PolicyNeeds(
        under("reminders", "duty_lead_days", "duty_longest_gap_percent"), row="X2", always=True
    ),
    "daily-duties": PolicyNeeds(
        (
            *under("reminders", "duty_lead_days", "duty_longest_gap_percent"),
            *under("beginning", "asked_a_day", "settles_within_months"),
            *deadlines("errands", "duty_held", "duty_unkept"),
        ),
        row="X1",
        always=True,
    ),
    "retention": PolicyNeeds(row="X5", always=True),
    "rates-watch": PolicyNeeds(
        ("rates.watch_days", *deadlines("errands", "missing_rate"), *ENTITLEMENT.keys),
        where=ENTITLEMENT.where,
        in_denmark=ENTITLEMENT.in_denmark,
        row="X3",
        always=True,
    ),
    "unpaid-entitlements": PolicyNeeds(
        (*ENTITLEMENT.keys, *deadlines("errands", "unpaid_entitlement")),
        where=ENTITLEMENT.where,
        in_denmark=ENTITLEMENT.in_denmark,
        row="X4",
        always=True,
    ),
    "year-end-documentation": PolicyNeeds(
        (
            *under("benefits", "year_end_cutoff", "year_end_reminders"),
            *deadlines("errands", "leader_decision"),
        ),
        row="R11",
        always=True,
    ),
    "coming-of-age": PolicyNeeds(
        (
            *under("aftercare", "asked_months_before_18", "asked_months_before_end", "ends_at_age"),
            *deadlines("errands", "after_eighteen"),
        ),
        row="J9",
        always=True,
    ),
    "network-watch": PolicyNeeds(
        (
            "beginning.settles_within_months",
            *under("resource_network", "homes_least", "homes_most", "consent_above_age", "municipalities"),
            *deadlines("errands", *NETWORK_ERRANDS),
        ),
        switched_on_by="resource_network.homes_least",
        row="N1",
    ),
    "half-yearly-experiences": PolicyNeeds(
        (*under("half_year", "opens_on", "asked_after_days"), *deadlines("errands", "experiences")),
        switched_on_by=f"{DUTIES}experiences",
        row="N3",
    ),
    "half-yearly-reports": PolicyNeeds(
        (
            *under("half_year", "opens_on", "asked_after_days", "headings"),
            *deadlines("errands", "status_report", "read_status_report"),
        ),
        switched_on_by=f"{DUTIES}report",
        row="J6",
    ),
    "quarterly-network-meeting": PolicyNeeds(
        switched_on_by="resource_network.municipalities", opens=PROCESS_NEEDS["joint-meeting"], row="N5"
    ),
    "quarterly-group-supervision": PolicyNeeds(
        ("group_supervision.least_days_left",),
        switched_on_by=f"{DUTIES}group_supervision",
        opens=PROCESS_NEEDS["group-supervision"],
        row="V2",
    ),
    "development-plans": PolicyNeeds(
        switched_on_by=f"{DUTIES}development_plan_review", opens=PROCESS_NEEDS["development-plan"], row="V3"
    ),
    "emergency-line-usage": PolicyNeeds(("emergency_line.topics",), switched_on_by="emergency_line.open", row="V1"),
}

FILE_NEEDS: dict[str, PolicyNeeds] = {
    "payments-file": PolicyNeeds(where={("payout.pays_by", "accounts"): tuple(DEBTOR)}, row="R9"),
}
"""What a payout writes that nothing else needs."""
