"""`plejeflow task`"""

from pathlib import Path

import click

from commands.acting import connected, operator, with_mail
from commands.carrying_on import go_on
from commands.files import read_json
from commands.grammar import Group, a_file, as_email, as_json
from commands.printing import show
from data.cases import list_tasks
from data.people import known_person
from data.policies import municipalities, policy_of
from data.store.audit import os_account
from data.store.session import reading, writing
from web.shown.tasks import asked_row, task_row


@click.group(cls=Group)
def task() -> None:
    """Generated tasks: what people are asked to do."""


@task.command("list")
@click.option("--late", is_flag=True, help="Only those past their day.")
@click.option("--of", "staff", metavar="STAFF", help="Only this person's or family's, by reference.")
@as_json
def task_list(as_json: bool, late: bool, staff: str | None) -> None:
    """Tasks that wait for an answer."""
    now = connected().now()
    days = {key: policy_of(key).today(now) for key in municipalities()} if late else None
    with reading() as s:
        found = list_tasks(s, assignee=None if staff is None else known_person(s, staff), due_before=days)
        rows = [asked_row(row) if as_json else task_row(row) for row in found]
    show(rows, as_json, "nothing waits for an answer")


@task.command("answer")
@click.argument("ref", metavar="TASK")
@click.option("--file", "path", type=a_file, required=True, help="The answer as JSON.")
@as_email
def task_answer(ref: str, path: Path, email: str) -> None:
    """Answer a task; the case goes on."""
    from tasks.cases.answers import answer_task

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
    from tasks.cases.opened import reassign_task

    settings = with_mail()
    with writing() as s:
        reassign_task(s, ref, to, actor=operator(), now=settings.now())
    click.echo(f"{ref} is {to}'s now")
