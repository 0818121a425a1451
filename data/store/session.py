"""The one way to the database: `with reading() as s:` or `with writing() as s:`, at the edge only."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError, ProgrammingError
from sqlmodel import Session

from data.columns import unlock
from data.installation import change, installation, needed
from data.policies import use_policies
from data.settings import Settings, secret_keys
from data.store.encrypted import anything_encrypted, opens_nothing
from rules.refusal import Refusal

UNDEFINED_TABLE = "42P01"
"""PostgreSQL's SQLSTATE."""


def connect(settings: Settings) -> Engine:
    """Opens the installation's database, for this context. Raises Refusal where the address is no address."""
    unlock(*secret_keys(settings, lambda: _stores(settings.database)))
    use_policies(settings.policies)
    opened = engine_for(settings.database)
    change(settings=settings, engine=opened, tried=set())
    return opened


def _stores(address: str) -> bool:
    looked_at = engine_for(address)
    try:
        with _said_plainly(looked_at):
            return anything_encrypted(looked_at)
    finally:
        looked_at.dispose()


def engine_for(address: str) -> Engine:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise Refusal("PLEJEFLOW_DATABASE_URL isn't a database address; say postgresql+psycopg://…") from None
    if url.get_backend_name() == "sqlite":
        return _sqlite(url.database or "", address)
    if url.drivername != "postgresql+psycopg":
        raise Refusal(f"PLEJEFLOW_DATABASE_URL names {url.drivername}; use postgresql+psycopg:// or sqlite:///")
    # parameters are what people wrote: they belong in no error and no log
    return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args={"connect_timeout": 5})


def _sqlite(path: str, address: str) -> Engine:
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(
            f"the folder of {path} can't be made: {error.strerror}; choose another with PLEJEFLOW_VAR"
        ) from None
    engine = create_engine(address, hide_parameters=True, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: SqliteConnection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # a transaction that reads first and writes later could not wait for another writer
        writes = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def engine() -> Engine:
    return needed(installation().engine)


def engine_there() -> bool:
    return installation().engine is not None


def lock(s: Session, what: str) -> None:
    """Holds this name until the transaction ends; SQLite's only writer holds everything anyway."""
    if s.get_bind().dialect.name == "postgresql":
        s.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def lock_all(s: Session, names: Collection[str]) -> None:
    """As lock does each, always in the same order: two who want some of the same wait, and never for each other."""
    if names and s.get_bind().dialect.name == "postgresql":
        keys = select(func.hashtextextended(func.unnest(array(sorted(names))), 0).label("key")).distinct()
        ordered = keys.order_by("key").subquery()
        s.execute(select(func.pg_advisory_xact_lock(ordered.c.key))).all()


@contextmanager
def reading() -> Iterator[Session]:
    with Session(engine().execution_options(writes=False)) as s, _said_plainly(engine()):
        yield s


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction: committed at the end, rolled back when anything is raised.

    Raises Refusal where the keys are others than what is stored was written with.
    """
    _try_keys()
    with Session(engine(), expire_on_commit=False) as s, _said_plainly(engine()), s.begin():
        yield s


def _try_keys() -> None:
    """Once, before the first row: what another key wrote would have to be found again value by value."""
    ours, tried = engine(), installation().tried
    if ours in tried:
        return
    with reading() as s:
        if opens_nothing(s):
            raise Refusal(
                "none of the keys opens what is stored: nothing is written with another one; restore the key from the "
                "backup that the database is from, in PLEJEFLOW_ENCRYPTION_KEYS or var/keys"
            )
    tried.add(ours)


class DatabaseUnreachable(Refusal):
    """The database didn't answer: it may for a while, so tasks retry on this one."""


@contextmanager
def _said_plainly(asked: Engine) -> Iterator[None]:
    try:
        yield
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != UNDEFINED_TABLE:
            raise
        raise Refusal("the database has no tables yet; run `plejeflow init`") from error
    except DatabaseError as error:
        if not isinstance(error, OperationalError) and "not a database" not in str(error.orig):
            raise
        said = str(error.orig).strip().splitlines()
        url = asked.url
        raise DatabaseUnreachable(
            f"the database {url.database} on {url.host or 'this machine'} says: "
            f"{said[0] if said else type(error).__name__}; "
            "is it running, and has `plejeflow init` been run?"
        ) from error
