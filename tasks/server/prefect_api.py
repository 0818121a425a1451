"""The few calls to Prefect's server that a case needs; its own client takes seconds to import."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import httpx
from tenacity import RetryCallState, retry, retry_if_exception, wait_exponential_jitter

from data.settings import WORK_POOL, Settings
from data.store.asking import batched
from data.tables import CaseRow
from rules.months import month_of
from rules.refusal import Refusal
from rules.register import PROCESSES, process_named

BUSY_FOR, REFUSED_TIMES = 20, 5
"""Seconds, and attempts."""
PAGE = 200
"""Prefect's server gives no more at once."""


Body = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class RunState(StrEnum):
    MISSING = "missing"
    WAITING = "waiting"
    GOING = "going"
    FAILED = "failed"
    CRASHED = "crashed"
    OVER = "over"


STATES = {
    "PAUSED": RunState.WAITING,
    "FAILED": RunState.FAILED,
    "CRASHED": RunState.CRASHED,
    **dict.fromkeys(("SCHEDULED", "PENDING", "RUNNING", "CANCELLING"), RunState.GOING),
}


class PrefectUnreachable(Refusal):
    def __init__(self, address: str, said: object) -> None:
        super().__init__(f"Prefect's server at {address} doesn't answer ({said}); the case goes on when it is back")


def _passing(error: BaseException) -> bool:
    """Prefect's server says 503 while its database is busy; a refused connection may be a restart."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in (429, 502, 503, 504)
    return isinstance(error, httpx.TransportError)


def _enough(tries: RetryCallState) -> bool:
    """A busy server is waited for; one that isn't there is told of at once."""
    error = tries.outcome.exception() if tries.outcome else None
    if isinstance(error, httpx.HTTPStatusError):
        return (tries.seconds_since_start or 0) > BUSY_FOR
    return tries.attempt_number >= REFUSED_TIMES


class PrefectServer:
    def __init__(self, settings: Settings) -> None:
        self.address = settings.prefect_api_url
        try:
            self._client = httpx.Client(base_url=f"{self.address.rstrip('/')}/", timeout=15)
        except httpx.InvalidURL as error:
            raise Refusal(f"PLEJEFLOW_PREFECT_API_URL isn't an address ({error}); say http://host:4200/api") from None

    def __enter__(self) -> "PrefectServer":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def start(self, case: CaseRow) -> str:
        """The new flow run's id; its name is the case's reference."""
        deployment = self._call("GET", f"deployments/name/{case.process}/{case.process}", missing=case.process)
        run = self._call(
            "POST",
            f"deployments/{deployment['id']}/create_flow_run",
            {
                "name": case.ref,
                "parameters": _parameters(case),
                "tags": [tag for tag in (case.municipality, case.process, case.parent) if tag],
                "idempotency_key": case.ref,
                "state": {"type": "SCHEDULED"},
            },
        )
        return str(run["id"])

    def answers(self) -> None:
        """Raises PrefectUnreachable."""
        self._call("GET", "health")

    def state(self, run: str | None) -> RunState:
        if run is None:
            return RunState.MISSING
        try:
            found = self._call("GET", f"flow_runs/{run}")
        except _NotThere:
            return RunState.MISSING
        return _state(found)

    def states(self, runs: Iterable[str | None]) -> dict[str | None, RunState]:
        """Of many runs at once; those that Prefect doesn't know are left out."""
        found: dict[str | None, RunState] = {}
        for some in batched((run for run in runs if run is not None), PAGE):
            asked = {"flow_runs": {"id": {"any_": some}}, "limit": PAGE}
            found |= {run["id"]: _state(run) for run in self._call("POST", "flow_runs/filter", asked)}
        return found

    def resume(self, run: str) -> None:
        """Wakes a suspended run; one that is going on by itself is left alone."""
        # the server's own `resume` reads before it writes and so fails on SQLite while anything else is written
        self._call("POST", f"flow_runs/{run}/set_state", {"state": {"type": "SCHEDULED", "name": "Resuming"}})

    def restart(self, run: str, because: str) -> None:
        """Schedules a run again that is over although its case isn't."""
        state = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": because}
        self._call("POST", f"flow_runs/{run}/set_state", {"state": state, "force": True})

    def pause_schedules(self) -> None:
        """Jobs no longer come by themselves; they can still be started."""
        for deployment in self.deployments():
            if deployment["schedules"]:
                self._call("PATCH", f"deployments/{deployment['id']}", {"paused": True})

    def fires_at(self, deployment: str, at: datetime) -> None:
        """Gives it one more schedule, daily from then on, and lets its schedules go on."""
        schedule = {"interval": 86400, "anchor_date": at.isoformat(), "timezone": "UTC"}
        self._call("POST", f"deployments/{deployment}/schedules", [{"schedule": schedule, "active": True}])
        self._call("PATCH", f"deployments/{deployment}", {"paused": False})

    def fired(self, deployment: str) -> list[dict[str, Any]]:
        """Runs that its schedules have started and that have ended."""
        wanted = {
            "deployment_id": {"any_": [deployment]},
            "state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}},
            "tags": {"all_": ["auto-scheduled"]},
        }
        return self._all("flow_runs/filter", {"flow_runs": wanted})

    def deployments(self) -> list[dict[str, Any]]:
        return list(self._call("POST", "deployments/filter", {}))

    def planned(self) -> list[dict[str, Any]]:
        """Runs that the scheduler has made for days to come."""
        planned = {"state": {"type": {"any_": ["SCHEDULED"]}}, "tags": {"all_": ["auto-scheduled"]}}
        return self._all("flow_runs/filter", {"flow_runs": planned, "sort": "ID_DESC"})

    def runs_of(
        self, deployment: str, states: Sequence[str], until: datetime, parameters: Mapping[str, Any]
    ) -> list[str]:
        """Ids of the deployment's runs with these parameters that were to start by then."""
        wanted = {
            "deployment_id": {"any_": [deployment]},
            "state": {"type": {"any_": list(states)}},
            "expected_start_time": {"before_": until.isoformat()},
        }
        found = self._all("flow_runs/filter", {"flow_runs": wanted})
        return [run["id"] for run in found if parameters.items() <= run["parameters"].items()]

    def late(self, before: datetime) -> list[dict[str, Any]]:
        """Runs that were to start before then and wait for a worker."""
        wanted = {
            "state": {"type": {"any_": ["SCHEDULED"]}},
            "next_scheduled_start_time": {"before_": before.isoformat()},
        }
        return self._all("flow_runs/filter", {"flow_runs": wanted})

    def failed_runs_of_cases(self) -> dict[str, str]:
        """Ids, and what their state says."""
        wanted = {
            "flow_runs": {"state": {"type": {"any_": ["FAILED", "CRASHED"]}}},
            "flows": {"name": {"any_": sorted(PROCESSES)}},
        }
        return {run["id"]: run["state"].get("message") or "failed" for run in self._all("flow_runs/filter", wanted)}

    def workers_online(self) -> int:
        try:
            workers = self._call("POST", f"work_pools/{WORK_POOL}/workers/filter", {})
        except _NotThere:
            return 0
        return sum(worker["status"] == "ONLINE" for worker in workers)

    def rename(self, run: str, name: str) -> bool:
        """False where the run is gone: a schedule that is paused or changed takes its planned runs away."""
        try:
            self._call("PATCH", f"flow_runs/{run}", {"name": name})
        except _NotThere:
            return False
        return True

    def run_job(self, deployment: str, name: str, parameters: Mapping[str, Any]) -> str:
        """The new run's id."""
        body = {"name": name, "parameters": dict(parameters), "state": {"type": "SCHEDULED"}}
        return str(self._call("POST", f"deployments/{deployment}/create_flow_run", body)["id"])

    def _all(self, path: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while page := self._call("POST", path, {**body, "limit": PAGE, "offset": len(found)}):
            found += page
            if len(page) < PAGE:
                break
        return found

    def _call(self, method: str, path: str, body: Body = None, *, missing: str = "") -> Any:
        try:
            return self._answered(method, path, body)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.NOT_FOUND:
                raise PrefectUnreachable(self.address, error.response.status_code) from error
            if missing:
                raise Refusal(f"Prefect has no deployment {missing}; run `plejeflow deploy`") from None
            raise _NotThere(path) from None
        except (httpx.TransportError, ValueError) as error:
            raise PrefectUnreachable(self.address, type(error).__name__) from error

    @retry(
        retry=retry_if_exception(_passing),
        wait=wait_exponential_jitter(multiplier=0.1, max=1),
        stop=_enough,
        reraise=True,
    )
    def _answered(self, method: str, path: str, body: Body) -> Any:
        response = self._client.request(method, path, json=body)
        response.raise_for_status()
        return response.json() if response.content else None


def _state(run: Mapping[str, Any]) -> RunState:
    kind = (run.get("state") or {}).get("type")
    return STATES.get(str(kind), RunState.OVER)


def _parameters(case: CaseRow) -> dict[str, str]:
    if process_named(case.process).monthly:
        return {"municipality": case.municipality, "period": str(month_of(case.ref))}
    return {"case": case.ref}


class _NotThere(Refusal):
    """404: Prefect doesn't know it (any more)."""

    def __init__(self, path: str) -> None:
        super().__init__(f"Prefect has no {path} any more; the next case-sweep looks again")
