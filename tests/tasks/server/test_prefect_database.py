"""The PostgreSQL that `up` starts for Prefect's server: made, found again, and put right after whatever ended it."""

import fcntl
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from data.settings import Settings
from rules.refusal import Refusal
from tasks.runs.services import PREFECT_DATABASE, Services, beside, services, start_database_of_prefect
from tasks.server.prefect_database import NAME, USER, as_its_user, cluster, dies_with_us
from tests.databases import a_server

DEEP = "/".join(["a folder of plejefamilier på Østerø"] * 4)
ANOTHER = "postgresql+asyncpg://u:pw@db.example/prefect"


@pytest.mark.parametrize("below", ["", DEEP], ids=["near", "deep"])
def test_it_is_made_at_the_first_start_and_keeps_what_is_there(tmp_path: Path, below: str) -> None:
    folder = tmp_path / below / "postgres"
    for expected in (0, 1):
        with a_server(folder) as url, psycopg.connect(host=url.query["host"], user=USER, dbname=NAME) as connection:  # type: ignore[arg-type]
            there = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'kept'").fetchone()
            assert there == (expected,)
            connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
            # its first migrations make this extension
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")


def test_its_socket_is_its_owners_alone_and_no_port_is_open(tmp_path: Path) -> None:
    with a_server(tmp_path / "postgres") as url:
        sockets = Path(str(url.query["host"]))
        assert sockets.stat().st_mode & 0o077 == 0
        with psycopg.connect(host=str(sockets), user=USER, dbname=NAME) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_one_that_was_killed_while_it_was_made_is_made_anew(tmp_path: Path) -> None:
    half = tmp_path / "postgres.new"
    (half / "base").mkdir(parents=True)
    with a_server(tmp_path / "postgres"):
        assert not half.exists()


def test_after_a_restart_of_the_machine_its_number_may_be_another_processs(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    with a_server(folder):
        left = (folder / "postmaster.pid").read_text()
    with subprocess.Popen([*as_its_user(), "cat"], stdin=subprocess.PIPE) as other:
        (folder / "postmaster.pid").write_text(left.replace(left.splitlines()[0], str(other.pid), 1))
        shutil.chown(folder / "postmaster.pid", folder.owner())
        with a_server(folder):
            assert other.poll() is None


def test_a_server_that_outlived_its_up_is_stopped_before_the_next_one_starts(tmp_path: Path) -> None:
    with a_server(tmp_path / "postgres"):
        first = int((tmp_path / "postgres" / "postmaster.pid").read_text().split()[0])
        with a_server(tmp_path / "postgres"):
            assert int((tmp_path / "postgres" / "postmaster.pid").read_text().split()[0]) != first


def test_another_major_versions_folder_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    cluster(folder)
    (folder / "PG_VERSION").write_text("14\n")
    before = sorted(folder.rglob("*"))
    with pytest.raises(Refusal, match=r"made by PostgreSQL 14 .* brings 18: move that folder away and start again"):
        cluster(folder)
    assert sorted(folder.rglob("*")) == before


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("kept")
    with pytest.raises(Refusal, match="isn't a PostgreSQL cluster"):
        cluster(tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "kept"


@pytest.mark.skipif(not dies_with_us("TERM"), reason="this system can't")
def test_what_was_started_ends_with_an_up_that_is_killed() -> None:
    started = [*dies_with_us("TERM"), "sh", "-c", "echo $$; exec sleep 60"]
    with subprocess.Popen(
        [sys.executable, "-c", f"import subprocess; subprocess.run({started})"], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    ended, _, _ = select.select([child], [], [], 5)
    os.close(child)
    assert ended


def test_a_second_up_in_the_same_folder_is_refused_before_anything_starts(tmp_path: Path) -> None:
    settings = beside(Settings(), tmp_path)
    with (tmp_path / "up.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Refusal, match=r"runs in .* already; stop it first"), services(settings):
            pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["up.lock"]


def test_where_root_may_not_be_another_user_it_says_so_and_no_runs_are_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "")
    home = Services(beside(Settings(), tmp_path))
    start_database_of_prefect(home)
    [note] = home.notes
    assert note.startswith(
        "Prefect's server keeps its runs in SQLite, PostgreSQL can't run here: as root it needs `setp"
    )
    assert (home.environment[PREFECT_DATABASE], home.processes) == ("", {})
    (tmp_path / "prefect" / "postgres").mkdir(parents=True)
    with pytest.raises(Refusal, match=r"Prefect's runs are in .*postgres and PostgreSQL can't run here"):
        start_database_of_prefect(home)


@pytest.mark.parametrize("variable", ["PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL"])
def test_prefects_own_variable_is_gone_by_but_not_for_an_installation_beside(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, ANOTHER)
    settings = Settings(var=tmp_path)
    assert Services(settings).environment[PREFECT_DATABASE] == ANOTHER
    assert Services(beside(settings, tmp_path)).environment[PREFECT_DATABASE] == ""
    assert settings.prefect_database_url == SecretStr(ANOTHER)
    assert "pw" not in repr(settings)
