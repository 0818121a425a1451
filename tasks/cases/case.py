"""The engine behind a case's process: run from the top after every answer, always at the right place.

The journal and the tasks in our database are the only truth. A replay reads what was asked and answered, does only what
is new, and stops where an answer is missing.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar, overload

from sqlmodel import Session

from data import cases as query
from data.policies import policy_of
from data.store.session import reading
from data.tables import CaseRow, CaseState, GeneratedTask, TaskState
from rules.calendar import add_working_days
from rules.forms.base import Form
from rules.policy import Policy
from rules.refusal import Refusal
from rules.register import form_named, process_named
from rules.vocabulary import Role
from tasks.cases import steps
from tasks.cases.opened import start_linked
from tasks.cases.question import F, Question
from tasks.failures.passing import passes, where_raised
from tasks.mail.postman import wake_postman

T = TypeVar("T")
P = ParamSpec("P")
Effect = Callable[Concatenate[Session, P], T]
"""What is done, or read, in a session; the arguments it needs beside that are named where it is called."""


class Doing(Protocol):
    """Carries one effect out, under the name it is shown by."""

    def __call__(self, name: str, effect: Callable[[], T]) -> T: ...


def at_once(name: str, effect: Callable[[], T]) -> T:
    return effect()


class Waiting(BaseException):
    """An answer is missing: the replay stops here."""


@dataclass(frozen=True)
class Outcome:
    name: Literal["Approved", "Refused", "Withdrawn", "Completed", "Released"]
    because: str = ""
    """Keys and references; stays in our database."""


@dataclass(frozen=True)
class Rested:
    """What a replay came to: an outcome, or what the case waits for."""

    outcome: Outcome | None
    waits_for: str
    held_up: bool = False
    """By what a refusal names."""


class Case:
    """One case as its process sees it. `today` is the day on which it was last woken."""

    def __init__(self, row: CaseRow, tasks: Iterable[GeneratedTask], journal: Mapping[str, Any], doing: Doing) -> None:
        self.ref, self.municipality = row.ref, row.municipality
        self.family, self.child = row.family or "", row.child or ""
        self.now: datetime = row.woken_at
        self.policy: Policy = policy_of(row.municipality)
        self.today: date = self.policy.today(self.now)
        self._prefix = process_named(row.process).policy
        self._tasks = {row.step: row for row in tasks}
        self._journal = dict(journal)
        self._effect = doing
        self._wakes: set[date] = set()
        self._awaited = ""

    @overload
    def ask(self, form: type[F], *, of: Role, lapses: date, **how: Any) -> F | None: ...
    @overload
    def ask(self, form: type[F], *, of: Role, **how: Any) -> F: ...
    def ask(self, form: type[F], *, of: Role, lapses: date | None = None, **how: Any) -> F | None:
        """The answer; stops the replay while there is none. With `lapses`: None from that day on."""
        question = Question(form, of, **how)
        answer = self._answer(question, lapses)
        if answer is None and (lapses is None or not self._lapsed(question, lapses)):
            raise Waiting
        return answer

    def ask_all(self, questions: Iterable[Question[F]]) -> list[F]:
        """Every answer, in order; all are outstanding at the same time."""
        answers = self.so_far(questions)
        if None in answers:
            raise Waiting
        return [answer for answer in answers if answer is not None]

    def so_far(self, questions: Iterable[Question[F]]) -> list[F | None]:
        """Asks them all and goes on with the answers that are there."""
        return [self._answer(question) for question in questions]

    def offer(self, form: type[F], *, of: Role, **how: Any) -> F | None:
        """A standing task that may be answered at any time; the answer if somebody did."""
        return self._answer(Question(form, of, **how), standing=True)

    def close(self, s: Session, form: type[Form]) -> None:
        """Inside an effect that leaves nothing to take up: the offer ends with it, or the replay where it was taken."""
        row = query.find_task(s, self._tasks[form.key()].ref)
        steps.take_back(s, row, self.now)
        if row.state == TaskState.ANSWERED:
            raise Waiting

    def recall(self, key: str, read: Effect[P, T], /, *args: P.args, **how: P.kwargs) -> T:
        """What `read` gave when it was first read here. JSON values."""
        if key not in self._journal:
            self._journal[key] = steps.note(self.ref, key, lambda s: read(s, *args, **how), self.now)
        value: T = self._journal[key]
        return value

    def opened_with(self, key: str) -> Any:
        """What the job that opened the case wrote in its journal."""
        return self._journal[key]

    def day_of(self, key: str) -> date:
        """The day on which the process first came to this point."""
        return date.fromisoformat(self.recall(f"day of {key}", lambda s: self.today.isoformat()))

    def value(self, key: str) -> Any:
        """The policy's value when it was first needed."""
        return self.recall(f"policy {key}", lambda s: self.policy.value(key, self.today))

    def do(self, key: str, effect: Effect[P, Any], /, *args: P.args, **how: P.kwargs) -> Any:
        """An effect that happens once, in one transaction with the note that it did. Returns what it returned.

        What it is given is made at every replay: no policy value of today, and no question.
        """
        done = f"done {key}"
        if done not in self._journal:
            self._journal[done] = self._effect(
                key, lambda: steps.note(self.ref, done, lambda s: effect(s, *args, **how), self.now)
            )
        return self._journal[done]

    def attempt(self, name: str, effect: Callable[P, T], /, *args: P.args, **how: P.kwargs) -> T:
        """An effect with transactions of its own, done again at every replay: it sees itself what is done."""
        return self._effect(name, lambda: effect(*args, **how))

    def start(self, process: str, *, key: str = "", family: str | None = None, child: str | None = None) -> str:
        """Another case that this one leads to, opened once and linked; its reference. `key` tells two of a kind apart.

        One that is open already for the same family and child is taken as it is.
        """
        home = family or self.family or None
        opened: str = self.do(
            f"start {process} {key}".rstrip(),
            start_linked,
            process,
            parent=self.ref,
            family=home,
            child=child,
            now=self.now,
        )
        return opened

    def did(self, key: str) -> bool:
        return f"done {key}" in self._journal

    def has_become(self, key: str, read: Effect[P, bool], /, *args: P.args, **how: P.kwargs) -> bool:
        """Whether it is so, or was at any time since the case began to look; once noted it stays."""
        noted = f"since then {key}"
        if noted not in self._journal:
            with reading() as s:
                if not read(s, *args, **how):
                    return False
            self._journal[noted] = steps.note(self.ref, noted, lambda s: self.today.isoformat(), self.now)
        return True

    def alongside(self, branch: Callable[P, Any], /, *args: P.args, **how: P.kwargs) -> bool:
        """Goes down a branch as far as it gets without stopping the rest; whether it came to its end."""
        try:
            branch(*args, **how)
        except Waiting:
            return False
        return True

    def been_at(self, key: str) -> bool:
        """Whether the process has come to this point, as `day_of` notes it."""
        return f"day of {key}" in self._journal

    def is_answered(self, step: str) -> bool:
        row = self._tasks.get(step)
        return row is not None and row.state == TaskState.ANSWERED

    def ref_of(self, question: Question[Any]) -> str:
        """Of a task that was asked."""
        return self._tasks[question.step].ref

    def hold_until(self, done: bool) -> None:
        if not done:
            raise Waiting

    def until_ended(self, refs: Iterable[str]) -> None:
        """Stops the replay while one of these cases, which this one started, goes on."""
        going = [ref for ref in refs if not self.has_become(f"{ref} ended", steps.has_ended, ref=ref)]
        self._awaited = ", ".join(going)
        self.hold_until(not going)

    def withdraw_about(self, about: str) -> None:
        for row in list(self._tasks.values()):
            if row.about == about and row.state == TaskState.OPEN:
                self._withdraw(row)

    def take_back(self, step: str) -> None:
        """Withdraws one step if it is still open."""
        row = self._tasks.get(step)
        if row is not None and row.state == TaskState.OPEN:
            self._withdraw(row)

    def wake_on(self, day: date) -> None:
        """Have the daily sweep wake the case then, if it still waits."""
        if day > self.today:
            self._wakes.add(day)

    def withdraw_open(self, *, but: Iterable[type[Form]] = ()) -> None:
        """Takes back what is still open: nobody needs to answer it any more."""
        kept = {form.__name__ for form in but}
        for row in list(self._tasks.values()):
            if row.state == TaskState.OPEN and row.form not in kept:
                self._withdraw(row)

    @property
    def wakes(self) -> date | None:
        lapsing = {row.lapses_on for row in self._tasks.values() if row.state == TaskState.OPEN and row.lapses_on}
        return min(self._wakes | lapsing, default=None)

    @property
    def waits_for(self) -> str:
        waiting = (row for row in self._tasks.values() if row.state == TaskState.OPEN and not row.standing)
        return "; ".join(
            f"{row.role}: {_shown(row)} ({row.ref}{f', due {row.due_on}' if row.due_on else ''})" for row in waiting
        ) or (f"until {self.wakes}" if self.wakes else self._awaited)

    def _answer(self, question: Question[F], lapses: date | None = None, standing: bool = False) -> F | None:
        row = self._tasks.get(question.step)
        if row is None:
            if lapses is not None and lapses <= self.today:
                return None
            row = self._issue(question, lapses, standing)
        if row.state != TaskState.ANSWERED or row.answer is None:
            return None
        return question.form.model_validate_json(row.answer)

    def _lapsed(self, question: Question[F], lapses: date) -> bool:
        if lapses > self.today:
            return False
        row = self._tasks.get(question.step)
        if row is not None and row.state == TaskState.OPEN:
            row = self._withdraw(row)
        # an answer that was a moment faster stands, and has woken the case again
        return row is None or row.state == TaskState.WITHDRAWN

    def _issue(self, question: Question[F], lapses: date | None, standing: bool) -> GeneratedTask:
        due = None if standing else question.due or self._due(question)
        row = self._effect(
            f"ask {question.of}: {question.shown}",
            lambda: steps.issue(self.ref, question, due=due, lapses=lapses, standing=standing, now=self.now),
        )
        self._tasks[question.step] = row
        wake_postman()
        return row

    def _due(self, question: Question[F]) -> date:
        days = self.policy.value(f"{self._prefix}.deadline.{question.deadline}", self.today)
        return add_working_days(self.today, days, self.policy.country)

    def _withdraw(self, row: GeneratedTask) -> GeneratedTask:
        taken = self._effect(f"take back {row.ref}", lambda: steps.withdraw(row.ref, self.now))
        self._tasks[row.step] = taken
        wake_postman()
        return taken


def _shown(row: GeneratedTask) -> str:
    form = form_named(row.form)
    return form.deadline if form.discreet else row.step


def replay(procedure: Callable[[Case], Outcome], ref: str, doing: Doing = at_once) -> Rested:
    """Runs the process from the top until it stops with nothing unseen.

    A fault of the process is recorded with the case and told to the operator before it is raised.
    """
    try:
        return _replayed(procedure, ref, doing)
    except Exception as error:
        if not passes(error) and not isinstance(error, Refusal):
            steps.stopped_by(ref, where_raised(error))
            wake_postman()
        raise


def _replayed(procedure: Callable[[Case], Outcome], ref: str, doing: Doing) -> Rested:
    while True:
        with reading() as s:
            row = query.find_case(s, ref)
            if row.state == CaseState.ENDED:
                return Rested(Outcome(row.outcome or "Refused"), "")  # type: ignore[arg-type]
            journal = {entry.key: json.loads(entry.value or "null") for entry in query.journal_of(s, ref)}
            case = Case(row, query.tasks_of(s, ref), journal, doing)
        try:
            outcome = procedure(case)
        except Waiting:
            rested, wakes = Rested(None, case.waits_for), case.wakes
        except Refusal as refusal:
            if passes(refusal):
                raise
            # what is missing is looked for again tomorrow, or after the next answer
            rested, wakes = Rested(None, f"held up: {refusal}", held_up=True), steps.tomorrow(case.today)
        else:
            if not steps.end(ref, row.woken, outcome.name, outcome.because, case.now):
                continue  # an answer came in while the process was coming to its end
            wake_postman()
            return Rested(outcome, "")
        if steps.rest(ref, row.woken, rested.waits_for, wakes, held_up=rested.held_up):
            return rested
