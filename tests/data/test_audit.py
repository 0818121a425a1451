"""The chain holds whatever zone an instant was given in, and a change is still seen."""

import hashlib
import json
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col, select

from data.settings import Settings
from data.store.audit import FIRST, audit, first_broken, job
from data.store.migrate import migrate
from data.store.session import engine, reading, writing
from data.tables import AuditEntry

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
ZONES = st.one_of(
    st.sampled_from([COPENHAGEN, ZoneInfo("Europe/Oslo"), ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu")]),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


YEARS = (datetime(2000, 1, 1), datetime(2099, 1, 1))  # noqa: DTZ001 - hypothesis wants them naive

LOCAL = [
    datetime(2025, 1, 3, 6, tzinfo=COPENHAGEN),
    datetime(2025, 7, 3, 6, 0, 0, 1, tzinfo=COPENHAGEN),
    datetime(2025, 10, 26, 2, 30, tzinfo=COPENHAGEN),
    datetime(2025, 10, 26, 2, 30, tzinfo=COPENHAGEN, fold=1),
    # a `today` on the dashboard with a time that its night hasn't
    datetime(2026, 3, 29, 2, 30, tzinfo=COPENHAGEN),
    datetime(2026, 3, 29, 2, 30, tzinfo=COPENHAGEN, fold=1),
    datetime(2026, 3, 29, 6, tzinfo=ZoneInfo("UTC")),
]
"""As jobs gave them, and a person last."""


class Kind(StrEnum):
    MAILS = "mails"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.datetimes(*YEARS, timezones=ZONES), min_size=1, max_size=5))
def test_an_instant_of_any_zone_is_hashed_as_it_comes_back(database: Settings, instants: list[datetime]) -> None:
    with writing() as s:
        for at in instants:
            audit(s, job("retention"), "removed: mails", "M-1", at, count=3, kinds=(Kind.MAILS,))
    with reading() as s:
        assert first_broken(s) is None


def test_a_row_that_somebody_changed_is_still_found(database: Settings) -> None:
    with writing() as s:
        for number in range(3):
            audit(s, job("retention"), "removed: mails", f"M-{number}", datetime(2025, 1, 1, tzinfo=COPENHAGEN))
    later = datetime(2025, 1, 2, tzinfo=COPENHAGEN)
    with writing() as s:
        s.execute(update(AuditEntry).where(col(AuditEntry.subject) == "M-1").values(at=later))
    with reading() as s:
        assert first_broken(s).subject == "M-1"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "changed", ["zone = 'Nowhere/At_All'", "zone = '../../etc'", "zone = 'Asia/Kathmandu'", "at = 'x'", "detail = '{'"]
)
def test_a_row_that_cannot_be_read_any_more_is_named_as_changed(sqlite_database: Settings, changed: str) -> None:
    with writing() as s:
        for number in range(3):
            audit(s, job("retention"), "removed: mails", f"M-{number}", datetime(2025, 1, 1, tzinfo=COPENHAGEN))
        s.connection().exec_driver_sql(f"UPDATE audit SET {changed} WHERE subject = 'M-1'")
    with reading() as s:
        broken = first_broken(s)
    assert broken is not None
    assert broken.id == 2


def test_an_instant_without_its_offset_is_refused(database: Settings) -> None:
    with pytest.raises(ValueError, match="an instant needs its offset"), writing() as s:
        audit(s, job("retention"), "removed: mails", "M-1", datetime(2025, 1, 1))  # noqa: DTZ001


def before(at: datetime, subject: str, previous: str) -> AuditEntry:
    """As the version before hashed it: the instant as the caller gave it."""
    covered = [previous, at.isoformat(), "job:retention", "root", "removed: mails", subject, {"count": 1}]
    digest = hashlib.sha256(json.dumps(covered, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    given = {"actor": "job:retention", "os_account": "root", "action": "removed: mails", "detail": {"count": 1}}
    return AuditEntry(at=at, subject=subject, previous=previous, digest=digest, **given)


@pytest.mark.parametrize("tampered", [False, True])
def test_a_chain_that_was_hashed_in_local_time_is_read_by_both_once_and_holds(
    database: Settings, tampered: bool
) -> None:
    config = Config()
    config.set_main_option("script_location", "data/migrations")
    with engine().begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
    previous = FIRST
    table = AuditEntry.__table__  # type: ignore[attr-defined]
    for number, at in enumerate(LOCAL):
        row = before(at, f"M-{number}", previous)
        previous = row.digest
        if tampered and number == 1:
            row.subject = "M-9"
        with engine().begin() as connection:
            connection.execute(table.insert().values(row.model_dump(exclude={"id", "zone"})))
    migrate(engine())
    with writing() as s:
        audit(s, job("retention"), "removed: mails", "M-99", datetime(2026, 1, 1, tzinfo=COPENHAGEN))
    with reading() as s:
        broken = first_broken(s)
        assert (broken and broken.subject) == ("M-9" if tampered else None)
        zones = list(s.exec(select(AuditEntry.zone).order_by(col(AuditEntry.id))))
    assert [zone is not None for zone in zones] == [True, not tampered, True, True, True, True, False, False]
