"""One installation for all of them: Prefect's server, a worker process, a mail sink."""

import os
from collections.abc import Iterator

import pytest

from data.settings import Settings
from tasks.runs.services import Services, beside
from tests import people
from tests.on_prefect.installation import running

os.environ["PREFECT_WORKER_HEARTBEAT_SECONDS"] = "2"
os.environ["PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS"] = "3"


@pytest.fixture(scope="package")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return beside(Settings(), tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="package")
def home(settings: Settings) -> Iterator[Services]:
    with running(settings) as started:
        people.move_in()
        yield started
