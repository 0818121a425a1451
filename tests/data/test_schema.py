from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import String, column, insert, make_url, update
from sqlalchemy import table as table_clause
from sqlmodel import SQLModel, select

from data.columns import UtcDateTime
from data.settings import Settings
from data.store import session
from data.store.migrate import migrate
from data.tables import Placement, Staff
from rules.refusal import Refusal
from tests import people
from tests.databases import KEY
from tests.story import Story


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(database: Settings) -> None:
    with session.engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_before_the_migration_a_command_says_what_to_run(postgres: str) -> None:
    bare = make_url(postgres).set(database="postgres").render_as_string(hide_password=False)
    engine = session.connect(Settings(database_url=bare, encryption_keys=KEY))
    with pytest.raises(Refusal, match="run `plejeflow init`"), session.reading() as s:
        s.exec(select(Staff)).all()
    engine.dispose()


def test_a_placement_of_before_is_of_the_municipality_its_child_had_when_it_was_first_known(database: Settings) -> None:
    config = Config()
    config.set_main_option("script_location", "data/migrations")
    instants = [datetime(year, 1, 1, tzinfo=UTC) for year in (2021, 2022, 2023, 2024)]
    was = ["randers", "herning", "vejle"]
    since = dict(zip(was, (instants[0], instants[1], instants[3]), strict=True))
    children = [
        {"ref": "RA-B1", "municipality": key, "recorded_at": at, "superseded_at": after}
        for (key, at), after in zip(since.items(), (instants[1], instants[3], None), strict=True)
    ]
    placed = {"ref": "RA-P1", "child": "RA-B1", "family": "RA-F1", "kind": "respite", "superseded_at": None}
    with session.engine().begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
        for table, rows in (("child", children), ("placement", [placed | {"recorded_at": instants[2]}])):
            names = [column(name, UtcDateTime if name.endswith("_at") else String) for name in rows[0]]
            connection.execute(insert(table_clause(table, *names)), rows)
    migrate(session.engine())
    with session.reading() as s:
        assert s.exec(select(Placement.municipality)).one() == "herning"


@pytest.mark.parametrize(("said", "held"), [("held up: nobody is leader in hjoerring", True), ("leader: end", False)])
def test_a_case_that_was_held_up_before_still_is(database: Settings, said: str, held: bool) -> None:
    people.move_in()
    story = Story()
    config = Config()
    config.set_main_option("script_location", "data/migrations")
    with session.engine().begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0013")
        cases = table_clause("cases", column("ref", String), column("waits_for", String))
        connection.execute(update(cases).where(cases.c.ref == story.ref).values(waits_for=said))
    migrate(session.engine())
    assert story.case.held_up is held
