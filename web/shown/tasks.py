from datetime import date
from typing import Any, TypedDict

from data.cases import ListedTask
from data.tables import GeneratedTask


class TaskRow(TypedDict):
    ref: str
    step: str
    form: str
    role: str
    assignee: str
    due_on: date | None
    state: str
    """A standing task that is open is offered."""
    answered_by: str | None


class AskedRow(TaskRow):
    demands: dict[str, Any]


def task_row(task: GeneratedTask | ListedTask) -> TaskRow:
    return {
        "ref": task.ref,
        "step": task.step,
        "form": task.form,
        "role": task.role,
        "assignee": task.assignee,
        "due_on": task.due_on,
        "state": "offered" if task.standing and task.state == "open" else task.state,
        "answered_by": task.answered_by,
    }


def asked_row(task: GeneratedTask | ListedTask) -> AskedRow:
    """With what the answer is checked against, for whoever answers by file."""
    return {**task_row(task), "demands": task.demands}
