"""N1: daily, children who turn 15 in a network, networks that are too small or too large, the end of the trial."""

from datetime import date

from prefect import flow, task

from data.policies import municipalities
from tasks.clock import named_by_its_day, scheduled_for
from tasks.network_watch import watch_networks
from tasks.patience import PATIENT

watch = task(
    name="watch networks",
    task_run_name="watch networks {municipality}",
    **PATIENT,
)(watch_networks)


@flow(name="network-watch", flow_run_name=named_by_its_day)
def network_watch(today: date | None = None) -> dict[str, int]:
    """Tasks given, by municipality."""
    return {key: watch(key, *scheduled_for(key, today)) for key in municipalities()}
