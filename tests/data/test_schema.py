import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url
from sqlmodel import SQLModel, select

from data import session
from data.settings import Settings
from data.tables import Staff
from rules.refusal import Refusal
from tests.databases import KEY


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(database: Settings) -> None:
    with session.engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_before_the_migration_a_command_says_what_to_run(postgres: str) -> None:
    bare = make_url(postgres).set(database="postgres").render_as_string(hide_password=False)
    engine = session.connect(Settings(database_url=bare, encryption_keys=KEY))
    with pytest.raises(Refusal, match="run `plejeflow init`"), session.reading() as s:
        s.exec(select(Staff)).all()
    engine.dispose()
