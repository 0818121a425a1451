"""`plejeflow call`"""

from pathlib import Path

import click

from commands.acting import with_mail
from commands.files import read_json
from commands.grammar import Group, a_file, as_email
from data.store.audit import os_account
from data.store.session import writing


@click.group(cls=Group)
def call() -> None:
    """Calls to the emergency line."""


@call.command("log")
@click.option("--family", metavar="REF", required=True, help="Who called.")
@click.option("--topic", help="What kind of call, a word of the municipality's list.")
@click.option("--about", help="What it was about; it is kept encrypted.")
@click.option("--advice", help="What was advised; it is kept encrypted.")
@click.option("--at", metavar="DATETIME", help="When, such as 2023-03-04T23:40; else now.")
@click.option("--file", "path", type=a_file, help="The same as JSON, instead of topic, about, advice and at.")
@as_email
def call_log(family: str, path: Path | None, email: str, at: str | None, **said: str | None) -> None:
    """Log a call; the family's consultant is asked to follow it up."""
    from tasks.families.emergency_line import log_call

    given = {key: value for key, value in {**said, "called_at": at}.items() if value is not None}
    if path is not None and given:
        raise click.UsageError("say the call either with --file or with --topic, --about, --advice and --at")
    raw = given if path is None else read_json(path)
    settings = with_mail()
    with writing() as s:
        logged = log_call(s, family, raw, email=email, os_account=os_account(), now=settings.now())
    click.echo(logged.ref)
