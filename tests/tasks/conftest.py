"""The people of a test file move in, where it says who they are."""

import pytest

from data.settings import Settings


@pytest.fixture
def randers(database: Settings, request: pytest.FixtureRequest) -> Settings:
    """On both databases, with the file's own `people`."""
    request.module.people()
    return database


@pytest.fixture
def on_sqlite(sqlite_database: Settings, request: pytest.FixtureRequest) -> Settings:
    request.module.people()
    return sqlite_database
