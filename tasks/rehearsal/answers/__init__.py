"""What people usually answer: every form filled in as in a case that goes well. Found by folder."""

from datetime import date
from importlib import import_module
from pkgutil import iter_modules

from data.tables import GeneratedTask
from tasks.rehearsal.answers.base import Answer, Usual

USUAL: Usual = {
    form: answer
    for each in iter_modules(__path__)
    if each.name != "base"
    for form, answer in import_module(f"{__name__}.{each.name}").USUAL.items()
}


def usual_answer(task: GeneratedTask, today: date) -> Answer:
    return USUAL[task.form](task, today)
