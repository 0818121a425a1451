"""What people usually answer: every form filled in as in a case that goes well."""

from datetime import date

from data.tables import GeneratedTask
from tasks.rehearsal.answers import (
    benefit,
    courses,
    development_plan,
    driving,
    duties,
    emergency,
    group_supervision,
    incident,
    intensive_start,
    matching,
    network,
    network_approval,
    pay,
    placement_end,
    reinforced_support,
    respite_approval,
)
from tasks.rehearsal.answers.base import Answer, Usual

USUAL: Usual = {
    **benefit.USUAL,
    **incident.USUAL,
    **courses.USUAL,
    **development_plan.USUAL,
    **driving.USUAL,
    **emergency.USUAL,
    **duties.USUAL,
    **group_supervision.USUAL,
    **intensive_start.USUAL,
    **matching.USUAL,
    **network.USUAL,
    **network_approval.USUAL,
    **pay.USUAL,
    **placement_end.USUAL,
    **reinforced_support.USUAL,
    **respite_approval.USUAL,
}


def usual_answer(task: GeneratedTask, today: date) -> Answer:
    return USUAL[task.form](task, today)
