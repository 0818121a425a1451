"""Delivers the outbox: claims what is due, sends it over kept connections, records what the server said."""

import asyncio
import logging
import os
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

import anyio
from sqlalchemy.exc import SQLAlchemyError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from data.outbox import claim, give_up, put_back, record_sent
from data.settings import Settings
from data.store.session import DatabaseUnreachable, writing
from data.tables import OutboxMail
from rules.back_off import STEADY, seconds_to_wait
from rules.refusal import Refusal
from tasks.mail.given_up import queue_undeliverable
from tasks.mail.smtp_line import Answer, Fate, Line, transport

log = logging.getLogger(__name__)

LINES = 4
BATCH = 32
BATCH_SECONDS = 30
"""No further mail of a batch is begun after this, so that every claim is closed long before it lapses."""
MOST_ATTEMPTS = 36
"""About a day of refusals; an outage of the server itself doesn't count."""
POLL_SECONDS = 1.0
FAREWELL_SECONDS = 2
_at_work: "set[Postman]" = set()
_luck = SystemRandom()


@dataclass
class Delivered:
    sent: int = 0
    put_back: int = 0
    given_up: int = 0

    @property
    def tried(self) -> int:
        return self.sent + self.put_back + self.given_up


def wake_postman() -> None:
    """Tells this process's postman, if it has one, that something was committed; from any thread."""
    for postman in list(_at_work):
        postman.wake()


async def deliver_due(settings: Settings, now: datetime, owner: str) -> Delivered:
    """Everything that is due, once. Raises Refusal where the settings would send in the clear."""
    postman, delivered = Postman(settings, owner=owner, clock=lambda: now), Delivered()
    try:
        while (done := await postman.round()).tried:
            delivered.sent += done.sent
            delivered.put_back += done.put_back
            delivered.given_up += done.given_up
    finally:
        await postman.close()
    return delivered


class Postman:
    def __init__(
        self, settings: Settings, *, owner: str | None = None, clock: Callable[[], datetime] | None = None
    ) -> None:
        """`owner` tells this deliverer from all others. Raises Refusal where mails would leave in the clear."""
        how = transport(settings)
        self._owner = owner or f"{socket.gethostname()}-{os.getpid()}"
        self._clock = clock or settings.now
        self._lines = [Line(settings, how) for _ in range(LINES)]
        self._outage = Answer(Fate.OUTAGE, "its turn didn't come")
        self._unrecorded: dict[str, tuple[OutboxMail, Answer]] = {}
        """What the server has answered for good: never asked again, whatever becomes of its record."""
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. An outage of the database or of the mail server is waited out."""
        self._loop = asyncio.get_running_loop()
        _at_work.add(self)
        try:
            while not stop.is_set():
                self._woken.clear()
                with anyio.CancelScope(shield=True):  # what was sent is recorded, also while the process is stopped
                    tried = await self._tried_some()
                if not tried:
                    await self._pause(stop)
        finally:
            _at_work.discard(self)
            with anyio.move_on_after(FAREWELL_SECONDS, shield=True):
                await self.close()

    def wake(self) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # its loop has just ended
                self._loop.call_soon_threadsafe(self._woken.set)

    async def _tried_some(self) -> bool:
        try:
            return (await self.round()).tried > 0
        except Refusal as error:
            log.error("the outbox can't be worked through, trying again: %s", error)
        except SQLAlchemyError as error:
            log.error("the outbox can't be worked through, trying again: %s", type(error).__name__)
        return False

    async def _pause(self, stop: asyncio.Event) -> None:
        for line in self._lines:
            await line.close_if_idle()
        waits = [asyncio.create_task(event.wait()) for event in (self._woken, stop)]
        await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def close(self) -> None:
        for line in self._lines:
            await line.close()

    async def round(self) -> Delivered:
        """One batch of what is due."""
        await self._settle()
        waiting = deque(await asyncio.to_thread(self._claim))
        delivered = Delivered()
        open_first = sorted(self._lines, key=lambda line: not line.is_open)[: len(waiting)]
        work = [self._work(line, waiting, delivered) for line in open_first]
        ended = await asyncio.gather(*work, return_exceptions=True)
        for mail in waiting:
            await self._close(mail, self._outage, delivered)
        for error in ended:
            if error is not None:
                raise error
        return delivered

    async def _settle(self) -> None:
        """Records what couldn't be recorded before, while its claim holds: or another would send it again."""
        for mail, answer in list(self._unrecorded.values()):
            try:
                await asyncio.to_thread(self._record, mail, answer)
            except (SQLAlchemyError, Refusal) as error:
                log.error("%s about %s can't be recorded: %s", mail.ref, mail.about, type(error).__name__)
            else:
                del self._unrecorded[mail.ref]

    def _claim(self) -> list[OutboxMail]:
        with writing() as s:
            return claim(s, self._owner, self._clock(), BATCH)

    async def _work(self, line: Line, waiting: deque[OutboxMail], delivered: Delivered) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + BATCH_SECONDS
        while waiting and loop.time() < until:
            mail = waiting.popleft()
            answer = await self._answer(line, mail)
            if answer.fate is Fate.OUTAGE:
                log.warning("mail server: %s", answer.said)
                # other lines may be open, where the server takes fewer than these
                self._outage = answer
                waiting.append(mail)
                return
            await self._close(mail, answer, delivered)

    async def _answer(self, line: Line, mail: OutboxMail) -> Answer:
        if mail.ref in self._unrecorded:
            return self._unrecorded[mail.ref][1]
        return await line.deliver(mail.address or "", mail.message or b"")

    async def _close(self, mail: OutboxMail, answer: Answer, delivered: Delivered) -> None:
        if answer.fate in (Fate.SENT, Fate.NEVER):
            self._unrecorded[mail.ref] = mail, answer
        fate = await asyncio.to_thread(self._record, mail, answer)
        self._unrecorded.pop(mail.ref, None)
        if fate is Fate.SENT:
            delivered.sent += 1
        elif fate is Fate.NEVER:
            delivered.given_up += 1
        else:
            delivered.put_back += 1
        log.log(logging.INFO if fate is Fate.SENT else logging.WARNING, "%s about %s: %s", mail.ref, mail.about, fate)

    @retry(
        retry=retry_if_exception_type(DatabaseUnreachable),
        wait=wait_exponential_jitter(multiplier=0.1, max=5),
        stop=stop_after_delay(20),
        reraise=True,
    )
    def _record(self, mail: OutboxMail, answer: Answer) -> Fate:
        now, fate = self._clock(), answer.fate
        if fate is Fate.LATER and mail.attempts >= MOST_ATTEMPTS:
            fate = Fate.NEVER
        with writing() as s:
            if fate is Fate.SENT:
                record_sent(s, mail, answer.said, now)
            elif fate is Fate.NEVER:
                if give_up(s, mail, answer.said):
                    queue_undeliverable(s, mail, now)
            else:
                # an outage uses up no more than the growing of the wait
                attempts = min(mail.attempts, STEADY) if fate is Fate.OUTAGE else mail.attempts
                wait = timedelta(seconds=seconds_to_wait(attempts, _luck.random()))
                put_back(s, mail, answer.said, attempts=attempts, next_attempt_at=now + wait)
        return fate
