"""Many versions of facts at once: what is current, and new versions in its place."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Table, bindparam, insert, select, update
from sqlmodel import Session, SQLModel

from data.store.asking import ASKED_AT_ONCE, batched
from data.tables.base import Fact

WRITTEN_AT_ONCE = 5_000


def table_of(fact: type[Fact]) -> Table:
    return SQLModel.metadata.tables[str(fact.__tablename__)]


def current_rows(s: Session, fact: type[Fact], refs: Collection[str]) -> dict[str, RowMapping]:
    """Only these are read, and so decrypted."""
    table = table_of(fact)
    statement = select(table).where(table.c.superseded_at.is_(None))
    return {
        row["ref"]: row
        for some in batched(sorted(refs), ASKED_AT_ONCE)
        for row in s.execute(statement.where(table.c.ref.in_(some))).mappings()
    }


def current_refs(s: Session, fact: type[Fact], among: Collection[str]) -> set[str]:
    table = table_of(fact)
    statement = select(table.c.ref).where(table.c.superseded_at.is_(None))
    return {
        ref
        for some in batched(sorted(among), ASKED_AT_ONCE)
        for ref in s.scalars(statement.where(table.c.ref.in_(some)))
    }


def rows_about(s: Session, fact: type[Fact], link: str, refs: Collection[str]) -> Iterator[RowMapping]:
    """Current rows whose link is among these."""
    table = table_of(fact)
    statement = select(table).where(table.c.superseded_at.is_(None))
    for some in batched(sorted(refs), ASKED_AT_ONCE):
        yield from s.execute(statement.where(table.c[link].in_(some))).mappings()


def all_current(s: Session, fact: type[Fact]) -> Iterator[RowMapping]:
    """By reference, read as they are taken."""
    table = table_of(fact)
    statement = select(table).where(table.c.superseded_at.is_(None)).order_by(table.c.ref)
    yield from s.execute(statement, execution_options={"yield_per": 1000}).mappings()


def supersede(s: Session, fact: type[Fact], at: Mapping[int, datetime]) -> None:
    """Closes the versions with these ids, each at its instant."""
    table = table_of(fact)
    statement = update(table).where(table.c.id == bindparam("version")).values(superseded_at=bindparam("instant"))
    if at:
        s.connection().execute(statement, [{"version": id_, "instant": instant} for id_, instant in at.items()])


def add_versions(s: Session, fact: type[Fact], rows: Iterable[dict[str, Any]]) -> None:
    """Rows all have the same keys."""
    for some in batched(rows, WRITTEN_AT_ONCE):
        s.connection().execute(insert(table_of(fact)), some)
