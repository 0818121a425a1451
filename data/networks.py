"""Resource families' networks, their homes and the children in them, as they are on a day."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from data.store.facts import find, stands
from data.tables import Child, Family, HouseholdMember, Network, NetworkConsent, NetworkHome, Placement, Staff
from rules.vocabulary import FamilyKind, PlacementKind

FOSTER_HOMES = (FamilyKind.FOSTER, FamilyKind.NETWORK)
"""Kinship homes count like others."""
CONSENT, DECLARATION = "consent", "declaration"
CONTACTS = 2
"""So many follow a network up."""
LIVES_THERE = (PlacementKind.FULL_TIME, PlacementKind.NETWORK)


def networks_of(s: Session, municipalities: Collection[str], on: date) -> Sequence[Network]:
    """Those that haven't ended before that day."""
    query = select(Network).where(
        col(Network.municipality).in_(list(municipalities)), stands(Network), goes_on(Network.ended_on, on)
    )
    return s.exec(query.order_by(col(Network.ref))).all()


def goes_on(last: date | None, on: date) -> ColumnElement[bool]:
    """Whether that last day isn't over."""
    return or_(col(last).is_(None), col(last) >= on)


def led_by(s: Session, family: str, on: date | None = None) -> Network | None:
    """The family's own network, the latest where it has led several; with a day, not one that ended before it."""
    found = all_led_by(s, family)
    return next((own for own in found if on is None or own.ended_on is None or own.ended_on >= on), None)


def all_led_by(s: Session, family: str) -> Sequence[Network]:
    """The latest first."""
    query = select(Network).where(Network.resource_family == family, stands(Network))
    return s.exec(query.order_by(col(Network.started_on).desc().nulls_last(), col(Network.ref))).all()


def stays(s: Session, network: str) -> dict[str, list[tuple[date, date | None]]]:
    """By home: first day in the network and last, None while it takes part; no day comes after the network's own."""
    rows = s.exec(
        select(NetworkHome, col(Network.ended_on))
        .join(Network, col(Network.ref) == col(NetworkHome.network))
        .where(NetworkHome.network == network, stands(NetworkHome), stands(Network))
        .order_by(col(NetworkHome.ref))
    )
    found: dict[str, list[tuple[date, date | None]]] = {}
    for row, ended_on in rows:
        last = min((day for day in (row.left_on, ended_on) if day), default=None)
        found.setdefault(row.family, []).append((row.joined_on, last))
    return found


def homes_of(s: Session, network: str, on: date) -> list[str]:
    """Those in it that day; the last day of one that left counts."""
    return [
        home
        for home, there in stays(s, network).items()
        if any(joined <= on and (left is None or on <= left) for joined, left in there)
    ]


def memberships(s: Session, family: str, on: date, network: str | None = None) -> Sequence[NetworkHome]:
    """Where a home takes part and hasn't left, the latest first; in that network only, where one is named."""
    query = (
        select(NetworkHome)
        .join(Network, col(Network.ref) == col(NetworkHome.network))
        .where(
            NetworkHome.family == family,
            NetworkHome.joined_on <= on,
            col(NetworkHome.left_on).is_(None),
            stands(NetworkHome),
            stands(Network),
            goes_on(Network.ended_on, on),
        )
    )
    if network is not None:
        query = query.where(NetworkHome.network == network)
    return s.exec(query.order_by(col(NetworkHome.joined_on).desc(), col(NetworkHome.ref))).all()


def membership(s: Session, family: str, on: date) -> NetworkHome | None:
    return next(iter(memberships(s, family, on)), None)


def free_homes(s: Session, municipalities: Collection[str], on: date) -> list[str]:
    """Foster homes of these municipalities that are in no network."""
    taken = (
        select(NetworkHome.family)
        .join(Network, col(Network.ref) == col(NetworkHome.network))
        .where(
            stands(NetworkHome),
            stands(Network),
            or_(col(NetworkHome.left_on).is_(None), col(NetworkHome.left_on) > on),
            or_(col(Network.ended_on).is_(None), col(Network.ended_on) > on),
        )
    )
    query = select(Family.ref).where(
        col(Family.municipality).in_(list(municipalities)),
        col(Family.kind).in_([str(kind) for kind in FOSTER_HOMES]),
        stands(Family),
        col(Family.ref).not_in(taken),
    )
    return list(s.exec(query.order_by(col(Family.ref))))


def living_in(s: Session, homes: Collection[str], on: date) -> dict[str, str]:
    """Home by child, of those who live there that day."""
    return {placement.child: placement.family for placement in _placements(s, homes, on)}


def children_in(s: Session, homes: Collection[str], on: date) -> Iterator[tuple[Child, Placement]]:
    """Those who live there that day, by reference."""
    by_child = {placement.child: placement for placement in _placements(s, homes, on)}
    query = select(Child).where(col(Child.ref).in_(list(by_child)), stands(Child))
    yield from ((child, by_child[child.ref]) for child in s.exec(query.order_by(col(Child.ref))))


def _placements(s: Session, homes: Collection[str], on: date) -> Sequence[Placement]:
    query = select(Placement).where(col(Placement.family).in_(list(homes)), *living_there(on))
    return s.exec(query.order_by(col(Placement.child))).all()


def living_there(on: date) -> list[ColumnElement[bool]]:
    return [
        col(Placement.kind).in_([str(kind) for kind in LIVES_THERE]),
        stands(Placement),
        col(Placement.start) <= on,
        or_(col(Placement.end).is_(None), col(Placement.end) > on),
    ]


def carers_of(s: Session, family: str) -> list[str]:
    query = select(HouseholdMember.ref).where(
        HouseholdMember.family == family,
        col(HouseholdMember.carer).is_(True),
        stands(HouseholdMember),
    )
    return list(s.exec(query.order_by(col(HouseholdMember.ref))))


def contacts_of(s: Session, network: Network, on: date) -> list[Staff]:
    """The two, as far as they are known and still there; each may work for another municipality of the network."""
    known = (find(s, Staff, ref) for ref in dict.fromkeys((network.contact_1, network.contact_2)))
    return [person for person in known if person is not None and person.is_contact(on)]


def contacts(s: Session, municipality: str, on: date) -> list[str]:
    """Everybody who may follow a resource family up."""
    staff = s.exec(select(Staff).where(Staff.municipality == municipality, stands(Staff)))
    return sorted(person.ref for person in staff if person.is_contact(on))


def consents(s: Session, network: str, kind: str) -> dict[str, bool]:
    """By person, whether it was given."""
    rows = s.exec(
        select(NetworkConsent).where(
            NetworkConsent.network == network, NetworkConsent.kind == kind, stands(NetworkConsent)
        )
    )
    return {row.person: row.given for row in rows}
