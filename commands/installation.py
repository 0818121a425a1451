"""`plejeflow init`, `deploy`, `doctor` and `reconcile`: whether all that an installation needs is there."""

import click

from commands.acting import connected, settings_now, with_mail
from commands.grammar import Command
from data.cases import at_prefect
from data.policies import municipalities
from data.rates import load_shipped
from data.store.audit import first_broken
from data.store.encrypted import unopened
from data.store.session import connect, reading, writing
from rules.refusal import Refusal, Refusals


@click.command("init", cls=Command)
def init() -> None:
    """Create or migrate the database, and load the published rates."""
    from data.store.migrate import migrate

    settings = settings_now()
    migrate(connect(settings))
    with writing() as s:
        load_shipped(s, settings.now())
    click.echo("the database is ready")


@click.command("deploy", cls=Command)
def deploy() -> None:
    """Register every deployment with Prefect's server; run it after every upgrade."""
    from tasks.runs.services import deploy as to_prefect

    to_prefect(settings_now())


@click.command("doctor", cls=Command)
def doctor() -> None:
    """Look whether everything this installation needs is there."""
    from tasks.runs.schedules import wrong
    from tasks.server.prefect_api import PrefectServer

    settings = with_mail()
    with reading() as s:
        if shut := unopened(s):
            raise Refusal(
                f"none of the keys opens {', '.join(shut)}: add the key that it was written with, from the backup "
                f"that the database is from, to PLEJEFLOW_ENCRYPTION_KEYS or {settings.var / 'keys'}"
            )
        cases, broken = at_prefect(s), first_broken(s)
    if broken is not None:
        raise Refusal(f"the audit trail doesn't hold together at row {broken.id}: somebody changed it or took rows out")
    with PrefectServer(settings) as server:
        server.answers()
        if found := wrong(server, settings.now()):
            raise Refusals(found)
    behind = [case.ref for case in cases if case.behind]
    click.echo(f"database, audit trail, {len(municipalities())} policies and Prefect's server are in order")
    click.echo(f"{len(cases)} open cases; {'none' if not behind else ', '.join(behind)} waiting to be carried on")


@click.command("reconcile", cls=Command)
def reconcile() -> None:
    """Make Prefect's runs again from our cases, and wake what was missed."""
    from tasks.runs.carrying_on import reconcile as all_cases
    from tasks.server.prefect_api import PrefectServer

    with PrefectServer(connected()) as server:
        for ref, done in all_cases(server).items():
            click.echo(f"{ref}  {done}")
