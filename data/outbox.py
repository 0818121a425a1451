"""The outbox: written once for each reason, claimed by one deliverer at a time."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import defer
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from data.store.asking import ASKED_AT_ONCE, batched
from data.tables.mail import MailState, OutboxMail
from rules.refusal import Refusal

CLAIM_LAPSES = timedelta(minutes=2)
"""Longer than a deliverer that is alive ever holds a claim."""


class UnknownMail(Refusal):
    def __init__(self, ref: str) -> None:
        super().__init__(f"there is no mail {ref!r}; `plejeflow mail list` shows them")


def enqueue(s: Session, mails: Sequence[OutboxMail]) -> dict[str, int]:
    """Ids of the rows written, by reason: none for one that has its mail, also one that another process writes now."""
    insert = postgresql.insert if s.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = insert(OutboxMail).on_conflict_do_nothing(index_elements=["dedup"])
    s.flush()  # what the mails are about comes before them
    written = s.connection().execute(
        rows.returning(col(OutboxMail.dedup), col(OutboxMail.id)), [mail.model_dump(exclude={"id"}) for mail in mails]
    )
    return {row.dedup: row.id for row in written}


def told_of(task: str, kind: str, assignee: str) -> str:
    """The reason of a mail about a task."""
    return f"{task}:{kind}:{assignee}"


def told(s: Session, reasons: Collection[str]) -> set[str]:
    """Those of the reasons that have their mail."""
    return {
        reason
        for some in batched(sorted(reasons), ASKED_AT_ONCE)
        for reason in s.scalars(select(col(OutboxMail.dedup)).where(col(OutboxMail.dedup).in_(some)))
    }


def readers_about(s: Session, about: Collection[str], templates: Collection[str], *, but: str) -> dict[str, set[str]]:
    """By what they are about, who had one of these mails and none of the kind `but`."""
    found: dict[str, set[str]] = {}
    gone: set[tuple[str, str]] = set()
    for some in batched(sorted(set(about)), ASKED_AT_ONCE):
        mails = select(col(OutboxMail.about), col(OutboxMail.recipient), col(OutboxMail.template)).where(
            col(OutboxMail.about).in_(some), col(OutboxMail.template).in_([*templates, but])
        )
        for subject, reader, template in s.execute(mails):
            if template == but:
                gone.add((subject, reader))
            else:
                found.setdefault(subject, set()).add(reader)
    return {subject: {reader for reader in had if (subject, reader) not in gone} for subject, had in found.items()}


def readers_of(s: Session, reasons: Collection[str], template: str) -> dict[str, str]:
    """By reason, who had the mail."""
    mails = select(col(OutboxMail.dedup), col(OutboxMail.recipient)).where(
        col(OutboxMail.dedup).in_(reasons), col(OutboxMail.template) == template
    )
    return {row.dedup: row.recipient for row in s.execute(mails)}


def forget_waiting(s: Session, about: Sequence[str]) -> set[str]:
    """Takes away mails about these that nobody has begun to send; what they were about."""
    gone: set[str] = set()
    for some in batched(about, ASKED_AT_ONCE):
        waiting = (col(OutboxMail.about).in_(some), col(OutboxMail.state) == MailState.QUEUED)
        gone |= set(s.scalars(delete(OutboxMail).where(*waiting).returning(col(OutboxMail.about))))
    return gone


def claim(s: Session, owner: str, now: datetime, limit: int) -> list[OutboxMail]:
    """At most `limit` mails that are due, now this owner's; with those whose owner died before saying how it went."""
    oldest = select(col(OutboxMail.id)).where(_due(now)).order_by(col(OutboxMail.next_attempt_at)).limit(limit)
    # two deliverers may find the same rows: the second waits for the first's lock and then finds them no longer due
    claimed = s.execute(
        update(OutboxMail)
        .where(col(OutboxMail.id).in_(oldest), _due(now))
        .values(state=MailState.CLAIMED, claimed_by=owner, claimed_at=now, attempts=col(OutboxMail.attempts) + 1)
        .returning(col(OutboxMail.id))
    )
    ids = list(claimed.scalars())
    rows = s.exec(select_rows(OutboxMail).where(col(OutboxMail.id).in_(ids)).order_by(col(OutboxMail.id)))
    return list(rows)


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(col(OutboxMail.state) == MailState.QUEUED, col(OutboxMail.next_attempt_at) <= now),
        and_(col(OutboxMail.state) == MailState.CLAIMED, col(OutboxMail.claimed_at) <= now - CLAIM_LAPSES),
    )


def record_sent(s: Session, mail: OutboxMail, server_said: str, now: datetime) -> bool:
    return _close(s, mail, state=MailState.SENT, server_said=server_said, sent_at=now)


def put_back(s: Session, mail: OutboxMail, server_said: str, *, attempts: int, next_attempt_at: datetime) -> bool:
    return _close(
        s,
        mail,
        state=MailState.QUEUED,
        server_said=server_said,
        attempts=attempts,
        next_attempt_at=next_attempt_at,
        claimed_by=None,
        claimed_at=None,
    )


def give_up(s: Session, mail: OutboxMail, server_said: str) -> bool:
    return _close(s, mail, state=MailState.GIVEN_UP, server_said=server_said)


def _close(s: Session, mail: OutboxMail, **values: Any) -> bool:
    """False where the claim lapsed and is another's by now."""
    closed = s.execute(
        update(OutboxMail)
        .where(
            col(OutboxMail.id) == mail.id,
            col(OutboxMail.state) == MailState.CLAIMED,
            col(OutboxMail.claimed_by) == mail.claimed_by,
            col(OutboxMail.claimed_at) == mail.claimed_at,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(closed.rowcount)  # type: ignore[attr-defined]


def list_mails(s: Session, *, about: str | None = None, limit: int = 100) -> Sequence[OutboxMail]:
    """Newest first, without their contents; `about` a task or a case with all its tasks."""
    query = select_rows(OutboxMail).options(defer(OutboxMail.message))  # type: ignore[arg-type]
    if about is not None:
        query = query.where(or_(col(OutboxMail.about) == about, col(OutboxMail.about).startswith(f"{about}-")))
    return s.exec(query.order_by(col(OutboxMail.id).desc()).limit(limit)).all()


def find_mail(s: Session, ref: str) -> OutboxMail:
    """By its own reference, such as M-12."""
    number = ref.removeprefix("M-")
    found = s.get(OutboxMail, int(number)) if number.isdecimal() and len(number) < 19 else None
    if found is None:
        raise UnknownMail(ref)
    return found
