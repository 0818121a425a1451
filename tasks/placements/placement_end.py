"""R6, J9: what the end of a placement brings with it."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from data.matches import not_ended
from data.placements import NoPlacement
from rules.months import Month, month
from rules.payment_dates import payment_date
from rules.policy import Policy
from rules.processes.end_of_placement import EndPlacement
from rules.vocabulary import EndReason, PlacementKind
from tasks.cases.case import Case
from tasks.mail.notices import Notice, Site
from tasks.mail.queue import queue_mail, site
from tasks.words.language import long_date


def endable(s: Session, case: Case) -> dict[str, dict[str, Any]]:
    """The child's placements there, each with its kind, first day and possible reasons. Raises NoPlacement."""
    found = not_ended(s, family=case.family, child=case.child, on=case.today)
    if not found:
        raise NoPlacement(case.child, case.family)
    return {
        placement.ref: {
            "kind": placement.kind,
            "start": placement.start.isoformat() if placement.start else None,
            "reasons": case.policy.value(f"placement_end.reasons.{placement.kind}", case.today),
        }
        for placement in found
    }


def tell(s: Session, case: Case, end: EndPlacement, kind: PlacementKind) -> bool:
    """One mail to the family: the last payout, the last day for claims, what goes on."""
    queued = queue_mail(
        s,
        notice(case.ref, end, kind, case.policy, case.today, site(case.policy)),
        recipient=case.family,
        to_family=True,
        about=case.ref,
        municipality=case.municipality,
        dedup=f"{case.ref}:placement_end",
        now=case.now,
    )
    return queued is not None


def notice(case: str, end: EndPlacement, kind: PlacementKind, policy: Policy, today: date, at: Site) -> Notice:
    claims = max(end.departure, today) + timedelta(days=policy.value("placement_end.claims_days", today))
    paid_on = payment_date(last_month(end.departure), policy)
    context = {
        "placement": end.placement,
        "ends_on": long_date(end.departure, policy.language),
        "last_payout": long_date(paid_on, policy.language) if paid_on >= today else None,
        "claims_until": long_date(claims, policy.language),
        # who gave notice themselves has nothing to appeal against
        "decided_by_others": end.reason != EndReason.FAMILY_ENDS,
        "appeal": policy.value(f"placement_end.appeal.{kind}", today) or None,
        "final_report": policy.value(f"placement_end.final_report.{kind}", today),
        "link": at.page("cases", case),
    }
    return Notice("placement_end", context)


def last_month(departure: date) -> Month:
    """That of the last night."""
    return month(f"{departure - timedelta(days=1):%Y-%m}")
