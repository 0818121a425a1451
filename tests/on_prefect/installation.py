"""What the real runs share: an installation with its calendar at rest, and questions to its Prefect server."""

import time
from collections.abc import Callable
from typing import Any

import httpx
from sqlmodel import select

from data.settings import Settings
from data.store import session
from data.store.session import reading
from data.tables import MailState, OutboxMail
from tasks.mail.queue import configure
from tasks.runs.services import Services, services
from tasks.server.prefect_api import PrefectServer


class running:  # noqa: N801
    """The installation with its calendar at rest: the stories are played in the past."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.manager = settings, services(settings)

    def __enter__(self) -> Services:
        home = self.manager.__enter__()
        session.connect(self.settings)
        configure(self.settings)
        with PrefectServer(self.settings) as server:
            server.pause_schedules()
        return home

    def __exit__(self, *error: Any) -> None:
        self.manager.__exit__(*error)
        session.engine().dispose()


def eventually(there: Callable[[], Any], seconds: float = 30, every: float = 0.02) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := there():
            return found
        time.sleep(every)
    raise AssertionError("it never came")


def prefect(settings: Settings, path: str, body: dict[str, Any]) -> Any:
    """What the server answers once its database isn't busy."""

    def answered() -> httpx.Response | None:
        response = httpx.post(f"{settings.prefect_api_url}/{path}", json=body, timeout=15)
        return None if response.status_code == httpx.codes.SERVICE_UNAVAILABLE else response

    return eventually(answered, every=0.2).raise_for_status().json()


def everything_sent() -> bool:
    with reading() as s:
        return all(mail.state == MailState.SENT for mail in s.exec(select(OutboxMail)))
