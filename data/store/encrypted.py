"""What is encrypted in the database, whichever table it stands in."""

from collections.abc import Iterator

from sqlalchemy import Column, Engine, Table, func, inspect, select
from sqlmodel import Session, SQLModel

import data.tables  # noqa: F401 - the metadata is what has been imported
from data.columns import Encrypted, EncryptedBytes, Unopened


def encrypted_columns() -> Iterator[tuple[Table, Column[object]]]:
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Encrypted | EncryptedBytes):
                yield table, column


def anything_encrypted(engine: Engine) -> bool:
    """Looks without a key, and in an older version's tables too."""
    with engine.connect() as connection:
        seen = inspect(connection)
        there = {name: {column["name"] for column in seen.get_columns(name)} for name in seen.get_table_names()}
        return any(
            connection.execute(select(1).select_from(table).where(column.is_not(None)).limit(1)).first()
            for table, column in encrypted_columns()
            if column.name in there.get(table.name, ())
        )


def opens_nothing(s: Session) -> bool:
    """Whether something is encrypted, and of what is looked at, one value a column, no key opens any."""
    stored = False
    for _, column in encrypted_columns():
        try:
            if s.execute(select(column).where(column.is_not(None)).limit(1)).first():
                return False
        except Unopened:
            stored = True
    return stored


def unopened(s: Session) -> list[str]:
    """Columns whose first or last value no key opens, such as staff.email."""
    found = []
    for table, column in encrypted_columns():
        [key, *_] = table.primary_key.columns
        stored = select(func.min(key), func.max(key)).where(column.is_not(None))
        ends = [end for end in s.execute(stored).one() if end is not None]
        try:
            s.execute(select(column).where(key.in_(ends))).all()
        except Unopened:
            found.append(f"{table.name}.{column.name}")
    return found
