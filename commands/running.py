"""`plejeflow up`, `worker`, `demo` and `mailbox`: what runs until it is stopped or done."""

import asyncio
import os
import signal
import time

import click

from commands.acting import settings_now
from commands.grammar import Command


@click.command("worker", cls=Command)
def worker() -> None:
    """Run flow runs and deliver mails in this process, until it is stopped."""
    settings = settings_now()
    os.environ.setdefault("PREFECT_API_URL", settings.prefect_api_url)
    os.environ.setdefault("PREFECT_WORKER_QUERY_SECONDS", "0.3")
    os.environ.setdefault("PREFECT_WORKER_HEARTBEAT_SECONDS", "5")
    # Prefect reads its variables when it is imported
    from tasks.runs.worker import serve

    asyncio.run(serve(settings))


@click.command("up", cls=Command)
def up() -> None:
    """Start everything on this machine and say where it is; Ctrl-C stops it."""
    from tasks.runs.services import services

    stop_at_sigterm()
    click.echo("starting; the first time takes a minute")
    try:
        with services(settings_now()) as home:
            for name, address in home.addresses.items():
                click.echo(f"{name:20} {address}")
            for note in home.notes:
                click.echo(note)
            while True:
                home.check()
                time.sleep(1)
    except KeyboardInterrupt:
        click.echo("stopped")


def stop_at_sigterm() -> None:
    """As Ctrl-C does: what was started is stopped too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@click.command("demo", cls=Command)
def demo() -> None:
    """Play the main job: a caseload, an approval on Prefect, a month's payout, and the mails."""
    from tasks.rehearsal.demo import play

    stop_at_sigterm()
    play(settings_now(), click.echo)


@click.command("mailbox", cls=Command, hidden=True)
def mailbox() -> None:
    """The local mail sink and its page."""
    from web.mailbox import serve_mailbox

    asyncio.run(serve_mailbox(settings_now()))
