"""N1: daily, children who turn 15 in a network, networks that are too small or too large, the end of the trial."""

from datetime import date, datetime

from tasks.networks.watch import watch_networks
from tasks.runs.job_flow import job


@job(name="network-watch", step="watch networks")
def network_watch(municipality: str, today: date, now: datetime) -> int:
    """Asks contacts about children who turn 15, the size of networks and the end of the trial (N1); counts tasks."""
    return watch_networks(municipality, today, now)
