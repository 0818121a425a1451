"""Whether a failure lies in what a process stands on, and so passes by itself, or in the process."""

import errno
import sqlite3
from threading import Event
from traceback import walk_tb

import httpx
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from data.store.session import DatabaseUnreachable
from tasks.server.prefect_api import PrefectUnreachable

OF_THE_MACHINE = frozenset(
    (
        errno.EIO,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EAGAIN,
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
    )
)
OURS = frozenset({"data", "flows", "rules", "tasks"})
_leaving = Event()


def leave() -> None:
    """From now on this process ends: whatever fails in it fails for that."""
    _leaving.set()


def passes(error: BaseException | None) -> bool:
    """Judged by types and codes; by what it was raised from where it has been wrapped."""
    if _leaving.is_set():
        return True
    while error is not None:
        if _passes(error):
            return True
        error = error.__cause__
    return False


def _passes(error: BaseException) -> bool:
    if isinstance(error, DatabaseUnreachable):
        return not _is_bad_sql(error.__cause__)
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= 500 or error.response.status_code in (408, 429)
    if isinstance(error, DBAPIError):
        return (isinstance(error, OperationalError | InterfaceError) and not _is_bad_sql(error)) or bool(
            error.connection_invalidated
        )
    if isinstance(error, OSError):
        return isinstance(error, ConnectionError | TimeoutError) or error.errno in OF_THE_MACHINE
    return isinstance(error, PrefectUnreachable | httpx.TransportError | NoConnectionFree | MemoryError)


def _is_bad_sql(error: BaseException | None) -> bool:
    """SQLite says of a wrong statement, too, that it can't operate."""
    said = getattr(error, "orig", None)
    return isinstance(said, sqlite3.OperationalError) and said.sqlite_errorcode == sqlite3.SQLITE_ERROR


def where_raised(error: BaseException) -> str:
    """Its name and the innermost function of ours: nothing of what it says, which may be about a person."""
    where = ""
    for frame, _ in walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if module.partition(".")[0] in OURS:
            where = f"{module}.{frame.f_code.co_qualname}"
    return f"{type(error).__name__} in {where}" if where else type(error).__name__
