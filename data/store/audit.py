"""The audit trail: each row's digest covers the row before it."""

import getpass
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session, col, select

from data.columns import in_utc
from data.store.session import lock
from data.tables.audit import AuditEntry
from rules.storable import storable

FIRST = "0" * 64


@dataclass(frozen=True)
class Actor:
    """A named person and the operating-system account they came in by."""

    ref: str
    os_account: str


def job(name: str) -> Actor:
    return Actor(f"job:{name}", os_account())


def is_job(ref: str) -> bool:
    return ref.startswith("job:")


def is_operator(ref: str) -> bool:
    """Whoever runs the installation, known by the account alone."""
    return ref.startswith("os:")


def os_account() -> str:
    try:
        return storable(getpass.getuser())
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "unnamed"


def audit(s: Session, actor: Actor, action: str, subject: str, at: datetime, **detail: Any) -> None:
    lock(s, "audit")  # two transactions never extend the chain from the same row
    last = s.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(1)).first()
    entry = AuditEntry(
        at=in_utc(at),
        actor=actor.ref,
        os_account=actor.os_account,
        action=action,
        subject=subject,
        detail=json.loads(json.dumps(detail)),  # as it comes back
        previous=last.digest if last else FIRST,
        digest="",
    )
    entry.digest = digest(entry)
    s.add(entry)
    s.flush()


def digest(entry: AuditEntry) -> str:
    covered = [
        entry.previous,
        entry.at.astimezone(ZoneInfo(entry.zone) if entry.zone else UTC).isoformat(),
        entry.actor,
        entry.os_account,
        entry.action,
        entry.subject,
        entry.detail,
    ]
    return hashlib.sha256(json.dumps(covered, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def first_broken(s: Session) -> AuditEntry | None:
    """The first row that doesn't fit the one before it, None for a whole chain."""
    ordered = select(AuditEntry).order_by(col(AuditEntry.id))
    try:
        return _first_unfit(s.exec(ordered).yield_per(1000))
    except ValueError:  # SQLite keeps in a column whatever somebody puts there; rows come in thousands
        return _first_unfit(_one_by_one(s))


def _first_unfit(entries: Iterable[AuditEntry]) -> AuditEntry | None:
    previous = FIRST
    for entry in entries:
        if entry.previous != previous or not _fits(entry):
            return entry
        previous = entry.digest
    return None


def _fits(entry: AuditEntry) -> bool:
    try:
        return entry.digest == digest(entry)
    except (ZoneInfoNotFoundError, ValueError):
        return False


def _one_by_one(s: Session) -> Iterator[AuditEntry]:
    for ident in s.exec(select(AuditEntry.id).order_by(col(AuditEntry.id))).all():
        try:
            yield s.get_one(AuditEntry, ident)
        except ValueError:
            yield AuditEntry(id=ident, previous="", digest="")  # type: ignore[call-arg]
