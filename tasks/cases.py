"""What is written to a case from outside its process: opened, woken, handed on."""

from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from data.audit import Actor, audit
from data.cases import find_case, open_tasks
from data.facts import current
from data.numbering import next_number
from data.policies import policy
from data.session import lock
from data.tables import CaseRow, CaseState, Child, Family, Staff
from rules.processes import Process, process_named
from rules.refusal import Refusal
from tasks.assign import for_role
from tasks.mail import queue_task_mail


def open_case(s: Session, process: str, *, family: str, child: str | None, actor: Actor, now: datetime) -> CaseRow:
    """The new case, without its flow run. Raises Refusal where family and child don't suit the process."""
    kind = process_named(process)
    home = current(s, Family, family)
    _suits(s, kind, home, child)
    _is_first(s, kind, family, child)
    pack = policy(home.municipality)
    series = f"{pack.prefix}-{now.year}"
    row = CaseRow(
        ref=f"{series}-{next_number(s, series):04d}",
        municipality=home.municipality,
        process=kind.name,
        process_version=kind.version,
        family=family,
        child=child,
        responsible=for_role(s, kind.responsible, home.municipality, prefer=[home.consultant], on=now.date()),
        opened_at=now,
        opened_by=actor.ref,
        woken_at=now,
    )
    s.add(row)
    audit(s, actor, "case opened", row.ref, now, process=process, family=family, child=child)
    return row


def _suits(s: Session, kind: Process, home: Family, child: str | None) -> None:
    if home.kind not in kind.family_kinds:
        wanted = ", ".join(sorted(kind.family_kinds))
        raise Refusal(f"{kind.name} is for a family of kind {wanted}; {home.ref} is {home.kind}")
    if kind.needs_child and child is None:
        raise Refusal(f"{kind.name} is about one child; say which with --child")
    if child is not None and current(s, Child, child).municipality != home.municipality:
        raise Refusal(f"child {child} and family {home.ref} are of different municipalities; check the references")


def _is_first(s: Session, kind: Process, family: str, child: str | None) -> None:
    lock(s, f"open {kind.name} {family}")  # two who open the same case at once: the second sees the first's
    same = select(CaseRow.ref).where(
        CaseRow.process == kind.name, CaseRow.family == family, CaseRow.child == child, CaseRow.state == CaseState.OPEN
    )
    if there := s.exec(same).first():
        raise Refusal(f"{there} is open already for {family}{f' and {child}' if child else ''}; go on with that one")


def wake(s: Session, ref: str, now: datetime) -> None:
    """Something happened that the case has to look at; its clock never goes back."""
    row = find_case(s, ref)
    s.execute(
        update(CaseRow)
        .where(col(CaseRow.ref) == ref, col(CaseRow.state) == CaseState.OPEN)
        .values(woken=col(CaseRow.woken) + 1, woken_at=max(row.woken_at, now))
    )


def wake_due(s: Session, today: date, now: datetime) -> list[str]:
    """Wakes every case in which something lapses or comes due today; their references."""
    due = update(CaseRow).where(col(CaseRow.state) == CaseState.OPEN, col(CaseRow.wakes_on) <= today)
    woken = s.execute(due.values(woken=col(CaseRow.woken) + 1, woken_at=now, wakes_on=None).returning(col(CaseRow.ref)))
    return sorted(woken.scalars())


def reassign(s: Session, ref: str, to: str, *, actor: Actor, now: datetime) -> list[str]:
    """Hands the case and its responsible's open tasks to somebody else; the references of the tasks."""
    row = find_case(s, ref)
    staff = current(s, Staff, to)
    role = process_named(row.process).responsible
    if row.state == CaseState.ENDED:
        raise Refusal(f"{ref} has ended; there is nothing to hand on")
    if staff.municipality != row.municipality:
        raise Refusal(f"{to} works for {staff.municipality}, {ref} is {row.municipality}'s; name one of its staff")
    if not staff.has_role(role):
        raise Refusal(f"{to} doesn't have the role {role} that {ref} needs; name somebody who has")
    handed = [
        task for task in open_tasks(s, assignee=row.responsible) if task.case == ref and staff.has_role(task.role)
    ]
    row.responsible = to
    s.add(row)
    for task in handed:
        task.assignee = to
        s.add(task)
        queue_task_mail(s, task, "issued", now)
    audit(s, actor, "case reassigned", ref, now, to=to)
    return [task.ref for task in handed]
