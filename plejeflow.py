"""The command line's root; each group of commands is a file in `commands/`."""

import click

from commands.grammar import today_option
from commands.table import Table, listed


@click.group(
    cls=Table,
    commands=listed(),
    params=[today_option()],
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="plejeflow")
def main() -> None:
    """Processes of municipal foster, respite, network and resource families."""


if __name__ == "__main__":
    main()
