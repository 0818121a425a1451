"""`plejeflow duties`"""

import re
from datetime import date

import click

from commands.acting import acting, connected, operator
from commands.grammar import Day, Group, as_email, as_json, of_municipality, today_option
from commands.printing import show
from data.policies import municipalities, policy_of
from data.store.session import reading, writing
from rules.duties.changes import ChangeKind
from tasks.duties.beginnings import begin_duties
from tasks.duties.changes import Wish, change_duty, home_of
from web.shown.duties import broken_row, duty_row


@click.group(cls=Group, invoke_without_command=True, params=[today_option()])
@click.option("--municipality", metavar="KEY", help="Only this one's, such as randers.")
@click.option("--late", is_flag=True, help="Only what is late or can no longer be kept.")
@click.option(
    "--broken", is_flag=True, help="The register: every deadline that was ever broken, also if it was held since."
)
@as_json
@click.pass_context
def duties(ctx: click.Context, municipality: str | None, late: bool, broken: bool, as_json: bool) -> None:
    """What recurs: where everybody stands, and from when it is late."""
    if ctx.invoked_subcommand is not None:
        return
    if late and broken:
        raise click.UsageError("--late is what is late now, --broken what ever was; give one of them")
    from tasks.duties.asked import broken_of, judge

    settings = connected()
    keys = [policy_of(municipality).key] if municipality else municipalities()
    if broken:
        register = [each for key in keys for each in broken_of(key, policy_of(key).today(settings.now()))]
        show([broken_row(each) for each in register], as_json, "no broken deadlines")
        return
    found = [one.standing for key in keys for one in judge(key, policy_of(key).today(settings.now()))]
    too_late = ("late", "impossible")
    show([duty_row(each) for each in found if not late or each.state in too_late], as_json, "no duties")


class Interval(click.ParamType[dict[str, int]]):
    name = "interval"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, int]:
        found = re.fullmatch(r"([1-9][0-9]{0,3}) ?(days|weeks|months)", str(value))
        if found is None:
            self.fail(f"{value!r} isn't an interval; write it as 14days, 6weeks or 2months", param, ctx)
        return {found[2]: int(found[1])}


@duties.command("change")
@click.argument("subject")
@click.option("--duty", metavar="KEY", help="One duty; else all of the subject's.")
@click.option("--kind", type=click.Choice(["pause", "exempt", "interval"]), required=True)
@click.option("--from", "first", type=Day(), required=True, help="Its first day.")
@click.option("--to", "last", type=Day(), help="Its last day; leave it out while it lasts.")
@click.option("--every", type=Interval(), help="The other interval, such as 14days, 6weeks or 2months.")
@click.option("--reason", required=True)
@as_email
def duties_change(
    subject: str,
    email: str,
    duty: str | None,
    kind: ChangeKind,
    first: date,
    last: date | None,
    every: dict[str, int] | None,
    reason: str,
) -> None:
    """Record a pause, a lawful exception or another interval."""
    connected()
    with reading() as s:
        municipality = home_of(s, subject)
    settings, actor = acting(email, municipality)
    wish = Wish(subject, kind, first, reason, duty, last, every)
    with writing() as s:
        click.echo(change_duty(s, wish, by=actor, now=settings.now()))


@duties.command("begin")
@of_municipality
@click.option("--on", type=Day(), required=True, metavar="DATE", help="The first day that is judged.")
def duties_begin(municipality: str, on: date) -> None:
    """Judge what recurs from this day on: what was held before may be unknown, and nothing of it is late."""
    key, settings = policy_of(municipality).key, connected()
    with writing() as s:
        before = begin_duties(s, key, on, by=operator(), now=settings.now())
    click.echo(f"{key} is judged from {on} on; of {before} placements from before, what comes first is spread out")
