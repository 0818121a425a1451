from typing import TypedDict

from data.tables import OutboxMail


class MailRow(TypedDict):
    ref: str
    about: str
    template: str
    recipient: str
    state: str
    attempts: int
    queued_at: str
    """UTC, to the minute."""
    subject: str


def mail_row(mail: OutboxMail) -> MailRow:
    return {
        "ref": mail.ref,
        "about": mail.about,
        "template": mail.template,
        "recipient": mail.recipient,
        "state": mail.state,
        "attempts": mail.attempts,
        "queued_at": f"{mail.queued_at:%Y-%m-%d %H:%M}",
        "subject": mail.subject,
    }
