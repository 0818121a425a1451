"""What commands have in common when they are typed: days, who acts, and how a refusal is said."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from rules.refusal import Refusal
from rules.storable import is_storable


class Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} isn't a day; write it as 2023-05-31", param, ctx)


def set_today(ctx: click.Context, _param: click.Parameter, value: date | None) -> None:
    if value is not None:
        ctx.find_root().meta["today"] = value


def today_option() -> click.Option:
    says = "The day to act on, such as 2023-05-31; else PLEJEFLOW_TODAY, else the real one."
    return click.Option(["--today"], type=Day(), expose_value=False, callback=set_today, is_eager=True, help=says)


class Command(click.Command):
    """Takes --today, wherever it stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(today_option())

    def invoke(self, ctx: click.Context) -> object:
        """Raises Refusal for what no database keeps, such as a terminal's letters that aren't UTF-8."""
        for name, value in ctx.params.items():
            if isinstance(value, str) and not is_storable(value):
                called = next(max(param.opts, key=len) for param in self.params if param.name == name)
                raise Refusal(f"{called} has characters in it that can't be kept; type it again, in UTF-8")
        return super().invoke(ctx)


class Group(click.Group):
    command_class = Command
    group_class = type

    def invoke(self, ctx: click.Context) -> object:
        """Says a refusal in plain lines on standard error, and ends with 1."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(f"plejeflow: {refusal}", err=True)
            ctx.exit(1)


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
as_email = click.option("--as", "email", metavar="EMAIL", required=True, help="Who you are: your e-mail address.")
of_municipality = click.option("--municipality", metavar="KEY", required=True, help="Such as randers.")
of_one_municipality = click.option("--municipality", metavar="KEY", help="Only this one's.")
a_file = click.Path(path_type=Path)
