"""Retention (X5): monthly, what policy says may go, goes, and the list of what went and of what was kept."""

from datetime import date, datetime

from prefect.artifacts import create_table_artifact

from tasks.caseload.retention import Swept, remove_what_may_go
from tasks.runs.artifacts import artifact_key
from tasks.runs.job_flow import job

MOST_ROWS = 1000
"""Of a table in Prefect's dashboard; the database has them all."""


def shown(municipality: str, swept: Swept) -> None:
    if swept.gone or swept.kept:
        says = f"{swept} (X5)"
        create_table_artifact(key=artifact_key("removed", municipality), table=rows(swept), description=says)


def rows(swept: Swept) -> list[dict[str, str]]:
    gone = [{**each._asdict(), "kept_because": ""} for each in swept.gone]
    kept = [{"kind": each.kind, "ref": each.ref, "kept_because": each.because} for each in swept.kept]
    # what was kept is little, and asks for a look
    return [*kept, *gone][:MOST_ROWS]


@job(name="retention", step="remove what may go of", shows=shown)
def retention(municipality: str, today: date, now: datetime) -> Swept:
    """Removes what policy says may go, and lists it, with what is kept all the same and why (X5)."""
    return remove_what_may_go(municipality, today, now)
