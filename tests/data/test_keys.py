"""Where anything encrypted is stored no new key is made, and a key that opens nothing is found."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import text

import plejeflow
from data.columns import unlock
from data.encrypted import encrypted_columns, unopened
from data.migrate import migrate
from data.session import connect, reading, writing
from data.settings import Settings
from rules.refusal import Refusal
from tests import people
from tests.databases import KEY
from tests.story import Story


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    settings = Settings(var=tmp_path)
    migrate(connect(settings))
    return settings


def test_a_first_key_is_made_where_nothing_is_stored(home: Settings) -> None:
    assert (home.var / "keys").read_text().strip()


def test_with_the_key_gone_none_is_made_and_what_to_restore_is_said(home: Settings) -> None:
    people.move_in()
    (home.var / "keys").unlink()
    with pytest.raises(Refusal, match=r"keys is gone, .*: restore .*keys from the backup"):
        connect(home)
    assert not (home.var / "keys").exists()
    ran = CliRunner().invoke(plejeflow.main, ["doctor"], env={"PLEJEFLOW_VAR": str(home.var)})
    assert (ran.exit_code != 0, "keys is gone" in ran.output, "Traceback" in ran.output) == (True, True, False)


def test_a_database_without_anything_personal_gets_a_new_key(home: Settings) -> None:
    (home.var / "keys").unlink()
    connect(home)
    assert (home.var / "keys").exists()


def test_a_key_that_is_named_needs_no_file(home: Settings) -> None:
    people.move_in()
    key = (home.var / "keys").read_text().strip()
    (home.var / "keys").unlink()
    connect(home.model_copy(update={"encryption_keys": Settings(encryption_keys=key).encryption_keys}))
    with reading() as s:
        assert unopened(s) == []


def test_what_another_key_has_written_is_found_in_every_column(database: Settings) -> None:
    people.move_in()
    Story().finish()
    with reading() as s:
        assert unopened(s) == []
        filled = {
            f"{table.name}.{column.name}"
            for table, column in encrypted_columns()
            if s.connection().execute(text(f'select 1 from "{table.name}" where "{column.name}" is not null')).first()
        }
    unlock([Fernet.generate_key().decode()])
    with reading() as s:
        assert set(unopened(s)) == filled
    assert len(filled) > 5
    unlock([KEY])


def test_a_value_written_since_with_another_key_is_found_beside_those_that_open(sqlite_database: Settings) -> None:
    people.move_in()
    other = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
    with writing() as s:
        s.connection().execute(text("update staff set name = :v where id = (select max(id) from staff)"), {"v": other})
    with reading() as s:
        assert unopened(s) == ["staff.name"]
