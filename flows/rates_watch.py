"""Rates watch (X3): before a new year's rates are due, the whole table; every day, what is needed and missing."""

from datetime import date

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from data.policies import municipalities, policy
from rules.rates_watch import Lacking
from tasks.clock import named_by_its_day, scheduled
from tasks.patience import PATIENT
from tasks.rates_watch import watch_needed, watch_table

whole_table = task(name="watch the table", task_run_name="watch the table for {municipality}", **PATIENT)(watch_table)
needed = task(name="watch what is needed", task_run_name="watch what {municipality} needs", **PATIENT)(watch_needed)


@flow(name="rates-watch", flow_run_name=named_by_its_day)
def rates_watch(table: str | None = None, today: date | None = None) -> dict[str, int]:
    """Rates that lack, by municipality. `table` is the country whose table is looked through, else what pay needs."""
    runs = {}
    for key in municipalities():
        rules = policy(key)
        now = scheduled(today, rules.timezone)
        if table is None:
            runs[key] = needed.submit(key, now.date(), now)
        elif rules.country == table:
            runs[key] = whole_table.submit(key, now.date(), now)
    found = {key: run.result() for key, run in runs.items()}
    create_table_artifact(
        key="rates-watch",
        table=[row(key, lack) for key, lacks in found.items() for lack in lacks],
        description="Rates without an amount, from when on",
    )
    return {key: len(lacks) for key, lacks in found.items()}


def row(municipality: str, lack: Lacking) -> dict[str, str]:
    return {
        "municipality": municipality,
        "rate": f"{lack.country} {lack.rate}",
        "bands": ", ".join(lack.bands),
        "since": str(lack.since or "never had one"),
    }
