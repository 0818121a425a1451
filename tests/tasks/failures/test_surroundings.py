"""What passes by itself is told from what a process does wrong."""

import errno
import sqlite3
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text

from data.settings import Settings
from data.store.session import DatabaseUnreachable, reading
from rules.months import month_of
from rules.refusal import Refusal
from tasks.failures import passing as surroundings
from tasks.failures.passing import leave, passes, where_raised
from tasks.server.prefect_api import PrefectServer, PrefectUnreachable


def raised(action: Callable[[], object]) -> Exception:
    try:
        action()
    except Exception as error:
        return error
    raise AssertionError("it raises nothing")


def answered(status: int) -> httpx.HTTPStatusError:
    request = httpx.Request("POST", "http://127.0.0.1/api")
    return httpx.HTTPStatusError("", request=request, response=httpx.Response(status, request=request))


def nobody_there() -> None:
    with PrefectServer(Settings(prefect_api_url="http://127.0.0.1:9/api")) as server:
        server.answers()


def wrong_statement() -> None:
    with reading() as s:
        s.execute(text("SELECT nothing FROM nowhere"))


def wrapped(cause: Exception) -> Exception:
    error = RuntimeError("a step failed")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        DatabaseUnreachable("away"),
        PrefectUnreachable("here", 503),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        *map(answered, (408, 429, 500, 503)),
        ConnectionResetError(),
        BrokenPipeError(),
        TimeoutError(),
        MemoryError(),
        OSError(errno.ENOSPC, "full"),
        OSError(errno.EMFILE, "too many"),
        wrapped(ConnectionRefusedError()),
        wrapped(wrapped(httpx.ConnectTimeout("slow"))),
    ],
    ids=repr,
)
def test_what_a_process_stands_on_passes(error: Exception) -> None:
    assert passes(error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("band"),
        TypeError(),
        RuntimeError("cannot schedule new futures after shutdown"),
        Refusal("no rate"),
        *map(answered, (404, 409, 422)),
        FileNotFoundError(errno.ENOENT, "gone"),
        PermissionError(errno.EACCES, "not yours"),
        wrapped(KeyError("band")),
    ],
    ids=repr,
)
def test_a_fault_of_the_process_doesnt(error: Exception) -> None:
    assert not passes(error)


def test_a_server_that_isnt_there_passes() -> None:
    assert passes(raised(nobody_there))


def test_a_wrong_statement_is_a_fault_of_the_process_on_either_database(database: Settings) -> None:
    assert not passes(raised(wrong_statement))


def test_a_locked_file_passes(tmp_path: object) -> None:
    holds = sqlite3.connect(f"{tmp_path}/held.db", isolation_level=None)
    holds.execute("CREATE TABLE t (x)")
    holds.execute("BEGIN EXCLUSIVE")
    other = sqlite3.connect(f"{tmp_path}/held.db", timeout=0)
    locked = DatabaseUnreachable("locked")
    locked.__cause__ = raised(lambda: other.execute("SELECT * FROM t"))
    assert passes(locked)
    for connection in (holds, other):
        connection.close()


def test_whatever_fails_in_a_process_that_ends_fails_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = type(surroundings._leaving)()
    monkeypatch.setattr(surroundings, "_leaving", ending)
    error = RuntimeError("cannot schedule new futures after interpreter shutdown")
    assert not passes(error)
    leave()
    assert passes(error)


def test_a_fault_is_named_by_its_kind_and_place_and_nothing_it_says() -> None:
    error = raised(lambda: month_of("Anna Jensen"))
    assert where_raised(error).endswith("in rules.months.month")
    assert "Anna" not in where_raised(error)
