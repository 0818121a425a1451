"""References in a series without gaps or doubles."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from data.tables.audit import Sequence


def next_number(s: Session, series: str) -> int:
    """The next number of the series, from 1; taken back if the transaction is."""
    insert = postgresql.insert if s.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(Sequence)
        .values(series=series, last=1)
        .on_conflict_do_update(index_elements=["series"], set_={"last": col(Sequence.last) + 1})
        .returning(col(Sequence.last))
    )
    return int(s.execute(statement).scalar_one())
