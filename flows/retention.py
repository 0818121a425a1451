"""Retention (X5): monthly, what policy says may go, goes, and the list of what went."""

from datetime import date

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from data.policies import municipalities
from tasks.clock import named_by_its_day, scheduled_for
from tasks.patience import PATIENT
from tasks.retention import Gone, remove_what_may_go

MOST_ROWS = 1000
"""Of a table in Prefect's dashboard; the database has them all."""

remove = task(name="remove what may go", task_run_name="remove what may go of {municipality}", **PATIENT)(
    remove_what_may_go
)


@flow(name="retention", flow_run_name=named_by_its_day)
def retention(today: date | None = None) -> dict[str, int]:
    """How much went, by municipality."""
    runs = {key: remove.submit(key, *scheduled_for(key, today)) for key in municipalities()}
    gone = {key: run.result() for key, run in runs.items()}
    for key, removed in gone.items():
        if removed:
            create_table_artifact(key=f"removed-{key}", table=rows(removed), description=f"{len(removed)} removed (X5)")
    return {key: len(removed) for key, removed in gone.items()}


def rows(removed: list[Gone]) -> list[dict[str, str]]:
    return [each._asdict() for each in removed[:MOST_ROWS]]
