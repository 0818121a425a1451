"""Retention (X5): monthly, what policy says may go, goes, and the list of what went."""

from datetime import date, datetime

from prefect.artifacts import create_table_artifact

from tasks.artifacts import artifact_key
from tasks.job_flow import job
from tasks.retention import Gone, remove_what_may_go

MOST_ROWS = 1000
"""Of a table in Prefect's dashboard; the database has them all."""


def shown(municipality: str, gone: list[Gone]) -> None:
    if gone:
        create_table_artifact(
            key=artifact_key("removed", municipality), table=rows(gone), description=f"{len(gone)} removed (X5)"
        )


def rows(gone: list[Gone]) -> list[dict[str, str]]:
    return [each._asdict() for each in gone[:MOST_ROWS]]


@job(name="retention", step="remove what may go of", shows=shown)
def retention(municipality: str, today: date, now: datetime) -> list[Gone]:
    """Removes what policy says may go, and lists it (X5)."""
    return remove_what_may_go(municipality, today, now)
