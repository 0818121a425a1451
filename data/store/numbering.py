"""References in a series without gaps or doubles."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from data.tables.audit import Sequence


def next_number(s: Session, series: str) -> int:
    """The next number of the series, from 1; taken back if the transaction is."""
    return next_numbers(s, series, 1)[0]


def next_numbers(s: Session, series: str, count: int) -> range:
    """That many of them, one after the other."""
    insert = postgresql.insert if s.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(Sequence)
        .values(series=series, last=count)
        .on_conflict_do_update(index_elements=["series"], set_={"last": col(Sequence.last) + count})
        .returning(col(Sequence.last))
    )
    last = int(s.execute(statement).scalar_one())
    return range(last - count + 1, last + 1)
