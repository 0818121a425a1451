"""Starts everything an embedded installation needs, and stops it again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from data.migrate import migrate
from data.rates import load_shipped
from data.session import connect, writing
from data.settings import LOOPBACK, WORK_POOL, Settings
from rules.refusal import Refusal

ROOT = Path(__file__).parent.parent
PATIENCE = 90
"""Seconds for Prefect's server to answer; the first start migrates its database."""


@dataclass(frozen=True)
class Process:
    name: str
    running: subprocess.Popen[bytes]
    log: Path


class Installation:
    """What was started; `settings` and `environment` are for the commands that use it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.environment = environment(settings)
        self.processes: dict[str, Process] = {}

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
        log = self.settings.var / "log" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            running = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=self.environment, stdout=out, stderr=out
            )
        self.processes[name] = Process(name, running, log)
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
            process.running.terminate()
            try:
                process.running.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.running.kill()
                process.running.wait()


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
        "PREFECT_HOME": str((settings.var / "prefect").absolute()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
    }
    return {**os.environ, **given}


@contextmanager
def installation(settings: Settings) -> Iterator[Installation]:
    """Everything running: database, Prefect's server with the deployments, a worker, a local mail sink."""
    server = urlsplit(settings.prefect_api_url)
    if server.hostname not in LOOPBACK:
        raise Refusal(
            f"PLEJEFLOW_PREFECT_API_URL is {settings.prefect_api_url}: `up` starts a server on this machine only; "
            "for a server of its own run `plejeflow worker` beside it"
        )
    _free("PLEJEFLOW_PREFECT_API_URL", server.port or 80)
    _free("PLEJEFLOW_SMTP_PORT", settings.smtp_port)
    _free("PLEJEFLOW_MAILBOX_PORT", settings.mailbox_port)
    migrate(connect(settings))
    with writing() as s:
        load_shipped(s, settings.now())
    with ExitStack() as stack:
        home = Installation(settings)
        stack.callback(home.stop)
        home.start("prefect", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(server.port))
        home.start("mailbox", "plejeflow", "mailbox")
        _answers(home, f"{settings.prefect_api_url}/health")
        home.start("worker", "plejeflow", "worker")
        _answers(home, f"{settings.prefect_api_url}/work_pools/{WORK_POOL}")
        deploy(settings)
        yield home


def _free(variable: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Refusal(f"port {port} is taken; choose another with {variable}") from None


def _answers(home: Installation, address: str) -> None:
    for _ in range(PATIENCE * 5):
        home.check()
        try:
            if httpx.get(address, timeout=2).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise Refusal(f"{address} didn't answer within {PATIENCE} seconds; see {home.settings.var / 'log'}")


def deploy(settings: Settings) -> None:
    """Registers every deployment of prefect.yaml with the server that the settings name."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=ROOT, env=environment(settings), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Refusal(
            f"the deployments were not taken: {said[-1] if said else done.returncode}; is the server running?"
        )
