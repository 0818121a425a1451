"""Two installations in one process: what happens in one leaves the other's database, keys, policies and mails alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.fernet import Fernet
from sqlmodel import select

from data import policies
from data.installation import apart, carried, settings
from data.policies import municipalities
from data.settings import Settings
from data.store.facts import current
from data.store.migrate import migrate
from data.store.session import connect, reading
from data.tables import CaseRow, OutboxMail, Staff
from tasks.mail.queue import configure
from tests import people
from tests.story import Story

HERE, THERE, APPROVAL = "here.example", "rehearsal.example", "network-family-approval"


class Seen(NamedTuple):
    cases: int
    mails_from: set[str]
    leader: str | None
    extra_municipality: bool
    folder: Path


def seen() -> Seen:
    with reading() as s:
        mails = s.exec(select(OutboxMail)).all()
        return Seen(
            cases=len(s.exec(select(CaseRow).where(CaseRow.process == APPROVAL)).all()),
            mails_from={mail.message_id.strip("<>").partition("@")[2] for mail in mails},
            leader=current(s, Staff, people.LEADER).email,
            extra_municipality="rehearsed" in municipalities(),
            folder=settings().var,
        )


@contextmanager
def rehearsal(folder: Path) -> Iterator[None]:
    """With a database, keys, a policy file and a sender of its own."""
    own = folder / "policies"
    own.mkdir(parents=True)
    shipped = (policies.FOLDER / "herning.toml").read_text(encoding="utf-8")
    (own / "rehearsed.toml").write_text(shipped.replace('prefix = "HE"', 'prefix = "REH"'), encoding="utf-8")
    with apart():
        keys = Fernet.generate_key().decode()
        given = Settings(var=folder, encryption_keys=keys, mail_from=f"plejeflow@{THERE}", policies=own)
        migrate(connect(given))
        configure(given)
        people.move_in()
        yield


@pytest.fixture
def live(database: Settings) -> Settings:
    configure(database.model_copy(update={"mail_from": f"plejeflow@{HERE}"}))
    people.move_in()
    return database


def test_a_rehearsal_leaves_the_live_cases_alone(live: Settings, tmp_path: Path) -> None:
    waiting = Story()
    before = seen()
    assert before == Seen(1, {HERE}, people.email(people.LEADER), False, live.var)
    with rehearsal(tmp_path / "rehearsal"):
        assert Story().finish() == "Approved"
        assert seen() == Seen(1, {THERE}, people.email(people.LEADER), True, tmp_path / "rehearsal")
    assert seen() == before
    waiting.answer(waiting.waiting[0])
    assert len(waiting.waiting) > 0


def test_both_go_on_at_the_same_time(live: Settings, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as beside:
        lives = beside.submit(carried(lambda: Story().finish()))
        with rehearsal(tmp_path / "rehearsal"):
            stories = [Story().finish() for _ in range(2)]
            assert seen()[:2] == (2, {THERE})
        assert [lives.result(), *stories] == ["Approved"] * 3
    assert seen()[:2] == (1, {HERE})


@pytest.mark.usefixtures("live")
def test_a_thread_that_nobody_gave_an_installation_touches_none() -> None:
    with ThreadPoolExecutor(1) as beside, pytest.raises(RuntimeError, match=r"connect\(settings\) comes first"):
        beside.submit(seen).result()
