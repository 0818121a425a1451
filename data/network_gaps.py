"""What isn't known, or isn't signed, in the homes of networks, and networks that are just over."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from data.networks import DECLARATION, goes_on, living_there
from data.store.facts import stands
from data.tables import Child, Family, HouseholdMember, Network, NetworkConsent, NetworkHome, Placement


class Unsigned(NamedTuple):
    """A foster parent who hasn't been asked to sign."""

    network: str
    home: str
    carer: str


def new_carers(s: Session, networks: Collection[str], municipality: str, on: date) -> list[Unsigned]:
    """Of the municipality's homes in these networks: who became known as a foster parent after the home was known to
    take part, and has neither signed nor refused. Who was known before signed when the home joined."""
    known, joined = aliased(HouseholdMember), aliased(NetworkHome)
    known_since = (
        select(func.min(known.recorded_at)).where(known.ref == HouseholdMember.ref, col(known.carer).is_(True))
    ).scalar_subquery()
    joined_since = select(func.min(joined.recorded_at)).where(joined.ref == NetworkHome.ref).scalar_subquery()
    answered = select(NetworkConsent.id).where(
        NetworkConsent.network == NetworkHome.network,
        NetworkConsent.person == HouseholdMember.ref,
        NetworkConsent.kind == DECLARATION,
        stands(NetworkConsent),
    )
    query = (
        select(NetworkHome.network, HouseholdMember.family, HouseholdMember.ref)
        .join(HouseholdMember, col(HouseholdMember.family) == col(NetworkHome.family))
        .where(
            col(HouseholdMember.carer).is_(True),
            stands(HouseholdMember),
            *_taking_part(networks, municipality, on),
            known_since > joined_since,
            ~answered.exists(),
        )
    )
    return [Unsigned(*row) for row in s.exec(query.order_by(col(NetworkHome.network), col(HouseholdMember.ref)))]


def _taking_part(networks: Collection[str], municipality: str, on: date) -> list[ColumnElement[bool]]:
    home = select(Family.ref).where(Family.municipality == municipality, stands(Family))
    return [
        col(NetworkHome.network).in_(list(networks)),
        stands(NetworkHome),
        col(NetworkHome.joined_on) <= on,
        goes_on(NetworkHome.left_on, on),
        col(NetworkHome.family).in_(home),
    ]


class Unborn(NamedTuple):
    """Somebody in a network whose birth date isn't known."""

    network: str
    person: str
    adviser: str | None


def children_without_birth_date(
    s: Session, networks: Collection[str], municipalities: Collection[str], municipality: str, on: date
) -> list[Unborn]:
    """Of children that the municipality placed, and in its homes of those that came from outside the municipalities."""
    ours = col(NetworkHome.family).in_(select(Family.ref).where(Family.municipality == municipality, stands(Family)))
    outside = and_(col(Placement.municipality).not_in(list(municipalities)), ours)
    query = (
        select(NetworkHome.network, Child.ref, Child.adviser)
        .join(Placement, col(Placement.family) == col(NetworkHome.family))
        .join(Child, col(Child.ref) == col(Placement.child))
        .where(
            *living_there(on),
            stands(Child),
            col(Child.birth_date).is_(None),
            col(NetworkHome.network).in_(list(networks)),
            stands(NetworkHome),
            col(NetworkHome.joined_on) <= on,
            goes_on(NetworkHome.left_on, on),
            or_(col(Placement.municipality) == municipality, outside),
        )
    )
    return [Unborn(*row) for row in s.exec(query.order_by(col(Child.ref), col(NetworkHome.network)))]


def household_without_birth_date(s: Session, networks: Collection[str], municipality: str, on: date) -> list[Unborn]:
    """In the municipality's homes; a foster parent signs whatever their age."""
    query = (
        select(NetworkHome.network, HouseholdMember.ref)
        .join(HouseholdMember, col(HouseholdMember.family) == col(NetworkHome.family))
        .where(
            stands(HouseholdMember),
            col(HouseholdMember.carer).is_not(True),
            col(HouseholdMember.birth_date).is_(None),
            *_taking_part(networks, municipality, on),
        )
    )
    return [Unborn(*row, None) for row in s.exec(query.order_by(col(HouseholdMember.ref), col(NetworkHome.network)))]


def just_over(s: Session, since: date, since_recorded: datetime, on: date) -> list[str]:
    """Networks that ended or were taken back before that day, not long ago or as is known since not long ago."""
    ended = and_(col(Network.ended_on) < on, or_(col(Network.ended_on) >= since, _recorded(since_recorded)))
    gone = and_(col(Network.withdrawn_on).is_not(None), _recorded(since_recorded))
    query = select(Network.ref).where(col(Network.superseded_at).is_(None), or_(ended, gone))
    return list(s.exec(query.order_by(col(Network.ref))))


def _recorded(since: datetime) -> ColumnElement[bool]:
    return col(Network.recorded_at) >= since
