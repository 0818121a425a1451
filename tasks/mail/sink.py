"""The embedded installation's mail server: keeps what it is sent as files. Loopback only."""

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from data.settings import LOOPBACK, Settings
from rules.refusal import Refusal


@dataclass(frozen=True)
class KeptMail:
    path: Path
    arrived: datetime
    times: int
    """How often a mail with this Message-ID arrived."""

    @property
    def key(self) -> str:
        return self.path.stem

    def read(self) -> EmailMessage:
        message = message_from_bytes(self.path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)  # noqa: S101
        return message


class MailSink:
    """One file a message, named after its Message-ID; a repeat is kept beside the first with a number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        if not isinstance(content, bytes):
            return "500 bytes were expected"
        await asyncio.to_thread(self.keep, content)
        return "250 Kept"

    def keep(self, content: bytes) -> Path:
        ident = str(message_from_bytes(content)["Message-ID"] or content)
        stem = hashlib.sha256(ident.encode(errors="replace")).hexdigest()[:20]
        self.folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            path = self.folder / (f"{stem}.eml" if number == 1 else f"{stem}.{number}.eml")
            try:
                with path.open("xb") as file:
                    file.write(content)
                return path
            except FileExistsError:
                number += 1


def kept_mails(folder: Path) -> list[KeptMail]:
    """Newest first; the first arrival of each."""
    paths = list(folder.glob("*.eml"))
    times = Counter(path.name.partition(".")[0] for path in paths)
    firsts = [path for path in paths if path.name.count(".") == 1]
    kept = [
        KeptMail(path, datetime.fromtimestamp(path.stat().st_mtime_ns / 1e9, UTC), times[path.stem]) for path in firsts
    ]
    return sorted(kept, key=lambda mail: (mail.arrived, mail.key), reverse=True)


async def open_sink(settings: Settings, folder: Path) -> asyncio.Server:
    """Listens at the settings' mail server. Raises Refusal where that isn't this machine, or the port is taken."""
    if settings.smtp_host not in LOOPBACK:
        raise Refusal(
            f"PLEJEFLOW_SMTP_HOST is {settings.smtp_host}: mails go there, and the local mailbox would stay empty; "
            "unset it to have them kept here"
        )
    loop, sink = asyncio.get_running_loop(), MailSink(folder)
    try:
        return await loop.create_server(
            lambda: SMTP(sink, hostname="plejeflow", ident="plejeflow mailbox", loop=loop),
            settings.smtp_host,
            settings.smtp_port,
        )
    except OSError:
        raise Refusal(
            f"PLEJEFLOW_SMTP_PORT: {settings.smtp_port} is taken on {settings.smtp_host}; stop what listens there, "
            "or choose another port"
        ) from None
