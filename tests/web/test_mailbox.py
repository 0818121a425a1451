import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from data.settings import Settings
from data.store.session import writing
from rules.refusal import Refusal
from tasks.mail.postman import Delivered, deliver_due
from tasks.mail.queue import configure, queue_task_mail
from tasks.mail.sink import MailSink, kept_mails, open_sink
from tests import people
from tests.letters import task
from tests.people import NETWORK_ADVISER, NOW, email
from web.mailbox import mailbox_app, serve_mailbox


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def sent(sqlite_database: Settings) -> Path:
    """A folder with one real mail that went through the sink."""
    settings = sqlite_database.model_copy(update={"smtp_port": free_port()})
    configure(settings)
    people.move_in()
    with writing() as s:
        queue_task_mail(s, task(), "issued", NOW)

    async def through_the_sink() -> Delivered:
        async with await open_sink(settings, settings.var / "mailbox"):
            return await deliver_due(settings, NOW, "tests")

    assert asyncio.run(through_the_sink()) == Delivered(sent=1)
    return settings.var / "mailbox"


def browse(folder: Path, address: str, site: str = "http://127.0.0.1:8025") -> httpx.Response:
    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(mailbox_app(folder))
        async with httpx.AsyncClient(transport=transport, base_url=site) as client:
            return await client.get(address)

    return asyncio.run(get())


def test_a_mail_that_was_sent_can_be_read(sent: Path) -> None:
    [kept] = kept_mails(sent)
    listing = browse(sent, "/").text
    assert "Ny opgave – Første besøg hos familien (HJ-2023-0001-01)" in listing
    assert f"/mails/{kept.key}" in listing
    page = browse(sent, f"/mails/{kept.key}").text
    assert email(NETWORK_ADVISER) in page
    assert "Besøg familien, fortæl" in page
    assert "2023-03-15" in page
    assert '<html lang="da">' in browse(sent, f"/mails/{kept.key}/html").text
    assert browse(sent, f"/mails/{kept.key}/eml").content == kept.path.read_bytes()
    assert browse(sent, f"/mails/{kept.key}/calendar").text.startswith("BEGIN:VCALENDAR")


def test_a_mail_that_arrives_twice_is_kept_twice_and_counted(sent: Path) -> None:
    [kept] = kept_mails(sent)
    again = MailSink(sent).keep(kept.path.read_bytes())
    assert again.name == f"{kept.key}.2.eml"
    assert [(mail.key, mail.times) for mail in kept_mails(sent)] == [(kept.key, 2)]
    assert "arrived 2 times" in browse(sent, "/").text


def test_the_newest_mail_stands_first(tmp_path: Path) -> None:
    for number in range(3):
        path = MailSink(tmp_path).keep(f"Message-ID: <{number}@x>\r\n\r\n".encode())
        os.utime(path, (number, number))
    assert [mail.read()["Message-ID"] for mail in kept_mails(tmp_path)] == ["<2@x>", "<1@x>", "<0@x>"]


def test_a_hostile_mail_does_nothing_in_the_browser(sent: Path) -> None:
    hostile = EmailMessage()
    hostile["Message-ID"] = "<../../etc/passwd@x>"
    hostile["Subject"] = "<script>alert(1)</script>"
    hostile.set_content("<script>alert(2)</script>")
    hostile.add_alternative("<script>alert(3)</script>", subtype="html")
    hostile.add_attachment(b"no calendar at all", maintype="text", subtype="calendar", filename="x.ics")
    path = MailSink(sent).keep(hostile.as_bytes())
    assert path.parent == sent
    for address in ("/", f"/mails/{path.stem}"):
        page = browse(sent, address)
        assert "<script>" not in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "script-src" not in page.headers["Content-Security-Policy"]
    html = browse(sent, f"/mails/{path.stem}/html")
    assert html.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "allow-scripts" not in html.headers["Content-Security-Policy"]


@pytest.mark.parametrize("key", ["0" * 20, "%2e%2e", "%2e%2e%2fpasswd", "x"])
def test_only_kept_mails_are_shown(sent: Path, key: str) -> None:
    for page in ("", "/html", "/eml", "/calendar"):
        assert browse(sent, f"/mails/{key}{page}").status_code in (404, 422)


def test_another_sites_name_for_this_machine_is_not_answered(sent: Path) -> None:
    assert browse(sent, "/", site="http://evil.example").status_code == 400


def test_a_mailbox_without_mails_says_so(tmp_path: Path) -> None:
    assert "No mail has arrived yet." in browse(tmp_path / "nothing yet", "/", site="http://localhost").text


def test_the_sink_is_not_opened_where_mails_go_elsewhere_or_the_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refusal, match="PLEJEFLOW_SMTP_PORT"):
            asyncio.run(open_sink(Settings(smtp_port=port), tmp_path))
        with pytest.raises(Refusal, match="PLEJEFLOW_MAILBOX_PORT"):
            asyncio.run(serve_mailbox(Settings(var=tmp_path, mailbox_port=port)))
    with pytest.raises(Refusal, match="PLEJEFLOW_SMTP_HOST"):
        asyncio.run(open_sink(Settings(smtp_host="mail.kommune.example"), tmp_path))


def test_the_mailbox_runs_as_a_process_of_its_own_until_it_is_stopped(tmp_path: Path) -> None:
    ports = {"PLEJEFLOW_SMTP_PORT": str(free_port()), "PLEJEFLOW_MAILBOX_PORT": str(free_port())}
    start = (
        "import asyncio; from data.settings import Settings; from web.mailbox import serve_mailbox; "
        "asyncio.run(serve_mailbox(Settings()))"
    )
    environment = {**os.environ, **ports, "PLEJEFLOW_VAR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", start], env=environment) as process:
        address = f"http://127.0.0.1:{ports['PLEJEFLOW_MAILBOX_PORT']}/"
        answer = None
        for _ in range(200):
            time.sleep(0.05)
            try:
                answer = httpx.get(address)
                break
            except httpx.TransportError:
                continue
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) in (0, -signal.SIGTERM)
    assert answer is not None
    assert "No mail has arrived yet." in answer.text
