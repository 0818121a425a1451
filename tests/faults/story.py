"""Cases of every process and a payroll month on a real server, while workers end and what they stand on goes away."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import httpx
from sqlmodel import col, select

from data.cases import open_cases
from data.installation import carried
from data.settings import Settings
from data.store.session import DatabaseUnreachable, reading
from data.tables import CaseRow, CaseState, Family, GeneratedTask, OutboxMail, PayRun, RunStatus
from rules.refusal import Refusal
from tasks.rehearsal.player import A_WEEK, Player
from tasks.runs.carrying_on import carry_on
from tasks.server.prefect_api import PrefectServer
from tests import people
from tests.faults.plan import AT_ONCE, Plan, Step
from tests.faults.surroundings import Surroundings, somewhere
from tests.on_prefect import cast
from tests.on_prefect.installation import running
from tests.people import at, email
from tests.tasks import payroll
from tests.tasks.pay_runs import change, paid

SETTLES_WITHIN = 240
"""Seconds from everything being up again to every case having gone on."""
MONTH = "RA-2023-05"
JOB = "reminders"
TAKEN = ("server", "database", "mailbox")


class Story:
    def __init__(self, plan: Plan, settings: Settings, around: Surroundings) -> None:
        self.plan, self.settings, self.around = plan, settings, around
        self.today, self.answered, self.jobs = cast.TODAY, set[str](), list[str]()
        self.trace: list[Step] = []
        self.cases = self._open()
        self.cases[plan.seeds[0]].append(MONTH)
        self._began = time.monotonic()

    def _open(self) -> dict[int, list[str]]:
        people.move_in()
        cast.settle()
        payroll.move_in()
        leader = payroll.staff(payroll.LEADER, "leader")
        leader.email = email(payroll.LEADER)
        payroll.know(leader, payroll.weekend(1, "RA-P1"))
        change_to = {"payroll_number": "4711"}
        change(Family, payroll.FAMILY, at=payroll.IMPORTED, **change_to)
        return {
            seed: [self._open_one(process, number) for process in processes]
            for number, (seed, processes) in enumerate(self.plan.processes.items())
        }

    def _open_one(self, process: str, number: int) -> str:
        home = None
        if number and process in cast.HOMES:
            home = cast.another(process, number)
            people.move_in(*home.facts())
        ref = cast.open_one(process, home)
        self.go_on(ref)
        return ref

    def go_on(self, ref: str) -> None:
        if "server" in self.around.gone:
            return  # it would be said, and the sweep comes
        with suppress(Refusal), PrefectServer(self.settings) as server:
            carry_on(ref, server)

    def play(self) -> None:
        self.start("monthly-payout", municipality="randers", period="2023-05")
        for step in self.plan.steps:
            time.sleep(step.wait)
            at_second = round(time.monotonic() - self._began, 2)
            what = self.do(step)
            self.trace.append(Step(step.seed, step.wait, step.do, step.pick, at_second, what))

    def do(self, step: Step) -> str:
        own = {"answer": self.answer, "week": self.week, "job": self.job}
        if step.do in own:
            try:
                return own[step.do](step)
            except DatabaseUnreachable:  # it went away between two looks
                return "the database is away"
        return self.around.take(step.do, step.pick) if step.do in TAKEN else self.around.end_worker(step.do, step.pick)

    def answer(self, step: Step) -> str:
        if "database" in self.around.gone:
            return "the database is away"
        asked = self.asked(step.seed)
        if not asked:
            return "nothing waits"
        first = int(step.pick * len(asked))
        some = (asked[first:] + asked[:first])[:AT_ONCE]
        for task in some:
            self.give_answer(task)
        return ", ".join(f"{task.ref} {task.step}" for task in some)

    def asked(self, seed: int) -> list[GeneratedTask]:
        """In the seed's own cases, else in the others."""
        with reading() as s:
            own = {*self.cases[seed], *(row.ref for row in open_cases(s) if row.parent in self.cases[seed])}
        now = Player(at(self.today)).waiting()
        return [task for task in now if task.case in own] or now

    def give_answer(self, task: GeneratedTask) -> None:
        Player(datetime.now(UTC) if task.case == MONTH else at(self.today)).answer(task)
        self.answered.add(str(task.case))
        self.go_on(str(task.case))

    def week(self, _step: Step) -> str:
        self.today += A_WEEK
        return str(self.today)

    def job(self, _step: Step) -> str:
        if self.jobs:
            return "is there already"
        run = self.start(JOB, today=str(self.today))
        self.jobs.extend([run] if run else [])
        return run

    def start(self, deployment: str, **parameters: str) -> str:
        """The id of the new run; empty where the server doesn't take it now."""
        at_server = f"{self.settings.prefect_api_url}/deployments"
        try:
            found = httpx.get(f"{at_server}/name/{deployment}/{deployment}", timeout=5).raise_for_status().json()
            wanted = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
            made = httpx.post(f"{at_server}/{found['id']}/create_flow_run", json=wanted, timeout=5)
            return str(made.raise_for_status().json()["id"])
        except httpx.HTTPError:
            return ""

    @contextmanager
    def swept(self) -> Iterator[None]:
        """The sweep comes by itself, as often as a story needs it."""
        over = threading.Event()

        def sweep() -> None:
            last = ""
            while not over.wait(2):
                if not last or self.is_over(last):
                    last = self.start("case-sweep", today=str(self.today))

        thread = threading.Thread(target=carried(sweep), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def is_over(self, run: str) -> bool:
        return self.state(run).partition(":")[0] not in ("SCHEDULED", "PENDING", "RUNNING", "")

    def state(self, run: str | None) -> str:
        """Type, name and message; empty where the server doesn't answer."""
        try:
            found = httpx.get(f"{self.settings.prefect_api_url}/flow_runs/{run}", timeout=5)
            state = found.raise_for_status().json()["state"]
        except httpx.HTTPError:
            return ""
        return f"{state['type']}: {state['name']}: {state['message']}"

    def settle(self) -> list[str]:
        """What isn't as it should be when everything has been up again for long enough."""
        self.around.all_back()
        found: list[str] = ["not looked at"]
        end = time.monotonic() + SETTLES_WITHIN
        while found and time.monotonic() < end:
            time.sleep(1)
            self.around.up_again()
            found = self.findings()
        found += (f"{name} didn't leave" for name in self.around.late_to_leave)
        return [*found, *self.around.last_words()] if found else []

    def findings(self) -> list[str]:
        with reading() as s:
            cases = list(s.exec(select(CaseRow).order_by(col(CaseRow.ref))))
        stuck = [said for case in cases for said in self.stuck(case)]
        jobs = [f"job {run}: {said}" for run in self.jobs if not (said := self.state(run)).startswith("COMPLETED")]
        return [*stuck, *jobs, *self.money(), *self.mails(), *self.tasks()]

    def stuck(self, case: CaseRow) -> Iterator[str]:
        state = self.state(case.flow_run)
        if case.state == CaseState.OPEN and case.woken != case.seen:
            yield f"{case.ref} hasn't gone on (woken {case.woken}, seen {case.seen}); its run: {state}"
        elif case.waits_for.startswith("stopped"):
            yield f"{case.ref}: {case.waits_for}"
        elif not state.startswith("PAUSED" if case.state == CaseState.OPEN else "COMPLETED"):
            yield f"{case.ref} ({case.state}) rests, but its run: {state}"

    def money(self) -> Iterator[str]:
        with reading() as s:
            run = s.get(PayRun, MONTH)
            month = s.get(CaseRow, MONTH)
        if month is None:
            yield f"{MONTH} was never opened"
        if MONTH in self.answered and (run is None or run.status != RunStatus.RELEASED):
            yield f"{MONTH} was approved and isn't released"
        if run is not None and run.status == RunStatus.RELEASED and (ore := sum(paid().values())) != 1_019_24:
            yield f"{MONTH}: {ore} øre are released instead of 101924"

    def mails(self) -> Iterator[str]:
        with reading() as s:
            rows = s.exec(select(OutboxMail.message_id, OutboxMail.state, OutboxMail.about)).all()
        arrived = Counter[str]()
        for path in (self.settings.var / "mailbox").glob("*.eml"):
            head = path.read_text(errors="replace").partition("\n\n")[0]
            arrived.update(
                line.split(": ", 1)[1].strip() for line in head.splitlines() if line.startswith("Message-ID")
            )
        for ident, state, about in rows:
            if state == "given_up":
                continue
            if not arrived.pop(ident, 0) or state != "sent":
                yield f"a mail about {about} is {state} and hasn't arrived"
        yield from (f"{ident} arrived, but nobody wrote it" for ident in arrived)

    def tasks(self) -> Iterator[str]:
        with reading() as s:
            tasks = s.exec(select(GeneratedTask.ref).where(col(GeneratedTask.standing).is_(False))).all()
            told = Counter(s.exec(select(OutboxMail.about).where(OutboxMail.template == "task_issued")).all())
        with reading() as s:
            steps = Counter(s.exec(select(GeneratedTask.case, GeneratedTask.step)).all())
        yield from (f"{case} asks {step} {times} times" for (case, step), times in steps.items() if times > 1)
        yield from (f"{ref} was told {told[ref]} times" for ref in tasks if told[ref] > 1)


def told(plan: Plan) -> tuple[list[str], list[Step]]:
    """Plays the plan on an installation of its own; what was found at the end, and the trace."""
    with somewhere(plan.database) as (settings, away, back), running(settings) as home:
        home.environment["PYTHONFAULTHANDLER"] = "1"
        around = Surroundings(home, away, back)
        story = Story(plan, settings, around)
        with story.swept():
            story.play()
            found = story.settle()
        return found, story.trace
