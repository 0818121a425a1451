"""`plejeflow mail`"""

import asyncio
import os

import click

from commands.acting import connected, operator, with_mail
from commands.grammar import Group, as_json
from commands.printing import show
from data.outbox import find_mail, list_mails
from data.store.audit import audit
from data.store.session import reading, writing
from web.shown.mails import mail_row


@click.group(cls=Group)
def mail() -> None:
    """The outbox: what was sent to whom, by reference."""


@mail.command("list")
@click.option("--about", metavar="REF", help="Only a task's, or a case's with all its tasks.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@as_json
def mail_list(about: str | None, limit: int, as_json: bool) -> None:
    """Mails, newest first."""
    connected()
    with reading() as s:
        rows = [mail_row(each) for each in list_mails(s, about=about, limit=limit)]
    show(rows, as_json, "no mails")


@mail.command("show")
@click.argument("ref")
def mail_show(ref: str) -> None:
    """A mail as it goes over the wire."""
    settings = connected()
    with writing() as s:
        found = find_mail(s, ref)
        audit(s, operator(), "mail read", found.ref, settings.now())
    click.echo(f"{found.state} after {found.attempts} attempts; the server said: {found.server_said or 'nothing yet'}")
    click.echo((found.message or b"").decode("utf-8", "replace"))


@mail.command("deliver")
def mail_deliver() -> None:
    """Send what is due now, once; the worker does it all the time."""
    settings = with_mail()
    from tasks.mail.postman import deliver_due

    done = asyncio.run(deliver_due(settings, settings.now(), f"command-{os.getpid()}"))
    click.echo(f"{done.sent} sent, {done.put_back} to be tried again, {done.given_up} given up")
