import gc
import os

import pytest
from tenacity import wait_fixed
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tasks.server.prefect_api import PrefectServer
from tests.memory import in_memory

pytest_plugins = ["tests.databases"]
ON_PREFECT = "tests/on_prefect/"
SLOW = (
    ON_PREFECT,
    "tests/faults/",
    "tests/walk/",
    "tests/tasks/payout/test_payout_truth",
    "tests/test_policy_needs.py",
    "tests/tasks/duties/test_go_live.py",
    "tests/tasks/payout/test_payout_properties.py",
)
if place := in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", place)


class OneByOne(LoadScopeScheduling):
    """Shares the tests out one by one; those that share an installation stay together, and go first."""

    # xdist 3.8 marks groups in `_nodeid`, which pytest 9.2 no longer has: its own `loadgroup` keeps nothing together
    def _split_scope(self, nodeid: str) -> str:
        return ON_PREFECT if nodeid.startswith(ON_PREFECT) else nodeid


@pytest.fixture(autouse=True)
def soon_told_that_no_server_is_there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As often asked as ever, where the test has no Prefect server that could come back."""
    if not request.node.nodeid.startswith((ON_PREFECT, "tests/faults/", "tests/tasks/server/test_prefect_api.py")):
        monkeypatch.setattr(PrefectServer._answered.retry, "wait", wait_fixed(0.01))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who takes long begins first, so that nobody waits for it at the end."""
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker("slow")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """What has been imported stays: the collector needn't look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneByOne:
    return OneByOne(config, log)
