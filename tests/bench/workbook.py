"""The import of a big workbook, each measured in a process of its own: seconds and peak memory."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from cryptography.fernet import Fernet
from sqlalchemy import text

from data.settings import Settings
from data.store import session
from data.store.migrate import migrate
from tests.bench.caseload import write_large
from tests.databases import a_server

FAMILIES = 20_000
TARGET_SECONDS, TARGET_MIB = 60, 1536
KEY = Fernet.generate_key().decode()


def main() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "caseload.xlsx")
        started = time.perf_counter()
        write_large(path, FAMILIES)
        made = time.perf_counter() - started
        click.echo(
            f"workbook of {FAMILIES:,} families and {FAMILIES * 10:,} nights: "
            f"{path.stat().st_size / 2**20:.0f} MiB, made in {made:.0f} s"
        )
        click.echo(f"target: under {TARGET_SECONDS} s and {TARGET_MIB} MiB")
        with a_server(Path(folder, "postgres")) as server:
            postgres = server.render_as_string(hide_password=False)
            for name, address in (("SQLite", f"sqlite:///{folder}/bench.db"), ("PostgreSQL", postgres)):
                for what in ("bare", "import", "again"):
                    seconds, mib = _in_its_own_process(what, address, path)
                    click.echo(f"{name:<11}{LABELS[what]:<52}{seconds:6.1f} s {mib:7.0f} MiB")


def _in_its_own_process(what: str, address: str, path: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "tests.bench.workbook", what, address, str(path), KEY]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, mib = json.loads(said)
    return seconds, mib


def _import(path: Path) -> None:
    from data.store.audit import Actor
    from tasks.caseload import import_workbook

    import_workbook(path, actor=Actor("RA-S01", "bench"), now=datetime(2023, 6, 1, tzinfo=UTC))


def _bare(path: Path) -> None:
    """What no import can do without: calamine's reading, and as many rows of as many plain columns written."""
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(str(path))
    for name in workbook.sheet_names:
        rows: list[Any] = workbook.get_sheet_by_name(name).to_python()
        if rows:
            _write_plain(name, rows)


def _write_plain(name: str, rows: list[Any]) -> None:
    columns = [f"c{at}" for at in range(len(rows[0]))]
    with session.engine().begin() as connection:
        connection.execute(text(f"CREATE TABLE bare_{name} ({', '.join(f'{column} text' for column in columns)})"))
        connection.execute(
            text(f"INSERT INTO bare_{name} VALUES ({', '.join(f':{column}' for column in columns)})"),
            [dict(zip(columns, map(str, row), strict=True)) for row in rows],
        )


MEASURED: dict[str, Callable[[Path], None]] = {"bare": _bare, "import": _import, "again": _import}
LABELS = {
    "bare": "yardstick: calamine and executemany of as many rows",
    "import": "import into an empty database",
    "again": "the same import again, nothing changed",
}


def _measured(what: str, address: str, path: Path, key: str) -> None:
    engine = session.connect(Settings(database_url=address, encryption_keys=key))
    migrate(engine)
    started = time.perf_counter()
    MEASURED[what](path)
    seconds = time.perf_counter() - started
    click.echo(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


if __name__ == "__main__":
    _measured(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4])
