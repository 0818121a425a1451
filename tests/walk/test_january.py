"""An installation with one municipality of all that have a policy, left alone for a January."""

from datetime import date, datetime

import pytest
from sqlmodel import select

from data.policies import municipalities, policy_of
from data.settings import Settings
from data.store.session import reading, writing
from data.tables import GeneratedTask
from rules.refusal import Refusal
from tasks.cases.opened import wake_due
from tasks.payout.months import NobodyHere, open_month
from tasks.runs.job_runner import JOBS, everywhere
from tasks.runs.loaded import load_flows
from tasks.runs.schedules import MONTHLY, SWEEP
from tests import lillehammer, people
from tests.lillehammer import HOMES, child, placed
from tests.walk.schedule import Fire, fires

FIRST, LAST = date(2025, 1, 1), date(2025, 1, 31)
TEENAGER = "LI-B090"
OFFICE = ("administration", "payroll", "family_care_consultant")


@pytest.fixture
def alone(sqlite_database: Settings) -> None:
    more = [*lillehammer.network(), child(TEENAGER, date(2010, 1, 14)), placed(TEENAGER, HOMES[0])]
    staff = [lillehammer.staff(f"LI-S2{nth}", role) for nth, role in enumerate(OFFICE)]
    people.move_in(*(each for each in [*lillehammer.cast(), *more, *staff] if each.ref.startswith("LI")))


def failures(fire: Fire) -> dict[str, str]:
    """By municipality."""
    if fire.deployment == SWEEP:
        with writing() as s:
            wake_due(s, policy_of("lillehammer").today(fire.at), fire.at)
        return {}
    if fire.deployment == MONTHLY:
        return _opened(fire.parameters["municipality"], fire.at)
    return everywhere(JOBS[fire.deployment], today=None, now=fire.at, given=fire.parameters).faults


def _opened(key: str, now: datetime) -> dict[str, str]:
    try:
        open_month(key, None, run=f"{key} {now}", now=now)
    except NobodyHere:
        return {}
    except Refusal as refusal:
        return {key: str(refusal)}
    return {}


@pytest.mark.usefixtures("alone")
def test_a_january_of_one_municipality_of_seven_passes_without_a_failed_job() -> None:
    load_flows()
    assert len(municipalities()) >= 7
    failed = [(fire.deployment, str(fire.at), found) for fire in fires(FIRST, LAST) if (found := failures(fire))]
    assert failed == []
    with reading() as s:
        asked = set(s.exec(select(GeneratedTask.form)))
    assert "ChildsConsent" in asked
