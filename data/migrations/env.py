"""Alembic's entry: it is given a connection by data.store.migrate, or opens the one that the settings name."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import data.tables  # noqa: F401
from data.settings import read_settings
from data.store.session import engine_for


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with engine_for(read_settings().database).begin() as opened:
        _run(opened)
