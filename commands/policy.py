"""`plejeflow policy`"""

from datetime import date
from pathlib import Path

import click

from commands.acting import connected, settings_now
from commands.effects import show_effect
from commands.grammar import Day, Group, a_file, as_json, of_municipality
from commands.printing import print_json, show
from data.policies import policy_of, use_policies
from tasks.previews.policy_check import check
from web.shown.effects import effect_shown
from web.shown.policies import figure_rows


@click.group(cls=Group)
def policy() -> None:
    """Policy packs: a municipality's own figures, duties and texts."""


@policy.command("check")
@click.argument("path", metavar="FILE.toml", type=a_file)
@as_json
def policy_check(path: Path, as_json: bool) -> None:
    """Look a policy file through: every fault at once, and which processes and jobs can't run with it."""
    settings = settings_now()
    from tasks.previews.policy import read_policy

    changed = read_policy(path)
    checked = check(changed, changed.today(settings.now()))
    if as_json:
        print_json(checked.as_json())
    else:
        click.echo(str(checked))
    checked.refuse()


@policy.command("show")
@of_municipality
@click.option("--on", type=Day(), metavar="DATE", help="Else today.")
@as_json
def policy_show(municipality: str, on: date | None, as_json: bool) -> None:
    """A municipality's figures as they are in force on a day."""
    settings = settings_now()
    use_policies(settings.policies)
    in_force = policy_of(municipality)
    show(figure_rows(in_force, on or in_force.today(settings.now())), as_json, "no figures")


@policy.command("preview")
@click.argument("path", metavar="FILE.toml", type=a_file)
@click.option("--period", metavar="PERIOD", required=True, help="The month to compute both ways, such as 2023-05.")
@as_json
def policy_preview(path: Path, period: str, as_json: bool) -> None:
    """What a changed file would do to the current caseload; nothing is written."""
    settings = connected()
    from tasks.previews.policy import preview_policy

    seen = preview_policy(path, period=period, now=settings.now())
    changed = {"municipality": seen.municipality, "changed": seen.keys, "assumed": seen.assumed}
    duties = [effect._asdict() for effect in seen.duties]
    if as_json:
        print_json({**changed, "pay": seen.pay and effect_shown(seen.pay), "duties": duties})
        return
    click.echo(f"{seen.municipality}: {len(seen.keys)} keys change: {', '.join(seen.keys) or 'none'}")
    if seen.pay is not None:
        show_effect(seen.pay)
    show(duties, False, "no duty is owed otherwise")
