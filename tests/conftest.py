import gc
import os

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.memory import in_memory

pytest_plugins = ["tests.databases"]
ON_PREFECT = "tests/on_prefect/"
if place := in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", place)


class OneByOne(LoadScopeScheduling):
    """Shares the tests out one by one; those that share an installation stay together, and go first."""

    # xdist 3.8 marks groups in `_nodeid`, which pytest 9.2 no longer has: its own `loadgroup` keeps nothing together
    def _split_scope(self, nodeid: str) -> str:
        return ON_PREFECT if nodeid.startswith(ON_PREFECT) else nodeid


def pytest_collection_finish() -> None:
    """What has been imported stays: looking through it for garbage took a fifth of every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneByOne:
    return OneByOne(config, log)
