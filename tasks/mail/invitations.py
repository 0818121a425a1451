"""Invitations: whoever has one in the calendar hears when it is moved or cancelled, or somebody else is invited."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from data.outbox import readers_of
from data.people import staff_elsewhere
from data.policies import policy_of
from data.tables import OutboxMail
from tasks.mail.notices import Meeting, invitation
from tasks.mail.queue import Wanted, queue_mails, site


def queue_invitation(
    s: Session,
    *,
    case_ref: str,
    about: str,
    recipients: Iterable[str],
    title: str,
    starts_at: datetime,
    minutes: int,
    municipality: str,
    sequence: int,
    now: datetime,
    online: str | None = None,
    cancelled: bool = False,
    place: str | None = None,
) -> list[OutboxMail]:
    """One to each recipient; the arguments as in Meeting.

    A meeting that is moved is cancelled for who had its invitation in the place of somebody, and isn't asked any more.
    """
    meeting = Meeting(case_ref, about, title, starts_at, minutes, sequence, online, cancelled, place)
    invited = list(dict.fromkeys(recipients))
    has = _who_has_it(s, meeting, invited, now, municipality)
    told = _queue(s, meeting, {ref: has.get(ref, ref) if cancelled else ref for ref in invited}, municipality, now)
    if not cancelled:
        readers = {mail.recipient for mail in told.values()}
        for ref, mail in list(told.items()):
            if (before := has.get(ref)) is not None and before not in readers:
                elsewhere = replace(meeting, cancelled=True, instead=mail.recipient)
                told |= _queue(s, elsewhere, {f"{ref}:instead of {before}": before}, municipality, now)
    return list(told.values())


def _who_has_it(
    s: Session, meeting: Meeting, invited: Sequence[str], now: datetime, municipality: str
) -> dict[str, str]:
    """By whom the invitation was for, who had the last one, without those who have left."""
    has: dict[str, str] = {}
    for earlier in range(meeting.sequence):
        reasons = {_reason(meeting, earlier, ref): ref for ref in invited}
        has |= {reasons[reason]: reader for reason, reader in readers_of(s, reasons, "invitation").items()}
    staff, today = staff_elsewhere(s, set(has.values())), policy_of(municipality).today(now)
    return {
        ref: reader for ref, reader in has.items() if reader not in staff or not staff[reader][reader].has_left(today)
    }


def _reason(meeting: Meeting, sequence: int, ref: str) -> str:
    return f"{meeting.case}:{meeting.about}:{sequence}:{ref}"


def _queue(
    s: Session, meeting: Meeting, readers: Mapping[str, str], municipality: str, now: datetime
) -> dict[str, OutboxMail]:
    """By whom it is for; what is cancelled is so in the calendar it stands in, whoever is away."""
    policy = policy_of(municipality)
    notice = invitation(meeting, policy, site(policy))
    wanted = [
        Wanted(_reason(meeting, meeting.sequence, ref), notice, reader, meeting.case, in_person=meeting.cancelled)
        for ref, reader in readers.items()
    ]
    written = queue_mails(s, wanted, municipality=municipality, now=now)
    return {ref: s.get_one(OutboxMail, ident) for ref, ident in zip(readers, written, strict=True) if ident is not None}
