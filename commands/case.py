"""`plejeflow case`"""

import click

from commands.acting import connected, operator, with_mail
from commands.carrying_on import go_on
from commands.grammar import Group, as_json, of_one_municipality
from commands.printing import print_json, show, show_head
from data.breaches import breaches
from data.cases import find_case, led_to, list_cases, tasks_of
from data.policies import policy_of
from data.store.audit import os_account
from data.store.session import reading, writing
from web.shown.cases import case_head, case_row
from web.shown.tasks import task_row


@click.group(cls=Group)
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
    from tasks.cases.opened import open_case, opener

    settings = with_mail()
    about = {"family": family, "municipality": municipality}
    with writing() as s:
        now, by = settings.now(), operator()
        if email:
            by = opener(s, process, email, **about, os_account=os_account(), now=now)
        ref = open_case(s, process, **about, child=child, actor=by, now=now).ref
    click.echo(ref)
    go_on(settings, ref)


@case.command("list")
@click.option("--all", "ended", is_flag=True, help="Ended ones too.")
@as_json
def case_list(as_json: bool, ended: bool) -> None:
    """Open cases and what they wait for."""
    connected()
    with reading() as s:
        rows = [case_row(each) for each in list_cases(s, ended=ended)]
    show(rows, as_json, "no cases")


@case.command("breaches")
@of_one_municipality
@as_json
def case_breaches(municipality: str | None, as_json: bool) -> None:
    """Deadlines of cases that were broken."""
    connected()
    with reading() as s:
        rows = [vars(found) for found in breaches(s, policy_of(municipality).key if municipality else None)]
    show(rows, as_json, "no deadline was broken")


@case.command("show")
@click.argument("ref")
@as_json
def case_show(ref: str, as_json: bool) -> None:
    """A case, its tasks and who answered them."""
    connected()
    with reading() as s:
        head, opened = case_head(find_case(s, ref)), led_to(s, ref)
        tasks = [task_row(row) for row in tasks_of(s, ref)]
    if as_json:
        print_json({**head, "led_to": opened, "tasks": tasks})
        return
    show_head({**head, "led_to": ", ".join(opened)})
    show(tasks, False, "no tasks yet")


@case.command("reassign")
@click.argument("ref")
@click.option("--to", metavar="STAFF", required=True)
def case_reassign(ref: str, to: str) -> None:
    """Hand a case and its open tasks to somebody else."""
    from tasks.cases.opened import reassign

    settings = with_mail()
    with writing() as s:
        handed = reassign(s, ref, to, actor=operator(), now=settings.now())
    click.echo(f"{ref} is {to}'s now, with {', '.join(handed) or 'no open tasks'}")
