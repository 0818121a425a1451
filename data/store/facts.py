"""Facts by reference: the current version, the one known at an instant, and a new one in its place."""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from data.tables.base import Fact
from rules.refusal import Refusal

F = TypeVar("F", bound=Fact)


class UnknownReference(Refusal):
    def __init__(self, table: type[Fact], ref: str) -> None:
        super().__init__(f"{table.__tablename__} {ref!r} is not known; import it first, or check the reference")


def current(s: Session, table: type[F], ref: str) -> F:
    found = find(s, table, ref)
    if found is None:
        raise UnknownReference(table, ref)
    return found


def find(s: Session, table: type[F], ref: str | None) -> F | None:
    """Withdrawn or not."""
    return s.exec(select(table).where(table.ref == ref, col(table.superseded_at).is_(None))).first()


def known_at(s: Session, table: type[F], ref: str, instant: datetime) -> F | None:
    """The version that was current at that instant (X8), withdrawn or not."""
    return s.exec(select(table).where(table.ref == ref, version_at(table, instant))).first()


def known(table: Any, at: datetime) -> ColumnElement[bool]:
    """Whether a version was current at that instant, and not withdrawn then."""
    return and_(version_at(table, at), *_not_withdrawn(table))


def stands(table: Any) -> ColumnElement[bool]:
    """Whether a version is the current one, and not withdrawn."""
    return and_(col(table.superseded_at).is_(None), *_not_withdrawn(table))


def version_at(table: Any, at: datetime) -> ColumnElement[bool]:
    """Whether a version was current at that instant, withdrawn or not."""
    until = col(table.superseded_at)
    return and_(col(table.recorded_at) <= at, or_(until.is_(None), until > at))


def _not_withdrawn(table: Any) -> list[ColumnElement[bool]]:
    withdrawn = getattr(table, "withdrawn_on", None)
    return [] if withdrawn is None else [col(withdrawn).is_(None)]


def record(s: Session, new: F, now: datetime) -> F:
    """Puts a version in the place of the current one with the same ref; both stay."""
    before = find(s, type(new), new.ref)
    if before is not None:
        # a case writes by its own clock: no version may end before it began
        now = max(now, before.recorded_at)
        before.superseded_at = now
        s.add(before)
        s.flush()
    new.id, new.recorded_at, new.superseded_at = None, now, None
    s.add(new)
    return new


def revise(s: Session, row: F, now: datetime, **changes: object) -> F:
    """A new version of `row` with these changes."""
    return record(s, type(row)(**{**row.model_dump(exclude={"id"}), **changes}), now)
