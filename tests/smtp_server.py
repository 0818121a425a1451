"""A real mail server in the test's own loop, with the troubles a test asks for."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 Message accepted for delivery"


@dataclass(frozen=True)
class Received:
    message_id: str
    to: str
    encrypted: bool


@dataclass
class MailServer:
    port: int = 0
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    """What is said to a recipient instead of yes."""
    accepted: str = ACCEPTED
    """What is said to a mail that is taken."""
    letters: str = "utf-8"
    """How what is said is encoded."""
    most_connections: int = 100

    @property
    def message_ids(self) -> list[str]:
        return [mail.message_id for mail in self.received]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        ident = message_from_bytes(envelope.content)["Message-ID"]
        self.received.append(Received(ident, envelope.rcpt_tos[0], session.ssl is not None))
        return self.accepted


class Speaking(SMTP):
    """Says its answers in the server's letters, as servers do that were set up before UTF-8."""

    async def push(self, status: str | bytes) -> None:
        await super().push(status.encode(self.event_handler.letters) if isinstance(status, str) else status)


class Busy(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 Too many connections\r\n")
        transport.close()


@asynccontextmanager
async def mail_server(
    server: MailServer | None = None,
    *,
    starttls: ssl.SSLContext | None = None,
    implicit_tls: ssl.SSLContext | None = None,
) -> AsyncIterator[MailServer]:
    """Listens on all of loopback, on `server.port` where it has one."""
    at = server or MailServer()
    loop = asyncio.get_running_loop()

    def connection() -> asyncio.Protocol:
        at.connections += 1
        if at.connections > at.most_connections:
            return Busy()
        return Speaking(at, hostname="test", tls_context=starttls, loop=loop, ident="test")

    listening = await loop.create_server(connection, "0.0.0.0", at.port, ssl=implicit_tls)
    at.port = listening.sockets[0].getsockname()[1]
    try:
        yield at
    finally:
        listening.close()
        await listening.wait_closed()
