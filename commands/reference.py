"""docs/commands.md: what every command's --help says, in one page."""

from collections.abc import Iterator

import click

from commands.grammar import Command

HEAD = """\
# Commands

Written by `make docs` from what `plejeflow … --help` says.
"""
WIDTH = 100


@click.command("reference", cls=Command, hidden=True)
@click.pass_context
def reference(ctx: click.Context) -> None:
    """This command line, written out for docs/commands.md."""
    click.echo(written(ctx.find_root().command), nl=False)


def written(root: click.Command) -> str:
    return "\n".join([HEAD, *_pages(click.Context(root, info_name="plejeflow"))])


def _pages(ctx: click.Context) -> Iterator[str]:
    formatter = click.HelpFormatter(width=WIDTH)
    ctx.command.format_help(ctx, formatter)
    yield f"## {ctx.command_path}\n\n```\n{formatter.getvalue()}```\n"
    if isinstance(ctx.command, click.Group):
        for name in ctx.command.list_commands(ctx):
            found = ctx.command.get_command(ctx, name)
            if found is not None and not found.hidden:
                yield from _pages(click.Context(found, info_name=name, parent=ctx))
