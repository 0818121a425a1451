"""Every key a policy file may hold, and what its value must be."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from rules.accounts import account
from rules.payroll_file import AMOUNTS, DATES, ENCODINGS, MAPPABLE, is_column_list
from rules.vocabulary import Benefit, Component, PlacementKind, Purpose, Role


class Kind(NamedTuple):
    must_be: str
    fits: Callable[[Any], bool]


def _whole(lowest: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and value >= lowest


def _is_items(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, str) and re.fullmatch(r"[a-z][a-z0-9_]*", item) for item in value)
        and len(set(value)) == len(value)
    )


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None


def _is_day_of_year(value: Any) -> bool:
    """MM-DD; 29 February isn't in every year."""
    if not _matches(r"\d\d-\d\d")(value):
        return False
    month, day = map(int, value.split("-"))
    return 1 <= month <= 12 and 1 <= day <= monthrange(2023, month)[1]


DAYS = Kind("a whole number of calendar days, such as 14", _whole(0))
WORKING_DAYS = Kind("a whole number of working days, such as 5", _whole(0))
WEEKS = Kind("a whole number of weeks, such as 6", _whole(1))
MONTHS = Kind("a whole number of months, such as 3", _whole(1))
YEARS = Kind("a whole number of years, such as 15", _whole(0))
MINUTES = Kind("a whole number of minutes, such as 90", _whole(1))
COUNT = Kind("a whole number, such as 6", _whole(0))
AT_LEAST_ONE = Kind("a whole number from 1 on, such as 36", _whole(1))
PERCENT_FROM_100 = Kind("a whole number of per cent from 100 on, such as 150", _whole(100))
ORE = Kind("an amount in whole øre, such as 150000 for 1,500 kr.", _whole(0))
YES_NO = Kind("true or false", lambda value: isinstance(value, bool))
TEXT = Kind("a text in quotation marks", lambda value: isinstance(value, str) and value.strip() != "")
ITEMS = Kind('a list of different item keys in small letters and underscores, such as ["notice"]', _is_items)
DATE = Kind("a date such as 2025-12-31, without quotation marks", lambda value: type(value) is date)
DAY_OF_YEAR = Kind('a month and day that every year has, in quotation marks, such as "01-05"', _is_day_of_year)
DAYS_OF_YEAR = Kind(
    'a list of months and days that every year has, in quotation marks, such as ["12-01", "01-02"]',
    lambda value: isinstance(value, list) and bool(value) and all(DAY_OF_YEAR.fits(day) for day in value),
)
GUIDANCE = Kind(
    "a text in quotation marks, or false where there is none", lambda value: value is False or TEXT.fits(value)
)
PAYMENT_DAY = Kind(
    'a day of the month from 1 to 28, or "last_bank_day"',
    lambda value: value == "last_bank_day" or (type(value) is int and 1 <= value <= 28),
)
DAY_OF_MONTH = Kind("a day that every month has, from 1 to 28", lambda value: type(value) is int and 1 <= value <= 28)
MONTH = Kind('a year and month in quotation marks, such as "2023-05"', _matches(r"[12]\d{3}-(0[1-9]|1[0-2])"))


BANK_ACCOUNT = Kind(
    "a bank account: a Norwegian one of eleven digits, a Danish one with its registration number, or an IBAN",
    lambda value: isinstance(value, str) and any(account(value, country) for country in ("NO", "DK")),
)
BIC = Kind(
    'the bank\'s BIC of 8 or 11 letters and digits, such as "DABADKKK"', _matches(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
)
BANK_AGREEMENT = Kind(
    "the id that the bank gave the municipality for its files: up to 35 letters and digits",
    _matches(r"[A-Za-z0-9]{1,35}"),
)
FILE_COLUMNS = Kind(
    'a list of pairs of column and heading, such as [["payroll_number", "Medarbejder"], ["amount", "Beløb"]], no '
    f"heading twice and with {' or '.join(sorted(AMOUNTS))}; the columns are {', '.join(sorted(MAPPABLE))}",
    is_column_list,
)
WAGE_TYPES = Kind(
    'codes by tax and component, such as { taxable = { fee = "0710" }, tax_free = { travel = "0730" } }',
    lambda value: (
        isinstance(value, dict)
        and value.keys() <= {"taxable", "tax_free"}
        and all(isinstance(codes, dict) and codes.keys() <= set(Component) for codes in value.values())
        and all(isinstance(code, str) and code for codes in value.values() for code in codes.values())
    ),
)
PURPOSES = Kind(
    f"a list of purposes of driving; there is {', '.join(Purpose)}",
    lambda value: _is_items(value) and set(value) <= set(Purpose),
)
FILE_NAME = Kind('a word of small letters, digits and underscores, such as "opus"', _matches(r"[a-z][a-z0-9_]{0,20}"))


def _is_quality_model(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"themes", "apart"}
        and _is_items(value["themes"])
        and (value["apart"] == [] or _is_items(value["apart"]))
        and not {*value["themes"]} & {*value["apart"]}
    )


QUALITY_MODEL = Kind(
    'themes and what is assessed apart from them, such as { themes = ["competences"], apart = ["economy"] }',
    _is_quality_model,
)


def _are_authorities(value: Any) -> bool:
    fits = {"region": TEXT, "name": TEXT, "basic_course_first": YES_NO}
    return (
        isinstance(value, list)
        and all(isinstance(row, dict) and row.keys() == fits.keys() for row in value)
        and all(kind.fits(row[key]) for row in value for key, kind in fits.items())
        and len({row["region"].casefold() for row in value}) == len(value) > 0
    )


AUTHORITIES = Kind(
    "a list with one { region = …, name = …, basic_course_first = true or false } for each region", _are_authorities
)


def one_of(*choices: str) -> Kind:
    return Kind("one of " + ", ".join(f'"{choice}"' for choice in choices), lambda value: value in choices)


NETWORK_APPROVAL_STEPS = (
    "first_visit",
    "consent",
    "order_attests",
    "pre_study",
    "plan_matching_visit",
    "matching_visit",
    "parents_view",
    "assessment",
    "leader_decision",
    "special_support",
    "contract",
    "contract_review",
    "action_plan",
    "end_emergency",
)

RESPITE_APPROVAL_STEPS = ("basic_course_completed", "approval_application", "quality_assessment", "chase_authority")
INCIDENT_STEPS = ("incident_report", "claim_form")

COMPLAINTS = ("supplement", "lost_earnings", "free_costs", "late_documentation")
"""Kinds of decision about a benefit."""
BENEFIT_STEPS = (
    "benefit_application",
    "benefit_decision",
    "send_documentation",
    "check_documentation",
    "pay_invoice",
    "leader_decision",
    "driving_application",
    "driving_decision",
    "report_driving",
)

INTENSIVE_START_STEPS = (
    "pick_modules",
    "module_teaching",
    "module_elearning",
    "module_logbook",
    "module_supervision",
    "leader_decision",
)
REINFORCED_SUPPORT_STEPS = (
    "support_request",
    "support_referral",
    "support_start_meeting",
    "written_report",
    "leader_decision",
)
COURSE_STEPS = ("course_request", "course_attendance")
DEVELOPMENT_PLAN_STEPS = ("development_goals", "development_review")

RESOURCE_NETWORK_STEPS = (
    "choose_children",
    "candidate",
    "name_contacts",
    "ask_in_person",
    "suitability",
    "introduction_talk",
    "assignment_agreement",
    "more_homes",
    "end_network",
)
NETWORK_HOME_STEPS = ("network_home_joins", "what_to_expect", "declaration", "childs_consent")
NETWORK_ERRANDS = (
    "childs_consent",
    "declaration",
    "birth_date_missing",
    "name_missing_contact",
    "network_size",
    "trial_evaluation",
)
HALF_YEAR_STEPS = ("experiences", "status_report", "read_status_report")

MATCHING_STEPS = ("refer_child", "propose_match", "leader_decision", "issue_contract", "action_plan")
RESOURCE_FAMILY_STEPS = ("refer_child", "propose_match", "leader_decision", "assess_resource_family", "issue_contract")
PLACEMENT_END_STEPS = (
    "end_placement",
    "check_equipment",
    "still_confidential",
    "closing_talk",
    "final_report",
)
CONTACT_STEPS = ("decide_on_contact", "read_contact_decision")

PAYOUT_STEPS = ("payout_approval", "mend_payout", "payroll_files")

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
    "network_approval.consent_lapses_days": DAYS,
    "network_approval.attest_validity_days": DAYS,
    "network_approval.child_attest_age": YEARS,
    "network_approval.attest_expected_days.criminal_record": WORKING_DAYS,
    "network_approval.attest_expected_days.child_attest": WORKING_DAYS,
    **{f"network_approval.deadline.{step}": WORKING_DAYS for step in NETWORK_APPROVAL_STEPS},
    "network_approval.checklist": ITEMS,
    "network_approval.complaint": GUIDANCE,
    "contract.items.network": ITEMS,
    "contract.items.foster": ITEMS,
    "contract.items.respite": ITEMS,
    "contract.items.resource_respite": ITEMS,
    "reminders.before_due_days": WORKING_DAYS,
    "reminders.escalate_after_days": WORKING_DAYS,
    "reminders.duty_lead_days": DAYS,
    "reminders.duty_longest_gap_percent": PERCENT_FROM_100,
    "payout.ledger_from": MONTH,
    "payout.nights_rule": one_of("overnights", "noon_to_noon"),
    "payout.placement_from_nights": AT_LEAST_ONE,
    "payout.fee_rounding": one_of("half_up_to_ore"),
    "payout.monthly_fee_rounding": one_of("half_up_to_krone"),
    "payout.child_allowances": ITEMS,
    "payout.payment_day": PAYMENT_DAY,
    "payout.prepared_on": DAY_OF_MONTH,
    "payout.approved_by": one_of(Role.LEADER, Role.PAYROLL),
    "payout.decided_by": one_of(Role.PAYROLL, Role.LEADER),
    "payout.most_instalments": AT_LEAST_ONE,
    **{f"payout.deadline.{step}": WORKING_DAYS for step in PAYOUT_STEPS},
    "payout.pays_by": one_of("nemkonto", "accounts"),
    "payout.debtor.account": BANK_ACCOUNT,
    "payout.debtor.bic": BIC,
    "payout.debtor.bank_agreement": BANK_AGREEMENT,
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
    "respite_approval.authorities": AUTHORITIES,
    "respite_approval.case_weeks": WEEKS,
    "respite_approval.fast_track_weeks": WEEKS,
    "respite_approval.quality_model": QUALITY_MODEL,
    **{f"respite_approval.deadline.{step}": WORKING_DAYS for step in RESPITE_APPROVAL_STEPS},
    "incident.kinds": ITEMS,
    **{f"incident.deadline.{step}": WORKING_DAYS for step in INCIDENT_STEPS},
    "damage.family_pays_below_ore": ORE,
    "benefits.car_seat_cap_ore": ORE,
    "benefits.booster_cap_ore": ORE,
    "benefits.incontinence_from_age": YEARS,
    "benefits.proof_kept_years": YEARS,
    "benefits.paid_within_months": MONTHS,
    "benefits.year_end_cutoff": DAY_OF_YEAR,
    "benefits.free_costs_a_year_ore": ORE,
    "benefits.year_end_reminders": DAYS_OF_YEAR,
    "benefits.parents_grant_law": TEXT,
    "benefits.regimes": ITEMS,
    "benefits.without_documentation": ITEMS,
    "benefits.before_booking": ITEMS,
    "benefits.seat_standards": ITEMS,
    **{f"benefits.contact.{benefit}": one_of(Role.ADMINISTRATION, Role.CHILD_ADVISER) for benefit in Benefit},
    "benefits.driving.always_agreed": PURPOSES,
    "benefits.driving.beforehand": PURPOSES,
    **{f"benefits.driving.contact.{purpose}": one_of(Role.ADMINISTRATION, Role.CHILD_ADVISER) for purpose in Purpose},
    **{f"benefits.offered.{kind}": ITEMS for kind in PlacementKind},
    **{f"benefits.cost_share_covers.{kind}": ITEMS for kind in PlacementKind},
    **{f"benefits.complaint.{kind}": GUIDANCE for kind in COMPLAINTS},
    **{f"benefits.deadline.{step}": WORKING_DAYS for step in BENEFIT_STEPS},
    "intensive_start.begins_within_months": MONTHS,
    "intensive_start.finished_within_months": MONTHS,
    "intensive_start.modules_least": COUNT,
    "intensive_start.modules_most": COUNT,
    "intensive_start.modules.general": ITEMS,
    "intensive_start.modules.themed": ITEMS,
    "intensive_start.minutes.general": MINUTES,
    "intensive_start.minutes.themed": MINUTES,
    "intensive_start.supervision_minutes.least": MINUTES,
    "intensive_start.supervision_minutes.most": MINUTES,
    "intensive_start.warn_days": DAYS,
    "intensive_start.days_a_part": DAYS,
    "action_plan.deadline.action_plan": WORKING_DAYS,
    "matching.consultant": one_of(Role.MATCH_CONSULTANT, Role.FAMILY_CARE_CONSULTANT),
    "matching.most_fees_tenths": COUNT,
    "matching.horizon_months": MONTHS,
    **{f"matching.deadline.{step}": WORKING_DAYS for step in MATCHING_STEPS},
    "resource_family.duties": ITEMS,
    "resource_family.competences": ITEMS,
    **{f"resource_family.deadline.{step}": WORKING_DAYS for step in RESOURCE_FAMILY_STEPS},
    "aftercare.asked_months_before_18": MONTHS,
    "aftercare.asked_months_before_end": MONTHS,
    "aftercare.ends_at_age": YEARS,
    "placement_end.claims_days": DAYS,
    "placement_end.equipment": ITEMS,
    **{f"placement_end.reasons.{kind}": ITEMS for kind in PlacementKind},
    **{f"placement_end.appeal.{kind}": GUIDANCE for kind in PlacementKind},
    **{f"placement_end.final_report.{kind}": YES_NO for kind in PlacementKind},
    **{f"placement_end.deadline.{step}": WORKING_DAYS for step in PLACEMENT_END_STEPS},
    **{f"contact.deadline.{step}": WORKING_DAYS for step in CONTACT_STEPS},
    **{f"intensive_start.deadline.{step}": WORKING_DAYS for step in INTENSIVE_START_STEPS},
    "courses.cost_sharing": one_of("equally", "by_children"),
    **{f"courses.deadline.{step}": WORKING_DAYS for step in COURSE_STEPS},
    "group_supervision.theme": TEXT,
    "group_supervision.least_days_left": DAYS,
    "group_supervision.deadline.plan_group_supervision": WORKING_DAYS,
    **{f"development_plan.deadline.{step}": WORKING_DAYS for step in DEVELOPMENT_PLAN_STEPS},
    "reinforced_support.supervision_interval_days": DAYS,
    "reinforced_support.least_months": MONTHS,
    "reinforced_support.most_months": MONTHS,
    "reinforced_support.midway_months": MONTHS,
    "reinforced_support.warn_days": DAYS,
    "reinforced_support.elements": ITEMS,
    **{f"reinforced_support.deadline.{step}": WORKING_DAYS for step in REINFORCED_SUPPORT_STEPS},
    "emergency_line.open": YES_NO,
    "emergency_line.topics": ITEMS,
    "resource_network.homes_least": COUNT,
    "resource_network.homes_most": COUNT,
    "resource_network.compensation_ks": COUNT,
    "resource_network.introduction_talks": COUNT,
    "resource_network.introduction_talk_minutes": MINUTES,
    "resource_network.consent_above_age": YEARS,
    "resource_network.gathering_cap_a_home_ore": ORE,
    "resource_network.municipalities": ITEMS,
    "resource_network.suitability": ITEMS,
    "resource_network.trial_ends": DATE,
    **{f"resource_network.deadline.{step}": WORKING_DAYS for step in RESOURCE_NETWORK_STEPS},
    **{f"network_home.deadline.{step}": WORKING_DAYS for step in NETWORK_HOME_STEPS},
    "gathering.deadline.gathering_report": WORKING_DAYS,
    "gathering.deadline.check_receipts": WORKING_DAYS,
    "joint_meeting.deadline.plan_joint_meeting": WORKING_DAYS,
    "half_year.opens_on": DAYS_OF_YEAR,
    "half_year.asked_after_days": DAYS,
    "half_year.headings": ITEMS,
}
