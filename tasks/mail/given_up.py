"""Who hears of a mail that was given up."""

from datetime import datetime

from sqlmodel import Session

from data.people import current_staff
from data.policies import policy_of
from data.tables import OutboxMail
from tasks.mail.notices import undeliverable
from tasks.mail.queue import queue_mail, site
from tasks.mail.recipients import deputy, office


def queue_undeliverable(s: Session, mail: OutboxMail, now: datetime) -> list[OutboxMail]:
    """Tells administration, and for a task also who else can see to it, that a mail was given up; each once."""
    if mail.template in ("undeliverable", "no_address"):
        return []
    policy = policy_of(mail.municipality)
    on = policy.today(now)
    staff = current_staff(s, mail.municipality)
    mends, sees_to_it = office(staff, on, but=frozenset({mail.recipient})), deputy(staff, mail.recipient, on)
    told = [mends and mends.ref, sees_to_it if mail.template.startswith("task_") else None]
    queued = [
        queue_mail(
            s,
            undeliverable(mail, site(policy)),
            recipient=ref,
            about=mail.about,
            municipality=mail.municipality,
            dedup=f"{mail.ref}:undeliverable:{ref}",
            now=now,
        )
        for ref in sorted({ref for ref in told if ref})
    ]
    return [row for row in queued if row is not None]
