"""docs/commands.md: what every command's --help says, on one page."""

from collections.abc import Iterator

import click

from commands.grammar import Command

WIDTH = 110
HEAD = """\
# Commands

Written by `make docs` from what `--help` says.

Every command has `--help`. With `--today DATE` it acts on another day. It ends with 0 when it did what it says,
with 1 for a refusal (a line for each thing that is to be mended), with 2 for wrong usage."""


@click.command("reference", cls=Command, hidden=True)
@click.pass_context
def reference(ctx: click.Context) -> None:
    """This command line, written out for docs/commands.md."""
    click.echo(written(ctx.find_root().command), nl=False)


def written(root: click.Command) -> str:
    return "\n\n".join([HEAD, *_pages(root, click.Context(root, info_name="plejeflow"))]) + "\n"


def _pages(group: click.Command, ctx: click.Context) -> Iterator[str]:
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None and not command.hidden:
            inside = click.Context(command, info_name=name, parent=ctx)
            yield _page(inside)
            yield from _pages(command, inside)


def _page(ctx: click.Context) -> str:
    heading = f"{'#' * len(ctx.command_path.split())} {ctx.command_path}\n\n{ctx.command.help}"
    if isinstance(ctx.command, click.Group) and not ctx.command.invoke_without_command:
        return heading
    formatter = click.HelpFormatter(width=WIDTH)
    formatter.write_usage(ctx.command_path, " ".join(ctx.command.collect_usage_pieces(ctx)), prefix="")
    options = [option for param in ctx.command.params if (option := _option(param, ctx))]
    if options:
        formatter.write_paragraph()
        formatter.write_dl(options, col_max=WIDTH // 2)
    return f"{heading}\n\n```\n{formatter.getvalue().strip()}\n```"


def _option(param: click.Parameter, ctx: click.Context) -> tuple[str, str] | None:
    return param.get_help_record(ctx) if isinstance(param, click.Option) and param.name != "today" else None
