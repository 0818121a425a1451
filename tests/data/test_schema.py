from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from data import session
from data.settings import Settings


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(database: Settings) -> None:
    with session.engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
