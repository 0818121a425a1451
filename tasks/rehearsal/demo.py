"""The demo's story: everything happens through the same commands that people use, on Prefect, with real mail."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

from sqlmodel import col, select

from data.approvals import periods_of
from data.cases import find_case, tasks_of
from data.demo import hjoerring, randers
from data.demo.caseload import write_demo
from data.pay.ledger import lines_of
from data.pay.pay_runs import run_of
from data.settings import Settings
from data.store.facts import find, stands
from data.store.session import connect, reading
from data.tables import CaseRow, CaseState, GeneratedTask, MailState, OutboxMail, Placement, Staff
from rules.approvals import latest
from rules.calendar import add_working_days
from rules.refusal import Refusal
from rules.vocabulary import Role
from tasks.rehearsal.answers.base import Answer
from tasks.rehearsal.player import Player
from tasks.runs.job_runner import JOBS
from tasks.runs.loaded import load_flows
from tasks.runs.services import ROOT, Services, beside, services
from tasks.server.prefect_api import PrefectServer

FIRST_DAY, PAY_DAY, MONTH = date(2023, 3, 1), date(2023, 6, 5), "2023-05"
T = TypeVar("T")
FIRES, FIRES_AFTER = "reminders", timedelta(seconds=15)
BETWEEN_ANSWERS = 4
"""Working days."""
PATIENCE = 60
"""Seconds for a case to come to rest or a mail to leave."""


class DidNotHappen(Refusal):
    """The demo ends with 1: something it promises wasn't there."""


@dataclass
class Stage:
    home: Services
    say: Callable[[str], None]
    today: date = FIRST_DAY

    @property
    def var(self) -> Path:
        return self.home.settings.var

    def command(self, *words: str) -> str:
        """Runs a command of ours as a person would; what it printed."""
        self.say(f"  {self.today}  plejeflow {' '.join(words).replace(f'{self.var}/', '')}")
        done = subprocess.run(
            [sys.executable, "-m", "plejeflow", *words, "--today", f"{self.today}"],
            cwd=ROOT, env=self.home.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise DidNotHappen(f"plejeflow {words[0]} refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def give(self, task: GeneratedTask, answer: Answer, email: str, now: datetime) -> None:
        self.today = now.date()
        file = self.var / f"{task.ref}.json"
        file.write_text(json.dumps(answer), encoding="utf-8")
        self.command("task", "answer", task.ref, "--file", str(file), "--as", email)

    def carry_on(self) -> None:
        """Prefect's worker does."""


def play(settings: Settings, say: Callable[[str], None]) -> None:
    """Plays the whole story in a folder of its own. Raises DidNotHappen."""
    began = monotonic()
    own = beside(settings, (settings.var / "demo").absolute()).model_copy(update={"today": FIRST_DAY})
    _clear(own.var)
    connect(own)
    say("Starting Prefect's server, a worker and a mail sink")
    with services(own) as home:
        with PrefectServer(own) as server:
            server.pause_schedules()  # the story is played in 2023: what comes by today's calendar stays out of it
        stage = Stage(home, say)
        say(f"Prefect's dashboard, while this runs: {home.dashboard}")
        _import_caseload(stage)
        case = _approve_a_family(stage)
        _compute_a_month(stage)
        _tell(stage, case)
        _let_a_job_fire(stage)
    say(f"All of it happened, in {monotonic() - began:.0f} seconds.")


def _clear(folder: Path) -> None:
    """Takes the last demo away, and nothing that isn't one."""
    marker = folder / ".plejeflow-demo"
    if folder.exists() and not marker.exists():
        raise Refusal(f"{folder} is there and isn't a demo's; move it, or choose another folder with PLEJEFLOW_VAR")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    marker.touch()


def _import_caseload(stage: Stage) -> None:
    stage.say("\nThe caseload comes in as a workbook")
    workbook = stage.var / "caseload.xlsx"
    write_demo(workbook)
    stage.say(_indented(stage.command("import", str(workbook))))


def _approve_a_family(stage: Stage) -> str:
    stage.say("\nJ1: a family asks to be approved for a child they know")
    opened = stage.command(
        "case", "open", "network-family-approval", "--family", hjoerring.FAMILY, "--child", hjoerring.CHILD
    )
    ref = opened.splitlines()[0]
    people = Player(_noon(stage.today), stage=stage, case=ref)
    while (case := _at_rest(stage, ref)).state == CaseState.OPEN:
        if not (asked := people.asked()):
            raise DidNotHappen(f"{ref} waits for nobody: {case.waits_for}")
        people.now = _noon(add_working_days(people.today, BETWEEN_ANSWERS, "DK"))
        people.now = _noon(max(people.on(task) for task in asked))
        people.round()
    stage.say(f"  {people.today}  {ref}: {case.outcome}")
    return ref


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _at_rest(stage: Stage, ref: str) -> CaseRow:
    """Waits for Prefect to have run the case to where it waits for a person."""

    def rested() -> CaseRow | None:
        with reading() as s:
            case = find_case(s, ref)
        return case if case.state == CaseState.ENDED or case.woken == case.seen else None

    return _waited(stage, rested, f"{ref} didn't come to rest")


def _waited(stage: Stage, look: Callable[[], T | None], failed: str) -> T:
    for _ in range(PATIENCE * 10):
        stage.home.check()
        if found := look():
            return found
        sleep(0.1)
    raise DidNotHappen(f"{failed} within {PATIENCE} seconds; see {stage.var / 'log'}")


def _compute_a_month(stage: Stage) -> None:
    stage.say("\nR9: a month of respite is computed")
    stage.today = PAY_DAY
    with reading() as s:
        staff = s.exec(select(Staff).where(Staff.municipality == randers.RANDERS, stands(Staff)))
        clerk = next(person for person in staff if person.has_role(Role.PAYROLL))
    of = ("--municipality", randers.RANDERS)
    stage.say(_indented(stage.command("payout", "prepare", MONTH, *of, "--as", clerk.email or "")))
    with reading() as s:
        line = next(line for line in lines_of(s, run_of(s, randers.RANDERS, MONTH)) if randers.WEEKEND in line.sources)
    stage.say(_indented(stage.command("payout", "explain", line.id)))


def _tell(stage: Stage, ref: str) -> None:
    stage.say("\nWhat happened")
    with reading() as s:
        approval, placement = latest(periods_of(s, hjoerring.FAMILY)), find(s, Placement, f"{ref}-P")
        tasks = {row.ref: row for row in tasks_of(s, ref)}
    if approval is None or placement is None:
        raise DidNotHappen(f"{hjoerring.FAMILY} has no approval or {ref} no placement")
    stage.say(
        f"  {hjoerring.FAMILY} is approved from {approval.valid_from}; "
        f"placement {placement.ref} starts {placement.start}"
    )
    for row in tasks.values():
        if row.answered_at:
            stage.say(f"  {row.answered_at:%Y-%m-%d}  {row.row:3} {row.ref}  {row.step}: answered by {row.answered_by}")
    stage.say("\nMails that were sent")
    for mail in _all_sent(stage):
        row_id = tasks[mail.about].row if mail.about in tasks else "J1"
        stage.say(f"  {mail.queued_at:%Y-%m-%d}  {row_id:3} {mail.ref:5} to {mail.recipient:10} {mail.subject}")


def _let_a_job_fire(stage: Stage) -> None:
    """The calendar's own way: Prefect's scheduler plans the run, the worker takes it, nobody starts anything."""
    stage.say("\nX1: a scheduled job fires by itself, today")
    load_flows()
    job, before = JOBS[FIRES], len(_all_sent(stage))
    with PrefectServer(stage.home.settings) as server:
        [planned] = [each["id"] for each in server.deployments() if each["name"] == job.name]
        server.fires_at(planned, datetime.now(UTC) + FIRES_AFTER)
        [run, *_] = _waited(stage, lambda: server.fired(planned), f"no run of {job.name} came")
        server.pause_schedules()
    if run["state"]["type"] != "COMPLETED":
        raise DidNotHappen(f"{run['name']} failed: {run['state']['message']}")
    stage.say(f"  {run['name']}: {run['state']['message']}")
    for mail in _all_sent(stage)[before:]:
        stage.say(f"  {mail.queued_at:%Y-%m-%d}  X1  {mail.ref:5} to {mail.recipient:10} {mail.subject}")


def _all_sent(stage: Stage) -> list[OutboxMail]:
    def sent() -> list[OutboxMail]:
        with reading() as s:
            mails = list(s.exec(select(OutboxMail).order_by(col(OutboxMail.id))))
        return mails if all(mail.state == MailState.SENT for mail in mails) else []

    mails = _waited(stage, sent, "not every mail left (`plejeflow mail list` says which)")
    arrived = len(list((stage.var / "mailbox").glob("*.eml")))
    if arrived != len(mails):
        raise DidNotHappen(f"{len(mails)} mails were sent, {arrived} arrived")
    return mails


def _indented(text: str) -> str:
    return "\n".join(f"      {line}" for line in text.splitlines())
