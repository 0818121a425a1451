"""What each process, job and file can't do without in a municipality's policy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rules import policy_keys as known
from rules.debtor import DEBTOR
from rules.policy import DUTIES, Policy
from rules.vocabulary import Benefit, PlacementKind, Purpose


@dataclass(frozen=True)
class Needs:
    keys: tuple[str, ...] = ()
    where: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """More keys where the value of a key has that item, or is there at all ("")."""
    in_denmark: tuple[str, ...] = ()
    switched_on_by: str = ""
    """The key without which the municipality has none of it."""
    opens: str = ""
    """The process whose cases it opens."""
    row: str = ""
    always: bool = False
    """It is there for every municipality, whatever its policy says."""

    def of(self, pack: Policy, on: date) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._of(pack, on)))

    def _of(self, pack: Policy, on: date) -> Iterator[str]:
        yield from self.keys
        yield from self.in_denmark if pack.country == "DK" else ()
        for (key, item), more in self.where.items():
            if pack.has(key, on) and (not item or item in pack.value(key, on)):
                yield from more
        if self.opens:
            yield from PROCESS_NEEDS[self.opens].of(pack, on)


def _deadlines(prefix: str, *steps: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.deadline.{step}" for step in steps)


def _under(prefix: str, *keys: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{key}" for key in keys)


def _each(prefix: str, items: Iterator[str] | type[StrEnum]) -> tuple[str, ...]:
    return tuple(f"{prefix}.{item}" for item in items)


PLAN_FOLLOW_UP = f"{DUTIES}action_plan_follow_up"
LIMITS = _under("resource_network", "homes_least", "homes_most", "municipalities")
OF_A_NETWORK = {("resource_network.homes_least", ""): ("resource_network.compensation_ks",)}
ENTITLEMENT = Needs(
    ("payout.fee_rounding",),
    where=OF_A_NETWORK,
    in_denmark=("payout.monthly_fee_rounding", "payout.child_allowances", "benefits.free_costs_a_year_ore"),
)
MATCHING = (
    *_under("matching", "consultant", "most_fees_tenths", "horizon_months"),
    *_deadlines("matching", *known.MATCHING_STEPS),
    PLAN_FOLLOW_UP,
)

PROCESS_NEEDS: dict[str, Needs] = {
    "network-family-approval": Needs(
        (
            *_under(
                "network_approval",
                "consent_lapses_days",
                "attest_validity_days",
                "child_attest_age",
                "attest_expected_days.criminal_record",
                "attest_expected_days.child_attest",
                "checklist",
                "complaint",
            ),
            # a visit that was planned is due on its own day
            *_deadlines(
                "network_approval", *(step for step in known.NETWORK_APPROVAL_STEPS if step != "matching_visit")
            ),
            "contract.items.network",
            PLAN_FOLLOW_UP,
        )
    ),
    "supplementary-benefit": Needs(
        (
            *_each("benefits.offered", PlacementKind),
            *_each("benefits.cost_share_covers", PlacementKind),
            *_each("benefits.contact", Benefit),
            *_under(
                "benefits",
                "regimes",
                "without_documentation",
                "before_booking",
                "seat_standards",
                "car_seat_cap_ore",
                "booster_cap_ore",
                "free_costs_a_year_ore",
                "incontinence_from_age",
                "proof_kept_years",
                "paid_within_months",
                "year_end_cutoff",
                "parents_grant_law",
                "complaint.supplement",
                "complaint.lost_earnings",
                "complaint.free_costs",
                "complaint.late_documentation",
            ),
            *_deadlines(
                "benefits",
                "benefit_application",
                "benefit_decision",
                "send_documentation",
                "check_documentation",
                "pay_invoice",
                "leader_decision",
            ),
        )
    ),
    "driving-agreement": Needs(
        (
            *_each("benefits.driving.contact", Purpose),
            *_under("benefits", "driving.always_agreed", "driving.beforehand", "complaint.supplement"),
            *_deadlines("benefits", "driving_application", "driving_decision"),
        )
    ),
    "driving-report": Needs(("benefits.driving.always_agreed", *_deadlines("benefits", "report_driving"))),
    "resource-network": Needs(
        (
            *LIMITS,
            *_under(
                "resource_network",
                "compensation_ks",
                "introduction_talks",
                "introduction_talk_minutes",
                "suitability",
            ),
            *_deadlines("resource_network", *known.RESOURCE_NETWORK_STEPS),
        )
    ),
    "network-home": Needs(
        (*LIMITS, "resource_network.consent_above_age", *_deadlines("network_home", *known.NETWORK_HOME_STEPS))
    ),
    "gathering": Needs(_deadlines("gathering", "gathering_report", "check_receipts")),
    "joint-meeting": Needs(("resource_network.municipalities", *_deadlines("joint_meeting", "plan_joint_meeting"))),
    "intensive-start": Needs(
        (
            *_under(
                "intensive_start",
                "begins_within_months",
                "finished_within_months",
                "modules_least",
                "modules_most",
                "modules.general",
                "modules.themed",
                "minutes.general",
                "minutes.themed",
                "supervision_minutes.least",
                "supervision_minutes.most",
                "warn_days",
                "days_a_part",
            ),
            *_deadlines("intensive_start", *known.INTENSIVE_START_STEPS),
        )
    ),
    "reinforced-support": Needs(
        (
            *_under(
                "reinforced_support",
                "supervision_interval_days",
                "least_months",
                "most_months",
                "midway_months",
                "warn_days",
                "elements",
            ),
            *_deadlines("reinforced_support", *known.REINFORCED_SUPPORT_STEPS),
        )
    ),
    "course-enrolment": Needs(_deadlines("courses", *known.COURSE_STEPS)),
    "group-supervision": Needs(
        (
            f"{DUTIES}group_supervision",
            "group_supervision.theme",
            *_deadlines("group_supervision", "plan_group_supervision"),
        )
    ),
    "development-plan": Needs(
        (
            f"{DUTIES}development_plan_review",
            *_deadlines("development_plan", *known.DEVELOPMENT_PLAN_STEPS),
        )
    ),
    "respite-matching": Needs((*MATCHING, "contract.items.respite")),
    "full-time-matching": Needs((*MATCHING, "contract.items.foster")),
    "resource-family-contract": Needs(
        (
            *_under("resource_family", "duties", "competences"),
            *_deadlines("resource_family", *known.RESOURCE_FAMILY_STEPS),
            "contract.items.resource_respite",
            *_under("matching", "consultant", "most_fees_tenths", "horizon_months"),
        )
    ),
    "action-plan": Needs((*_deadlines("action_plan", "action_plan"), PLAN_FOLLOW_UP)),
    "contact-decision": Needs(_deadlines("contact", *known.CONTACT_STEPS)),
    "end-of-placement": Needs(
        (
            *_under("placement_end", "claims_days", "equipment"),
            *_each("placement_end.reasons", PlacementKind),
            *_each("placement_end.appeal", PlacementKind),
            *_each("placement_end.final_report", PlacementKind),
            *_deadlines("placement_end", *known.PLACEMENT_END_STEPS),
            "matching.consultant",
            "half_year.headings",
            "payout.payment_day",
        )
    ),
    "respite-approval": Needs(
        (
            *_under("respite_approval", "authorities", "case_weeks", "fast_track_weeks", "quality_model"),
            *_deadlines("respite_approval", *known.RESPITE_APPROVAL_STEPS),
        )
    ),
    "incident": Needs(
        ("incident.kinds", *_deadlines("incident", "incident_report")),
        where={("incident.kinds", "damage"): ("damage.family_pays_below_ore", *_deadlines("incident", "claim_form"))},
    ),
    "monthly-payout": Needs(
        (
            *ENTITLEMENT.keys,
            *_under("payout", "payment_day", "prepared_on", "approved_by", "decided_by", "most_instalments", "pays_by"),
            *_deadlines("payout", *known.PAYOUT_STEPS),
            "errands.deadline.pay_decision",
        ),
        where=ENTITLEMENT.where,
        in_denmark=ENTITLEMENT.in_denmark,
        always=True,
    ),
}

JOB_NEEDS: dict[str, Needs] = {
    "case-sweep": Needs(always=True),
    "reminders": Needs(_under("reminders", "before_due_days", "escalate_after_days"), row="X1", always=True),
    "weekly-digest": Needs(_under("reminders", "duty_lead_days", "duty_longest_gap_percent"), row="X2", always=True),
    "daily-duties": Needs(
        (
            *_under("reminders", "duty_lead_days", "duty_longest_gap_percent"),
            *_under("beginning", "asked_a_day", "settles_within_months"),
            *_deadlines("errands", "duty_held", "duty_unkept"),
        ),
        row="X1",
        always=True,
    ),
    "retention": Needs(row="X5", always=True),
    "rates-watch": Needs(
        ("rates.watch_days", *_deadlines("errands", "missing_rate"), *ENTITLEMENT.keys),
        where=ENTITLEMENT.where,
        in_denmark=ENTITLEMENT.in_denmark,
        row="X3",
        always=True,
    ),
    "unpaid-entitlements": Needs(
        (*ENTITLEMENT.keys, *_deadlines("errands", "unpaid_entitlement")),
        where=ENTITLEMENT.where,
        in_denmark=ENTITLEMENT.in_denmark,
        row="X4",
        always=True,
    ),
    "year-end-documentation": Needs(
        (
            *_under("benefits", "year_end_cutoff", "year_end_reminders"),
            *_deadlines("errands", "leader_decision"),
        ),
        row="R11",
        always=True,
    ),
    "coming-of-age": Needs(
        (
            *_under("aftercare", "asked_months_before_18", "asked_months_before_end", "ends_at_age"),
            *_deadlines("errands", "after_eighteen"),
        ),
        row="J9",
        always=True,
    ),
    "network-watch": Needs(
        (
            "beginning.settles_within_months",
            *_under("resource_network", "homes_least", "homes_most", "consent_above_age", "municipalities"),
            *_deadlines("errands", *known.NETWORK_ERRANDS),
        ),
        switched_on_by="resource_network.homes_least",
        row="N1",
    ),
    "half-yearly-experiences": Needs(
        (*_under("half_year", "opens_on", "asked_after_days"), *_deadlines("errands", "experiences")),
        switched_on_by=f"{DUTIES}experiences",
        row="N3",
    ),
    "half-yearly-reports": Needs(
        (
            *_under("half_year", "opens_on", "asked_after_days", "headings"),
            *_deadlines("errands", "status_report", "read_status_report"),
        ),
        switched_on_by=f"{DUTIES}report",
        row="J6",
    ),
    "quarterly-network-meeting": Needs(
        switched_on_by="resource_network.municipalities", opens="joint-meeting", row="N5"
    ),
    "quarterly-group-supervision": Needs(
        ("group_supervision.least_days_left",),
        switched_on_by=f"{DUTIES}group_supervision",
        opens="group-supervision",
        row="V2",
    ),
    "development-plans": Needs(switched_on_by=f"{DUTIES}development_plan_review", opens="development-plan", row="V3"),
    "emergency-line-usage": Needs(("emergency_line.topics",), switched_on_by="emergency_line.open", row="V1"),
}

FILE_NEEDS: dict[str, Needs] = {
    "payments-file": Needs(where={("payout.pays_by", "accounts"): tuple(DEBTOR)}, row="R9"),
}
"""What a payout writes that nothing else needs."""
