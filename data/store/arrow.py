"""Rows in bulk, as Arrow: read as one instant's snapshot in the order of their family, and written in one statement.

PostgreSQL is read through ADBC, a connection a query, all on the snapshot of the session that asks. SQLite is read on
the session's own connection: a second SQLite library in the process would cancel its file locks (docs/decisions/0005).
Writing goes through the session's own connection on both, so that it is part of its transaction.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from functools import partial
from io import BytesIO
from itertools import islice
from threading import Lock
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_postgresql import dbapi
from pyarrow.csv import WriteOptions, write_csv
from sqlalchemy import Dialect, Select, collate, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session, SQLModel

Columns = Select[Any]
Opener = Callable[[Columns], "Stream"]
Writer = Callable[[type[SQLModel], pa.Table], None]

FETCHED_AT_ONCE = 20_000
QUERIES_AT_ONCE = 2
SORTED_IN_MEMORY = "32MB"
ARROW = {
    str: pa.string(),
    int: pa.int64(),
    bool: pa.bool_(),
    date: pa.timestamp("s"),
    datetime: pa.timestamp("s"),
}
DIALECTS: dict[str, Dialect] = {"postgresql": postgresql.dialect(paramstyle="named"), "sqlite": sqlite.dialect()}  # type: ignore[no-untyped-call]
PANDAS = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


class Stream:
    """The rows of a query, by the first column, taken some values of it at a time."""

    def __init__(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._waiting = pa.Table.from_batches([], schema)

    def take(self, rows: int) -> tuple[pa.Table, str | None]:
        """About that many rows, none of a family left behind, and the last family; None when there are no more."""
        while self._waiting.num_rows <= rows or self._family(rows - 1) == self._family(-1):
            if not self._read():
                return self.up_to(None), None
        last = self._family(rows - 1)
        return self.up_to(last), last

    def up_to(self, family: str | None) -> pa.Table:
        """All rows not yet taken whose family comes no later; None takes all that are left."""
        while family is None or not self._waiting.num_rows or self._family(-1) <= family:
            if not self._read():
                break
        waiting = self._waiting
        count = waiting.num_rows if family is None else pc.sum(pc.less_equal(waiting.column(0), family)).as_py() or 0
        self._waiting = waiting.slice(count)
        return waiting.slice(0, count)

    def _family(self, row: int) -> str:
        return str(self._waiting.column(0)[row].as_py())

    def _read(self) -> bool:
        batch = next(self._batches, None)
        if batch is None:
            return False
        more = pa.Table.from_batches([batch]).cast(self._waiting.schema)
        self._waiting = pa.concat_tables([self._waiting, more]).combine_chunks()
        return True


@contextmanager
def snapshot(s: Session) -> Iterator[Opener]:
    """Opens queries that all see the database as it is now, whatever is written meanwhile."""
    if s.get_bind().dialect.name == "postgresql":
        with _PostgresSnapshot(s) as opened:
            yield opened.stream
    else:
        yield lambda wanted: _through_sqlite(s, wanted)


class _PostgresSnapshot(ExitStack):
    """A connection for each query that is being read; one that is read to its end is used again."""

    def __init__(self, s: Session) -> None:
        super().__init__()
        self._name = str(s.scalar(select(func.pg_export_snapshot())))
        self._free: list[Any] = []
        self._beside = ThreadPoolExecutor(max_workers=QUERIES_AT_ONCE)
        uri = s.get_bind().engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        # reads the server's types, which a clone of it needn't; the session goes on meanwhile
        self._first = self._beside.submit(dbapi.connect, uri)
        self._one_at_a_time = Lock()

    def __exit__(self, *raised: Any) -> bool | None:
        with self._first.result():
            self._beside.shutdown(cancel_futures=True)
            return super().__exit__(*raised)

    def stream(self, wanted: Columns) -> Stream:
        by_bytes = wanted.order_by(collate(wanted.selected_columns[0], "C"))
        begun = self._beside.submit(self._begin, _literal(by_bytes, DIALECTS["postgresql"]))

        def batches() -> Iterator[pa.RecordBatch]:
            first, rest = begun.result()
            yield from first
            yield from rest

        return Stream(_schema(wanted), batches())

    def _begin(self, statement: str) -> tuple[list[pa.RecordBatch], Iterator[pa.RecordBatch]]:
        """Up to its first rows, which wait until the server has sorted all."""
        connection = self._connection()
        cursor = connection.cursor()
        cursor.execute(statement)
        rest = self._rest(connection, cursor)
        return list(islice(rest, 2)), rest

    def _rest(self, connection: Any, cursor: Any) -> Iterator[pa.RecordBatch]:
        with cursor:
            yield from cursor.fetch_record_batch()
        self._free.append(connection)

    def _connection(self) -> Any:
        with self._one_at_a_time:
            if self._free:
                return self._free.pop()
            connection = self.enter_context(self._first.result().adbc_clone())
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{self._name}'")
            cursor.execute(f"SET LOCAL work_mem = '{SORTED_IN_MEMORY}'")
        return connection


def _through_sqlite(s: Session, wanted: Columns) -> Stream:
    schema = _schema(wanted)
    cursor = s.connection().connection.cursor()
    # sorted apart and not by an index: all reading is done before the first line is written, whose growing journal
    # would slow down every page read after it
    apart = wanted.order_by(wanted.selected_columns[0] + "")
    cursor.execute(_literal(apart, DIALECTS["sqlite"]))

    def batches() -> Iterator[pa.RecordBatch]:
        while rows := cursor.fetchmany(FETCHED_AT_ONCE):
            columns = zip(zip(*rows, strict=True), schema, strict=True)
            yield pa.record_batch([_column(values, field.type) for values, field in columns], schema=schema)

    return Stream(schema, batches())


def _column(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    """SQLite keeps days and instants as text, yes and no as 1 and 0."""
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.string()).cast(pa.timestamp("us")).cast(kind, safe=False)
    if pa.types.is_boolean(kind):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)


def _schema(wanted: Columns) -> pa.Schema:
    return pa.schema([(column.key, ARROW[_stored(column.type).python_type]) for column in wanted.selected_columns])


def _stored(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _literal(wanted: Columns, dialect: Dialect) -> str:
    return str(wanted.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def frame(table: pa.Table) -> pd.DataFrame:
    """Days and moments as datetime64[s], whole numbers as Int64, yes and no as boolean, an unknown text as ''."""
    known = [pc.fill_null(column, "") if pa.types.is_string(column.type) else column for column in table.itercolumns()]
    made: pd.DataFrame = pa.table(known, names=table.column_names).to_pandas(types_mapper=PANDAS.get)
    return made


def whole_frame(table: pa.Table) -> pd.DataFrame:
    """As `frame`, of numbers and truths that are always known: int64 and bool."""
    found = frame(table)
    plain = {"Int64": "int64", "boolean": "bool"}
    return found.astype({name: plain[str(kind)] for name, kind in found.dtypes.items() if str(kind) in plain})


@contextmanager
def appending(s: Session) -> Iterator[Writer]:
    """Appends tables one after the other; PostgreSQL stores one while the next is made, so the session rests inside."""
    if s.get_bind().dialect.name != "postgresql":
        yield partial(append, s)
        return
    s.flush()
    connection = s.connection().connection
    with ThreadPoolExecutor(max_workers=1) as beside:
        before: list[Future[None]] = []

        def write(table: type[SQLModel], rows: pa.Table) -> None:
            made = _as_csv(rows)
            if before:
                before.pop().result()
            before.append(beside.submit(_copy, connection, _into(table, rows), made))

        yield write
        for last in before:
            last.result()


def append(s: Session, table: type[SQLModel], rows: pa.Table) -> None:
    """Into the table's columns of the same names, in the session's transaction."""
    s.flush()
    connection = s.connection().connection
    if s.get_bind().dialect.name == "postgresql":
        _copy(connection, _into(table, rows), _as_csv(rows))
    else:
        holes = ", ".join("?" * rows.num_columns)
        columns = [_plain(column).to_pylist() for column in rows.itercolumns()]
        statement = f"INSERT INTO {_into(table, rows)} VALUES ({holes})"  # noqa: S608
        connection.cursor().executemany(statement, list(zip(*columns, strict=True)))


def _into(table: type[SQLModel], rows: pa.Table) -> str:
    return f"{table.__tablename__} ({', '.join(rows.column_names)})"


def _as_csv(rows: pa.Table) -> memoryview:
    buffer = BytesIO()
    write_csv(rows, buffer, WriteOptions(include_header=False))
    return buffer.getbuffer()


def _copy(connection: Any, into: str, made: memoryview) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN (FORMAT csv)") as copy:
        copy.write(made)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_temporal(column.type) else column
