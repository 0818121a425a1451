"""The week in one mail (X2): Monday morning, to everybody with something to do, and an overview to the leader."""

from datetime import date

from prefect import flow, task

from data.policies import municipalities
from tasks.clock import named_by_its_day, scheduled_for
from tasks.digest import send_digests
from tasks.patience import PATIENT

send = task(name="send the week's mails", task_run_name="the week of {municipality}", **PATIENT)(send_digests)


@flow(name="weekly-digest", flow_run_name=named_by_its_day)
def weekly_digest(today: date | None = None) -> dict[str, int]:
    """Mails written, by municipality."""
    runs = {key: send.submit(key, *scheduled_for(key, today)) for key in municipalities()}
    return {key: run.result() for key, run in runs.items()}
