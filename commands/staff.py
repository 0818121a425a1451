"""`plejeflow staff`"""

import click

from commands.acting import acting, connected
from commands.grammar import Group, as_email, as_json
from commands.printing import print_json
from data.store.facts import current
from data.store.session import reading, writing
from data.tables import Staff


@click.group(cls=Group)
def staff() -> None:
    """Who works here."""


@staff.command("hand-over")
@click.argument("ref")
@click.option("--to", metavar="STAFF", required=True, help="A colleague in the same municipality.")
@as_email
@as_json
def staff_hand_over(ref: str, to: str, email: str, as_json: bool) -> None:
    """Hand over everything that is with somebody: tasks, cases, and whatever names them."""
    from tasks.reminders.handover import hand_over

    connected()
    with reading() as s:
        municipality = current(s, Staff, ref).municipality
    settings, actor = acting(email, municipality)
    with writing() as s:
        handed = hand_over(s, ref, to, by=actor, now=settings.now())
    if as_json:
        print_json(handed.moved)
        return
    click.echo(f"from {ref} to {to}: {handed if handed.moved else 'nothing was with them'}")
