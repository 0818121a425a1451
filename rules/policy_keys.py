"""Every key a policy file may hold, and what its value must be; a process has its own beside its forms."""

from rules.payroll_file import DATES, ENCODINGS
from rules.policy_kinds import (
    AT_LEAST_ONE,
    DAYS,
    DAYS_OF_YEAR,
    FILE_COLUMNS,
    FILE_NAME,
    ITEMS,
    MONTHS,
    PERCENT_FROM_100,
    TEXT,
    WAGE_TYPES,
    WORKING_DAYS,
    YEARS,
    YES_NO,
    Kind,
    one_of,
)
from rules.register import PROCESS_KEYS

NETWORK_ERRANDS = (
    "childs_consent",
    "declaration",
    "birth_date_missing",
    "name_missing_contact",
    "network_size",
    "trial_evaluation",
)

HALF_YEAR_STEPS = ("experiences", "status_report", "read_status_report")

RETENTION = ("mails_months", "cases_not_approved_months", "calls_months")
"""What may go, and after how many months; what has no value is kept."""

ERRAND_STEPS = (
    "pay_decision",
    "leader_decision",
    "duty_held",
    "duty_unkept",
    "missing_rate",
    "unpaid_entitlement",
    "after_eighteen",
)
"""Tasks that stand alone."""

KEYS: dict[str, Kind] = {
    **{f"errands.deadline.{step}": WORKING_DAYS for step in (*ERRAND_STEPS, *NETWORK_ERRANDS, *HALF_YEAR_STEPS)},
    "law.network_family": TEXT,
    "law.respite": TEXT,
    "law.board_lodging": TEXT,
    "law.reporting_duty": TEXT,
    "reminders.before_due_days": WORKING_DAYS,
    "reminders.escalate_after_days": WORKING_DAYS,
    "reminders.duty_lead_days": DAYS,
    "reminders.duty_longest_gap_percent": PERCENT_FROM_100,
    "payroll.system": FILE_NAME,
    "payroll.columns": FILE_COLUMNS,
    "payroll.wage_types": WAGE_TYPES,
    "payroll.delimiter": one_of(";", ",", "\t"),
    "payroll.decimal_sign": one_of(",", "."),
    "payroll.dates": one_of(*DATES),
    "payroll.encoding": one_of(*ENCODINGS),
    "payroll.neutral.delimiter": one_of(";", ",", "\t"),
    "payroll.neutral.decimal_sign": one_of(",", "."),
    "payroll.neutral.encoding": one_of(*ENCODINGS),
    "rates.watch_days": DAYS,
    "beginning.asked_a_day": AT_LEAST_ONE,
    "beginning.settles_within_months": MONTHS,
    **{f"retention.{kind}": MONTHS for kind in RETENTION},
    "aftercare.asked_months_before_18": MONTHS,
    "aftercare.asked_months_before_end": MONTHS,
    "aftercare.ends_at_age": YEARS,
    "emergency_line.open": YES_NO,
    "emergency_line.topics": ITEMS,
    "half_year.opens_on": DAYS_OF_YEAR,
    "half_year.asked_after_days": DAYS,
    "half_year.headings": ITEMS,
    **PROCESS_KEYS,
}
