"""What a case stands on, taken away and given back: workers, Prefect's server, the database, the mail sink."""

import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.fernet import Fernet
from sqlalchemy import URL

from data.installation import carried
from data.settings import Settings
from tasks.runs.services import Process, Services, beside
from tasks.server.prefect_database import NAME, USER, cluster
from tests.on_prefect.installation import eventually

WORKERS = 2
"""So many are kept running: where one ends, another is started at once."""
AWAY = ("server", "database", "mailbox")
LONGEST_OUTAGE = 2.5
"""Seconds."""
LEAVES_WITHIN = 15
"""Seconds that a worker may take from SIGTERM to its end."""


@contextmanager
def somewhere(database: str) -> Iterator[tuple[Settings, Callable[[], None], Callable[[], None]]]:
    """Settings of an installation, and how its database goes away and comes back."""
    with TemporaryDirectory(prefix="plejeflow-faults-") as folder:
        var = Path(folder)
        settings = beside(Settings(encryption_keys=Fernet.generate_key().decode()), var)
        payroll = var / "payroll"
        payroll.mkdir()
        if database == "sqlite":
            settings = settings.model_copy(update={"payroll_folder": payroll})
            locked = _Locked(var / "plejeflow.db")
            yield settings, locked.away, locked.back
            locked.back()
            return
        ours = _Postgres(var / "ours")
        ours.back()
        own = {"payroll_folder": payroll, "database_url": ours.address}
        yield settings.model_copy(update=own), ours.away, ours.back
        ours.away()


class _Postgres:
    """A server of its own, with a database of the server's name."""

    def __init__(self, folder: Path) -> None:
        self.cluster = cluster(folder)
        self.running: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        where = URL.create("postgresql+psycopg", USER, database=NAME, query={"host": str(self.cluster.sockets)})
        return where.render_as_string(hide_password=False)

    def away(self) -> None:
        if self.running is not None:
            # as a power cut: nobody is asked to come to an end first
            self.running.send_signal(signal.SIGQUIT)
            self.running.wait()
            self.running = None

    def back(self) -> None:
        if self.running is None:
            eventually(self._started, seconds=60, every=0.2)

    def _started(self) -> bool:
        """It ends at once while processes of before, which nobody asked to stop, hold its memory."""
        if self.running is None or self.running.poll() is not None:
            self.running = subprocess.Popen(self.cluster.command, stderr=subprocess.DEVNULL, env={})
        return self.cluster.answers()


class _Locked:
    """Somebody else writes to the SQLite file and doesn't come to an end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.holds: sqlite3.Connection | None = None

    def away(self) -> None:
        if self.holds is None:
            self.holds = sqlite3.connect(self.path, timeout=10, isolation_level=None, check_same_thread=False)
            self.holds.execute("BEGIN IMMEDIATE")

    def back(self) -> None:
        if self.holds is not None:
            self.holds.rollback()
            self.holds.close()
            self.holds = None


class Surroundings:
    def __init__(self, home: Services, away: Callable[[], None], back: Callable[[], None]) -> None:
        self.home = home
        self.gone: set[str] = set()
        self.killed = 0
        self.late_to_leave: list[str] = []
        self._database = {"away": away, "back": back}
        self._count = 0
        self._timers: list[threading.Timer] = []
        # what a thread starts dies with the thread, so these last as long as the story
        self._hands, self._given = ThreadPoolExecutor(len(AWAY)), list[Future[None]]()
        self._leaving: list[tuple[str, subprocess.Popen[bytes]]] = []
        port = home.dashboard.rpartition(":")[2]
        self._commands = {
            "server": ("prefect", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port),
            "mailbox": ("mailbox", "plejeflow", "mailbox"),
        }
        while len(self.workers) < WORKERS:
            self.start_worker()

    @property
    def workers(self) -> list[Process]:
        return [process for name, process in self.home.processes.items() if name.startswith("worker")]

    def start_worker(self) -> None:
        self._count += 1
        self.home.start(f"worker-{self._count}", "plejeflow", "worker")

    def end_worker(self, how: str, pick: float) -> str:
        """Its name. Another is started in its place."""
        workers = self.workers
        ended = workers[int(pick * len(workers)) % len(workers)]
        ended.running.send_signal(getattr(signal, how))
        del self.home.processes[ended.name]
        if how == "SIGKILL":
            self.killed += 1
            ended.running.wait()
        else:
            self._leaving.append((ended.name, ended.running))
        self.start_worker()
        return ended.name

    def take(self, what: str, pick: float) -> str:
        """For how long, in words."""
        seconds = 0.5 + pick * LONGEST_OUTAGE
        if what in self.gone:
            return "is away already"
        self.gone.add(what)
        give = carried(self.give)
        timer = threading.Timer(seconds, lambda: self._given.append(self._hands.submit(give, what)))
        self._timers.append(timer)
        self._take(what)
        timer.start()
        return f"away for {seconds:.1f} s"

    def _take(self, what: str) -> None:
        if what == "database":
            self._database["away"]()
            return
        running = self.home.processes[self._commands[what][0]].running
        running.kill()
        running.wait()

    def give(self, what: str) -> None:
        if what == "database":
            self._database["back"]()
        else:
            self.home.start(*self._commands[what])
        self.gone.remove(what)

    def all_back(self) -> None:
        for timer in self._timers:
            timer.join()
        for given in self._given:
            given.result()
        for name, running in self._leaving:
            try:
                running.wait(LEAVES_WITHIN)
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGABRT)  # its log says where each thread was
                running.wait()
                self.late_to_leave.append(name)

    def died(self) -> list[str]:
        """What ended although nobody ended it."""
        return [name for name, process in self.home.processes.items() if process.running.poll() is not None]

    def up_again(self) -> None:
        """As whatever keeps services running does."""
        for name in self.died():
            del self.home.processes[name]
            for command in self._commands.values():
                if command[0] == name:
                    self.home.start(*command)
            if name.startswith("worker"):
                self.start_worker()

    def last_words(self) -> list[str]:
        """Of Prefect's server, and of workers that didn't leave."""
        logs = self.home.settings.var / "log"
        said = {name: (logs / f"{name}.log").read_text(errors="replace").splitlines() for name in self.late_to_leave}
        said["prefect"] = (logs / "prefect.log").read_text(errors="replace").splitlines()[-5:]
        return [f"{name}: {line}" for name, lines in said.items() for line in lines[-120:]]
