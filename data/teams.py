"""Teams that share group supervision (V2), as they are read."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import Session, col, or_, select

from data.store.facts import stands
from data.tables import Family, Team, TeamHome


def teams(s: Session, municipality: str) -> Sequence[Team]:
    rows = select(Team).where(Team.municipality == municipality, stands(Team))
    return s.exec(rows.order_by(col(Team.ref))).all()


def families_of(s: Session, team: str, on: date, kinds: Collection[str]) -> list[str]:
    """Those of these kinds that are in the team that day."""
    rows = (
        select(Family.ref)
        .join(TeamHome, col(TeamHome.family) == col(Family.ref))
        .where(
            TeamHome.team == team,
            TeamHome.joined_on <= on,
            or_(col(TeamHome.left_on).is_(None), col(TeamHome.left_on) >= on),
            stands(TeamHome),
            stands(Family),
            col(Family.kind).in_(list(kinds)),
        )
    )
    return sorted(set(s.exec(rows)))
