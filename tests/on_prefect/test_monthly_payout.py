"""A payroll month on a real server, as whoever schedules it and whoever watches it see it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from data.cases import find_case
from data.settings import Settings
from data.store.session import reading, writing
from data.tables import Family, PayRun
from tasks.cases.answers import answer_task
from tasks.payout.files import export_payout
from tasks.runs.carrying_on import carry_on
from tasks.runs.services import Services
from tasks.server.prefect_api import PrefectServer
from tests.on_prefect.installation import eventually, prefect
from tests.tasks.pay_runs import change, paid
from tests.tasks.payroll import CLERK, FAMILY, IMPORTED, LEADER, acting, know, move_in, staff, weekend

pytestmark = pytest.mark.timeout(300)
MONTH = "RA-2023-05"
NOW = datetime.now(UTC)


def people() -> None:
    move_in()
    leader = staff(LEADER, "leader")
    leader.email = "leader@randers.example"
    know(leader, weekend(1, "RA-P1"))
    change(Family, FAMILY, at=IMPORTED, payroll_number="4711")


def trigger(settings: Settings, **parameters: str) -> str:
    """As `prefect deployment run` or another scheduler does it."""
    deployments = f"{settings.prefect_api_url}/deployments"
    found = httpx.get(f"{deployments}/name/monthly-payout/monthly-payout", timeout=15).raise_for_status().json()
    wanted = {"parameters": parameters, "idempotency_key": uuid4().hex}
    created = eventually(lambda: accepted(f"{deployments}/{found['id']}/create_flow_run", wanted))
    return str(created.json()["id"])


def accepted(address: str, body: dict[str, Any]) -> httpx.Response | None:
    """None where the server asks to come again: on SQLite it says 503 while anything else is written."""
    response = httpx.post(address, json=body, timeout=15)
    return None if response.status_code == httpx.codes.SERVICE_UNAVAILABLE else response.raise_for_status()


def run(settings: Settings, ident: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{settings.prefect_api_url}/flow_runs/{ident}", timeout=15).json()
    return found


def state(settings: Settings, ident: str) -> str:
    found = run(settings, ident)["state"]
    return f"{found['name']}: {found['message']}"


def pay_run() -> PayRun:
    with reading() as s:
        return s.get_one(PayRun, MONTH)


def go_on(settings: Settings) -> None:
    with PrefectServer(settings) as server:
        carry_on(MONTH, server)


def test_a_month_triggered_from_outside_waits_for_its_approval_and_is_paid_once(home: Services, tmp_path: Path) -> None:
    settings = home.settings
    people()
    first = trigger(settings, municipality="randers", period="2023-05")
    eventually(lambda: state(settings, first).startswith("Suspended: leader: payout_approval:1 (RA-2023-05-01"))
    assert run(settings, first)["name"] == MONTH
    eventually(lambda: accepted(f"{settings.prefect_api_url}/flow_runs/{first}/resume", {}))
    second = trigger(settings, municipality="randers", period="2023-05")
    eventually(lambda: state(settings, second).startswith("Handed on"))
    eventually(lambda: state(settings, first).startswith("Suspended"))
    assert pay_run().status == "draft"
    with writing() as s:
        answered = {"email": "leader@randers.example", "os_account": "tests", "now": NOW}
        answer_task(s, "RA-2023-05-01", {"approved": True}, **answered)  # type: ignore[arg-type]
    go_on(settings)
    eventually(lambda: "PLEJEFLOW_PAYROLL_FOLDER isn't set" in state(settings, first))
    assert pay_run().released_by == "job:monthly payout"
    export_payout("randers", "2023-05", tmp_path, actor=acting(CLERK), now=NOW)
    go_on(settings)
    eventually(lambda: state(settings, first) == f"Released: {MONTH}")
    assert sum(paid().values()) == 1_019_24
    with reading() as s:
        assert find_case(s, MONTH).flow_run == first
    told = prefect(settings, "artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [first]}}})
    kinds = {(artifact["key"], artifact["type"]) for artifact in told}
    key = "payout-randers-2023-05"
    assert kinds == {(key, "markdown"), *((f"{key}-{table}", "table") for table in ("totals", "held", "compared"))}
    assert all("data:image/png;base64," in each["data"] for each in told if each["type"] == "markdown")
    assert not any(FAMILY in str(each["data"]) for each in told)


def test_a_month_that_can_not_be_paid_fails_in_one_line(home: Services) -> None:
    refused = trigger(home.settings, municipality="atlantis", period="2023-05")
    eventually(lambda: state(home.settings, refused).startswith("Failed: no municipality 'atlantis'; known are"))
