"""What is asked of the database: how many statements, and how many rows come back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from data.store import session


@dataclass
class Asked:
    statements: int = 0
    rows: int = 0
    """Of selects; PostgreSQL says how many, SQLite doesn't."""


def asked_by(job: Callable[[], object]) -> Asked:
    asked = Asked()

    def count(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        asked.statements += not statement.startswith("BEGIN")
        if statement.lstrip().startswith("SELECT"):
            asked.rows += max(cursor.rowcount, 0)

    event.listen(session.engine(), "after_cursor_execute", count)
    try:
        job()
    finally:
        event.remove(session.engine(), "after_cursor_execute", count)
    return asked
