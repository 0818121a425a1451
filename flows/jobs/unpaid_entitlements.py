"""Unpaid entitlements (X4): each quarter, what families are entitled to against what the ledger has paid."""

from datetime import date, datetime
from typing import Any

from prefect.artifacts import create_table_artifact

from tasks.payout.unpaid import UnpaidReport
from tasks.payout.unpaid import unpaid_entitlements as compare
from tasks.runs.artifacts import artifact_key
from tasks.runs.job_flow import job

MOST_ROWS = 1000
"""Of a table in Prefect's dashboard; the largest are shown."""


def shown(municipality: str, report: UnpaidReport) -> None:
    if report.months:
        key = artifact_key("unpaid-entitlements", municipality)
        create_table_artifact(key=key, table=rows(report), description=said(report))


def rows(report: UnpaidReport) -> list[dict[str, Any]]:
    largest = sorted(report.differences, key=lambda difference: -abs(difference.amount_ore))[:MOST_ROWS]
    return [difference._asdict() for difference in largest]


def said(report: UnpaidReport) -> str:
    counted = f"{len(report.differences)} differences from {report.months[0]} to {report.months[-1]}"
    gaps = [f"{period} can't be computed: {gap}" for period, gaps in report.uncomputed.items() for gap in gaps]
    return "\n\n".join([f"{report.about}: {counted}; the {MOST_ROWS} largest at most are listed", *gaps])


@job(name="unpaid-entitlements", step="compare with the ledger of", shows=shown)
def unpaid_entitlements(municipality: str, today: date, now: datetime) -> UnpaidReport:
    """Compares what families are entitled to with what the ledger has paid; each that differs is a task (X4)."""
    return compare(municipality, today, now)
