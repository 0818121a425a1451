"""A month of 10,000 to a million placements, tables to durable ledger, beside two yardsticks over the same data.

Each is measured in a process of its own: seconds and peak memory.
"""

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click
from cryptography.fernet import Fernet
from sqlalchemy import URL, create_engine, text

from data.settings import Settings
from data.store import session
from data.store.migrate import migrate
from tests.databases import a_server

SIZES = "10k,100k,1M"
TARGET = "1.3 (1M placements) and 2 (100,000)"
KEY = Fernet.generate_key().decode()
NOW = datetime(2023, 6, 2, 8, tzinfo=UTC)
PAIRS = 5
SLOW_ENOUGH = 1_000_000

Database = Callable[..., str]


class Measured(NamedTuple):
    seconds: float
    mib: float
    lines: int
    ore: int


def main(sizes: str = SIZES) -> None:
    click.echo(f"target: {TARGET} x the bare write on PostgreSQL, memory bounded by the batch, cost linear")
    with TemporaryDirectory(prefix="plejeflow-bench-") as folder, a_server(Path(folder, "postgres")) as server:
        for size in (_number(size) for size in sizes.split(",")):
            _one("SQLite", size, _in_files(Path(folder)))
            _one("PostgreSQL", size, _on_server(server))


def _in_files(folder: Path) -> Database:
    """Address of a database of that name: a copy of the named one, or new."""

    def made(name: str, copied: str | None = None) -> str:
        if copied:
            shutil.copy(folder / f"{copied}.db", folder / f"{name}.db")
        return f"sqlite:///{folder}/{name}.db"

    return made


def _on_server(server: URL) -> Database:
    def made(name: str, copied: str | None = None) -> str:
        template = f" TEMPLATE {copied}" if copied else ""
        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
            connection.execute(text(f"CREATE DATABASE {name}{template}"))
        return server.set(database=name).render_as_string(hide_password=False)

    return made


def _one(name: str, size: int, database: Database) -> None:
    """The middle one of several pairs: a second is too short for one to be trusted."""
    _in_its_own_process("fill", database(f"bench_{size}"), size)
    pairs = []
    for _ in range(PAIRS if size < SLOW_ENOUGH else 1):
        address = database("bench_copy", f"bench_{size}")
        pairs.append([_in_its_own_process(what, address, size) for what in ("payout", "bare")])
    payout, bare = sorted(pairs, key=lambda pair: pair[0].seconds / pair[1].seconds)[len(pairs) // 2]
    found = {"payout": payout, "bare": bare, "loop": _in_its_own_process("loop", address, size)}
    if len({(each.lines, each.ore) for each in found.values()}) != 1:
        raise SystemExit(f"they don't agree: {found}")
    click.echo(f"{name}: {size:,} placements, {payout.lines:,} lines, the middle one of {len(pairs)}")
    for what, each in found.items():
        times = f"{each.seconds / bare.seconds:5.2f} x"
        click.echo(f"  {LABELS[what]:<46}{each.seconds:8.1f} s {times} {each.mib:7.0f} MiB")


def _number(size: str) -> int:
    return int(size.lower().replace("k", "000").replace("m", "000000"))


def _in_its_own_process(what: str, address: str, size: int) -> Measured:
    command = [sys.executable, "-m", "tests.bench.payout", what, address, str(size), KEY]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return Measured(*json.loads(done.stdout))


def _fill(size: int) -> float:
    from tests.bench.payout_caseload import fill

    migrate(session.engine())
    fill(size)
    return 0.0


def _payout(_size: int) -> float:
    from data.pay.pay_runs import one_at_a_time
    from data.policies import policy_of
    from data.store.audit import Actor
    from tasks.payout import prepare_payout

    policy_of("randers")
    with session.writing() as s:  # a job has noted that it began before it computes anything
        one_at_a_time(s, "randers")
    started = time.perf_counter()
    prepare_payout("randers", "2023-05", actor=Actor("RA-S1", "bench"), now=NOW)
    return time.perf_counter() - started


def _loop(_size: int) -> float:
    from tests.bench.plain_loop import run

    with session.writing() as s:
        s.execute(text("DELETE FROM ledger_line"))
    _settle()
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _bare(_size: int) -> float:
    """The lines that stand there, written again into a table with the same columns and indexes."""
    return _bare_copy() if session.engine().dialect.name == "postgresql" else _bare_inserts()


def _bare_copy() -> float:
    with session.engine().begin() as connection:
        connection.execute(text("CREATE TABLE bare_line (LIKE ledger_line INCLUDING ALL)"))
    chunks: list[bytes] = []
    with session.engine().begin() as connection:
        cursor = connection.connection.cursor()
        with cursor.copy("COPY (SELECT * FROM ledger_line ORDER BY id) TO STDOUT") as copy:
            chunks += (bytes(part) for part in copy)
    _settle()
    started = time.perf_counter()
    with session.engine().begin() as connection:
        cursor = connection.connection.cursor()
        with cursor.copy("COPY bare_line FROM STDIN") as copy:
            copy.write(BytesIO(b"".join(chunks)).getbuffer())
    return time.perf_counter() - started


def _bare_inserts() -> float:
    with session.engine().begin() as connection:
        raw = connection.connection.cursor()
        table, *indexes = raw.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'ledger_line' AND type IN ('table', 'index') "
            "AND sql NOT NULL ORDER BY type DESC"
        ).fetchall()
        for (statement,) in (table, *indexes):
            raw.execute(statement.replace("ledger_line_subject", "bare_subject").replace("ledger_line", "bare_line", 1))
        rows = raw.execute("SELECT * FROM ledger_line ORDER BY id").fetchall()
    started = time.perf_counter()
    with session.engine().begin() as connection:
        holes = ", ".join("?" * len(rows[0]))
        connection.connection.cursor().executemany(f"INSERT INTO bare_line VALUES ({holes})", rows)
    return time.perf_counter() - started


def _settle() -> None:
    """What an earlier measurement left to the server isn't paid by the next one."""
    if session.engine().dialect.name == "postgresql":
        with session.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))


MEASURED: dict[str, Callable[[int], float]] = {"fill": _fill, "payout": _payout, "bare": _bare, "loop": _loop}
LABELS = {
    "payout": "prepare: tables, lines, durable ledger",
    "bare": "yardstick: the same lines, only written",
    "loop": "yardstick: a plain loop over rows",
}


def _written(what: str) -> tuple[int, int]:
    table = "bare_line" if what == "bare" else "ledger_line"
    with session.engine().connect() as connection:
        lines, ore = connection.execute(text(f"SELECT count(*), coalesce(sum(amount_ore), 0) FROM {table}")).one()
    return int(lines), int(ore)


def _measured(what: str, address: str, size: int, key: str) -> None:
    session.connect(Settings(database_url=address, encryption_keys=key))
    if what == "payout":
        _settle()
    seconds = MEASURED[what](size)
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(json.dumps([seconds, mib, *_written(what)]))


if __name__ == "__main__":
    _measured(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
