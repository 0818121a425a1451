from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from data.settings import Settings
from tasks.server.prefect_api import PrefectServer, PrefectUnreachable


class Busy(BaseHTTPRequestHandler):
    """Says so a few times, then answers."""

    times = 5

    def do_GET(self) -> None:
        Busy.times -= 1
        self.send_response(503 if Busy.times >= 0 else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def busy() -> Iterator[Settings]:
    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Settings(prefect_api_url=f"http://127.0.0.1:{server.server_port}/api")
        server.shutdown()


def test_a_busy_server_is_waited_for(busy: Settings) -> None:
    with PrefectServer(busy) as server:
        server.answers()
    assert Busy.times == -1


def test_a_server_that_isnt_there_is_told_of_soon() -> None:
    with PrefectServer(Settings(prefect_api_url="http://127.0.0.1:9/api")) as server, pytest.raises(PrefectUnreachable):
        server.answers()
