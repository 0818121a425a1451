"""Agreements about driving granted, and journeys reported: the claims' versions are what pay reads."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from data.driving import agreements_of, journeys_of
from data.placements import placements_since
from data.store.audit import audit, job
from data.store.facts import record
from data.store.session import lock
from data.tables import DrivingAgreement, TravelClaim
from rules.driving import Agreement, Journey, metres_agreed, to_be_agreed
from rules.forms.base import YEAR
from rules.policy import Policy
from rules.processes.driving_agreement import DrivingApplication, DrivingDecision, ReportDriving
from rules.refusal import Refusal
from tasks.claims.benefits import placed

ENGINE = "case engine"
OVER = "-over"
"""Ends the reference of the kilometres of a journey that its agreement doesn't reach."""


def open_to_apply(s: Session, family: str, policy: Policy, on: date) -> dict[str, Any]:
    """What may be applied for. Raises Refusal where the family has no placement."""
    placements = [row.ref for row in placed(s, family, policy, on)]
    return {"placements": placements, "purposes": to_be_agreed(policy, on)}


def open_to_report(s: Session, family: str, policy: Policy, on: date) -> dict[str, Any]:
    """Each placement with its days, and what is reported for it already. Raises Refusal where there is none."""
    placements = placements_since(s, family, policy.key, on - YEAR)
    if not placements:
        raise Refusal(f"family {family} has had no placement of {policy.key} since {on - YEAR}; import it first")
    return {
        "placements": {row.ref: [day and f"{day}" for day in (row.start, row.end)] for row in placements},
        "reported": [
            [row.ref, f"{known.day}", known.purpose, known.metres]
            for row in placements
            for known in _whole(journeys_of(s, row.ref))
            if known.day >= on - YEAR
        ],
    }


def grant(
    s: Session,
    case: str,
    asked: DrivingApplication,
    decision: DrivingDecision,
    policy: Policy,
    *,
    on: date,
    now: datetime,
) -> str:
    """Also agrees to what was reported before, as far as the agreement reaches."""
    lock(s, f"driving {asked.placement}")
    first, last = decision.period
    made = DrivingAgreement(
        ref=case,
        recorded_at=now,
        placement=asked.placement,
        purpose=asked.purpose,
        valid_from=first,
        valid_to=last,
        metres_a_month=decision.metres_a_month,
        granted_on=on,
    )
    record(s, made, now)
    audit(s, job(ENGINE), "driving agreed", case, now, placement=asked.placement)
    undecided = [claim for claim in journeys_of(s, asked.placement) if claim.agreed is None]
    _book(s, [claim for claim in undecided if _agreement(made).covers(_journey(claim))], policy, now)
    return made.ref


def report(s: Session, case: str, answer: ReportDriving, policy: Policy, *, on: date, now: datetime) -> dict[str, int]:
    """Every journey becomes a claim; counts of claims by what comes of them."""
    lock(s, f"driving {answer.placement}")
    known = _whole(journeys_of(s, answer.placement))
    new = [
        TravelClaim(
            ref=f"{case}-K{nth:02}",
            recorded_at=now,
            placement=answer.placement,
            driven_on=driven.driven_on,
            metres=driven.journey.metres,
            purpose=driven.purpose,
            reported_on=on,
        )
        for nth, driven in enumerate(answer.journeys, 1)
        if driven.journey not in known
    ]
    booked = _book(s, sorted(new, key=_driven), policy, now)
    audit(s, job(ENGINE), "driving reported", case, now, placement=answer.placement, claims=len(booked))
    agreed = sum(claim.agreed is True for claim in booked)
    return {"agreed": agreed, "held": len(booked) - agreed, "known": len(answer.journeys) - len(new)}


def _book(s: Session, claims: Iterable[TravelClaim], policy: Policy, now: datetime) -> list[TravelClaim]:
    """Records claims of one placement, oldest first: agreed as far as it goes, the rest left to a person."""
    booked: list[TravelClaim] = []
    for claim in claims:
        agreed = [_journey(other) for other in journeys_of(s, claim.placement) if other.agreed]
        journey = _journey(claim)
        far = metres_agreed(journey, map(_agreement, agreements_of(s, claim.placement)), agreed, policy)
        parts = [(claim.ref, far, True), (f"{claim.ref}{OVER}" if far else claim.ref, journey.metres - far, None)]
        for ref, metres, is_agreed in parts:
            if metres > 0:
                said = claim.model_dump(exclude={"id"}) | {"ref": ref, "metres": metres, "agreed": is_agreed}
                booked.append(record(s, TravelClaim(**said), now))
    return booked


def _whole(claims: Iterable[TravelClaim]) -> list[Journey]:
    """As they were driven, before what is over an agreement was split off."""
    parts = defaultdict(list)
    for claim in claims:
        parts[claim.ref.partition(OVER)[0]].append(_journey(claim))
    return [found[0]._replace(metres=sum(part.metres for part in found)) for found in parts.values()]


def _agreement(row: DrivingAgreement) -> Agreement:
    return Agreement(row.purpose, row.valid_from, row.valid_to, row.metres_a_month)


def _journey(claim: TravelClaim) -> Journey:
    return Journey(_driven(claim), claim.purpose or "", claim.metres or 0)


def _driven(claim: TravelClaim) -> date:
    return claim.driven_on or date.max
