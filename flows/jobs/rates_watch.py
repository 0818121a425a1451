"""Rates watch (X3): before a new year's rates are due, the whole table; every day, what is needed and missing."""

from datetime import date, datetime

from prefect.artifacts import create_table_artifact

from rules.policy import Policy
from rules.rates_watch import Lacking
from tasks.rates.watch import watch_needed, watch_table
from tasks.runs.artifacts import artifact_key
from tasks.runs.job_flow import job


def shown(municipality: str, lacks: list[Lacking]) -> None:
    create_table_artifact(
        key=artifact_key("rates-watch", municipality),
        table=[row(lack) for lack in lacks],
        description="Rates without an amount, from when on",
    )


def row(lack: Lacking) -> dict[str, str]:
    return {
        "rate": f"{lack.country} {lack.rate}",
        "bands": ", ".join(lack.bands),
        "since": str(lack.since or "never had one"),
    }


def of_the_country(policy: Policy, table: str | None = None) -> bool:
    return table in (None, policy.country)


@job(name="rates-watch", step="watch the rates of", shows=shown, concerns=of_the_country)
def rates_watch(municipality: str, today: date, now: datetime, table: str | None = None) -> list[Lacking]:
    """Asks administration for rates that lack (X3): of a whole country's `table`, else what pay needs now."""
    return (watch_needed if table is None else watch_table)(municipality, today, now)
