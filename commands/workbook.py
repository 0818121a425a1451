"""`plejeflow import` and `export`: the caseload as a workbook."""

from pathlib import Path

import click

from commands.acting import connected, operator
from commands.grammar import Command, a_file, as_json
from commands.printing import notes, show


@click.command("import", cls=Command)
@click.argument("path", metavar="FILE.xlsx", type=a_file)
@click.option("--check", is_flag=True, help="Only say what is wrong and what would change.")
@as_json
def import_(path: Path, check: bool, as_json: bool) -> None:
    """Import a caseload workbook, all of it or nothing."""
    settings = connected()
    from tasks.caseload import import_workbook

    report = import_workbook(path, actor=operator(), now=settings.now(), check=check)
    notes(report.warnings)
    rows = [{"sheet": sheet, **vars(count)} for sheet, count in report.sheets.items()]
    show(rows, as_json, "the workbook holds no rows")
    if check and not as_json:
        click.echo("checked; nothing was imported")


@click.command("export", cls=Command)
@click.argument("path", metavar="FILE.xlsx", type=a_file)
@click.option("--blank", is_flag=True, help="An empty workbook with a note on each column.")
def export(path: Path, blank: bool) -> None:
    """Export the whole caseload as a workbook."""
    settings = connected()
    from tasks.caseload import export_workbook

    report = export_workbook(path, actor=operator(), now=settings.now(), blank=blank)
    click.echo(f"{path}: {'blank' if blank else f'{sum(report.sheets.values())} rows'}")
