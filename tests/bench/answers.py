"""From a person's answer to the next mail: on Prefect, one case and ten at once, beside a replay without Prefect."""

import statistics
import tempfile
import time
from pathlib import Path

from sqlmodel import col, func, select

from data import session
from data.demo.answers import usual_answer
from data.session import reading, writing
from data.settings import Settings
from data.tables import OutboxMail
from flows.network_family_approval import network_family_approval
from tasks.answers import answer_task
from tasks.case import replay
from tasks.case_flow import PROCEDURES
from tasks.up import beside
from tests import people
from tests.on_prefect.installation import eventually, running
from tests.on_prefect.test_one_case import OnPrefect

ROUNDS = 8


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = beside(Settings(), Path(folder))
        with running(settings):
            people.move_in()
            alone = [_seconds_to_mail(OnPrefect(settings)) for _ in range(ROUNDS)]
            together = _ten_at_once(settings)
            bare = [_seconds_bare(OnPrefect(settings)) for _ in range(ROUNDS)]
        session.engine().dispose()
    print("from an answer to the next mail's arrival, seconds (median, maximum)")
    for name, found in (("one case", alone), ("ten at once", together), ("replay without Prefect or mail", bare)):
        median = statistics.median(found)
        print(f"  {name:32} {median:6.2f} {max(found):6.2f}   {median / statistics.median(bare):5.1f} x")


def _seconds_to_mail(case: OnPrefect) -> float:
    eventually(case.at_rest)
    before = _arrived(case)
    began = time.monotonic()
    case.answer_all()
    eventually(lambda: _arrived(case) > before)
    return time.monotonic() - began


def _ten_at_once(settings: Settings) -> list[float]:
    cases = [OnPrefect(settings) for _ in range(10)]
    for case in cases:
        eventually(case.at_rest)
    before, began = {case.ref: _arrived(case) for case in cases}, {}
    for case in cases:
        began[case.ref] = time.monotonic()
        case.answer_all()
    took: dict[str, float] = {}
    while len(took) < len(cases):
        for case in cases:
            if case.ref not in took and _arrived(case) > before[case.ref]:
                took[case.ref] = time.monotonic() - began[case.ref]
        time.sleep(0.01)
    return list(took.values())


def _arrived(case: OnPrefect) -> int:
    with reading() as s:
        sent = select(func.count()).where(col(OutboxMail.about).startswith(case.ref), OutboxMail.state == "sent")
        return s.exec(sent).one()


def _seconds_bare(case: OnPrefect) -> float:
    """The same step with nobody to wake: answered in our database, replayed in this process."""
    eventually(case.at_rest)
    (task,) = case.waiting()
    with writing() as s:
        raw, who = usual_answer(task, people.WEDNESDAY), people.email(task.assignee)
        answer_task(s, task.ref, raw, email=who, os_account="bench", now=people.NOW)
    began = time.monotonic()
    replay(PROCEDURES[network_family_approval.name], case.ref)
    return time.monotonic() - began
