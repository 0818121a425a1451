"""How often and how long is tried again while the database can't be reached."""

from typing import Any

from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from data.store.session import DatabaseUnreachable


def may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again can help: the database may come back, a refusal stays one."""
    return isinstance(state.result(raise_on_failure=False), DatabaseUnreachable)


PATIENT: dict[str, Any] = {
    "retries": 6,
    "retry_delay_seconds": exponential_backoff(backoff_factor=1),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": may_pass,
    "cache_policy": NO_CACHE,
}
"""Options of every Prefect task."""

patiently = retry(
    retry=retry_if_exception_type(DatabaseUnreachable),
    wait=wait_exponential_jitter(multiplier=0.5, max=15),
    stop=stop_after_delay(120),
    reraise=True,
)
"""Of what a flow does outside its tasks: waits for a database that is away."""
