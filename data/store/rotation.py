"""Writes everything that is encrypted again with the newest key, so that an older one can be given up."""

from typing import Any

from sqlalchemy import Column, Table, bindparam, select, type_coerce, update
from sqlmodel import Session

from data.columns import Unopened, rotate
from data.store.encrypted import encrypted_columns
from rules.refusal import Refusal

AT_ONCE = 1000


def rotate_all(s: Session) -> int:
    """The number of values written again, all in the caller's transaction. Raises Refusal at one that no key opens."""
    return sum(_rotate(s, table, column) for table, column in encrypted_columns())


def _rotate(s: Session, table: Table, column: Column[object]) -> int:
    keys = list(table.primary_key.columns)
    raw = type_coerce(column, column.type.impl_instance)  # type: ignore[attr-defined]
    write = (
        update(table)
        .where(*(key == bindparam(f"key_{key.name}") for key in keys))
        .values({column.name: type_coerce(bindparam("token"), column.type.impl_instance)})  # type: ignore[attr-defined]
    )
    written = 0
    stored = s.connection().execute(select(*keys, raw).where(column.is_not(None)))
    while rows := stored.fetchmany(AT_ONCE):
        s.connection().execute(write, [_renewed(column, keys, *row) for row in rows])
        written += len(rows)
    return written


def _renewed(column: Column[object], keys: list[Column[object]], *values: Any) -> dict[str, object]:
    ident, token = values[:-1], values[-1]
    try:
        renewed = rotate(token.encode()).decode("ascii") if isinstance(token, str) else rotate(bytes(token))
    except Unopened:
        raise Refusal(
            f"{column}, row {' '.join(map(str, ident))}: none of the keys opens it; add the key that it was written "
            "with to PLEJEFLOW_ENCRYPTION_KEYS; nothing was written again"
        ) from None
    return {**{f"key_{key.name}": value for key, value in zip(keys, ident, strict=True)}, "token": renewed}
