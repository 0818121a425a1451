"""Where each command is, with its help beside it: `plejeflow --help` imports none of them."""

from importlib import import_module
from typing import NamedTuple

import click

from commands.grammar import Group


class Place(NamedTuple):
    at: str
    """As in "module:attribute"."""
    help: str
    hidden: bool = False


COMMANDS = {
    "call": Place("commands.call:call", "Calls to the emergency line."),
    "case": Place("commands.case:case", "Cases: one process for one family or child."),
    "course": Place("commands.course:course", "Courses: what there is, who has a place, what it costs."),
    "demo": Place(
        "commands.running:demo",
        "Play the main job: a caseload, an approval on Prefect, a month's payout, and the mails.",
    ),
    "deploy": Place(
        "commands.installation:deploy",
        "Register every deployment with Prefect's server; run it after every upgrade.",
    ),
    "doctor": Place("commands.installation:doctor", "Look whether everything this installation needs is there."),
    "document": Place(
        "commands.document:document", "Contracts, decisions and reports, and the Word templates they are made with."
    ),
    "duties": Place("commands.duties:duties", "What recurs: where everybody stands, and from when it is late."),
    "export": Place("commands.workbook:export", "Export the whole caseload as a workbook."),
    "import": Place("commands.workbook:import_", "Import a caseload workbook, all of it or nothing."),
    "init": Place("commands.installation:init", "Create or migrate the database, and load the published rates."),
    "mail": Place("commands.mail:mail", "The outbox: what was sent to whom, by reference."),
    "mailbox": Place("commands.running:mailbox", "The local mail sink and its page.", hidden=True),
    "new-key": Place("commands.keys:new_key", "Print a new key for PLEJEFLOW_ENCRYPTION_KEYS."),
    "payout": Place("commands.payout:payout", "Monthly pay: drafts, lines and why."),
    "policy": Place("commands.policy:policy", "Policy packs: a municipality's own figures, duties and texts."),
    "rates": Place("commands.rates:rates", "Published rates: what an amount is computed from."),
    "reconcile": Place(
        "commands.installation:reconcile", "Make Prefect's runs again from our cases, and wake what was missed."
    ),
    "reference": Place(
        "commands.reference:reference", "This command line, written out for docs/commands.md.", hidden=True
    ),
    "rotate-keys": Place(
        "commands.keys:rotate_keys",
        "Write everything encrypted again with the first of PLEJEFLOW_ENCRYPTION_KEYS.",
    ),
    "staff": Place("commands.staff:staff", "Who works here."),
    "task": Place("commands.task:task", "Generated tasks: what people are asked to do."),
    "up": Place("commands.running:up", "Start everything on this machine and say where it is; Ctrl-C stops it."),
    "worker": Place("commands.running:worker", "Run flow runs and deliver mails in this process, until it is stopped."),
}


class Table(Group):
    """A group whose commands are imported when they are typed, and listed without that."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if (place := COMMANDS.get(cmd_name)) is None:
            return None
        module, _, attribute = place.at.partition(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        click.Group(commands=listed()).format_commands(ctx, formatter)


def listed() -> dict[str, click.Command]:
    """Stand-ins that are shown and compared with what was typed, and never called."""
    return {name: click.Command(name, help=place.help, hidden=place.hidden) for name, place in COMMANDS.items()}
