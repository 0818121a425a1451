"""Where anything encrypted is stored no new key is made, and a key that opens nothing is found."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlmodel import col, select

import plejeflow
from data.columns import unlock
from data.settings import Settings
from data.store.encrypted import encrypted_columns, unopened
from data.store.migrate import migrate
from data.store.rotation import rotate_all
from data.store.session import DatabaseUnreachable, connect, reading, writing
from data.tables import Staff
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


@pytest.mark.parametrize("kept", [b"", b"\n", b"\xff\xfe\x00", b"abc", "nøgle".encode()])
def test_a_key_file_that_holds_no_key_is_named_and_stays_as_it_is(home: Settings, kept: bytes) -> None:
    (home.var / "keys").write_bytes(kept)
    with pytest.raises(Refusal, match=r"/keys: holds no key, .*; restore it from the backup"):
        connect(home)
    assert (home.var / "keys").read_bytes() == kept


def test_a_key_that_is_set_and_is_none_is_named_by_its_variable(home: Settings) -> None:
    with pytest.raises(Refusal, match=r"^PLEJEFLOW_ENCRYPTION_KEYS: holds no key, or something that isn't one"):
        connect(Settings(var=home.var, encryption_keys="abc"))


def test_nothing_is_written_with_a_key_that_opens_nothing_of_what_is_stored(database: Settings) -> None:
    people.move_in()
    refused = pytest.raises(Refusal, match="none of the keys opens what is stored: nothing is written")
    with opened_with(database, another()), refused, writing() as s:
        s.add(people.staff("HJ-S99", "leader"))
    with opened_with(database, f"{another()},{KEY}"):
        with writing() as s:
            s.add(people.staff("HJ-S98", "leader"))
        with reading() as s:
            assert {"HJ-S98"} == set(s.exec(select(Staff.ref).where(col(Staff.ref).in_(["HJ-S98", "HJ-S99"]))))


def test_where_some_of_what_is_stored_opens_the_rest_stops_nobody(sqlite_database: Settings) -> None:
    people.move_in()
    other = Fernet(another()).encrypt(b"x").decode()
    with writing() as s:
        s.connection().execute(text("update staff set name = :v"), {"v": other})
    with opened_with(sqlite_database, KEY):
        with writing() as s:
            s.add(people.staff("HJ-S98", "leader"))
        with reading() as s:
            assert unopened(s) == ["staff.name"]


@pytest.mark.parametrize("stored", ["", "Bjørn", "x"], ids=["of another key", "no ASCII", "no token"])
def test_keys_are_not_rotated_while_a_value_opens_with_none(database: Settings, stored: str) -> None:
    people.move_in()
    stored = stored or Fernet(another()).encrypt(b"x").decode()
    with writing() as s:
        s.connection().execute(text("update staff set name = :v where ref = :ref"), {"v": stored, "ref": people.LEADER})
        [row] = s.connection().execute(text("select id from staff where ref = :ref"), {"ref": people.LEADER}).one()
        before = s.connection().execute(text("select id, email from staff order by id")).all()
    with pytest.raises(Refusal, match=rf"^staff\.name, row {row}: none of the keys opens it"), writing() as s:
        rotate_all(s)
    with reading() as s:
        assert s.connection().execute(text("select id, email from staff order by id")).all() == before


@pytest.mark.parametrize("stored", ["Bjørn", "x"])
def test_a_value_that_was_never_encrypted_is_found_by_its_column(database: Settings, stored: str) -> None:
    people.move_in()
    with writing() as s:
        s.connection().execute(text("update staff set name = :v"), {"v": stored})
    with reading() as s:
        assert unopened(s) == ["staff.name"]


def test_with_the_key_gone_and_no_database_in_the_file_that_is_said(home: Settings) -> None:
    (home.var / "keys").unlink()
    for kept in home.var.glob("plejeflow.db-*"):
        kept.unlink()
    (home.var / "plejeflow.db").write_bytes(b"x" * 5000)
    with pytest.raises(DatabaseUnreachable, match="file is not a database"):
        connect(home)
    assert not (home.var / "keys").exists()


@contextmanager
def opened_with(settings: Settings, keys: str) -> Iterator[None]:
    engine = connect(settings.model_copy(update={"encryption_keys": Settings(encryption_keys=keys).encryption_keys}))
    try:
        yield
    finally:
        engine.dispose()


def another() -> str:
    return Fernet.generate_key().decode()
