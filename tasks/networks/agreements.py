"""N1: a resource family's network and what its homes agreed to."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from data import networks as query
from data.cases import find_case
from data.policies import policy_of
from data.store.audit import Actor, audit, job
from data.store.facts import current, record, revise
from data.store.session import lock
from data.tables import Family, HouseholdMember, Network, NetworkConsent, NetworkHome, Staff
from rules.policy import Policy
from rules.refusal import Refusal
from tasks.documents.contexts import BLANK, child_of, family_of

ENGINE = job("case engine")
PROCESS, JOINING = "resource-network", "network-home"


class NetworkFull(Refusal):
    def __init__(self, network: str, most: int) -> None:
        super().__init__(f"{network} has {most} homes already, which is the most; another has to leave first")


def started_by(case: str) -> str:
    """The network that this case starts."""
    return f"{case}-N"


def led(s: Session, family: str, on: date) -> dict[str, str | None] | None:
    """The network that the family leads that day, and its first day."""
    own = query.led_by(s, family, on)
    if own is None:
        return None
    return {"network": own.ref, "started_on": own.started_on.isoformat() if own.started_on else None}


def to_choose_from(s: Session, policy: Policy, on: date) -> dict[str, Any]:
    """What the choice of children is checked against: a network may span the project's municipalities."""
    free = query.free_homes(s, policy.value("resource_network.municipalities", on), on)
    return {"living_in": query.living_in(s, free, on), **limits(policy, on)}


def limits(policy: Policy, on: date) -> dict[str, int]:
    return {
        "least": policy.value("resource_network.homes_least", on),
        "most": policy.value("resource_network.homes_most", on),
    }


def start(
    s: Session, *, case: str, family: str, municipality: str, on: date, contacts: tuple[str, str], now: datetime
) -> str:
    """From that day the compensation is paid."""
    network = Network(
        ref=started_by(case),
        recorded_at=now,
        resource_family=family,
        municipality=municipality,
        started_on=on,
        contact_1=contacts[0],
        contact_2=contacts[1],
    )
    record(s, network, now)
    audit(s, ENGINE, "network started", network.ref, now, case=case, started_on=on.isoformat())
    return network.ref


def end(s: Session, *, network: str, on: date, case: str, now: datetime) -> str:
    """That day is the assignment's last: compensation, talks and gatherings end with it."""
    revise(s, current(s, Network, network), now, ended_on=on)
    audit(s, ENGINE, "network ended", network, now, case=case, ended_on=on.isoformat())
    return network


def is_over(s: Session, network: str, on: date) -> bool:
    """Ended before that day, or taken back."""
    row = current(s, Network, network)
    return row.withdrawn_on is not None or (row.ended_on is not None and row.ended_on < on)


def of_parent(s: Session, case: str) -> str | None:
    """The network that the case which led to this one has started."""
    parent = find_case(s, case).parent
    return started_by(parent) if parent else None


def to_join(s: Session, policy: Policy, family: str, on: date) -> dict[str, Any]:
    """What a home's wish to join is checked against."""
    there = query.membership(s, family, on)
    networks = query.networks_of(s, policy.value("resource_network.municipalities", on), on)
    return {
        "networks": {network.ref: len(query.homes_of(s, network.ref, on)) for network in networks},
        "member_of": there.network if there else None,
        "most": limits(policy, on)["most"],
    }


def join(s: Session, *, network: str, family: str, on: date, now: datetime) -> str:
    """Raises NetworkFull, also where two homes join at the same moment."""
    lock(s, f"network {network}")
    policy = policy_of(current(s, Network, network).municipality)
    most = limits(policy, on)["most"]
    if len(query.homes_of(s, network, on)) >= most:
        raise NetworkFull(network, most)
    ref = f"{network}/{family}/{on}"
    record(s, NetworkHome(ref=ref, recorded_at=now, network=network, family=family, joined_on=on), now)
    audit(s, ENGINE, "home joined network", network, now, family=family, joined_on=on.isoformat())
    return network


def member_since(s: Session, family: str, on: date) -> str | None:
    there = query.membership(s, family, on)
    return there.joined_on.isoformat() if there else None


def leave(
    s: Session, *, family: str, on: date, now: datetime, network: str | None = None, actor: Actor = ENGINE
) -> str | None:
    """The network that the home was in, the one named or else the one it joined last; that day is its last there."""
    there = query.memberships(s, family, on, network)
    if not there:
        return None
    left = there if network else there[:1]
    for row in left:
        revise(s, row, now, left_on=on)
        audit(s, actor, "home left network", row.network, now, family=family, left_on=on.isoformat())
    return left[0].network


def note(s: Session, *, network: str, family: str, person: str, kind: str, given: bool, on: date, now: datetime) -> str:
    """A declaration or a child's consent, or that it was refused."""
    consent = NetworkConsent(
        ref=f"{network}/{person}/{kind}",
        recorded_at=now,
        network=network,
        family=family,
        person=person,
        kind=kind,
        given=given,
        signed_on=on,
    )
    return record(s, consent, now).ref


def carers(s: Session, family: str) -> list[str]:
    """Raises Refusal where nobody is known who could sign."""
    found = query.carers_of(s, family)
    if not found:
        raise Refusal(f"no foster parent is known in {family}; say who in the sheet household, column carer")
    return found


def birth_dates(s: Session, family: str, on: date) -> list[tuple[str, str]]:
    """Reference and ISO birth date of the children who live there. Raises Refusal where one isn't known."""
    children = [child for child, _ in query.children_in(s, [family], on)]
    if unknown := [child.ref for child in children if child.birth_date is None]:
        raise Refusal(f"the birth date of {', '.join(unknown)} isn't known; add it in the sheet children")
    return [(child.ref, child.birth_date.isoformat()) for child in children if child.birth_date]


def to_find(s: Session, policy: Policy, network: str, on: date) -> dict[str, Any]:
    """Where too few homes have joined: who else is free."""
    free = query.free_homes(s, policy.value("resource_network.municipalities", on), on)
    return {"joined": len(query.homes_of(s, network, on)), "foster_homes": free, **limits(policy, on)}


def agreement_paper(s: Session, policy: Policy, network: str, on: date) -> dict[str, Any]:
    row = current(s, Network, network)
    names = [current(s, Staff, ref).name or BLANK for ref in (row.contact_1, row.contact_2) if ref]
    allowed = limits(policy, on)
    return {
        **family_of(s, row.resource_family),
        "starts_on": row.started_on,
        "compensation_ks": policy.value("resource_network.compensation_ks", on),
        "homes_least": allowed["least"],
        "homes_most": allowed["most"],
        "contact_1": names[0],
        "contact_2": names[1],
    }


def declaration_paper(s: Session, network: str, family: str, member: str) -> dict[str, Any]:
    return {
        "family_name": current(s, Family, family).name or BLANK,
        "person_name": current(s, HouseholdMember, member).name or BLANK,
        "network": network,
    }


def consent_paper(s: Session, policy: Policy, network: str, family: str, child: str, on: date) -> dict[str, Any]:
    return {
        **child_of(s, child),
        "family_name": current(s, Family, family).name or BLANK,
        "network": network,
        "consent_above_age": policy.value("resource_network.consent_above_age", on),
    }
