"""Starts everything an embedded installation needs, and stops it again."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from urllib.parse import urlsplit

import httpx
import yaml
from pydantic import SecretStr

from data.policies import use_policies
from data.rates import load_shipped
from data.settings import LOOPBACK, WORK_POOL, Settings
from data.store.migrate import migrate
from data.store.session import connect, writing
from rules.refusal import Refusal
from tasks.runs.carrying_on import reconcile
from tasks.runs.complete import refuse_incomplete
from tasks.runs.schedules import PREFECT_YAML, deployments
from tasks.server import prefect_database
from tasks.server.prefect_api import PrefectServer

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 90
"""Seconds for Prefect's server to answer; the first start migrates its database."""
PREFECT_DATABASE = "PREFECT_SERVER_DATABASE_CONNECTION_URL"


@dataclass(frozen=True)
class Process:
    name: str
    running: subprocess.Popen[bytes]
    log: Path
    ends_by: signal.Signals = signal.SIGTERM


class Services:
    """What was started; `settings` and `environment` are for the commands that use it."""

    def __init__(self, settings: Settings, held: IO[str] | None = None) -> None:
        """`held` is the folder's lock."""
        self.settings, self.held = settings, held
        self.environment = dict(environment(settings))
        self.processes: dict[str, Process] = {}
        self.postgres: prefect_database.Cluster | None = None
        self.notes: list[str] = []
        """Sentences that whoever started it should read."""

    @property
    def dashboard(self) -> str:
        return self.settings.prefect_api_url.removesuffix("/api")

    @property
    def addresses(self) -> dict[str, str]:
        return {
            "Prefect's dashboard": self.dashboard,
            "mails that were sent": f"http://127.0.0.1:{self.settings.mailbox_port}",
            "database": self.settings.database,
            "logs": str(self.settings.var / "log"),
        }

    def start(self, name: str, *command: str) -> Process:
        """A module of ours or Prefect's."""
        return self._start(name, [*prefect_database.dies_with_us("TERM"), sys.executable, "-m", *command])

    def start_postgres(self) -> None:
        """Stops last and takes no Ctrl-C of its own: Prefect's server needs it to the end."""
        made = self.postgres = prefect_database.cluster(self.settings.var / "prefect" / "postgres")
        self._start("postgres", made.command, environment={}, ends_by=signal.SIGINT, alone=True)
        self.environment[PREFECT_DATABASE] = made.address
        _until(self, made.answers, "PostgreSQL for Prefect's server")

    def _start(
        self,
        name: str,
        command: list[str],
        *,
        environment: Mapping[str, str] | None = None,
        ends_by: signal.Signals = signal.SIGTERM,
        alone: bool = False,
    ) -> Process:
        """`alone` keeps the terminal's signals from it."""
        given = self.environment if environment is None else environment
        log = self.settings.var / "log" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            running = subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT, env=given, start_new_session=alone)
        self.processes[name] = Process(name, running, log, ends_by)
        return self.processes[name]

    def check(self) -> None:
        """Raises Refusal when something that should run has ended."""
        for process in self.processes.values():
            if process.running.poll() is not None:
                last = process.log.read_text(errors="replace").strip().splitlines()[-1:]
                said = f": {last[0]}" if last else ""
                raise Refusal(f"{process.name} ended with {process.running.returncode}{said}; see {process.log}")

    def stop(self) -> None:
        """The worker first: it takes its leave of Prefect's server."""
        for process in reversed(self.processes.values()):
            process.running.send_signal(process.ends_by)
            try:
                process.running.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.running.kill()
                process.running.wait()
        if self.held:
            self.held.close()


def beside(settings: Settings, var: Path) -> Settings:
    """For an installation of its own beside a running one: another folder, database and free ports."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    server, smtp, mailbox = (probe.getsockname()[1] for probe in probes)
    for probe in probes:
        probe.close()
    own: dict[str, object] = {
        "var": var,
        "database_url": "",
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp,
        "smtp_tls": "none",
        "prefect_database_url": SecretStr(""),
    }
    own |= {"smtp_user": "", "smtp_password": SecretStr(""), "smtp_ca_file": None}
    return settings.model_copy(
        update={**own, "mailbox_port": mailbox, "prefect_api_url": f"http://127.0.0.1:{server}/api"}
    )


def environment(settings: Settings) -> Mapping[str, str]:
    given = {
        "PLEJEFLOW_VAR": str(settings.var.absolute()),
        "PLEJEFLOW_DATABASE_URL": settings.database_url,
        "PLEJEFLOW_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "PLEJEFLOW_TODAY": "",
        "PLEJEFLOW_PAYROLL_FOLDER": str(settings.payroll_folder.absolute()) if settings.payroll_folder else "",
        "PLEJEFLOW_POLICIES": str(settings.policies.absolute()) if settings.policies else "",
        "PLEJEFLOW_SMTP_HOST": settings.smtp_host,
        "PLEJEFLOW_SMTP_PORT": str(settings.smtp_port),
        "PLEJEFLOW_SMTP_TLS": settings.smtp_tls,
        "PLEJEFLOW_SMTP_USER": settings.smtp_user,
        "PLEJEFLOW_SMTP_PASSWORD": settings.smtp_password.get_secret_value(),
        "PLEJEFLOW_SMTP_CA_FILE": str(settings.smtp_ca_file or ""),
        "PLEJEFLOW_MAILBOX_PORT": str(settings.mailbox_port),
        "PLEJEFLOW_PREFECT_API_URL": settings.prefect_api_url,
        "PREFECT_API_URL": settings.prefect_api_url,
        PREFECT_DATABASE: settings.prefect_database_url.get_secret_value(),
        "PREFECT_API_DATABASE_CONNECTION_URL": "",
        "PREFECT_HOME": str((settings.var / "prefect").absolute()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # else a server that starts again has forgotten which job's turn it is, and cancels the one that was beginning
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
    }
    return {**os.environ, **given}


@contextmanager
def services(settings: Settings) -> Iterator[Services]:
    """Everything running: database, Prefect's server with the deployments, a worker, a local mail sink."""
    server = urlsplit(settings.prefect_api_url)
    if server.hostname not in LOOPBACK:
        raise Refusal(
            f"PLEJEFLOW_PREFECT_API_URL is {settings.prefect_api_url}: `up` starts a server on this machine only; "
            "for a server of its own run `plejeflow worker` beside it"
        )
    with ExitStack() as stack:
        held = stack.enter_context(_alone(settings.var))
        _free("PLEJEFLOW_PREFECT_API_URL", server.port or 80)
        _free("PLEJEFLOW_SMTP_PORT", settings.smtp_port)
        _free("PLEJEFLOW_MAILBOX_PORT", settings.mailbox_port)
        migrate(connect(settings))
        with writing() as s:
            load_shipped(s, settings.now())
        home = Services(settings, held)
        stack.callback(home.stop)
        start_database_of_prefect(home)
        home.start("prefect", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(server.port))
        home.start("mailbox", "plejeflow", "mailbox")
        _answers(home, f"{settings.prefect_api_url}/health")
        home.start("worker", "plejeflow", "worker")
        _answers(home, f"{settings.prefect_api_url}/work_pools/{WORK_POOL}")
        deploy(settings)
        if home.postgres and home.postgres.owes_runs():
            _make_runs(home)
            home.postgres.runs_made()
        yield home


def _alone(var: Path) -> IO[str]:
    """The folder's lock; the system lets go of it when this process ends in whatever way."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        held = (var / "up.lock").open("w")
    except OSError as error:
        raise Refusal(f"{var} can't be written ({error.strerror}); choose another with PLEJEFLOW_VAR") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise Refusal(f"an `up` runs in {var} already; stop it first, or choose another PLEJEFLOW_VAR") from None
    return held


def start_database_of_prefect(home: Services) -> None:
    """Unless the operator names one."""
    if home.environment[PREFECT_DATABASE]:
        return
    if not (why := prefect_database.hindered()):
        home.start_postgres()
        return
    folder = home.settings.var / "prefect" / "postgres"
    if folder.exists():
        raise Refusal(f"Prefect's runs are in {folder} and PostgreSQL can't run here: {why}")
    home.notes.append(f"Prefect's server keeps its runs in SQLite, PostgreSQL can't run here: {why}")


def _make_runs(home: Services) -> None:
    """Our cases are the truth: a new database of Prefect's gets their runs."""
    with PrefectServer(home.settings) as server:
        made = reconcile(server)
    earlier = home.settings.var / "prefect" / "prefect.db"
    if made or earlier.exists():
        home.notes.append(
            f"Prefect's server has a new database; the runs of {len(made)} open cases were made again"
            + (f"; {earlier} isn't used any more" if earlier.exists() else "")
        )


def _free(variable: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Refusal(f"port {port} is taken; choose another with {variable}") from None


def _answers(home: Services, address: str) -> None:
    def there() -> bool:
        try:
            return httpx.get(address, timeout=2).is_success
        except httpx.TransportError:
            return False

    _until(home, there, address)


def _until(home: Services, there: Callable[[], bool], what: str) -> None:
    for _ in range(PATIENCE * 5):
        home.check()
        if there():
            return
        time.sleep(0.2)
    raise Refusal(f"{what} didn't answer within {PATIENCE} seconds; see {home.settings.var / 'log'}")


def deploy(settings: Settings) -> None:
    """Registers every deployment, and each municipality's payout schedule, with the server that the settings name."""
    use_policies(settings.policies)
    refuse_incomplete()
    with TemporaryDirectory() as folder:
        described = Path(folder) / PREFECT_YAML.name
        described.write_text(yaml.safe_dump(deployments(settings.now())), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(described)],
            cwd=ROOT, env=environment(settings), capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Refusal(
            f"the deployments were not taken: {said[-1] if said else done.returncode}; is the server running?"
        )
