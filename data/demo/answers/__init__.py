"""What people usually answer: every form filled in as in a case that goes well."""

from datetime import date

from data.demo.answers import benefit, intensive_start, network, network_approval, pay, respite_approval
from data.demo.answers.base import Answer, Usual
from data.tables import GeneratedTask

USUAL: Usual = {
    **benefit.USUAL,
    **intensive_start.USUAL,
    **network.USUAL,
    **network_approval.USUAL,
    **pay.USUAL,
    **respite_approval.USUAL,
}


def usual_answer(task: GeneratedTask, today: date) -> Answer:
    return USUAL[task.form](task, today)
