"""`plejeflow rates`"""

from datetime import date
from pathlib import Path

import click

from commands.acting import connected, operator
from commands.effects import show_effect
from commands.grammar import Day, Group, a_file, as_json, of_municipality
from commands.printing import notes, print_json, show
from data.rates import check, list_rates
from data.store.session import reading
from rules.refusal import Refusals
from web.shown.effects import effect_shown
from web.shown.rates import rate_row


@click.group(cls=Group)
def rates() -> None:
    """Published rates: what an amount is computed from."""


@rates.command("list")
@as_json
def rates_list(as_json: bool) -> None:
    """All rates with their source and status."""
    connected()
    with reading() as s:
        rows = [rate_row(row) for row in list_rates(s)]
    show(rows, as_json, "no rates; run `plejeflow init`")


@rates.command("check")
@click.option("--on", type=Day(), required=True, metavar="DATE")
@as_json
def rates_check(on: date, as_json: bool) -> None:
    """Which rates are missing on a day."""
    connected()
    with reading() as s:
        gaps = check(s, on)
    if as_json:
        print_json([gap._asdict() for gap in gaps])
    elif gaps:
        raise Refusals([str(gap) for gap in gaps])
    else:
        click.echo(f"every rate has an amount on {on}")


@rates.command("import")
@click.argument("path", metavar="FILE.csv", type=a_file)
def rates_import(path: Path) -> None:
    """Load the municipality's own rate table, all of it or nothing."""
    settings = connected()
    from tasks.rates.table import import_rates

    report = import_rates(path, actor=operator(), now=settings.now())
    notes(report.warnings)
    click.echo(f"{report.added} new, {report.changed} changed, {report.unchanged} unchanged")


@rates.command("preview")
@click.argument("path", metavar="FILE.csv", type=a_file)
@of_municipality
@click.option("--period", metavar="PERIOD", required=True, help="The month to compute both ways, such as 2023-05.")
@as_json
def rates_preview(path: Path, municipality: str, period: str, as_json: bool) -> None:
    """What a rate table would change in a month's pay; nothing is written."""
    settings = connected()
    from tasks.previews.rates import preview_rates

    seen = preview_rates(path, municipality=municipality, period=period, now=settings.now())
    notes(seen.warnings)
    if as_json:
        print_json(effect_shown(seen))
    else:
        show_effect(seen)
