"""What a command committed goes on at Prefect's server."""

import click

from data.settings import Settings
from data.store.session import reading
from data.tables import CaseRow
from rules.refusal import Refusal


def go_on(settings: Settings, ref: str) -> None:
    """What was committed stands; if Prefect doesn't answer now, the sweep finds the case later."""
    from tasks.runs.carrying_on import carry_on
    from tasks.server.prefect_api import PrefectServer

    try:
        with PrefectServer(settings) as server:
            carry_on(ref, server)
    except Refusal as later:
        click.echo(f"noted; but {later}", err=True)


def month_goes_on(settings: Settings, ref: str) -> None:
    """The month's own run, where it was started by its schedule or from outside."""
    with reading() as s:
        started = s.get(CaseRow, ref)
    if started is not None:
        go_on(settings, ref)
