"""R9: a municipality's payroll month, from the draft to the payroll files.

Started by its schedule for the month before, or from outside with the month as parameter. However often it is started,
nothing is paid twice: the month is one case, and a released month never changes.
"""

from itertools import count
from pathlib import Path
from typing import Any

from sqlmodel import Session

from data.installation import settings
from data.pay.exports import exports_of
from data.pay.pay_runs import run_of
from data.store.audit import job
from data.store.session import DatabaseUnreachable, reading
from data.tables import PayRun, RunStatus
from rules.months import month_of
from rules.processes.monthly_payout import MendPayout, PayoutApproval, PayrollFiles
from rules.rates import RateMissing
from rules.refusal import Refusal
from rules.rights import Right
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.cases.question import Question
from tasks.payout.artifacts import show_once
from tasks.payout.files import export_payout
from tasks.payout.month_flow import month_flow
from tasks.payout.months import DRAFT_AGAIN, prepared_at, put_forward, release_month
from tasks.payout.roles import JOB, somebody_who_may
from tasks.payout.unpaid import end_what_was_paid
from tasks.rates.watch import ask_for_gaps


class NoPayrollFolder(Refusal):
    def __init__(self, month: str) -> None:
        super().__init__(
            f"{month} is released, but its payroll files aren't written: PLEJEFLOW_PAYROLL_FOLDER isn't set; "
            "set it where the worker runs, or write them with plejeflow payout export"
        )


@month_flow(name="monthly-payout")
def monthly_payout(case: Case) -> Outcome:
    """Prepared by this job, approved by a person, released on their word, and handed to payroll."""
    if not until_approved(case):
        return Outcome("Withdrawn", "discarded")
    case.withdraw_open(but=[PayrollFiles])
    case.do("release", release_month, case.ref, case.now)
    show_once(case, "released")
    until_the_files_are_there(case, settings().payroll_folder)
    case.attempt("end tasks about what was paid", end_what_was_paid, case.municipality, case.today, case.now)
    case.withdraw_open()
    return Outcome("Released")


def until_approved(case: Case) -> bool:
    """False where the draft is discarded."""
    before: str | None = None
    attempt = 0
    while not approved(case):
        attempt += 1
        draft = prepared(case, attempt, before)
        before = draft["shown"]["prepared_at"]
        if not prepared_again(case, attempt, before):
            if discarded(case):
                return False
            put_to_somebody(case, attempt, draft)
            if approved(case):
                return True
        case.withdraw_open()
    return True


def put_to_somebody(case: Case, attempt: int, draft: dict[str, Any]) -> None:
    """Until it is approved, mended after a no, or prepared again by hand."""
    shown = draft["shown"]
    ask = Question(PayoutApproval, Role(draft["of"]), to=draft["to"], part=str(attempt), demands=shown)
    [answer] = case.so_far([ask])
    show_once(case, f"draft {attempt}", draft["notices"])
    if approved(case) or prepared_again(case, attempt, shown["prepared_at"]):
        return
    case.hold_until(answer is not None)
    [mended] = case.so_far([mending(case, attempt, about=case.ref_of(ask))])
    if not prepared_again(case, attempt, shown["prepared_at"]):
        case.hold_until(mended is not None)


def approved(case: Case) -> bool:
    """By the answer to the task or by `plejeflow payout approve`."""
    return case.has_become("approved", is_approved, case.ref)


def prepared(case: Case, attempt: int, before: str | None) -> dict[str, Any]:
    try:
        draft: dict[str, Any] = case.do(f"prepare {attempt}", put_forward, case.ref, before, case.now)
    except RateMissing as missing:
        ask_for_gaps(case.municipality, missing.gaps, case.now)
        raise
    return draft


def prepared_again(case: Case, attempt: int, at: str) -> bool:
    """Somebody computed it by hand since: what was asked is no longer what would be paid."""
    return case.has_become(DRAFT_AGAIN.format(attempt=attempt), is_another, case.ref, at)


def discarded(case: Case) -> bool:
    """By `plejeflow payout discard`; the month may be opened again, see tasks.payout.months."""
    with reading() as s:
        return s.get(PayRun, case.ref) is None


def is_approved(s: Session, ref: str) -> bool:
    run = s.get(PayRun, ref)
    return run is not None and run.status != RunStatus.DRAFT


def is_another(s: Session, ref: str, at: str) -> bool:
    run = s.get(PayRun, ref)
    return run is not None and prepared_at(run) != at


def are_there(s: Session, municipality: str, period: str) -> bool:
    return bool(exports_of(s, run_of(s, municipality, period)))


def mending(case: Case, attempt: int, about: str) -> Question[MendPayout]:
    of, to = asked(case, f"who mends {attempt}", Right.PREPARE_PAYOUT, Role.ADMINISTRATION)
    return Question(MendPayout, of, to=to, about=about, part=str(attempt))


def asked(case: Case, key: str, right: Right, first: Role) -> tuple[Role, str]:
    of, to = case.recall(key, somebody_who_may, right, case.municipality, case.today, first=first)
    return Role(of), to


def until_the_files_are_there(case: Case, folder: Path | None) -> None:
    """Where they can't be written somebody is asked, and it is tried again tomorrow."""
    period = str(month_of(case.ref))
    if case.has_become("exported", are_there, case.municipality, period):
        return
    try:
        if folder is None:
            raise NoPayrollFolder(case.ref)
        report = case.attempt("export", export_payout, case.municipality, period, folder, actor=job(JOB), now=case.now)
        show_once(case, "files", report.notices)
    except DatabaseUnreachable:
        raise
    except Refusal:
        for time in count(1):
            of, to = asked(case, f"who fetches the files {time}", Right.EXPORT_PAYOUT, Role.PAYROLL)
            [done] = case.so_far([Question(PayrollFiles, of, to=to, part=str(time))])
            if done is None:
                raise
