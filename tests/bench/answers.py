"""From a person's answer to the next mail: on Prefect, one case and ten at once, beside a replay without Prefect."""

import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from data.settings import Settings
from data.store import session
from data.store.session import reading, writing
from data.tables import MailState, OutboxMail
from flows.cases.network_family_approval import network_family_approval
from tasks.cases.answers import answer_task
from tasks.cases.case import replay
from tasks.rehearsal.answers import usual_answer
from tasks.runs.case_flow import PROCEDURES
from tasks.runs.services import beside
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
    print("from an answer until the mail server has taken the next mail, seconds (median, maximum)")
    for name, found in (("one case", alone), ("ten at once", together), ("replay without Prefect or mail", bare)):
        median = statistics.median(found)
        print(f"  {name:32} {median:6.2f} {max(found):6.2f}   {median / statistics.median(bare):5.1f} x")


def _seconds_to_mail(case: OnPrefect) -> float:
    return next(iter(_answered([case]).values()))


def _ten_at_once(settings: Settings) -> list[float]:
    return list(_answered([OnPrefect(settings) for _ in range(10)]).values())


def _answered(cases: list[OnPrefect]) -> dict[str, float]:
    """By case the seconds from its answer until the mail server has taken the mail that comes of it."""
    for case in cases:
        eventually(partial(_settled, case))
    before, began = {case.ref: _newest(case) for case in cases}, {}
    for case in cases:
        began[case.ref] = time.monotonic()
        case.answer_all()
    took: dict[str, float] = {}
    while len(took) < len(cases):
        for case in cases:
            if case.ref not in took and _accepted(case, before[case.ref]):
                took[case.ref] = time.monotonic() - began[case.ref]
        time.sleep(0.01)
    return took


def _settled(case: OnPrefect) -> bool:
    """It waits for an answer, and every mail so far has left: none of them can be taken for the answer's."""
    with reading() as s:
        waiting = s.exec(_mails(case).where(OutboxMail.state != MailState.SENT)).one()
    return waiting == 0 and case.at_rest()


def _newest(case: OnPrefect) -> int:
    with reading() as s:
        newest = select(func.max(OutboxMail.id)).where(col(OutboxMail.about).startswith(case.ref))
        return s.exec(newest).one() or 0


def _accepted(case: OnPrefect, after: int) -> bool:
    with reading() as s:
        later = _mails(case).where(OutboxMail.state == MailState.SENT, col(OutboxMail.id) > after)
        return s.exec(later).one() > 0


def _mails(case: OnPrefect) -> SelectOfScalar[int]:
    return select(func.count()).select_from(OutboxMail).where(col(OutboxMail.about).startswith(case.ref))


def _seconds_bare(case: OnPrefect) -> float:
    """The same step with nobody to wake: answered in our database, replayed in this process."""
    eventually(lambda: _settled(case))
    (task,) = case.waiting()
    with writing() as s:
        raw, who = usual_answer(task, people.WEDNESDAY), people.email(task.assignee)
        answer_task(s, task.ref, raw, email=who, os_account="bench", now=people.NOW)
    began = time.monotonic()
    replay(PROCEDURES[network_family_approval.name], case.ref)
    return time.monotonic() - began
