"""The long-lived process in which flow runs execute, mails leave, and a dead worker's runs are taken over."""

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import anyio
import httpx
from anyio.abc import TaskStatus
from prefect import Flow, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, State, StateType, WorkerStatus
from prefect.exceptions import Abort, Pause, PrefectHTTPStatusError
from prefect.flow_engine import run_flow
from prefect.flows import load_flow_from_entrypoint
from prefect.states import AwaitingRetry
from prefect.types import DateTime
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from data.settings import WORK_POOL, Settings
from data.store.session import connect
from tasks.failures.passing import leave
from tasks.mail.postman import Postman
from tasks.mail.queue import configure
from tasks.runs.complete import refuse_incomplete
from tasks.runs.schedules import entrypoints

AT_ONCE = 8
"""Runs in this process at the same time; more wait their turn."""
LEAVES_WITHIN = 8
"""Seconds in which attempts may come to their end once the worker is told to stop."""
FAREWELL_SECONDS = 3
"""For taking leave of Prefect\'s server, which then needn\'t find out by itself that the worker is gone."""
log = logging.getLogger("plejeflow.worker")


class PlejeflowWorker(BaseWorker[BaseJobConfiguration, BaseVariables, BaseWorkerResult]):
    """Runs each flow run in a thread of this process: no new interpreter for every answer."""

    type = "plejeflow"
    job_configuration = BaseJobConfiguration
    _description = "Runs flow runs inside this long-lived process."

    def __init__(self, **given: Any) -> None:
        # Prefect's own limit fails when a case is resumed before its last attempt has quite ended
        super().__init__(**given, limit=None)
        self._threads = anyio.CapacityLimiter(AT_ONCE)
        self._entrypoints = entrypoints()
        self.leaving = False
        self.in_hand: set[UUID] = set()
        """Runs that were taken and aren't over, with those that wait for a thread."""

    @property
    def attempts(self) -> int:
        """Runs that are being executed."""
        return self._threads.borrowed_tokens

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        return [] if self.leaving else await super().get_and_submit_flow_runs()

    async def _propose_pending_state(self, flow_run: FlowRun) -> bool:
        if self.leaving:
            return False
        # in hand before the server says so: the answer may be lost
        self.in_hand.add(flow_run.id)
        taken = await super()._propose_pending_state(flow_run)
        if not taken:
            self.in_hand.discard(flow_run.id)
        return taken

    async def _submit_run_and_capture_errors(
        self, flow_run: FlowRun, task_status: TaskStatus[Any] | None = None
    ) -> BaseWorkerResult | Exception:
        ended = await super()._submit_run_and_capture_errors(flow_run, task_status)
        self.in_hand.discard(flow_run.id)
        return ended

    async def run(
        self, flow_run: FlowRun, configuration: BaseJobConfiguration, task_status: TaskStatus[Any] | None = None
    ) -> BaseWorkerResult:
        deployment = await self.client.read_deployment(cast(UUID, flow_run.deployment_id))
        # the server may know of where another version had it: what runs is what this worker is
        entrypoint = self._entrypoints.get(deployment.name) or deployment.entrypoint or ""
        flow: Flow[..., Any] = load_flow_from_entrypoint(entrypoint)
        if task_status is not None:
            task_status.started(self.name)
        async with self._threads:
            begins = not self.leaving
            if begins:
                await anyio.to_thread.run_sync(_run_here, flow, flow_run, abandon_on_cancel=True)
        if not begins:
            await anyio.sleep_forever()  # until it is given back
        return BaseWorkerResult(status_code=0, identifier=self.name)

    # Prefect's two writes before every attempt tell only what the dashboard shows anyway; on SQLite they collide with
    # those of other runs and are tried again after seconds.
    async def _give_worker_labels_to_flow_run(self, flow_run_id: UUID) -> None: ...

    async def _propose_submitting_state(self, flow_run: FlowRun) -> None: ...


def _run_here(flow: Flow[..., Any], flow_run: FlowRun) -> None:
    """An asynchronous engine in a loop of its own: it waits for threads that would hold up the worker's loop."""
    # with its deployment the engine listens for suspensions from outside, hears the one that ended the last attempt,
    # and stops at once in state Running
    unheard = flow_run.model_copy(update={"deployment_id": None})
    try:
        running = run_flow(flow, flow_run=unheard, return_type="state")
        if asyncio.iscoroutine(running):
            asyncio.run(running)
    except (Pause, Abort):
        log.debug("%s stopped and waits", flow_run.name)


def _waiting_is_no_error(record: logging.LogRecord) -> bool:
    """Prefect logs whatever isn't Completed as an error; a case that waits is as it should be."""
    if record.levelno == logging.ERROR and record.getMessage().startswith("Finished in state Suspended"):
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


async def take_over(own: str, in_hand: Collection[UUID], heartbeat: float, now: datetime) -> list[str]:
    """Schedules again what no worker has in hand any more; names of the runs.

    `own` is the asking worker, which has let go of a run whose end it couldn't tell the server.
    """
    # Prefect's server calls a worker offline after three missed heartbeats
    stale = now - timedelta(seconds=4 * heartbeat)
    taken = []
    async with get_client() as client:
        workers = await client.read_workers_for_work_pool(WORK_POOL)
        alive = {worker.name for worker in workers if worker.status == WorkerStatus.ONLINE} - {own}
        for run in await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING]))
            ),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[WORK_POOL])),
        ):
            # a run that has just begun may still name the worker of its last attempt
            if (
                run.state
                and run.id not in in_hand
                and run.infrastructure_pid not in alive
                and run.state.timestamp < DateTime.fromtimestamp(stale.timestamp(), tz=stale.tzinfo)
            ):
                gone: State[Any] = AwaitingRetry(message=f"worker {run.infrastructure_pid} is gone; taken over")
                await client.set_flow_run_state(run.id, gone, force=True)
                taken.append(run.name)
    return taken


async def give_back(runs: Collection[UUID], own: str) -> list[str]:
    """Schedules again what a worker that leaves couldn't bring to its end; names of the runs."""
    given = []
    async with get_client() as client:
        for ident in runs:
            run = await client.read_flow_run(ident)
            if run.state and run.state.type in (StateType.RUNNING, StateType.PENDING):
                back: State[Any] = AwaitingRetry(message=f"given back by worker {own}, which was told to stop")
                await client.set_flow_run_state(ident, back, force=True)
                given.append(run.name)
    return given


async def serve(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT: then takes nothing new, lets attempts end and gives back what didn't."""
    connect(settings)
    configure(settings)
    refuse_incomplete()
    logging.getLogger("prefect.flow_runs").addFilter(_waiting_is_no_error)
    worker = PlejeflowWorker(
        work_pool_name=WORK_POOL,
        name=f"{socket.gethostname()}-{os.getpid()}",
    )
    stop, delivered = asyncio.Event(), asyncio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(worker.start)
        group.start_soon(_deliver, settings, stop, delivered)
        group.start_soon(_keep_taking_over, worker)
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
            async for _ in signals:
                stop.set()
                await _let_end(worker, delivered)
                if worker.in_hand:
                    await _leave_behind(worker)
                # threads that wait for a database can't be stopped, and fail oddly in an interpreter that ends
                end_within(0 if worker.in_hand or not delivered.is_set() else FAREWELL_SECONDS)
                group.cancel_scope.cancel()
                return


def end_within(seconds: float) -> None:
    """Ends this process hard unless it ends by itself: Prefect's own leave-taking may wait for its server for ever."""

    def end() -> None:
        logging.shutdown()
        os._exit(0)

    if not seconds:
        end()
    last = threading.Timer(seconds, end)
    last.daemon = True
    last.start()


async def _deliver(settings: Settings, stop: asyncio.Event, delivered: asyncio.Event) -> None:
    await Postman(settings).run(stop)
    delivered.set()


async def _let_end(worker: PlejeflowWorker, delivered: asyncio.Event) -> None:
    worker.leaving = True
    with anyio.move_on_after(LEAVES_WITHIN):
        while worker.attempts:
            await anyio.sleep(0.05)
        await delivered.wait()


async def _leave_behind(worker: PlejeflowWorker) -> None:
    leave()
    try:
        with anyio.fail_after(LEAVES_WITHIN / 4):
            for name in await give_back(worker.in_hand, worker.name):
                log.warning("%s given back: this worker was told to stop", name)
    except (httpx.HTTPError, PrefectHTTPStatusError, TimeoutError) as error:
        # another worker takes over what this one no longer has
        log.warning("runs in hand can't be given back: Prefect's server doesn't answer (%s)", type(error).__name__)


async def _keep_taking_over(worker: PlejeflowWorker) -> None:
    heartbeat = worker.heartbeat_interval_seconds
    while True:
        await anyio.sleep(heartbeat)
        try:
            for name in await take_over(worker.name, worker.in_hand, heartbeat, datetime.now(UTC)):
                log.warning("%s taken over from a worker that is gone", name)
        except (httpx.HTTPError, PrefectHTTPStatusError) as error:
            log.warning("Prefect's server doesn't answer (%s); looking again in a moment", type(error).__name__)
