"""Both databases, started by the tests themselves: a fresh one for each test, cloned from one migrated once."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import URL, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.util import LRUCache

from data.installation import apart
from data.settings import Settings
from data.store import session
from data.store.migrate import migrate
from tasks.mail.queue import configure
from tasks.server.prefect_database import USER, cluster

KEY = Fernet.generate_key().decode()
_compiled = LRUCache[Any, Any](5000)
_dialects: dict[type[Dialect], Dialect] = {}


def _engine_that_knows(*address: Any, **how: Any) -> Engine:
    """What one test's engine has compiled the next one's takes: each alone would compile every statement anew."""
    engine = create_engine(*address, **how)
    # what is compiled is kept by dialect; one that hasn't connected yet doesn't know its server
    first = _dialects.get(type(engine.dialect))
    if first is None or getattr(first, "server_version_info", None) is None:
        _dialects[type(engine.dialect)] = engine.dialect
    else:
        engine.dialect = first
    engine._compiled_cache = _compiled
    return engine


pytest.MonkeyPatch().setattr(session, "create_engine", _engine_that_knows)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite")
    with _connected(Settings(var=folder, encryption_keys=KEY)) as settings:
        migrate(session.engine())
    return settings.var / "plejeflow.db"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real PostgreSQL server's `template` database, migrated."""
    # what the tests write need not outlive a power cut
    lost = ("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=64MB")
    options = [word for setting in lost for word in ("-c", setting)]
    with a_server(tmp_path_factory.mktemp("postgres") / "cluster", *options) as base:
        _on(base, "CREATE DATABASE template_migrated")
        address = base.set(database="template_migrated").render_as_string(hide_password=False)
        with _connected(Settings(database_url=address, encryption_keys=KEY)):
            migrate(session.engine())
        yield address


@contextmanager
def a_server(folder: Path, *options: str) -> Iterator[URL]:
    """Where its `postgres` database is."""
    server = cluster(folder)
    with subprocess.Popen([*server.command, *options], stderr=subprocess.DEVNULL, env={}) as running:
        while not server.answers():
            assert running.poll() is None
            time.sleep(0.05)
        yield URL.create("postgresql+psycopg", USER, database="postgres", query={"host": str(server.sockets)})
        running.send_signal(signal.SIGINT)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a connected, migrated, empty database; the test runs on both kinds."""
    if request.param == "sqlite":
        with _sqlite_copy(request, tmp_path) as settings:
            yield settings
    else:
        template = make_url(request.getfixturevalue("postgres"))
        name = (
            "test_" + tmp_path.name.lower().replace("[", "").replace("]", "")[-50:] + str(abs(hash(tmp_path)) % 10**6)
        )
        admin = template.set(database="postgres")
        _on(admin, f'CREATE DATABASE "{name}" TEMPLATE template_migrated STRATEGY FILE_COPY')
        address = template.set(database=name).render_as_string(hide_password=False)
        with _connected(Settings(var=tmp_path, database_url=address, encryption_keys=KEY)) as settings:
            yield settings
        _on(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """For what doesn't touch SQL's differences and would only take twice as long."""
    with _sqlite_copy(request, tmp_path) as settings:
        yield settings


@contextmanager
def _sqlite_copy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "plejeflow.db")
    with _connected(Settings(var=tmp_path, encryption_keys=KEY)) as settings:
        yield settings


@contextmanager
def _connected(settings: Settings) -> Iterator[Settings]:
    with apart():
        engine = session.connect(settings)
        if settings.embedded:
            event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
        configure(settings)
        try:
            yield settings
        finally:
            engine.dispose()  # the test may have connected to another


def _on(address: object, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")  # type: ignore[call-overload]
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
