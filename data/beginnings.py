"""The day on which a municipality began here, in the middle of everything."""

from datetime import date

from sqlmodel import Session, col, select

from data.store.facts import stands
from data.tables import Municipality


def began_on(s: Session, municipality: str) -> date | None:
    """None where everything is judged from its own start."""
    began = select(col(Municipality.duties_begin)).where(
        Municipality.municipality == municipality, stands(Municipality)
    )
    return s.exec(began).first()
