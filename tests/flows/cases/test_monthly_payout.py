"""A payroll month goes from its draft to the payroll files, with one person's word in between (R9)."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from data.cases import find_case, tasks_of
from data.outbox import list_mails
from data.policies import municipalities, policy_of
from data.settings import Settings
from data.store.audit import first_broken
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import AuditEntry, CaseRow, Decision, Family, GeneratedTask, LedgerLine, PayExport, PayRun, TaskState
from flows.cases.monthly_payout import monthly_payout
from rules.calendar import add_working_days
from rules.forms.base import AnswerInvalid
from rules.months import month as a_month
from rules.months import month_before
from rules.payment_dates import payment_date
from rules.refusal import Refusal
from tasks.cases.answers import NotYours, answer_task
from tasks.cases.case import Rested, replay
from tasks.cases.opened import open_case, wake_due
from tasks.payout import approve_payout, decide_line, discard_payout, prepare_payout, release_payout
from tasks.payout.closing import DecidedInIt, KnownSince, SameApprover, Stale
from tasks.payout.months import NobodyHere, PreparedSince, claim_month, open_month
from tasks.payout.overview import overview
from tasks.payout.picture import bar_chart
from tasks.payout.unpaid import unpaid_entitlements
from tasks.runs.case_flow import PROCEDURES
from tasks.words.language import kroner, long_date
from tests.flows.cases.test_survival import survive, together
from tests.letters import opened, part
from tests.people import payroll_goes_to
from tests.tasks.pay_runs import JULY, change, lines, paid, pay
from tests.tasks.payroll import (
    ADVISER,
    APPROVER,
    CLERK,
    FAMILY,
    IMPORTED,
    LEADER,
    acting,
    know,
    move_in,
    staff,
    stay,
    weekend,
)
from web.shown.pay import run_as_json

MONTH = "RA-2023-05"
TENTH = datetime(2023, 6, 10, 3, tzinfo=UTC)
MONDAY = datetime(2023, 6, 12, 8, tzinfo=UTC)


def people() -> None:
    move_in()
    for ref, roles in ((CLERK, "administration,payroll"), (ADVISER, "child_adviser"), (LEADER, "leader")):
        person = staff(ref, roles)
        person.email = f"{ref.lower()}@randers.example"
        know(person)
    change(Family, FAMILY, at=IMPORTED, payroll_number="9000001")
    know(weekend(1, "RA-P1"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "payroll"
    made.mkdir()
    return made


@pytest.fixture
def randers(database: Settings, folder: Path) -> Settings:
    payroll_goes_to(folder)
    people()
    return database


@pytest.fixture
def on_sqlite(sqlite_database: Settings, folder: Path) -> Settings:
    payroll_goes_to(folder)
    people()
    return sqlite_database


def start(period: str | None = "2023-05", now: datetime = TENTH, run: str = "run-1") -> str:
    return open_month("randers", period, run=run, now=now).ref


def go_on(ref: str = MONTH) -> Rested:
    return replay(PROCEDURES[monthly_payout.name], ref)


def open_now(ref: str = MONTH) -> dict[str, GeneratedTask]:
    with reading() as s:
        return {task.form: task for task in tasks_of(s, ref) if task.state == TaskState.OPEN}


def answer(form: str, by: str, now: datetime = MONDAY, **given: Any) -> None:
    with writing() as s:
        email = f"{by.lower()}@randers.example"
        answer_task(s, open_now()[form].ref, given, email=email, os_account="tests", now=now)


def run() -> PayRun:
    with reading() as s:
        return s.get_one(PayRun, MONTH)


def exports() -> list[str]:
    with reading() as s:
        return sorted(export.ref for export in s.exec(select(PayExport)))


def mailed(task: GeneratedTask) -> str:
    with reading() as s:
        [mail] = [mail for mail in list_mails(s, about=task.ref) if mail.template == "task_issued"]
        return part(opened(mail), "plain").replace("\xa0", " ").replace("\r\n", "\n")


def test_whoever_approves_reads_sum_change_held_lines_and_payment_date_in_the_mail(on_sqlite: Settings) -> None:
    start()
    go_on()
    first = open_now()["PayoutApproval"]
    text = mailed(first)
    assert "Til udbetaling: 1.019,24 kr.\n" in text
    assert "I forhold til måneden før: ingen måned før den er lukket\n" in text
    assert "Tilbageholdte linjer: 0\n" in text
    assert f"På kontoen: {long_date(payment_date(a_month('2023-05'), policy_of('randers')), 'da')}\n" in text
    answer("PayoutApproval", LEADER, approved=True)
    go_on()
    know(
        *(stay(20 + day, "RA-P2", f"2023-06-{day:02}T14:00", f"2023-06-{day + 1:02}T14:00") for day in (2, 9)), at=JULY
    )
    know(stay(40, "RA-P2", "2023-06-02T14:00", "2023-06-03T14:00"), at=JULY)  # a second time
    june = start("2023-06", now=JULY, run="run-2")
    go_on(june)
    second = open_now(june)["PayoutApproval"]
    change = second.demands["payable_ore"] - 1_019_24
    sign = "+" if change >= 0 else ""
    assert change != 0
    held, held_ore = second.demands["held_lines"], second.demands["held_ore"]
    assert held > 0
    assert f"Tilbageholdte linjer: {held}, {kroner(held_ore, 'da')}\n".replace("\xa0", " ") in mailed(second)
    assert f"I forhold til måneden før: {sign}{kroner(change, 'da')}\n".replace("\xa0", " ") in mailed(second)


def test_a_month_is_prepared_by_the_job_approved_by_the_leader_released_and_exported(
    randers: Settings, folder: Path
) -> None:
    start()
    rested = go_on()
    task = open_now()["PayoutApproval"]
    assert rested.waits_for == f"leader: payout_approval:1 ({task.ref}, due 2023-06-14)"
    assert (task.assignee, task.ref) == (LEADER, "RA-2023-05-01")
    assert task.demands["payable_ore"] == 1_019_24
    answer("PayoutApproval", LEADER, approved=True)
    assert run().approved_by == LEADER
    outcome = go_on().outcome
    assert outcome is not None
    assert outcome.name == "Released"
    assert (run().prepared_by, run().approved_by, run().released_by) == (
        "job:monthly payout",
        LEADER,
        "job:monthly payout",
    )
    assert sum(paid().values()) == 1_019_24
    assert exports() == [f"{MONTH}-E1"]
    assert (folder / f"payroll-{MONTH}.csv").exists()
    with reading() as s:
        assert first_broken(s) is None
        told = [mail.template for mail in list_mails(s)]
    assert sorted(told) == ["case_ended", "task_issued"]


def test_the_month_is_the_one_before_and_stays_it_when_the_run_is_resumed_weeks_later(on_sqlite: Settings) -> None:
    assert start(None) == MONTH
    with writing() as s:
        row = find_case(s, MONTH)
        row.flow_run = "run-1"
        s.add(row)
    assert start(None, JULY) == MONTH
    assert start(None, JULY, run="run-2") == "RA-2023-06"


def test_started_again_after_it_was_released_it_pays_nothing_more(on_sqlite: Settings) -> None:
    start()
    go_on()
    answer("PayoutApproval", LEADER, approved=True)
    go_on()
    before = lines()
    start(run="run-2", now=JULY)
    outcome = go_on().outcome
    assert outcome is not None
    assert outcome.name == "Released"
    assert lines() == before
    assert exports() == [f"{MONTH}-E1"]


def test_replayed_while_it_waits_it_asks_nothing_twice_and_approves_nothing(on_sqlite: Settings) -> None:
    start()
    first = go_on()
    prepared = run().prepared_at
    assert [go_on() for _ in range(3)] == [first] * 3
    assert (run().status, run().prepared_at) == ("draft", prepared)
    with reading() as s:
        assert len(list_mails(s)) == 1


def test_approved_by_hand_it_goes_on_and_takes_its_task_back(on_sqlite: Settings) -> None:
    start()
    go_on()
    approve_payout("randers", "2023-05", actor=acting(LEADER), now=MONDAY)
    with reading() as s:
        case = find_case(s, MONTH)
        assert case.woken > case.seen
    outcome = go_on().outcome
    assert outcome is not None
    assert open_now() == {}
    assert run().status == "released"


def test_released_and_exported_by_hand_as_well_it_only_ends(on_sqlite: Settings, folder: Path) -> None:
    from tasks.payout.files import export_payout

    start()
    go_on()
    approve_payout("randers", "2023-05", actor=acting(LEADER), now=MONDAY)
    release_payout("randers", "2023-05", actor=acting(LEADER), now=MONDAY)
    export_payout("randers", "2023-05", folder, actor=acting(CLERK), now=MONDAY)
    assert go_on().outcome is not None
    assert run().released_by == LEADER
    assert exports() == [f"{MONTH}-E1"]


def test_a_no_needs_its_reason_and_then_it_is_mended_computed_and_asked_again(on_sqlite: Settings) -> None:
    start()
    go_on()
    with pytest.raises(AnswerInvalid, match="what has to be mended"):
        answer("PayoutApproval", LEADER, approved=False)
    answer("PayoutApproval", LEADER, approved=False, reason="Der mangler en nat.")
    go_on()
    mending = open_now()["MendPayout"]
    assert (mending.assignee, mending.about) == (CLERK, "RA-2023-05-01")
    assert run().status == "draft"
    know(stay(9, "RA-P2", "2023-05-02T14:00", "2023-05-03T14:00"), at=MONDAY)
    answer("MendPayout", CLERK, mended=True, now=MONDAY.replace(hour=12))
    assert go_on().waits_for.startswith("leader: payout_approval:2 (RA-2023-05-03")
    assert open_now()["PayoutApproval"].demands["payable_ore"] > 1_019_24
    answer("PayoutApproval", LEADER, now=MONDAY.replace(hour=13), approved=True)
    assert go_on().outcome is not None


def test_a_draft_computed_again_by_hand_is_asked_about_anew_and_never_approved_by_the_old_answer(
    on_sqlite: Settings,
) -> None:
    start()
    go_on()
    prepare_payout("randers", "2023-05", actor=acting(CLERK), now=MONDAY)
    with pytest.raises(PreparedSince, match="computed again by RA-S1"):
        answer("PayoutApproval", LEADER, approved=True)
    assert go_on().waits_for.startswith("leader: payout_approval:2")
    assert open_now().keys() == {"PayoutApproval"}
    assert run().prepared_by == CLERK
    answer("PayoutApproval", LEADER, approved=True)
    assert go_on().outcome is not None


def test_a_no_is_kept_with_who_when_and_why_and_shown_also_after_the_next_draft(randers: Settings) -> None:
    start()
    go_on()
    answer("PayoutApproval", LEADER, approved=False, reason="Der mangler en nat.")
    prepare_payout("randers", "2023-05", actor=acting(CLERK), now=MONDAY.replace(hour=12))
    with reading() as s:
        [no] = run_as_json(s, "randers", "2023-05")["rejected"]
        assert (no["by"], no["at"], no["reason"]) == (LEADER, MONDAY.isoformat(), "Der mangler en nat.")
        assert no["task"] == "RA-2023-05-01"
        [entry] = s.exec(select(AuditEntry).where(AuditEntry.action == "payout.reject")).all()
        assert (entry.actor, entry.subject) == (LEADER, MONTH)
        assert "nat" not in str(entry.detail)
        assert first_broken(s) is None


def test_what_came_in_since_the_draft_refuses_the_answer_unless_it_takes_it_as_it_stands(randers: Settings) -> None:
    start()
    go_on()
    know(stay(9, "RA-P2", "2023-05-02T14:00", "2023-05-03T14:00"), at=TENTH.replace(hour=9))
    with pytest.raises(KnownSince, match="1 fact has come in"):
        answer("PayoutApproval", LEADER, approved=True)
    assert run().status == "draft"
    answer("PayoutApproval", LEADER, approved=True, as_it_stands=True)
    assert go_on().outcome is not None
    assert sum(paid().values()) == 1_019_24


def test_who_decided_about_a_held_line_is_not_asked_to_approve(on_sqlite: Settings) -> None:
    know(stay(9, "RA-P1", "2023-05-13T14:00", "2023-05-14T14:00"))
    start()
    go_on()
    assert open_now()["PayoutApproval"].assignee == LEADER
    held = next(line["id"] for line in lines() if line["status"] == "held")
    decide_line(held, Decision.WAIVE, reason="Dobbelt", actor=acting(LEADER), now=MONDAY)
    with pytest.raises(DecidedInIt, match=held):
        answer("PayoutApproval", LEADER, approved=True)
    prepare_payout("randers", "2023-05", actor=acting(CLERK), now=MONDAY.replace(hour=12))
    go_on()
    assert open_now()["PayoutApproval"].assignee == APPROVER


def test_a_discarded_month_ends_its_run_and_can_be_opened_again(randers: Settings) -> None:
    start()
    go_on()
    discard_payout("randers", "2023-05", actor=acting(CLERK), now=MONDAY)
    assert open_now() == {}
    outcome = go_on().outcome
    assert outcome is not None
    assert outcome.name == "Withdrawn"
    with reading() as s:
        assert s.get(PayRun, MONTH) is None
    assert start(run="run-2", now=MONDAY.replace(hour=12)) == MONTH
    assert go_on().waits_for.startswith("leader: payout_approval:2")
    answer("PayoutApproval", LEADER, approved=True, now=MONDAY.replace(hour=13))
    outcome = go_on().outcome
    assert outcome is not None
    assert outcome.name == "Released"
    assert sum(paid().values()) == 1_019_24


def test_a_month_discarded_and_prepared_by_hand_before_its_run_looked_is_asked_about_anew(on_sqlite: Settings) -> None:
    start()
    go_on()
    discard_payout("randers", "2023-05", actor=acting(CLERK), now=MONDAY)
    prepare_payout("randers", "2023-05", actor=acting(CLERK), now=MONDAY.replace(hour=12))
    assert go_on().waits_for.startswith("leader: payout_approval:2")
    assert run().prepared_by == CLERK


def test_a_month_discarded_after_a_no_waits_for_nobody(on_sqlite: Settings) -> None:
    start()
    go_on()
    answer("PayoutApproval", LEADER, approved=False, reason="Forkert måned.")
    go_on()
    assert open_now().keys() == {"MendPayout"}
    discard_payout("randers", "2023-05", actor=acting(CLERK), now=MONDAY.replace(hour=12))
    assert open_now() == {}
    assert go_on().outcome is not None


def test_computed_again_by_hand_after_a_no_there_is_nothing_left_to_mend(on_sqlite: Settings) -> None:
    start()
    go_on()
    answer("PayoutApproval", LEADER, approved=False, reason="Forkert.")
    go_on()
    prepare_payout("randers", "2023-05", actor=acting(CLERK), now=MONDAY.replace(hour=12))
    go_on()
    assert open_now().keys() == {"PayoutApproval"}


def test_whoever_prepared_by_hand_is_not_asked_to_approve_and_may_not(on_sqlite: Settings) -> None:
    know(staff("RA-S7", "payroll"), staff(LEADER, "child_adviser"), staff(APPROVER, "child_adviser"))
    start()
    go_on()
    assert open_now()["PayoutApproval"].assignee == CLERK
    prepare_payout("randers", "2023-05", actor=acting(CLERK), now=MONDAY)
    go_on()
    assert open_now()["PayoutApproval"].assignee == "RA-S7"
    with pytest.raises(SameApprover):
        answer("PayoutApproval", CLERK, approved=True)
    with pytest.raises(NotYours):
        answer("PayoutApproval", ADVISER, approved=True)
    assert run().status == "draft"


def test_an_approval_that_came_too_late_for_another_month_is_refused(on_sqlite: Settings) -> None:
    know(stay(8, "RA-P1", "2023-06-02T14:00", "2023-06-03T14:00"))
    start()
    go_on()
    pay("2023-06", JULY)
    with pytest.raises(Stale):
        answer("PayoutApproval", LEADER, approved=True, now=JULY)


def test_a_rate_that_is_missing_holds_the_month_up_in_one_line_tells_once_and_goes_on_when_it_is_there(
    on_sqlite: Settings,
) -> None:
    from data.tables import RateRow

    with writing() as s:
        row = current(s, RateRow, "DK/fee_night//2023-01-01")
        revise(s, row, IMPORTED, valid_to=date(2023, 5, 12))
    start()
    for day in (10, 11):
        assert go_on().waits_for.startswith("held up: ")
        assert "fee_night" in go_on().waits_for
        with writing() as s:
            assert wake_due(s, date(2023, 6, day + 1), TENTH.replace(day=day + 1)) == [MONTH]
    with reading() as s:
        mails = list_mails(s)
        assert [(mail.template, mail.recipient) for mail in mails] == [("task_issued", CLERK)]
        assert s.get(PayRun, MONTH) is None
    change(RateRow, "DK/fee_night//2023-01-01", at=MONDAY, valid_to=date(2023, 12, 31))
    go_on()
    with writing() as s:
        assert wake_due(s, date(2023, 6, 13), MONDAY.replace(day=13)) == [MONTH]
    assert go_on().waits_for.startswith("leader: payout_approval")
    assert open_now().keys() == {"PayoutApproval"}


def test_the_month_that_pays_what_was_found_unpaid_ends_its_task(on_sqlite: Settings) -> None:
    pay("2023-05", TENTH)
    know(stay(8, "RA-P1", "2023-05-26T14:00", "2023-05-27T14:00"), at=JULY)
    found = datetime(2023, 7, 20, 3, tzinfo=UTC)
    unpaid_entitlements("randers", found.date(), found)
    with reading() as s:
        asked = s.exec(select(GeneratedTask).where(GeneratedTask.form == "UnpaidEntitlement")).one()
    later = found.replace(day=21)
    june = start("2023-06", now=later)
    go_on(june)
    with writing() as s:
        approval = next(task for task in tasks_of(s, june) if task.form == "PayoutApproval")
        yes = {"approved": True}
        answer_task(s, approval.ref, yes, email=f"{LEADER.lower()}@randers.example", os_account="tests", now=later)
        assert s.get_one(GeneratedTask, asked.ref).state == TaskState.OPEN
    go_on(june)
    with reading() as s:
        assert s.get_one(GeneratedTask, asked.ref).state == TaskState.ANSWERED


@pytest.mark.parametrize("unusable", ["", "/nowhere/at/all"])
def test_without_a_folder_the_month_is_released_and_somebody_is_asked_for_its_files(
    on_sqlite: Settings, folder: Path, unusable: str
) -> None:
    payroll_goes_to(Path(unusable) if unusable else None)
    start()
    go_on()
    answer("PayoutApproval", LEADER, approved=True)
    waits_for = go_on().waits_for
    assert waits_for.startswith("held up: ")
    assert (unusable or "PLEJEFLOW_PAYROLL_FOLDER isn't set") in waits_for
    assert run().status == "released"
    assert open_now()["PayrollFiles"].assignee == CLERK
    go_on()  # as each day
    assert open_now()["PayrollFiles"].assignee == CLERK
    answer("PayrollFiles", CLERK, done=True)
    go_on()
    assert open_now()["PayrollFiles"].ref == "RA-2023-05-03"
    payroll_goes_to(folder)
    with writing() as s:
        wake_due(s, date(2023, 6, 13), MONDAY.replace(day=13))
    assert go_on().outcome is not None
    assert open_now() == {}
    assert exports() == [f"{MONTH}-E1"]


@pytest.mark.parametrize(
    ("municipality", "period", "says"),
    [
        pytest.param("atlantis", "2023-05", "no municipality 'atlantis'", id="nobody knows it"),
        pytest.param("randers", "2023-13", "isn't a month", id="no month"),
        pytest.param("randers", "2023-06", "isn't over", id="not over"),
        pytest.param("randers", "2099-01", "isn't over", id="far ahead"),
        pytest.param("asker", "2023-05", "has no staff in this database", id="not here"),
    ],
)
def test_what_can_not_be_a_payroll_month_is_refused_in_one_line_and_opens_nothing(
    on_sqlite: Settings, municipality: str, period: str, says: str
) -> None:
    with pytest.raises(Refusal, match=says):
        open_month(municipality, period, run="run-1", now=TENTH)
    with reading() as s:
        assert s.exec(select(CaseRow)).all() == []


def test_a_month_before_the_ledger_is_refused(on_sqlite: Settings) -> None:
    start()
    go_on()
    answer("PayoutApproval", LEADER, approved=True)
    with pytest.raises(Refusal, match="opens in 2023-05"):
        start("2023-04", run="run-2")
    with pytest.raises(NobodyHere):
        open_month("vesthimmerland", "2023-05", run="run-3", now=TENTH)
    with pytest.raises(Refusal, match="prefect deployment run"), writing() as s:
        open_case(s, "monthly-payout", family=None, child=None, municipality="randers", actor=acting(CLERK), now=TENTH)


class Server:
    """Prefect's server as far as a claim asks it."""

    def __init__(self, state: str) -> None:
        from tasks.server.prefect_api import RunState

        self.resumed: list[str] = []
        self._state = RunState(state)

    def state(self, run: str) -> Any:
        return self._state

    def resume(self, run: str) -> None:
        self.resumed.append(run)


def test_two_runs_for_one_month_are_one_the_second_hands_on_to_the_first(randers: Settings) -> None:
    start()
    waiting: Any = Server("waiting")
    assert claim_month(MONTH, "run-1", waiting, TENTH)
    go_on()
    assert claim_month(MONTH, "run-1", waiting, TENTH)
    assert not claim_month(MONTH, "run-2", waiting, TENTH)
    assert waiting.resumed == ["run-1"]
    gone: Any = Server("failed")
    assert claim_month(MONTH, "run-3", gone, TENTH)
    with reading() as s:
        assert find_case(s, MONTH).flow_run == "run-3"


def test_two_workers_that_start_and_play_the_same_month_at_once_pay_it_once(randers: Settings) -> None:
    claims = together(
        *(
            lambda name=name: (start(run=name), claim_month(MONTH, name, Server("going"), TENTH))  # type: ignore[misc, arg-type]
            for name in ("run-1", "run-2", "run-3")
        )
    )
    assert sorted(carries for _, carries in claims) == [False, False, True]
    together(go_on, go_on, go_on)
    assert open_now().keys() == {"PayoutApproval"}
    answer("PayoutApproval", LEADER, approved=True)
    together(go_on, go_on, go_on)
    assert go_on().outcome is not None
    assert sum(paid().values()) == 1_019_24
    with reading() as s:
        actions = [entry.action for entry in s.exec(select(AuditEntry))]
        assert len(s.exec(select(LedgerLine)).all()) == 2
    assert actions.count("payout.release") == 1
    assert actions.count("case opened") == 1


def test_killed_at_every_gap_it_is_paid_once_and_everybody_is_told_once(randers: Settings) -> None:
    know(stay(2, "RA-P1", "2023-05-13T14:00", "2023-05-14T14:00"))
    survive(start)
    crashes = survive(go_on)
    assert crashes > 6

    def approve_until_taken() -> None:
        if "PayoutApproval" in open_now():
            answer("PayoutApproval", LEADER, approved=True)

    survive(approve_until_taken)
    assert survive(go_on) > 6
    assert go_on().outcome is not None
    assert sum(paid().values()) == 1_019_24
    with reading() as s:
        actions = [entry.action for entry in s.exec(select(AuditEntry))]
        told = sorted(mail.template for mail in list_mails(s))
    assert [actions.count(action) for action in ("payout.prepare", "payout.approve", "payout.release")] == [1, 1, 1]
    assert told == ["case_ended", "held_lines", "task_issued"]


def test_held_lines_are_asked_about_beside_the_approval_and_the_rest_is_paid(on_sqlite: Settings) -> None:
    know(stay(2, "RA-P1", "2023-05-13T14:00", "2023-05-14T14:00"))
    start()
    go_on()
    assert open_now()["PayoutApproval"].demands["held_lines"] == 2
    answer("PayoutApproval", LEADER, approved=True)
    assert go_on().outcome is not None
    assert {line["status"] for line in lines()} == {"released", "held"}


def test_operators_see_sums_and_references_only(on_sqlite: Settings) -> None:
    know(
        stay(7, "RA-P2", "2023-04-07T14:00", "2023-04-08T14:00"),
        stay(2, "RA-P1", "2023-05-13T14:00", "2023-05-14T14:00"),
    )
    pay("2023-04", datetime(2023, 5, 10, tzinfo=UTC))
    start()
    go_on()
    with reading() as s:
        seen = overview(s, "randers", "2023-05")
    assert [list(row.values()) for row in seen.totals] == [
        ["Kost og logi", "skattefrit", "held", 1, "201,00"],
        ["Kost og logi", "skattefrit", "payable", 1, "402,00"],
        ["Vederlag", "skattepligtigt", "held", 1, "308,62"],
        ["Vederlag", "skattepligtigt", "payable", 1, "617,24"],
    ]
    assert seen.held == [
        {"reason": "døgnet er indberettet to gange på samme plejeforhold", "lines": 2, "kr.": "509,62"}
    ]
    fee = next(row for row in seen.compared if row["component"] == "Vederlag")
    assert fee == {"component": "Vederlag", "2023-04": "154,31", "2023-05": "617,24", "difference": "462,93"}
    assert len(seen.months) == 12
    assert seen.paid["Vederlag"][-2:] == [154.31, 617.24]
    picture = bar_chart(seen)
    assert picture.startswith("data:image/png;base64,")
    assert len(picture) < 150_000


@pytest.mark.parametrize("key", municipalities())
def test_each_municipality_is_prepared_early_enough_to_be_approved_before_its_payment_date(key: str) -> None:
    policy = policy_of(key)
    day = policy.value("payout.prepared_on", TENTH.date())
    for year in range(2023, 2027):
        for month in range(1, 13):
            starts = date(year, month, day)
            days = policy.value("payout.deadline.payout_approval", starts)
            assert add_working_days(starts, days, policy.country) <= payment_date(month_before(starts), policy)
