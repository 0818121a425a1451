"""Whom a task is about and who can be asked, for its mail."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from data.concerns import Concerned, concerned
from data.people import current_staff
from data.tables import GeneratedTask
from rules.in_household import whom
from rules.policy import Policy
from rules.substitutes import in_charge
from tasks.mail.notices import Behind


def behind(s: Session, tasks: Sequence[GeneratedTask], policy: Policy, now: datetime) -> dict[str, Behind]:
    """By the task's reference; of one municipality."""
    on, found = policy.today(now), concerned(s, tasks)
    staff = current_staff(s, policy.key)

    def contact(task: GeneratedTask, known: Concerned) -> str | None:
        """Whoever else knows of it, the leader at last."""
        others = [ref for ref in known.contacts if ref != task.assignee]
        return others[0] if others else in_charge(staff, on, but=frozenset({task.assignee}))

    return {
        task.ref: Behind(
            known.family,
            known.child,
            contact(task, known),
            whom(task.about or "", known.household, on) if known.household else None,
            known.kind,
        )
        for task in tasks
        for known in [found[task.ref]]
    }
