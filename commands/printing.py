"""How commands print: tables and JSON on standard output, notes on standard error."""

import json
from collections.abc import Iterable, Mapping, Sequence

import click


def print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def show(rows: Sequence[Mapping[str, object]], as_json: bool, nothing: str) -> None:
    """A table, or the same rows as JSON."""
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(nothing)
    else:
        columns = list(rows[0])
        lines = [columns, *(["" if row[key] is None else str(row[key]) for key in columns] for row in rows)]
        widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
        shown = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
        click.echo("\n".join(line.rstrip() for line in shown))


def show_head(values: Mapping[str, object]) -> None:
    """One thing, a line for each of its values."""
    for key, value in values.items():
        click.echo(f"{key:16} {'' if value is None else value}")


def notes(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(f"plejeflow: note: {line}", err=True)
