"""Unpaid entitlements (X4): each quarter, what families are entitled to against what the ledger has paid."""

from datetime import date
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from data.policies import municipalities, policy
from tasks.clock import named_by_its_day, scheduled
from tasks.patience import PATIENT
from tasks.unpaid import UnpaidReport
from tasks.unpaid import unpaid_entitlements as compare

MOST_ROWS = 1000
"""Of a table in Prefect's dashboard; the largest are shown."""

against_the_ledger = task(
    name="compare with the ledger",
    task_run_name="compare {municipality} with its ledger",
    **PATIENT,
)(compare)


@flow(name="unpaid-entitlements", flow_run_name=named_by_its_day)
def unpaid_entitlements(today: date | None = None) -> dict[str, int]:
    """Differences, by municipality."""
    runs = {}
    for key in municipalities():
        now = scheduled(today, policy(key).timezone)
        runs[key] = against_the_ledger.submit(key, now.date(), now)
    reports = {key: run.result() for key, run in runs.items()}
    for key, report in reports.items():
        if report.months:
            create_table_artifact(key=f"unpaid-entitlements-{key}", table=rows(report), description=said(report))
    return {key: len(report.differences) for key, report in reports.items()}


def rows(report: UnpaidReport) -> list[dict[str, Any]]:
    largest = sorted(report.differences, key=lambda difference: -abs(difference.amount_ore))[:MOST_ROWS]
    return [difference._asdict() for difference in largest]


def said(report: UnpaidReport) -> str:
    counted = f"{len(report.differences)} differences from {report.months[0]} to {report.months[-1]}"
    gaps = [f"{period} can't be computed: {gap}" for period, gaps in report.uncomputed.items() for gap in gaps]
    return "\n\n".join([f"{report.about}: {counted}; the {MOST_ROWS} largest at most are listed", *gaps])
