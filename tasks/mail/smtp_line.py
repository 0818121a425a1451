"""One kept connection to the mail server, encrypted wherever it leaves this machine."""

import asyncio
import ssl
from dataclasses import dataclass
from enum import StrEnum

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from data.settings import LOOPBACK, Settings
from rules.refusal import Refusal
from rules.storable import storable

COMMAND_SECONDS = 15
MAIL_SECONDS = 30
IDLE_SECONDS = 30
UNSURE_AFTER_SECONDS = 2
"""A connection that was quiet for longer may have been closed by the server: it is asked first."""
SERVICE_CLOSES = 421


class Fate(StrEnum):
    SENT = "sent"
    LATER = "later"
    """Refused for now, or broken off."""
    NEVER = "never"
    OUTAGE = "outage"
    """No connection: it isn't this mail's fault."""


@dataclass(frozen=True)
class Answer:
    fate: Fate
    said: str
    """May name the address: for the outbox, not for a log."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", storable(self.said))


@dataclass(frozen=True)
class Transport:
    """How the server is reached; `start_tls` None is "where offered"."""

    use_tls: bool
    start_tls: bool | None
    context: ssl.SSLContext


def transport(settings: Settings) -> Transport:
    """Raises Refusal where a mail would leave this machine in the clear, or the trusted certificate can't be read."""
    local = settings.smtp_host in LOOPBACK
    if settings.smtp_tls == "none" and not local:
        raise Refusal(
            f"PLEJEFLOW_SMTP_TLS is none, but {settings.smtp_host} isn't this machine: mails leave it only encrypted; "
            "set it to starttls or implicit"
        )
    try:
        context = ssl.create_default_context(cafile=settings.smtp_ca_file)
    except OSError:
        raise Refusal(
            f"PLEJEFLOW_SMTP_CA_FILE: no certificates can be read from {settings.smtp_ca_file}; give a PEM file"
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    start_tls = {"starttls": None if local else True, "implicit": False, "none": False}[settings.smtp_tls]
    return Transport(settings.smtp_tls == "implicit", start_tls, context)


class Line:
    def __init__(self, settings: Settings, how: Transport) -> None:
        self._settings, self._how = settings, how
        self._client: SMTP | None = None
        self._used = 0.0

    @property
    def is_open(self) -> bool:
        return self._client is not None and self._client.is_connected

    async def deliver(self, address: str, message: bytes) -> Answer:
        try:
            async with asyncio.timeout(MAIL_SECONDS):
                client = await self._opened()
        except (SMTPException, OSError) as error:
            self.hang_up()
            return Answer(Fate.OUTAGE, str(error) or type(error).__name__)
        try:
            async with asyncio.timeout(MAIL_SECONDS):
                _, said = await client.sendmail(self._settings.mail_from, [address], message)
        except SMTPRecipientsRefused as error:
            return _refused(error.recipients[0])
        except SMTPResponseException as error:
            if error.code == SERVICE_CLOSES:
                self.hang_up()
            return _refused(error)
        except ValueError as error:  # an address that can't be said to a server
            self.hang_up()
            return Answer(Fate.NEVER, str(error))
        except (SMTPException, OSError) as error:
            self.hang_up()
            return Answer(Fate.LATER, str(error) or type(error).__name__)
        self._used = asyncio.get_running_loop().time()
        return Answer(Fate.SENT, said)

    async def _opened(self) -> SMTP:
        now = asyncio.get_running_loop().time()
        if self._client is not None and self.is_open:
            if now - self._used < UNSURE_AFTER_SECONDS or await _answers(self._client):
                return self._client
            self.hang_up()
        self._client = SMTP(
            hostname=self._settings.smtp_host,
            port=self._settings.smtp_port,
            username=self._settings.smtp_user or None,
            password=self._settings.smtp_password.get_secret_value() or None,
            use_tls=self._how.use_tls,
            start_tls=self._how.start_tls,
            tls_context=self._how.context,
            timeout=COMMAND_SECONDS,
        )
        await self._client.connect()
        self._used = now
        return self._client

    async def close(self) -> None:
        if self._client is not None and self.is_open:
            try:
                await self._client.quit()
            except (SMTPException, OSError):
                self.hang_up()
        self._client = None

    async def close_if_idle(self) -> None:
        if self.is_open and asyncio.get_running_loop().time() - self._used > IDLE_SECONDS:
            await self.close()

    def hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


async def _answers(client: SMTP) -> bool:
    try:
        await client.noop()
    except (SMTPException, OSError):
        return False
    return True


def _refused(error: SMTPResponseException) -> Answer:
    # a refused sender is our own setting: the mail waits until it is mended
    lasting = error.code >= 500 and not isinstance(error, SMTPSenderRefused)
    return Answer(Fate.NEVER if lasting else Fate.LATER, f"{error.code} {error.message}")
