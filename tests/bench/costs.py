"""What jobs and lists cost where much exists and little is due, and a first morning beside the bare write of its rows.

Each figure is a ratio of two times of the same run.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import URL, create_engine, delete, insert, select, text
from sqlmodel import SQLModel

from data.cases import at_prefect
from data.settings import Settings
from data.store import session
from data.store.asking import batched
from data.store.migrate import migrate
from data.store.session import reading, writing
from data.tables import Child, Family, Placement
from plejeflow import main as command
from tasks.cases.opened import wake_due
from tasks.duties.asked import ask_what_is_due
from tasks.failures.one_by_one import AT_ONCE
from tasks.mail.queue import configure
from tasks.reminders.daily import send_reminders
from tests import people
from tests.databases import KEY, a_server
from tests.letters import case, task
from tests.people import NOW, at

FEW, MANY, FAMILIES = 2_000, 20_000, 2_000
DUE = 300
DAY, FIRST, SECOND, FAR = date(2023, 4, 13), date(2023, 4, 17), date(2023, 4, 18), date(2024, 4, 15)
MORNING, NEXT = date(2023, 4, 3), date(2023, 4, 4)
REMINDERS = f"reminders, {DUE} due"


def main() -> None:
    click.echo(f"costs follow what is due; {MANY:,} open cases beside {FEW:,}, and {FAMILIES:,} families")
    with tempfile.TemporaryDirectory() as name, a_server(Path(name) / "postgres") as postgres:
        for kind, server in (("SQLite", None), ("PostgreSQL", postgres)):
            click.echo(kind)
            for what, ratio in _ratios(Path(name), server):
                click.echo(f"  {what:76}{ratio:8.2f} x")


def _ratios(folder: Path, server: URL | None) -> Iterator[tuple[str, float]]:
    with _connected(folder / "few", server) as settings:
        few = _times(settings, FEW)
    with _connected(folder / "many", server) as settings:
        many = _times(settings, MANY)
        second = _seconds(lambda: send_reminders("hjoerring", SECOND, at(SECOND)))
    for what in few:
        yield f"{what}: {MANY:,} open beside {FEW:,}", many[what] / few[what]
    yield f"reminders: the second day, with none to write, beside the first, {MANY:,} open", second / many[REMINDERS]
    with _connected(folder / "families", server):
        _families()
        first = _seconds(lambda: ask_what_is_due("hjoerring", MORNING, at(MORNING)))
        again = _seconds(lambda: ask_what_is_due("hjoerring", NEXT, at(NEXT)))
        yield f"duties of {FAMILIES:,} families: the first morning beside the bare write of its rows", first / _bare()
        yield "duties: the second morning beside the first", again / first


def _times(settings: Settings, count: int) -> dict[str, float]:
    people.move_in()
    with writing() as s:
        for number in range(count):
            ref = f"HJ-2022-{number:05}"
            s.add(case(ref, family=f"HJ-F{number:05}", flow_run=ref, woken=1, seen=1))
            s.add(task(f"{ref}-01", due_on=DAY if number < DUE else FAR))
    late = partial(_command, settings, "task", "list", "--late", "--today", f"{SECOND}")
    late()
    return {
        f"task list --late, {DUE} late": _seconds(late),
        "task list, all of them": _seconds(partial(_command, settings, "task", "list")),
        "case sweep, none behind": _seconds(_swept),
        REMINDERS: _seconds(lambda: send_reminders("hjoerring", FIRST, at(FIRST))),
    }


def _swept() -> None:
    """What a sweep does before it turns to Prefect's server."""
    with writing() as s:
        wake_due(s, FIRST, at(FIRST))
    with reading() as s:
        assert at_prefect(s, only_behind=True) == []


def _command(settings: Settings, *words: str) -> None:
    where = {"PLEJEFLOW_VAR": f"{settings.var}", "PLEJEFLOW_DATABASE_URL": settings.database_url}
    done = CliRunner().invoke(command, words, env={**where, "PLEJEFLOW_ENCRYPTION_KEYS": KEY})
    assert done.exit_code == 0, done.output


def _families() -> None:
    """Each with a child, from the same day on."""
    people.move_in()
    known: dict[str, Any] = {"recorded_at": NOW}
    with writing() as s:
        for number in range(FAMILIES):
            home, child = f"HJ-F{number:05}", f"HJ-B{number:05}"
            s.add(Family(ref=home, municipality="hjoerring", kind="network", email=people.email(home), **known))
            s.add(Child(ref=child, municipality="hjoerring", **known))
            there: dict[str, Any] = {"child": child, "family": home, "kind": "network", "start": date(2023, 3, 1)}
            s.add(Placement(ref=f"HJ-P{number:05}", **there, **known))


def _bare() -> float:
    """The same tasks and mails written again, as they stand, as many to a transaction."""
    tables = [SQLModel.metadata.tables[name] for name in ("generated_task", "outbox")]
    with reading() as s:
        rows = [[dict(row) for row in s.execute(select(table)).mappings()] for table in tables]
    with writing() as s:
        for table in tables:
            s.execute(delete(table))

    def write() -> None:
        # a task has its mail: as many of each
        for tasks, mails in zip(*(batched(each, AT_ONCE) for each in rows), strict=True):
            with writing() as s:
                s.connection().execute(insert(tables[0]), tasks)
                s.connection().execute(insert(tables[1]), mails)

    return _seconds(write)


@contextmanager
def _connected(var: Path, server: URL | None) -> Iterator[Settings]:
    address = ""
    if server is not None:
        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"CREATE DATABASE {var.name}"))
        address = server.set(database=var.name).render_as_string(hide_password=False)
    settings = Settings(var=var, database_url=address, encryption_keys=SecretStr(KEY))
    engine = session.connect(settings)
    migrate(engine)
    configure(settings)
    try:
        yield settings
    finally:
        session.engine().dispose()
        engine.dispose()


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
