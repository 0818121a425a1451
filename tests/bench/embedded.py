"""What an embedded installation's databases cost and bear: SQLite and PostgreSQL in turns, in one run."""

import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr
from sqlmodel import func, select

from data.settings import Settings
from data.store import session
from data.store.session import reading
from data.tables import GeneratedTask
from rules.refusal import Refusal
from tasks.runs.services import Services, beside, services
from tests import people
from tests.databases import KEY, a_server
from tests.on_prefect.installation import eventually, running
from tests.on_prefect.test_one_case import OnPrefect

CASES, ANSWERS = 10, 3
KINDS = ("both SQLite", "Prefect on PostgreSQL", "both PostgreSQL")
WRONG = re.compile("ERROR|CRITICAL|Traceback|database is locked")


@dataclass
class Seen:
    start: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    left_alone: Counter[str] = field(default_factory=Counter)


def main(rounds: int, minutes: float) -> None:
    seen = {kind: Seen() for kind in KINDS}
    for turn in range(rounds):
        # the machine's other load drifts: no kind is always first
        for kind in KINDS[turn % 3 :] + KINDS[: turn % 3]:
            try:
                _one_round(kind, seen[kind])
            except (Refusal, AssertionError) as error:
                print(f"{kind} gave up in round {turn + 1}: {error}")
    if minutes:
        _left_alone(seen, minutes)
    print(f"{rounds} rounds in turns, medians; {CASES} cases at once; left alone at the same time for {minutes:g} min")
    print(f"{'':24}{'first s':>9}{'again s':>9}{'MB':>7}{'steps/s':>9}{'wrong lines':>13}{'left alone':>12}")
    for kind, it in seen.items():
        first, again, size, steps = (
            statistics.median(found or [0]) for found in (it.start, it.again, it.megabytes, it.steps)
        )
        print(
            f"{kind:24}{first:9.1f}{again:9.1f}{size:7.0f}{steps:9.2f}{it.wrong.total():13}{it.left_alone.total():12}"
        )
    for kind, it in seen.items():
        for when, lines in (("at work", it.wrong), ("left alone", it.left_alone)):
            for line, times in lines.most_common(6):
                print(f"{kind}, {when}: {times} x {line}")


@contextmanager
def _settings(kind: str) -> Iterator[Settings]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = beside(Settings(encryption_keys=KEY), folder / "var")
        if kind == "both SQLite":
            lite = SecretStr(f"sqlite+aiosqlite:///{folder}/var/prefect/prefect.db")
            settings = settings.model_copy(update={"prefect_database_url": lite})
        if kind == "both PostgreSQL":
            # beside Prefect's: an installation that is one would share it
            ours = stack.enter_context(a_server(folder / "ours")).render_as_string(hide_password=False)
            settings = settings.model_copy(update={"database_url": ours})
        yield settings


def _one_round(kind: str, seen: Seen) -> None:
    with _settings(kind) as settings:
        began = time.monotonic()
        with running(settings) as home:
            seen.start.append(time.monotonic() - began)
            people.move_in()
            seen.steps.append(_steps_a_second(settings))
            seen.megabytes.append(_megabytes(home))
        began = time.monotonic()
        with running(settings):
            seen.again.append(time.monotonic() - began)
        session.engine().dispose()
        seen.wrong += _wrong(settings)


def _steps_a_second(settings: Settings) -> float:
    """Answers until the next tasks of all are there: what a municipality's people see of it."""
    cases = [OnPrefect(settings) for _ in range(CASES)]
    for case in cases:
        eventually(case.at_rest, seconds=120)
    began, before = time.monotonic(), _tasks()
    for _ in range(ANSWERS):
        for case in cases:
            case.answer_all()
        for case in cases:
            eventually(case.at_rest, seconds=120)
    return (_tasks() - before) / (time.monotonic() - began)


def _tasks() -> int:
    with reading() as s:
        return s.exec(select(func.count()).select_from(GeneratedTask)).one()


def _megabytes(home: Services) -> float:
    """Of every process that was started and theirs, what they share counted once (PSS)."""
    ours = {process.running.pid for process in home.processes.values()}
    parents = {int(path.parent.name): _parent(path) for path in Path("/proc").glob("[0-9]*/stat")}
    for _ in range(4):
        ours |= {pid for pid, parent in parents.items() if parent in ours}
    return sum(_pss(pid) for pid in ours) / 1024


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _pss(pid: int) -> int:
    try:
        [found] = re.findall(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return int(found)
    except (OSError, ValueError):
        return 0


def _wrong(settings: Settings) -> Counter[str]:
    """Lines of the logs that say so, without their times and numbers."""
    found: Counter[str] = Counter()
    for path in (settings.var / "log").glob("*.log"):
        lines = [line for line in path.read_text().splitlines() if WRONG.search(line)]
        found.update(f"{path.stem}: {re.sub('[0-9].*?(?= |$)', '', line).strip()[:130]}" for line in lines)
    return found


def _left_alone(seen: dict[str, Seen], minutes: float) -> None:
    """With every schedule on, side by side."""
    with ExitStack() as stack:
        settings = {kind: stack.enter_context(_settings(kind)) for kind in KINDS}
        for kind in KINDS:
            stack.enter_context(services(settings[kind]))
        time.sleep(minutes * 60)
        for kind in KINDS:
            seen[kind].left_alone = _wrong(settings[kind])
