"""Wakes cases in which something lapses or comes due, and resumes what was missed."""

from datetime import date

from prefect import flow

from data.settings import read_settings
from tasks.clock import named_by_its_day, scheduled
from tasks.prefect_api import PrefectServer
from tasks.runs import sweep


@flow(name="case-sweep", flow_run_name=named_by_its_day)
def case_sweep(today: date | None = None) -> dict[str, str]:
    """By case what was done."""
    now = scheduled(today)
    with PrefectServer(read_settings()) as server:
        return sweep(now.date(), now, server)
