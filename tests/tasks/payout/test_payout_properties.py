"""Whatever arrives in whatever order: what was paid and what is held as overpaid make what is entitled to."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from data.installation import apart
from data.pay.ledger import totals
from data.settings import Settings
from data.store import session
from data.store.facts import current, record, revise
from data.store.session import reading, writing
from data.tables import Child, Decision, LedgerLine, LineStatus, NightStay, PayRun, RateRow, Terms
from rules.matters import OVERPAID
from tasks.mail.queue import configure
from tasks.payout import as_computed, decide_line
from tests.databases import KEY
from tests.memory import in_memory
from tests.tasks.pay_runs import lines, pay
from tests.tasks.payroll import IMPORTED, LEADER, acting, know, move_in, stay

GUESTS = ("RA-P1", "RA-P2")
may_nights = st.integers(1, 27)
new_stays = st.tuples(st.just("stay"), st.sampled_from(GUESTS), may_nights, st.integers(1, 6))
changes = st.one_of(
    new_stays,
    st.tuples(st.just("withdraw"), st.sampled_from([1, 2]), st.just(0), st.just(0)),
    st.tuples(st.just("move"), st.sampled_from([1, 2]), may_nights, st.integers(1, 6)),
    st.tuples(st.just("terms"), st.sampled_from(GUESTS), may_nights, st.integers(1, 5)),
    st.tuples(st.just("birthday"), st.sampled_from([1, 2]), may_nights, st.integers(2009, 2016)),
    st.tuples(st.just("rate"), st.just(0), st.just(0), st.integers(14_000, 17_000)),
    st.tuples(st.just("decide"), st.sampled_from([Decision.WAIVE, Decision.RECOVER]), st.integers(1, 3), st.just(0)),
)
few = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def a_database(template: Path) -> Iterator[None]:
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder, apart():
        shutil.copy(template, Path(folder, "plejeflow.db"))
        own = Settings(var=Path(folder), encryption_keys=KEY)
        session.connect(own)
        configure(own)
        yield


def happens(change: tuple[Any, ...], number: int, now: datetime) -> None:
    what, whose, day, how = change
    begins = datetime.fromisoformat(f"2023-05-{day or 1:02}T15:00")
    with writing() as s:
        if what == "stay":
            ends = begins + timedelta(days=how)
            record(s, stay(100 + number, whose, begins.isoformat(), ends.isoformat()), now)
        elif what == "withdraw":
            revise(s, current(s, NightStay, f"RA-N{whose}"), now, withdrawn_on=now.date())
        elif what == "move":
            moved = current(s, NightStay, f"RA-N{whose}")
            revise(s, moved, now, arrival=begins, departure=begins + timedelta(days=how), withdrawn_on=None)
        elif what == "terms":
            since = date(2023, 5, day)
            new = Terms(ref=f"{whose}/{since}", recorded_at=now, placement=whose, valid_from=since, fees_tenths=5 * how)
            record(s, new, IMPORTED)  # as a sheet that says it was known long ago
        elif what == "birthday":
            revise(s, current(s, Child, f"RA-B{whose}"), now, birth_date=date(how, 5, day))
        elif what == "rate":
            revise(s, current(s, RateRow, "DK/fee_night//2023-01-01"), now, amount=f"{how / 100:.2f}")
    if what == "decide":
        held = [line["id"] for line in lines(latest()) if line["held_because"] == OVERPAID]
        instalments = day if whose == Decision.RECOVER else 1
        for line in held[:1]:
            decide_line(line, whose, reason="Aftalt", instalments=instalments, actor=acting(LEADER), now=now)


def latest() -> str:
    with reading() as s:
        return max(run.payroll_month for run in s.exec(select(PayRun)))


def each_arrives_before_another_payday(arriving: list[tuple[Any, ...]]) -> datetime:
    now = datetime(2023, 6, 2, 8, tzinfo=UTC)
    pay("2023-05", now)
    for number, change in enumerate(arriving):
        now = now.replace(month=now.month + 1)
        happens(change, number, now)
        pay(f"2023-{now.month - 1:02}", now)
    return now


def in_the_ledger() -> Counter[tuple[str, str, bool]]:
    """What May was paid, less what waits for a decision to come back."""
    sums: Counter[tuple[str, str, bool]] = Counter()
    with reading() as s:
        for line in s.exec(select(LedgerLine).where(LedgerLine.period == "2023-05")):
            waits = line.status == LineStatus.HELD and line.held_because == OVERPAID and line.run.endswith(latest())
            if line.status == LineStatus.RELEASED or waits:
                sums[line.subject, line.component, line.taxable] += line.amount_ore
    return sums


def entitled_to(now: datetime) -> Counter[tuple[str, str, bool]]:
    sums: Counter[tuple[str, str, bool]] = Counter()
    for found in as_computed("randers", "2023-05", now):
        for line in found[found["held"] == ""].itertuples():
            sums[line.placement, line.component, line.taxable] += line.amount_ore
    return sums


def set_out() -> None:
    move_in()
    know(stay(1, "RA-P1", "2023-05-05T15:00", "2023-05-07T15:00"))
    know(stay(2, "RA-P2", "2023-05-12T15:00", "2023-05-14T15:00"))


def not_nothing(sums: Counter[tuple[str, str, bool]]) -> dict[tuple[str, str, bool], int]:
    return {key: ore for key, ore in sums.items() if ore}


@few
@given(st.lists(changes.filter(lambda change: change[0] != "decide"), min_size=1, max_size=3))
def test_a_month_computed_at_once_is_the_sum_of_its_corrections(
    sqlite_template: Path, arriving: list[tuple[Any, ...]]
) -> None:
    with a_database(sqlite_template):
        set_out()
        now = each_arrives_before_another_payday(arriving)
        assert not_nothing(in_the_ledger()) == not_nothing(entitled_to(now))
        assert totals_reconcile()


@few
@given(st.lists(changes, min_size=2, max_size=4))
def test_nobody_gets_less_than_due_or_pays_back_more_than_overpaid(
    sqlite_template: Path, arriving: list[tuple[Any, ...]]
) -> None:
    with a_database(sqlite_template):
        set_out()
        now = each_arrives_before_another_payday(arriving)
        paid, due = in_the_ledger(), entitled_to(now)
        assert {key: (paid[key], ore) for key, ore in due.items() if paid[key] < ore} == {}
        assert totals_reconcile()


def totals_reconcile() -> bool:
    with reading() as s:
        for run in s.exec(select(PayRun)):
            counted: Counter[tuple[str, bool, str]] = Counter()
            for line in s.exec(select(LedgerLine).where(LedgerLine.run == run.ref)):
                counted[line.component, line.taxable, line.status] += line.amount_ore
            sums = {(row["component"], row["taxable"], row["status"]): row["amount_ore"] for row in totals(s, run)}
            if sums != counted:
                return False
    return True
