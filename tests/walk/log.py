"""What a walk left behind, by what it is and the days it came on; the golden files beside it have the same form."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from data.pay.exports import exports_of
from data.policies import policy_of
from data.store.session import reading
from data.tables import CaseRow, Document, GeneratedTask, Happening, OutboxMail, PayRun, TaskState
from data.tables.base import Fact
from tests.walk.walk import named
from web.shown.pay import run_as_json

Days = dict[str, list[date]]
USUAL = ("task_issued", "task_reminder", "task_due", "case_ended", "weekly_digest", "leader_overview")
"""Mails of every task and case, and of the week."""


class Log:
    """Of one municipality."""

    def __init__(self, municipality: str) -> None:
        self.municipality, self.zone = municipality, ZoneInfo(policy_of(municipality).timezone)

    def everything(self) -> dict[str, Any]:
        with reading() as s:
            return {
                "cases": self._cases(s),
                **self._asked(s),
                "held": self._held(s),
                "documents": self._documents(s),
                "mails": self._mails(s),
                "payouts": self._payouts(s),
            }

    def _day(self, at: datetime | None) -> date:
        assert at is not None
        return at.astimezone(self.zone).date()

    def _cases(self, s: Session) -> dict[str, list[Any]]:
        """Process, day it was opened, what it came to and when."""
        rows = s.exec(select(CaseRow).where(CaseRow.municipality == self.municipality).order_by(col(CaseRow.ref)))
        return {
            row.ref: [row.process, self._day(row.opened_at), row.outcome or row.waits_for]
            + ([self._day(row.ended_at)] if row.ended_at else [])
            for row in rows
            if row.process != "monthly-payout"
        }

    def _asked(self, s: Session) -> dict[str, Days]:
        """By state and what was asked: the day it was due, of what is answered the day it was answered."""
        found: dict[str, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
        for task in s.exec(select(GeneratedTask).where(GeneratedTask.municipality == self.municipality)):
            if not task.standing:
                day = self._day(task.answered_at) if task.state == TaskState.ANSWERED else task.due_on
                found[task.state][named(task)].append(day or self._day(task.issued_at))
        return {state: _in_order(of) for state, of in found.items()}

    def _held(self, s: Session) -> dict[str, Days]:
        """By subject and duty."""
        found: dict[str, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
        for row in s.exec(select(Happening).where(*_now(Happening))):
            if row.held_on:
                found[row.subject][row.duty].append(row.held_on)
        return {subject: _in_order(of) for subject, of in found.items()}

    def _documents(self, s: Session) -> Days:
        rows = s.execute(
            select(col(Document.kind), col(Document.made_at)).where(Document.municipality == self.municipality)
        )
        return _in_order(_together((kind, self._day(at)) for kind, at in rows))

    def _mails(self, s: Session) -> Days:
        """But the usual ones."""
        rows = s.execute(
            select(col(OutboxMail.template), col(OutboxMail.queued_at)).where(
                OutboxMail.municipality == self.municipality, col(OutboxMail.template).not_in(USUAL)
            )
        )
        return _in_order(_together((kind, self._day(at)) for kind, at in rows))

    def _payouts(self, s: Session) -> dict[str, dict[str, Any]]:
        """By payroll month: when it was prepared, approved, released and is paid, and its lines in øre."""
        found = {}
        for run in s.exec(select(PayRun).where(PayRun.municipality == self.municipality)):
            lines = run_as_json(s, self.municipality, run.payroll_month)["lines"]
            found[run.payroll_month] = {
                "days": [
                    *(self._day(at) for at in (run.prepared_at, run.approved_at, run.released_at) if at),
                    *(export.payment_date for export in exports_of(s, run)),
                ],
                "lines": _counted(_said(line, run.payroll_month) for line in lines),
            }
        return dict(sorted(found.items()))


def golden(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text())


def _said(line: dict[str, Any], payroll_month: str) -> str:
    of = "" if line["period"] == payroll_month else f"{line['period']} "
    held = " held" if line["status"] == "held" else ""
    return f"{of}{line['component']} {line['amount_ore']}{held}"


def _counted(said: Iterable[str]) -> list[str]:
    """Equal ones as one, such as `3 x expense_cover 853300`."""
    return [f"{many} x {line}" if many > 1 else line for line, many in sorted(Counter(said).items())]


def _now(table: type[Fact]) -> list[Any]:
    return [col(table.superseded_at).is_(None)]


def _together(pairs: Iterable[tuple[str, date]]) -> Days:
    found: Days = defaultdict(list)
    for what, day in pairs:
        found[what].append(day)
    return found


def _in_order(found: Days) -> Days:
    return {what: sorted(days) for what, days in sorted(found.items())}
