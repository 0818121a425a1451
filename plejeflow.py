"""The command line: where settings, clock and person come in. Rooms are imported by the command that needs them."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from data.settings import Settings, read_settings
from rules.refusal import Refusal, Refusals
from rules.storable import is_storable

MOST_ANSWER = 5_000_000
"""Bytes."""


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

    def invoke(self, ctx: click.Context) -> Any:
        """Raises Refusal for what no database keeps, such as a terminal's letters that aren't UTF-8."""
        for name, value in ctx.params.items():
            if isinstance(value, str) and not is_storable(value):
                called = next(max(param.opts, key=len) for param in self.params if param.name == name)
                raise Refusal(f"{called} has characters in it that can't be kept; type it again, in UTF-8")
        return super().invoke(ctx)


class Group(click.Group):
    command_class = Command
    group_class = type

    def invoke(self, ctx: click.Context) -> Any:
        """Says a refusal in plain lines on standard error, and ends with 1."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(f"plejeflow: {refusal}", err=True)
            ctx.exit(1)


@click.group(cls=Group, params=[today_option()], context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="plejeflow")
def main() -> None:
    """Processes of municipal foster, respite, network and resource families."""


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
as_email = click.option("--as", "email", metavar="EMAIL", required=True, help="Who you are: your e-mail address.")
of_municipality = click.option("--municipality", metavar="KEY", required=True, help="Such as randers.")
a_file = click.Path(path_type=Path)


def settings_now() -> Settings:
    today = click.get_current_context().find_root().meta.get("today")
    return read_settings(**({} if today is None else {"today": today}))


def connected() -> Settings:
    from data.session import connect

    settings = settings_now()
    connect(settings)
    return settings


def with_mail() -> Settings:
    """Connected, for a command whose effect may write mails."""
    from tasks.mail import configure

    settings = connected()
    configure(settings)
    return settings


def operator() -> Any:
    """Whoever sits at the machine, for what needs no named person."""
    from data.audit import Actor, os_account

    return Actor(f"os:{os_account()}", os_account())


def acting(email: str, municipality: str) -> tuple[Settings, Any]:
    """Connected, and the named person of that municipality who acts."""
    from data.audit import Actor, os_account
    from data.people import person_by_email
    from data.policies import policy
    from data.session import reading

    settings = with_mail()
    with reading() as s:
        pack = policy(municipality)
        person = person_by_email(s, email, municipality=pack.key, on=pack.today(settings.now()))
    return settings, Actor(person.ref, os_account())


def show(rows: Sequence[Mapping[str, Any]], as_json: bool, nothing: str) -> None:
    """A table, or the same rows as JSON."""
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False, default=str))
    elif not rows:
        click.echo(nothing)
    else:
        columns = list(rows[0])
        lines = [columns, *(["" if row[key] is None else str(row[key]) for key in columns] for row in rows)]
        widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
        shown = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
        click.echo("\n".join(line.rstrip() for line in shown))


def read_json(path: Path) -> object:
    from data.from_outside import read_file

    try:
        return json.loads(read_file(path, MOST_ANSWER).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refusal(f"{path} isn't JSON in UTF-8; save it as UTF-8") from None
    except RecursionError:
        raise Refusal(f"{path} isn't JSON that can be an answer: it is nested too deep; write it anew") from None
    except ValueError as error:
        raise Refusal(f"{path} isn't JSON: {error}") from None


@main.command()
def init() -> None:
    """Create or migrate the database, and load the published rates."""
    from data.migrate import migrate
    from data.rates import load_shipped
    from data.session import connect, writing

    settings = settings_now()
    migrate(connect(settings))
    with writing() as s:
        load_shipped(s, settings.now())
    click.echo("the database is ready")


@main.command("new-key")
def new_key() -> None:
    """Print a new key for PLEJEFLOW_ENCRYPTION_KEYS."""
    from cryptography.fernet import Fernet

    click.echo(Fernet.generate_key().decode())


@main.command("rotate-keys")
def rotate_keys() -> None:
    """Write everything encrypted again with the first of PLEJEFLOW_ENCRYPTION_KEYS."""
    from data.audit import audit
    from data.rotation import rotate_all
    from data.session import writing

    settings = connected()
    with writing() as s:
        written = rotate_all(s)
        audit(s, operator(), "keys rotated", "database", settings.now(), values=written)
    click.echo(f"{written} values are written with the newest key; the older keys can be taken away")


@main.group()
def case() -> None:
    """Cases: one process for one family or child."""


@case.command("open")
@click.argument("process")
@click.option("--family", metavar="REF", help="Whom it is about; left out where the process is the municipality's.")
@click.option("--child", metavar="REF")
@click.option("--municipality", metavar="KEY", help="For a process about no one family.")
@click.option("--as", "email", metavar="EMAIL", help="Who you are: staff, or the family itself; else the operator.")
def case_open(process: str, family: str | None, child: str | None, municipality: str | None, email: str | None) -> None:
    """Open a case and start its run on Prefect."""
    from data.audit import os_account
    from data.session import writing
    from tasks.cases import open_case, opener

    settings = with_mail()
    about = {"family": family, "municipality": municipality}
    with writing() as s:
        now, by = settings.now(), operator()
        if email:
            by = opener(s, process, email, **about, os_account=os_account(), now=now)
        ref = open_case(s, process, **about, child=child, actor=by, now=now).ref
    click.echo(ref)
    go_on(settings, ref)


def go_on(settings: Settings, ref: str) -> None:
    """What was committed stands; if Prefect doesn't answer now, the sweep finds the case later."""
    from tasks.prefect_api import PrefectServer
    from tasks.runs import carry_on

    try:
        with PrefectServer(settings) as server:
            carry_on(ref, server)
    except Refusal as later:
        click.echo(f"noted; but {later}", err=True)


def month_goes_on(settings: Settings, ref: str) -> None:
    """The month's own run, where it was started by its schedule or from outside."""
    from data.session import reading
    from data.tables import CaseRow

    with reading() as s:
        started = s.get(CaseRow, ref)
    if started is not None:
        go_on(settings, ref)


@case.command("list")
@click.option("--all", "ended", is_flag=True, help="Ended ones too.")
@as_json
def case_list(as_json: bool, ended: bool) -> None:
    """Open cases and what they wait for."""
    from data.cases import list_cases
    from data.session import reading

    connected()
    with reading() as s:
        rows = [
            {"ref": row.ref, "process": row.process, "family": row.family, "child": row.child,
             "state": row.outcome or row.state, "waits_for": row.waits_for}
            for row in list_cases(s, ended=ended)
        ]  # fmt: skip
    show(rows, as_json, "no cases")


@case.command("breaches")
@click.option("--municipality", metavar="KEY", help="Only this one's.")
@as_json
def case_breaches(municipality: str | None, as_json: bool) -> None:
    """Deadlines of cases that were broken."""
    from data.breaches import breaches
    from data.policies import policy
    from data.session import reading

    connected()
    with reading() as s:
        rows = [vars(found) for found in breaches(s, policy(municipality).key if municipality else None)]
    show(rows, as_json, "no deadline was broken")


@case.command("show")
@click.argument("ref")
@as_json
def case_show(ref: str, as_json: bool) -> None:
    """A case, its tasks and who answered them."""
    from data.cases import find_case, led_to, tasks_of
    from data.session import reading

    connected()
    with reading() as s:
        head = find_case(s, ref).model_dump(mode="json", exclude={"woken", "seen", "woken_at", "flow_run"})
        opened = led_to(s, ref)
        tasks = [task_row(row) for row in tasks_of(s, ref)]
    if as_json:
        click.echo(json.dumps({**head, "led_to": opened, "tasks": tasks}, indent=2, default=str))
        return
    for key, value in {**head, "led_to": ", ".join(opened)}.items():
        click.echo(f"{key:16} {'' if value is None else value}")
    show(tasks, False, "no tasks yet")


@case.command("reassign")
@click.argument("ref")
@click.option("--to", metavar="STAFF", required=True)
def case_reassign(ref: str, to: str) -> None:
    """Hand a case and its open tasks to somebody else."""
    from data.session import writing
    from tasks.cases import reassign

    settings = with_mail()
    with writing() as s:
        handed = reassign(s, ref, to, actor=operator(), now=settings.now())
    click.echo(f"{ref} is {to}'s now, with {', '.join(handed) or 'no open tasks'}")


@main.group()
def staff() -> None:
    """Who works here."""


@staff.command("hand-over")
@click.argument("ref")
@click.option("--to", metavar="STAFF", required=True, help="A colleague in the same municipality.")
@as_email
@as_json
def staff_hand_over(ref: str, to: str, email: str, as_json: bool) -> None:
    """Hand over everything that is with somebody: tasks, cases, and whatever names them."""
    from data.facts import current
    from data.session import reading, writing
    from data.tables import Staff
    from tasks.handover import hand_over

    connected()
    with reading() as s:
        municipality = current(s, Staff, ref).municipality
    settings, actor = acting(email, municipality)
    with writing() as s:
        handed = hand_over(s, ref, to, by=actor, now=settings.now())
    if as_json:
        click.echo(json.dumps(handed.moved, indent=2, ensure_ascii=False))
        return
    click.echo(f"from {ref} to {to}: {handed if handed.moved else 'nothing was with them'}")


@main.group()
def task() -> None:
    """Generated tasks: what people are asked to do."""


def task_row(row: Any) -> dict[str, Any]:
    state = "offered" if row.standing and row.state == "open" else row.state
    return {
        "ref": row.ref, "step": row.step, "form": row.form, "role": row.role, "assignee": row.assignee,
        "due_on": row.due_on, "state": state, "answered_by": row.answered_by,
    }  # fmt: skip


@task.command("list")
@click.option("--late", is_flag=True, help="Only those past their day.")
@click.option("--of", "staff", metavar="STAFF", help="Only this person's or family's, by reference.")
@as_json
def task_list(as_json: bool, late: bool, staff: str | None) -> None:
    """Tasks that wait for an answer."""
    from data.cases import list_tasks
    from data.people import known_person
    from data.policies import municipalities, policy
    from data.session import reading

    now = connected().now()
    days = {key: policy(key).today(now) for key in municipalities()} if late else None
    with reading() as s:
        found = list_tasks(s, assignee=None if staff is None else known_person(s, staff), due_before=days)
        rows = [{**task_row(row), "demands": row.demands} if as_json else task_row(row) for row in found]
    show(rows, as_json, "nothing waits for an answer")


@task.command("answer")
@click.argument("ref", metavar="TASK")
@click.option("--file", "path", type=a_file, required=True, help="The answer as JSON.")
@as_email
def task_answer(ref: str, path: Path, email: str) -> None:
    """Answer a task; the case goes on."""
    from data.audit import os_account
    from data.session import writing
    from tasks.answers import answer_task

    raw = read_json(path)
    settings = with_mail()
    with writing() as s:
        answered = answer_task(s, ref, raw, email=email, os_account=os_account(), now=settings.now())
    click.echo(f"{answered.task} answered by {answered.actor}{f' for {answered.of}' if answered.of else ''}")
    if answered.case:
        go_on(settings, answered.case)


@task.command("reassign")
@click.argument("ref", metavar="TASK")
@click.option("--to", metavar="STAFF", required=True)
def task_reassign(ref: str, to: str) -> None:
    """Hand one task to somebody else of its role."""
    from data.session import writing
    from tasks.cases import reassign_task

    settings = with_mail()
    with writing() as s:
        reassign_task(s, ref, to, actor=operator(), now=settings.now())
    click.echo(f"{ref} is {to}'s now")


@main.command("import")
@click.argument("path", metavar="FILE.xlsx", type=a_file)
@click.option("--check", is_flag=True, help="Only say what is wrong and what would change.")
@as_json
def import_(path: Path, check: bool, as_json: bool) -> None:
    """Import a caseload workbook, all of it or nothing."""
    settings = connected()
    from tasks.workbook import import_workbook

    report = import_workbook(path, actor=operator(), now=settings.now(), check=check)
    notes(report.warnings)
    rows = [{"sheet": sheet, **vars(count)} for sheet, count in report.sheets.items()]
    show(rows, as_json, "the workbook holds no rows")
    if check and not as_json:
        click.echo("checked; nothing was imported")


@main.command()
@click.argument("path", metavar="FILE.xlsx", type=a_file)
@click.option("--blank", is_flag=True, help="An empty workbook with a note on each column.")
def export(path: Path, blank: bool) -> None:
    """Export the whole caseload as a workbook."""
    settings = connected()
    from tasks.workbook import export_workbook

    report = export_workbook(path, actor=operator(), now=settings.now(), blank=blank)
    click.echo(f"{path}: {'blank' if blank else f'{sum(report.sheets.values())} rows'}")


@main.group()
def rates() -> None:
    """Published rates: what an amount is computed from."""


@rates.command("list")
@as_json
def rates_list(as_json: bool) -> None:
    """All rates with their source and status."""
    from data.rates import list_rates
    from data.session import reading

    connected()
    wanted = {"country", "rate", "band", "valid_from", "valid_to", "amount", "unit", "status", "source"}
    with reading() as s:
        rows = [row.model_dump(mode="json", include=wanted) for row in list_rates(s)]
    show(rows, as_json, "no rates; run `plejeflow init`")


@rates.command("check")
@click.option("--on", type=Day(), required=True, metavar="DATE")
@as_json
def rates_check(on: date, as_json: bool) -> None:
    """Which rates are missing on a day."""
    from data.rates import check
    from data.session import reading

    connected()
    with reading() as s:
        gaps = check(s, on)
    if as_json:
        show([gap._asdict() for gap in gaps], True, "")
    elif gaps:
        raise Refusals([str(gap) for gap in gaps])
    else:
        click.echo(f"every rate has an amount on {on}")


@rates.command("import")
@click.argument("path", metavar="FILE.csv", type=a_file)
def rates_import(path: Path) -> None:
    """Load the municipality's own rate table, all of it or nothing."""
    settings = connected()
    from tasks.rates import import_rates

    report = import_rates(path, actor=operator(), now=settings.now())
    notes(report.warnings)
    click.echo(f"{report.added} new, {report.changed} changed, {report.unchanged} unchanged")


@rates.command("preview")
@click.argument("path", metavar="FILE.csv", type=a_file)
@of_municipality
@click.option("--period", metavar="PERIOD", required=True, help="The month to compute both ways, such as 2023-05.")
@as_json
def rates_preview(path: Path, municipality: str, period: str, as_json: bool) -> None:
    """What a rate table would change in a month's pay; nothing is written."""
    settings = connected()
    from tasks.rates_preview import preview_rates

    seen = preview_rates(path, municipality=municipality, period=period, now=settings.now())
    notes(seen.warnings)
    if as_json:
        click.echo(json.dumps(effect_json(seen), indent=2))
    else:
        show_effect(seen)


@main.group()
def policy() -> None:
    """Policy packs: a municipality's own figures, duties and texts."""


@policy.command("check")
@click.argument("path", metavar="FILE.toml", type=a_file)
@as_json
def policy_check(path: Path, as_json: bool) -> None:
    """Look a policy file through: every fault at once, and which processes and jobs can't run with it."""
    settings = settings_now()
    from tasks.policy_check import check
    from tasks.policy_preview import read_pack

    pack = read_pack(path)
    checked = check(pack, pack.today(settings.now()))
    click.echo(json.dumps(checked.as_json(), indent=2, ensure_ascii=False) if as_json else str(checked))
    checked.refuse()


@policy.command("show")
@of_municipality
@click.option("--on", type=Day(), metavar="DATE", help="Else today.")
@as_json
def policy_show(municipality: str, on: date | None, as_json: bool) -> None:
    """A municipality's figures as they are in force on a day."""
    from data.policies import policy as pack_of
    from data.policies import use_policies
    from rules.policy import DUTIES

    settings = settings_now()
    use_policies(settings.policies)
    pack = pack_of(municipality)
    day = on or pack.today(settings.now())
    given = {key: pack.dated(key, day) for key, rows in sorted(pack.values.items()) if rows[0].valid_from <= day}
    rows = [
        {"key": key, "valid_from": dated.valid_from, "source": dated.source, "assumed": dated.assumed,
         "value": dated.value.written() if key.startswith(DUTIES) else dated.value}
        for key, dated in given.items()
    ]  # fmt: skip
    show(rows, as_json, "no figures")


@policy.command("preview")
@click.argument("path", metavar="FILE.toml", type=a_file)
@click.option("--period", metavar="PERIOD", required=True, help="The month to compute both ways, such as 2023-05.")
@as_json
def policy_preview(path: Path, period: str, as_json: bool) -> None:
    """What a changed file would do to the current caseload; nothing is written."""
    settings = connected()
    from tasks.policy_preview import preview_policy

    seen = preview_policy(path, period=period, now=settings.now())
    changed = {"municipality": seen.municipality, "changed": seen.keys, "assumed": seen.assumed}
    duties = [effect._asdict() for effect in seen.duties]
    if as_json:
        pay = seen.pay and effect_json(seen.pay)
        click.echo(json.dumps({**changed, "pay": pay, "duties": duties}, indent=2))
        return
    click.echo(f"{seen.municipality}: {len(seen.keys)} keys change: {', '.join(seen.keys) or 'none'}")
    if seen.pay is not None:
        show_effect(seen.pay)
    show(duties, False, "no duty is owed otherwise")


def show_effect(effect: Any) -> None:
    notes([*(f"missing now: {gap}" for gap in effect.missing_now)])
    notes([f"missing then: {gap}" for gap in effect.missing_then])
    click.echo(f"{effect.affected} of {effect.families} families affected; {len(effect.much)} need a look")
    show(effect_json(effect)["components"], False, "nobody is paid anything that month")


def effect_json(effect: Any) -> dict[str, Any]:
    return {
        "families": effect.families,
        "affected": effect.affected,
        "components": [{**each._asdict(), "difference_ore": each.difference_ore} for each in effect.components],
        "needs_review": [family._asdict() for family in effect.much],
    }


def notes(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(f"plejeflow: note: {line}", err=True)


@main.group(invoke_without_command=True, params=[today_option()])
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
    from data.policies import municipalities, policy
    from tasks.duties import broken_of, judge

    settings = connected()
    keys = [policy(municipality).key] if municipality else municipalities()
    if broken:
        register = [each for key in keys for each in broken_of(key, policy(key).today(settings.now()))]
        show([broken_row(each) for each in register], as_json, "no broken deadlines")
        return
    found = [one.standing for key in keys for one in judge(key, policy(key).today(settings.now()))]
    too_late = ("late", "impossible")
    show([duty_row(each) for each in found if not late or each.state in too_late], as_json, "no duties")


def duty_row(standing: Any) -> dict[str, Any]:
    first, last = standing.window or (None, None)
    return {
        "subject": standing.subject, "duty": standing.duty.key, "row": standing.duty.row, "state": standing.state,
        "due_on": standing.due_on, "late_from": standing.late_from, "last": standing.last,
        "count": None if standing.wanted is None else standing.count,
        "least": standing.wanted, "most": standing.most, "from": first, "to": last, "asked": standing.duty.asked,
        "binding": standing.duty.binding,
    }  # fmt: skip


def broken_row(found: Any) -> dict[str, Any]:
    each = found.deadline
    first, last = each.window or (None, None)
    return {
        "subject": each.subject, "duty": each.duty.key, "row": each.duty.row, "due_on": each.due_on,
        "held_on": each.held_on, "count": each.count, "least": each.wanted, "from": first, "to": last,
        "asked": each.duty.asked, "known_since": found.known_since,
    }  # fmt: skip


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
def duties_change(subject: str, email: str, **wish: Any) -> None:
    """Record a pause, a lawful exception or another interval."""
    from data.session import reading, writing
    from tasks.duty_changes import Wish, change_duty, home_of

    connected()
    with reading() as s:
        municipality = home_of(s, subject)
    settings, actor = acting(email, municipality)
    with writing() as s:
        click.echo(change_duty(s, Wish(subject, **wish), by=actor, now=settings.now()))


@duties.command("begin")
@of_municipality
@click.option("--on", type=Day(), required=True, metavar="DATE", help="The first day that is judged.")
def duties_begin(municipality: str, on: date) -> None:
    """Judge what recurs from this day on: what was held before may be unknown, and nothing of it is late."""
    from data.policies import policy
    from data.session import writing
    from tasks.beginnings import begin_duties

    key, settings = policy(municipality).key, connected()
    with writing() as s:
        before = begin_duties(s, key, on, by=operator(), now=settings.now())
    click.echo(f"{key} is judged from {on} on; of {before} placements from before, what comes first is spread out")


@main.group()
def payout() -> None:
    """Monthly pay: drafts, lines and why."""


@payout.command("prepare")
@click.argument("period")
@of_municipality
@as_email
@as_json
def payout_prepare(period: str, municipality: str, email: str, as_json: bool) -> None:
    """Compute a month as a draft; a draft may be computed again."""
    from rules.months import month

    month(period)
    settings, actor = acting(email, municipality)
    from tasks.payout import prepare_payout

    summary = prepare_payout(municipality, period, actor=actor, now=settings.now())
    month_goes_on(settings, summary.run)
    notes(summary.notices)
    fields = {key: value for key, value in vars(summary).items() if key != "notices"}
    show([fields], as_json, "")


@payout.command("approve")
@click.argument("period")
@of_municipality
@click.option("--as-it-stands", is_flag=True, help="Although facts have come in since it was prepared.")
@as_email
def payout_approve(period: str, municipality: str, as_it_stands: bool, email: str) -> None:
    """Approve a draft that somebody else prepared and decided about."""
    settings, actor = acting(email, municipality)
    from tasks.payout import approve_payout

    run = approve_payout(municipality, period, actor=actor, now=settings.now(), as_it_stands=as_it_stands)
    click.echo(f"{run.ref} is approved by {run.approved_by}")
    month_goes_on(settings, run.ref)


@payout.command("discard")
@click.argument("period")
@of_municipality
@as_email
def payout_discard(period: str, municipality: str, email: str) -> None:
    """Take a draft away, with the tasks and the mails that wait about it."""
    settings, actor = acting(email, municipality)
    from tasks.payout import discard_payout

    run = discard_payout(municipality, period, actor=actor, now=settings.now())
    click.echo(f"{run.ref} is discarded; nothing was paid")
    month_goes_on(settings, run.ref)


@payout.command("release")
@click.argument("period")
@of_municipality
@as_email
def payout_release(period: str, municipality: str, email: str) -> None:
    """Release an approved month; it never changes again."""
    settings, actor = acting(email, municipality)
    from tasks.payout import release_payout

    run = release_payout(municipality, period, actor=actor, now=settings.now())
    click.echo(f"{run.ref} is released by {run.released_by}")
    month_goes_on(settings, run.ref)


@payout.command("export")
@click.argument("period")
@of_municipality
@click.option("--to", "folder", metavar="FOLDER", type=a_file, required=True, help="Where the files go; it must exist.")
@as_email
@as_json
def payout_export(period: str, municipality: str, folder: Path, email: str, as_json: bool) -> None:
    """Write the payroll files and pay statements of a released month."""
    from rules.months import month

    month(period)
    settings, actor = acting(email, municipality)
    from tasks.payroll_files import export_payout

    done = export_payout(municipality, period, folder, actor=actor, now=settings.now())
    month_goes_on(settings, done.run)
    notes(done.notices)
    if as_json:
        click.echo(json.dumps(vars(done), indent=2, ensure_ascii=False, default=str))
        return
    statements = [file for file in done.files if file["name"].startswith("statements/")]
    show([file for file in done.files if file not in statements], False, "")
    click.echo(f"and {len(statements)} pay statements in {folder / 'statements'}; to be paid on {done.payment_date}")


@payout.command("decide")
@click.argument("line")
@click.argument("decision", type=click.Choice(["pay", "waive", "recover"]))
@click.option("--reason", required=True, help="Why; it is kept with the decision.")
@click.option("--instalments", type=click.IntRange(1), default=1, show_default=True, help="For recover.")
@as_email
def payout_decide(line: str, decision: str, reason: str, instalments: int, email: str) -> None:
    """Decide about a held or overpaid line; takes effect in the next draft."""
    from data.ledger import find_line
    from data.session import reading

    connected()
    with reading() as s:
        municipality = find_line(s, line).municipality
    settings, actor = acting(email, municipality)
    from data.tables import Decision
    from tasks.payout import decide_line

    made = decide_line(
        line, Decision(decision), reason=reason, actor=actor, now=settings.now(), instalments=instalments
    )
    about = f"{made.component} {made.period}, {made.subject} in {made.family}"
    click.echo(f"{made.ref}: {line} {decision}: {about}, {made.amount_ore / 100:.2f} kr.")


@payout.command("compare")
@click.argument("period")
@of_municipality
@as_json
def payout_compare(period: str, municipality: str, as_json: bool) -> None:
    """A month as it was computed on its day beside what is known now; differences only."""
    settings = connected()
    from tasks.payout import compare_payout

    rows = [row._asdict() for row in compare_payout(municipality, period, settings.now())]
    show(rows, as_json, "nothing would be computed otherwise today")


@payout.command("show")
@click.argument("period")
@of_municipality
@as_json
def payout_show(period: str, municipality: str, as_json: bool) -> None:
    """A month's lines."""
    from data.ledger import run_as_json
    from data.policies import policy
    from data.session import reading
    from rules.months import month

    connected()
    month(period)
    with reading() as s:
        run = run_as_json(s, policy(municipality).key, period)
    if as_json:
        click.echo(json.dumps(run, indent=2, ensure_ascii=False))
        return
    click.echo(f"{run['municipality']} {run['payroll_month']}: {run['status']}")
    for no in run.get("rejected", []):
        click.echo(f"not approved by {no['by']} at {no['at'][:16].replace('T', ' ')}: {no['reason']} ({no['task']})")
    columns = (
        "id",
        "placement",
        "family",
        "component",
        "period",
        "quantity",
        "rate",
        "amount_ore",
        "taxable",
        "status",
    )
    from tasks.language import translator
    from tasks.pay_words import HOLDS

    say = translator(policy(municipality).language).gettext
    why: dict[str | None, str | None] = {None: None, **{hold.value: say(words) for hold, words in HOLDS.items()}}
    rows = [{**{key: line[key] for key in columns}, "held_because": why[line["held_because"]]} for line in run["lines"]]
    show(rows, False, "no lines")


@payout.command("explain")
@click.argument("line")
@click.option("--language", type=click.Choice(["da", "nb", "en"]), help="Else the municipality's own.")
def payout_explain(line: str, language: str | None) -> None:
    """Why an amount is what it is."""
    from data.ledger import find_line
    from data.policies import policy
    from data.session import reading

    connected()
    from tasks.explain import explain_line

    with reading() as s:
        chosen = language or policy(find_line(s, line).municipality).language
        click.echo(explain_line(s, line, chosen))


@main.group()
def document() -> None:
    """Contracts, decisions and reports, and the Word templates they are made with."""


@document.command("list")
@click.option("--about", metavar="REF", help="Only those about a case, with each of its people.")
@as_json
def document_list(about: str | None, as_json: bool) -> None:
    """Documents that were made; a later version names the one it supersedes."""
    from data.documents import list_documents
    from data.session import reading

    connected()
    with reading() as s:
        rows = [
            {"ref": row.ref, "about": row.about, "kind": row.kind, "version": row.version,
             "supersedes": row.supersedes, "made_at": f"{row.made_at:%Y-%m-%d %H:%M}", "sha256": row.digest}
            for row in list_documents(s, about=about)
        ]  # fmt: skip
    show(rows, as_json, "no documents")


@document.command("save")
@click.argument("ref")
@click.option("--to", "path", metavar="FILE", type=a_file, required=True)
@as_email
def document_save(ref: str, path: Path, email: str) -> None:
    """Write a document to a file, as it was made; who read it is recorded."""
    from data.documents import find_document
    from data.session import reading, writing

    connected()
    with reading() as s:
        municipality = find_document(s, ref).municipality
    settings, actor = acting(email, municipality)
    from tasks.documents import read_document

    with writing() as s:
        write_file(path, read_document(s, ref, actor=actor, now=settings.now()))
    click.echo(f"{ref} is in {path}")


def write_file(path: Path, content: bytes) -> None:
    """For its owner's eyes. Raises Refusal, and never puts it in another file's place."""
    import os

    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise Refusal(f"{path} can't be written: {error.strerror}; name another file") from None


@document.group()
def template() -> None:
    """Word templates: the shipped ones, and municipalities' own."""


template_name = click.option("--name", required=True, help="Such as contract_network.")


@template.command("list")
@as_json
def template_list(as_json: bool) -> None:
    """Every template, the languages it comes in, and who uses one of their own."""
    from data.session import reading

    connected()
    from tasks.documents import templates

    with reading() as s:
        show([row._asdict() for row in templates(s)], as_json, "no templates")


@template.command("save")
@click.argument("name")
@click.option("--language", type=click.Choice(["da", "nb"]), help="The shipped one.")
@click.option("--municipality", metavar="KEY", help="The one it uses: its own, else the shipped.")
@click.option("--to", "path", metavar="FILE", type=a_file, required=True)
def template_save(name: str, language: str | None, municipality: str | None, path: Path) -> None:
    """Write a template to a file, to be edited in Word."""
    if (language is None) == (municipality is None):
        raise click.UsageError("say either --language or --municipality")
    from data.session import reading

    connected()
    from tasks.documents import shipped, template_in_use

    with reading() as s:
        write_file(path, template_in_use(s, municipality, name) if municipality else shipped(name, str(language)))
    click.echo(f"{name} is in {path}")


@template.command("check")
@click.argument("path", metavar="FILE", type=a_file)
@template_name
def template_check(path: Path, name: str) -> None:
    """Say what is wrong with a template; nothing is loaded."""
    from tasks.documents import named
    from tasks.word_check import check_template, template_file

    check_template(template_file(path), named(name))
    click.echo(f"{path} is in order as {name}")


@template.command("load")
@click.argument("path", metavar="FILE", type=a_file)
@template_name
@of_municipality
@as_email
def template_load(path: Path, name: str, municipality: str, email: str) -> None:
    """Use a municipality's own version of a template from now on."""
    from tasks.word_check import template_file

    content = template_file(path)
    settings, actor = acting(email, municipality)
    from data.session import writing
    from tasks.documents import load_template

    with writing() as s:
        load_template(s, municipality, name, content, actor=actor, now=settings.now())
    click.echo(f"{municipality} uses its own {name} from now on")


@main.group()
def course() -> None:
    """Courses: what there is, who has a place, what it costs."""


@course.command("add")
@click.argument("ref")
@of_municipality
@click.option("--title", required=True)
@click.option("--kind", type=click.Choice(["basic", "annual", "module", "specialist"]), required=True)
@click.option("--on", type=Day(), required=True, metavar="DATE", help="Its first day.")
@click.option("--days", type=click.IntRange(1, 30), default=1, show_default=True)
@click.option("--places", type=click.IntRange(1, 1000), required=True)
@click.option("--price", type=click.FloatRange(0, 1_000_000), help="What one person costs, in kroner.")
@click.option("--theme")
@click.option("--specialist", metavar="STAFF", help="Who gives a course of kind specialist.")
def course_add(ref: str, municipality: str, on: date, price: float | None, **said: Any) -> None:
    """Add a course to the catalogue."""
    from data.policies import policy
    from data.session import writing
    from data.tables import Course
    from tasks.courses import add_course

    settings = connected()
    ore = None if price is None else round(price * 100)
    now = settings.now()
    new = Course(ref=ref, recorded_at=now, municipality=policy(municipality).key, held_on=on, price_ore=ore, **said)
    with writing() as s:
        add_course(s, new, actor=operator(), now=now)
    click.echo(f"{ref} is in the catalogue")


@course.command("list")
@click.option("--municipality", metavar="KEY", help="Only this one's.")
@as_json
def course_list(municipality: str | None, as_json: bool) -> None:
    """Courses, with the people who have a place, wait and came."""
    from data.courses import courses
    from data.policies import policy
    from data.session import reading
    from tasks.courses import as_row

    connected()
    with reading() as s:
        found = courses(s, policy(municipality).key if municipality else None)
        rows = [as_row(s, one) for one in found]
    show(rows, as_json, "no courses")


@course.command("show")
@click.argument("ref")
@as_json
def course_show(ref: str, as_json: bool) -> None:
    """A course, who asked for a place in which order, and what each placing municipality pays."""
    from data.courses import enrolments
    from data.facts import current
    from data.session import reading
    from data.tables import Course
    from tasks.courses import as_row, costs

    connected()
    with reading() as s:
        found = current(s, Course, ref)
        head, shared = as_row(s, found), costs(s, found)
        rows: list[dict[str, Any]] = [
            {"family": row.family, "persons": row.persons, "state": row.state, "days_attended": row.days_attended,
             "costs_ore": shared.get(row.family, {})}
            for row in enrolments(s, ref)
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({**head, "enrolments": rows}, indent=2, ensure_ascii=False))
        return
    for key, value in head.items():
        click.echo(f"{key:16} {'' if value is None else value}")
    paid = ({**row, "costs_ore": ", ".join(f"{who} {ore}" for who, ore in row["costs_ore"].items())} for row in rows)
    show(list(paid), False, "nobody has asked for a place yet")


@main.group()
def call() -> None:
    """Calls to the emergency line."""


@call.command("log")
@click.option("--family", metavar="REF", required=True, help="Who called.")
@click.option("--topic", help="What kind of call, a word of the municipality's list.")
@click.option("--about", help="What it was about; it is kept encrypted.")
@click.option("--advice", help="What was advised; it is kept encrypted.")
@click.option("--at", metavar="DATETIME", help="When, such as 2023-03-04T23:40; else now.")
@click.option("--file", "path", type=a_file, help="The same as JSON, instead of topic, about, advice and at.")
@as_email
def call_log(family: str, path: Path | None, email: str, at: str | None, **said: str | None) -> None:
    """Log a call; the family's consultant is asked to follow it up."""
    from data.audit import os_account
    from data.session import writing
    from tasks.emergency_line import log_call

    given = {key: value for key, value in {**said, "called_at": at}.items() if value is not None}
    if path is not None and given:
        raise click.UsageError("say the call either with --file or with --topic, --about, --advice and --at")
    raw = given if path is None else read_json(path)
    settings = with_mail()
    with writing() as s:
        logged = log_call(s, family, raw, email=email, os_account=os_account(), now=settings.now())
    click.echo(logged.ref)


@main.group()
def mail() -> None:
    """The outbox: what was sent to whom, by reference."""


@mail.command("list")
@click.option("--about", metavar="REF", help="Only a task's, or a case's with all its tasks.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@as_json
def mail_list(about: str | None, limit: int, as_json: bool) -> None:
    """Mails, newest first."""
    from data.outbox import list_mails
    from data.session import reading

    connected()
    with reading() as s:
        rows = [
            {"ref": row.ref, "about": row.about, "template": row.template, "recipient": row.recipient,
             "state": row.state, "attempts": row.attempts, "queued_at": f"{row.queued_at:%Y-%m-%d %H:%M}",
             "subject": row.subject}
            for row in list_mails(s, about=about, limit=limit)
        ]  # fmt: skip
    show(rows, as_json, "no mails")


@mail.command("show")
@click.argument("ref")
def mail_show(ref: str) -> None:
    """A mail as it goes over the wire."""
    from data.audit import audit
    from data.outbox import find_mail
    from data.session import writing

    settings = connected()
    with writing() as s:
        found = find_mail(s, ref)
        audit(s, operator(), "mail read", found.ref, settings.now())
    click.echo(f"{found.state} after {found.attempts} attempts; the server said: {found.server_said or 'nothing yet'}")
    click.echo((found.message or b"").decode("utf-8", "replace"))


@mail.command("deliver")
def mail_deliver() -> None:
    """Send what is due now, once; the worker does it all the time."""
    import asyncio
    import os

    settings = with_mail()
    from tasks.postman import deliver_due

    done = asyncio.run(deliver_due(settings, settings.now(), f"command-{os.getpid()}"))
    click.echo(f"{done.sent} sent, {done.put_back} to be tried again, {done.given_up} given up")


@main.command()
def reconcile() -> None:
    """Make Prefect's runs again from our cases, and wake what was missed."""
    from tasks.prefect_api import PrefectServer
    from tasks.runs import reconcile as all_cases

    with PrefectServer(connected()) as server:
        for ref, done in all_cases(server).items():
            click.echo(f"{ref}  {done}")


@main.command()
def deploy() -> None:
    """Register every deployment with Prefect's server; run it after every upgrade."""
    from tasks.up import deploy as to_prefect

    to_prefect(settings_now())


@main.command()
def doctor() -> None:
    """Look whether everything this installation needs is there."""
    from data.audit import first_broken
    from data.cases import at_prefect
    from data.encrypted import unopened
    from data.policies import municipalities
    from data.session import reading
    from tasks.prefect_api import PrefectServer
    from tasks.schedules import wrong

    settings = with_mail()
    with reading() as s:
        if shut := unopened(s):
            raise Refusal(
                f"none of the keys opens {', '.join(shut)}: add the key that it was written with, from the backup "
                f"that the database is from, to PLEJEFLOW_ENCRYPTION_KEYS or {settings.var / 'keys'}"
            )
        cases, broken = at_prefect(s), first_broken(s)
    if broken is not None:
        raise Refusal(f"the audit trail doesn't hold together at row {broken.id}: somebody changed it or took rows out")
    with PrefectServer(settings) as server:
        server.answers()
        if found := wrong(server, settings.now()):
            raise Refusals(found)
    behind = [case.ref for case in cases if case.behind]
    click.echo(f"database, audit trail, {len(municipalities())} policies and Prefect's server are in order")
    click.echo(f"{len(cases)} open cases; {'none' if not behind else ', '.join(behind)} waiting to be carried on")


@main.command()
def worker() -> None:
    """Run flow runs and deliver mails in this process, until it is stopped."""
    import os

    settings = settings_now()
    os.environ.setdefault("PREFECT_API_URL", settings.prefect_api_url)
    os.environ.setdefault("PREFECT_WORKER_QUERY_SECONDS", "0.3")
    os.environ.setdefault("PREFECT_WORKER_HEARTBEAT_SECONDS", "5")
    import asyncio

    from tasks.worker import serve

    asyncio.run(serve(settings))


@main.command()
def up() -> None:
    """Start everything on this machine and say where it is; Ctrl-C stops it."""
    import time

    from tasks.up import services

    stop_at_sigterm()
    click.echo("starting; the first time takes a minute")
    try:
        with services(settings_now()) as home:
            for name, address in home.addresses.items():
                click.echo(f"{name:20} {address}")
            for note in home.notes:
                click.echo(note)
            while True:
                home.check()
                time.sleep(1)
    except KeyboardInterrupt:
        click.echo("stopped")


def stop_at_sigterm() -> None:
    """As Ctrl-C does: what was started is stopped too."""
    import signal

    signal.signal(signal.SIGTERM, signal.default_int_handler)


@main.command()
def demo() -> None:
    """Play the main job: a caseload, an approval on Prefect, a month's payout, and the mails."""
    from tasks.demo import play

    stop_at_sigterm()
    play(settings_now(), click.echo)


@main.command(hidden=True)
def mailbox() -> None:
    """The local mail sink and its page."""
    import asyncio

    from web.mailbox import serve_mailbox

    asyncio.run(serve_mailbox(settings_now()))


if __name__ == "__main__":
    main()
