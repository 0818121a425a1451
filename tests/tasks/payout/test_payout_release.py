"""Prepared by one, approved by another, released once, and then never changed."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from data.installation import carried
from data.pay import batches
from data.pay.ledger import totals
from data.pay.pay_runs import MonthClosed, NotPrepared
from data.settings import Settings
from data.store.audit import first_broken
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import AuditEntry, Child, Decision, LedgerLine, Network, NightStay, PayRun, Placement, RateRow, Terms
from data.tables.base import Fact
from rules.rates import RateMissing
from rules.refusal import Refusal
from tasks.payout import approve_payout, as_computed, compare_payout, decide_line, discard_payout, release_payout
from tasks.payout.closing import (
    AlreadyReleased,
    DecidedInIt,
    KnownSince,
    NotApproved,
    NotDraft,
    NotReleasedBefore,
    SameApprover,
    Stale,
)
from tasks.payout.roles import MayNot
from tests.databases import KEY
from tests.tasks.pay_runs import AUGUST, JULY, lines, paid, pay, prepare
from tests.tasks.payroll import (
    ADVISER,
    APPROVER,
    CLERK,
    FAMILY,
    JUNE,
    LEADER,
    OUTSIDER,
    acting,
    guest,
    know,
    move_in,
    staff,
    stay,
    weekend,
)
from web.shown.pay import run_as_json


def approve(period: str = "2023-05", by: str = LEADER, now: datetime = JUNE) -> None:
    approve_payout("randers", period, actor=acting(by), now=now)


def release(period: str = "2023-05", by: str = LEADER, now: datetime = JUNE) -> None:
    release_payout("randers", period, actor=acting(by), now=now)


def test_a_month_goes_from_draft_to_approved_to_released(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"), stay(2, "RA-P1", "2023-05-13T14:00", "2023-05-14T14:00"))
    prepare()
    approve()
    assert {line["status"] for line in lines()} == {"payable", "held"}
    release()
    assert {line["status"] for line in lines()} == {"released", "held"}
    with reading() as s:
        run = s.get_one(PayRun, "RA-2023-05")
        assert (run.status, run.prepared_by, run.approved_by, run.released_by) == ("released", CLERK, LEADER, LEADER)
        actions = [entry.action for entry in s.exec(select(AuditEntry))]
        assert actions == ["payout.prepare", "payout.approve", "payout.release"]
        assert first_broken(s) is None
        sums = {(each["status"], each["component"]): each["amount_ore"] for each in totals(s, run)}
        assert sum(each["amount_ore"] for each in run_as_json(s, "randers", "2023-05")["lines"]) == sum(sums.values())
    assert sums["released", "fee"] == 617_24


def test_what_may_not_happen_is_refused_by_name_and_changes_nothing(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    with pytest.raises(NotPrepared):
        approve()
    prepare()
    with pytest.raises(NotApproved, match="isn't approved"):
        release()
    with pytest.raises(SameApprover, match="four eyes"):
        approve(by=CLERK)
    for somebody in (ADVISER, OUTSIDER):
        with pytest.raises(MayNot, match="may not approve"):
            approve(by=somebody)
    assert {line["status"] for line in lines()} == {"payable"}
    approve()
    with pytest.raises(NotDraft, match="approved already, by RA-S3"):
        approve()
    with pytest.raises(MayNot, match="may not release"):
        release(by=ADVISER)
    release()
    before = lines()
    with pytest.raises(AlreadyReleased, match="nothing was paid again"):
        release()
    with pytest.raises(MonthClosed):
        prepare()
    assert lines() == before


def test_a_draft_made_before_another_month_was_approved_is_stale(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    prepare()
    prepare("2023-06", JULY)
    approve("2023-05")
    with pytest.raises(Stale, match="RA-2023-06 was prepared before RA-2023-05 was approved"):
        approve("2023-06")
    release("2023-05")
    pay("2023-06", JULY)
    assert sum(paid().values()) == 1_019_24


def test_a_month_that_is_approved_and_not_released_stops_the_next_ones_approval(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    prepare()
    approve()
    prepare("2023-06", JULY)
    with pytest.raises(NotReleasedBefore, match="payout release 2023-05 --municipality randers comes first"):
        approve("2023-06", now=JULY)
    release()
    approve("2023-06", now=JULY)


@pytest.mark.parametrize(
    ("came", "count"),
    [
        pytest.param([stay(3, "RA-P1", "2023-05-20T14:00", "2023-05-21T14:00")], 1, id="a stay"),
        pytest.param([stay(3, "RA-P1", "2023-04-20T14:00", "2023-04-21T14:00")], 0, id="a stay before the ledger"),
        pytest.param([stay(3, "RA-P1", "2023-06-20T14:00", "2023-06-21T14:00")], 0, id="a stay after the month"),
        pytest.param(guest(3, date(2015, 3, 1)), 3, id="a child, a placement and its terms"),
        pytest.param(guest(3, date(2015, 3, 1), municipality="vejle"), 0, id="another municipality's child"),
        pytest.param([staff("RA-S5", "payroll")], 0, id="a colleague"),
    ],
)
def test_facts_that_came_in_since_the_draft_stop_its_approval_and_are_counted(
    sqlite_database: Settings, came: list[Fact], count: int
) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    prepare()
    for fact in came:
        know(type(fact)(**fact.model_dump(exclude={"id"})), at=JUNE)
    if count == 0:
        approve()
        return
    says = "1 fact has" if count == 1 else f"{count} facts have"
    with pytest.raises(KnownSince, match=f"RA-2023-05: {says} come in.*payout prepare 2023-05.*--as-it-stands"):
        approve()
    approve_payout("randers", "2023-05", actor=acting(LEADER), now=JUNE, as_it_stands=True)
    with reading() as s:
        entry = s.exec(select(AuditEntry).where(AuditEntry.action == "payout.approve")).one()
        assert entry.detail["facts_since"] == count


def test_a_new_rate_and_a_corrected_night_count_too_and_a_draft_made_again_knows_them(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    prepare()
    with writing() as s:
        revise(s, current(s, NightStay, "RA-N1"), JUNE, withdrawn_on=JUNE.date())
        revise(s, current(s, RateRow, "DK/fee_night//2023-01-01"), JUNE, amount="160.00")
    with pytest.raises(KnownSince) as refused:
        approve()
    assert refused.value.facts == 2
    prepare(now=JUNE.replace(minute=1))
    approve()


def decided_to_be_paid() -> str:
    """A held line of the draft, in which the leader let it be paid."""
    move_in()
    know(weekend(1, "RA-P1"), stay(2, "RA-P1", "2023-05-13T14:00", "2023-05-14T14:00"))
    prepare()
    board, _ = held()
    decide_line(board, Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JUNE)
    return board


def test_who_decided_about_a_line_of_the_run_can_not_approve_it_and_may_approve_the_next(database: Settings) -> None:
    board = decided_to_be_paid()
    with pytest.raises(DecidedInIt, match=f"RA-S3 decided about {board}"):
        approve()
    prepare()
    with pytest.raises(DecidedInIt):
        approve()
    approve(by=APPROVER)
    release()
    prepare("2023-06", JULY)
    approve("2023-06", now=JULY)


ANOTHER_LINE = """
INSERT INTO ledger_line
SELECT id || '-2', run, municipality, '2023-06', subject, family, component, source_key, quantity, unit, rate,
  rate_from, amount_ore, taxable, status, held_because, corrects, carried_from, decision, sources, basis
FROM ledger_line
"""


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param("UPDATE ledger_line SET amount_ore = 1", id="other amounts"),
        pytest.param("DELETE FROM ledger_line", id="no lines"),
        pytest.param(ANOTHER_LINE, id="more lines"),
        pytest.param("UPDATE pay_run SET status = 'draft'", id="a draft again"),
        pytest.param("DELETE FROM pay_run", id="no run"),
    ],
)
def test_the_database_itself_refuses_to_change_a_released_month(database: Settings, attempt: str) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    before = lines()
    with pytest.raises(DatabaseError, match="never changes"), writing() as s:
        s.execute(text(attempt))
    assert lines() == before


def test_two_who_release_at_once_release_once(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    prepare()
    approve()
    together, refused = Barrier(2), []

    def one() -> None:
        together.wait()
        try:
            release()
        except AlreadyReleased as error:
            refused.append(error)

    threads = [Thread(target=carried(one)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert sum(paid().values()) == 1_019_24


def test_batches_of_one_family_come_to_the_same(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in()
    others = guest(4, None)
    others[1].family = "RA-F2"  # type: ignore[attr-defined]
    know(*others, weekend(1, "RA-P1"), weekend(2, "RA-P2"), weekend(4, "RA-P4"))
    prepare()
    before = lines()
    monkeypatch.setattr(batches, "PLACEMENTS_AT_ONCE", 1)
    prepare()
    assert lines() == before
    assert {line["family"] for line in before} == {FAMILY, "RA-F2"}


def test_killed_between_two_batches_nothing_is_written_and_the_next_attempt_pays_once(database: Settings) -> None:
    move_in()
    others = guest(3, None)
    others[1].family = "RA-F2"  # type: ignore[attr-defined]
    know(*others, weekend(1, "RA-P1"), weekend(3, "RA-P3"))
    dies = f"""
import os
from data.store import arrow
from data.pay import batches
from data.store import session
from data.settings import Settings
from tests.tasks.pay_runs import prepare
session.connect(Settings(database_url={database.database!r}, encryption_keys={KEY!r}))
batches.PLACEMENTS_AT_ONCE = 1
written = []
def dying(store):
    def stored(*given):
        store(*given)
        written.append(1)
        if len(written) == 2:
            os._exit(9)
    return stored
arrow.append, arrow._copy = dying(arrow.append), dying(arrow._copy)
prepare()
"""
    assert subprocess.run([sys.executable, "-c", dies], check=False, capture_output=True).returncode == 9
    with reading() as s:
        assert s.exec(select(LedgerLine)).all() == []
        assert s.exec(select(PayRun)).all() == []
    prepare()
    assert len(lines()) == 4


def test_a_gap_in_one_batch_leaves_out_none_in_another(
    sqlite_database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_in()
    others = guest(3, None)
    others[1].family = "RA-F2"  # type: ignore[attr-defined]
    know(*others, stay(1, "RA-P1", "2022-12-28T14:00", "2022-12-30T14:00"))
    know(stay(3, "RA-P3", "2022-12-29T14:00", "2023-01-02T14:00"))
    monkeypatch.setattr(batches, "PLACEMENTS_AT_ONCE", 1)
    with pytest.raises(RateMissing) as refused:
        prepare("2022-12")
    assert [(gap.rate, gap.first.day, gap.last.day) for gap in refused.value.gaps if gap.rate == "fee_night"] == [
        ("fee_night", 28, 31)
    ]


def test_what_was_known_then_stands_beside_what_is_known_now(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    pay()
    assert compare_payout("randers", "2023-05", JULY) == []
    with writing() as s:
        revise(s, current(s, NightStay, "RA-N1"), JULY, withdrawn_on=JULY.date())
        revise(s, current(s, RateRow, "DK/fee_night//2023-01-01"), JULY, amount="160.00")
    know(weekend(2, "RA-P2"), at=JULY)
    assert compare_payout("randers", "2023-05", JULY) == [
        ("RA-P1", FAMILY, "board_lodging", False, 402_00, 0, 0, 0),
        ("RA-P1", FAMILY, "fee", True, 617_24, 0, 0, 0),
        ("RA-P2", FAMILY, "board_lodging", False, 0, 0, 428_00, 0),
        ("RA-P2", FAMILY, "fee", True, 0, 0, 320_00, 0),
    ]
    (then,) = as_computed("randers", "2023-05", JUNE)
    assert then["amount_ore"].tolist() == [402_00, 617_24]
    with pytest.raises(Refusal, match="no payout is prepared"):
        compare_payout("randers", "2023-04", JULY)


def test_what_was_decided_before_the_release_is_no_difference_afterwards(database: Settings) -> None:
    decided_to_be_paid()
    pay()
    assert compare_payout("randers", "2023-05", JULY) == []
    (fee,) = held()
    decide_line(fee, Decision.WAIVE, reason="Dobbelt", actor=acting(LEADER), now=JULY)
    assert compare_payout("randers", "2023-05", JULY) == [("RA-P1", FAMILY, "fee", True, 617_24, 308_62, 617_24, 0)]


def held() -> list[str]:
    return [line["id"] for line in lines() if line["status"] == "held"]


def test_what_no_money_depends_on_stops_no_approval(database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    prepare()
    with writing() as s:
        revise(s, current(s, Child, "RA-B1"), JUNE, name="Ida Holm", adviser="RA-S2")
        revise(s, current(s, Placement, "RA-P1"), JUNE, end_reason="agreed_move")
        revise(s, current(s, Terms, "RA-P1/2022-01-01"), JUNE, supervision_interval=2)
        revise(s, current(s, NightStay, "RA-N1"), JUNE, departure=datetime(2023, 5, 13))  # noqa: DTZ001
        revise(s, current(s, NightStay, "RA-N1"), JUNE, departure=datetime(2023, 5, 14, 20))  # noqa: DTZ001
    approve()


@pytest.mark.parametrize(
    ("table", "ref", "changes"),
    [
        (Child, "RA-B1", {"birth_date": date(2010, 1, 1)}),
        (Placement, "RA-P1", {"aftercare_until": date(2024, 1, 1)}),
        (Terms, "RA-P1/2022-01-01", {"fees_tenths": 30}),
        (NightStay, "RA-N1", {"withdrawn_on": date(2023, 6, 1)}),
    ],
)
def test_what_money_depends_on_stops_it(
    sqlite_database: Settings, table: type[Fact], ref: str, changes: dict[str, object]
) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    prepare()
    with writing() as s:
        revise(s, current(s, table, ref), JUNE, **changes)
    with pytest.raises(KnownSince, match="1 fact has"):
        approve()


def test_a_network_that_another_municipality_pays_for_now_stops_it(sqlite_database: Settings) -> None:
    move_in()
    led = {"municipality": "lillehammer", "resource_family": "RA-F1", "started_on": date(2023, 1, 1)}
    know(weekend(1, "RA-P1"), Network(ref="LI-N1", recorded_at=JUNE, **{**led, "municipality": "randers"}))
    prepare()
    with writing() as s:
        revise(s, current(s, Network, "LI-N1"), JUNE, **led)
    with pytest.raises(KnownSince, match="1 fact has"):
        approve()


def test_a_month_is_not_approved_before_it_was_prepared_nor_released_before_it_was_approved(
    sqlite_database: Settings,
) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    prepare(now=JULY)
    with pytest.raises(Refusal, match="RA-2023-05 was prepared on 2023-07-03; it can't be approved on 2023-06-02"):
        approve(now=JUNE)
    approve(now=AUGUST)
    with pytest.raises(Refusal, match="RA-2023-05 was approved on 2023-08-02; it can't be released on 2023-07-03"):
        release(now=JULY)
    release(now=AUGUST)


@pytest.mark.parametrize(
    "does",
    [
        pytest.param(lambda: approve("2023-13"), id="approve"),
        pytest.param(lambda: release("2023-13"), id="release"),
        pytest.param(lambda: compare_payout("randers", "2023-13", JUNE), id="compare"),
        pytest.param(lambda: discard_payout("randers", "2023-13", actor=acting(LEADER), now=JUNE), id="discard"),
        pytest.param(lambda: lines("2023-13"), id="show"),
    ],
)
def test_a_period_that_is_no_month_is_refused_as_such(sqlite_database: Settings, does: Callable[[], object]) -> None:
    move_in()
    with pytest.raises(Refusal, match="'2023-13' isn't a month; write it as YYYY-MM"):
        does()
