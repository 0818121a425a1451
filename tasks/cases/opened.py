"""What is written to a case from outside its process: opened, woken, handed on."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import case, or_, update
from sqlmodel import Session, col, select

from data.cases import find_case, find_task, tasks_of
from data.people import person_by_email
from data.policies import policy_of
from data.store.audit import Actor, audit, is_job, job
from data.store.facts import current, stands
from data.store.numbering import next_number
from data.store.session import lock
from data.tables import CaseRow, CaseState, Child, Family, GeneratedTask, Placement, Staff, TaskState
from rules.policy import Policy
from rules.policy_standing import refuse_what_cannot_run, unpaid
from rules.process import Process
from rules.refusal import Refusal
from rules.register import process_named
from tasks.cases.assign import for_role
from tasks.mail.queue import queue_task_mail


def open_case(
    s: Session,
    process: str,
    *,
    family: str | None,
    child: str | None,
    actor: Actor,
    now: datetime,
    municipality: str | None = None,
    parent: str | None = None,
) -> CaseRow:
    """The new case, without its flow run. Raises Refusal where family and child don't suit the process.

    `municipality` is for a process about no family.
    """
    kind = process_named(process)
    if kind.monthly:
        raise Refusal(f"{process} is about a month: `prefect deployment run {process}/{process}` starts it, see --help")
    if kind.opened_by and not is_job(actor.ref):
        raise Refusal(
            f"{process} isn't opened by hand; "
            f"`prefect deployment run {kind.opened_by}/{kind.opened_by}` opens what is due"
        )
    home = _home(s, kind, family)
    _suits(s, kind, home, child)
    if kind.needs_child:
        _is_first(s, kind, family, child)
    policy = policy_of(home.municipality if home else municipality or "")
    _is_paid_for(kind, policy)
    today = policy.today(now)
    if parent is None:  # what another case leads to waits for the key, and doesn't hold that one up
        refuse_what_cannot_run(kind.name, policy, today)
    series = f"{policy.prefix}-{today.year}"
    row = CaseRow(
        ref=f"{series}-{next_number(s, series):04d}",
        municipality=policy.key,
        process=kind.name,
        process_version=kind.version,
        family=family,
        child=child,
        parent=parent,
        responsible=for_role(s, kind.responsible, policy.key, prefer=_own(s, home, child), on=today),
        opened_at=now,
        opened_by=actor.ref,
        woken_at=now,
    )
    s.add(row)
    audit(s, actor, "case opened", row.ref, now, process=process, family=family, child=child)
    return row


def _is_paid_for(kind: Process, policy: Policy) -> None:
    if unpaid(kind, policy):
        raise Refusal(
            f"{kind.name}: {policy.key} can't pay it, there is no rate {kind.rate} for {policy.country}; "
            "agree with the family outside this system how it is refunded"
        )


def opener(
    s: Session,
    process: str,
    email: str,
    *,
    family: str | None,
    municipality: str | None,
    os_account: str,
    now: datetime,
) -> Actor:
    """Staff, or the family itself where the process lets it. Raises Refusal."""
    home = current(s, Family, family) if family else None
    policy = policy_of(home.municipality if home else municipality or "")
    who = person_by_email(s, email, municipality=policy.key, on=policy.today(now), family=family)
    if isinstance(who, Family) and not process_named(process).family_opens:
        raise Refusal(f"{process} isn't opened by the family itself; ask its consultant to open it")
    return Actor(who.ref, os_account)


def start_linked(s: Session, process: str, *, parent: str, family: str | None, child: str | None, now: datetime) -> str:
    """The reference of the case that `parent` leads to: a new one, or what is open already for them."""
    if child is not None and (there := _open_for(s, process, family, child)):
        return there
    municipality = find_case(s, parent).municipality
    opened = open_case(
        s,
        process,
        family=family,
        child=child,
        municipality=municipality,
        parent=parent,
        actor=job("case engine"),
        now=now,
    )
    return opened.ref


def open_once(s: Session, process: str, *, family: str, child: str, actor: Actor, now: datetime) -> str:
    """The reference of the case that is open already for them, or of a new one."""
    return (
        _open_for(s, process, family, child)
        or open_case(s, process, family=family, child=child, actor=actor, now=now).ref
    )


def _own(s: Session, home: Family | None, child: str | None) -> list[str | None]:
    """The family's consultant, and the child's adviser."""
    return [home.consultant if home else None, current(s, Child, child).adviser if child else None]


def _home(s: Session, kind: Process, family: str | None) -> Family | None:
    if not kind.family_kinds:
        if family is not None:
            raise Refusal(f"{kind.name} is about no one family; leave out --family")
        return None
    if family is None:
        raise Refusal(f"{kind.name} is about one family; say which with --family")
    home = current(s, Family, family)
    if home.withdrawn_on is not None:
        raise Refusal(f"family {family} was withdrawn on {home.withdrawn_on}; check the reference")
    return home


def _suits(s: Session, kind: Process, home: Family | None, child: str | None) -> None:
    if home is None:
        return
    if home.kind not in kind.family_kinds:
        wanted = ", ".join(sorted(kind.family_kinds))
        raise Refusal(f"{kind.name} is for a family of kind {wanted}; {home.ref} is {home.kind}")
    if kind.needs_child and child is None:
        raise Refusal(f"{kind.name} is about one child; say which with --child")
    if not kind.needs_child and child is not None:
        raise Refusal(f"{kind.name} isn't about one child; leave out --child, its first task asks what it is about")
    if child is not None and not _decides(s, home, child):
        raise Refusal(f"child {child} and family {home.ref} are of different municipalities; check the references")


def _decides(s: Session, home: Family, child: str) -> bool:
    """The child is the municipality's, or was placed with the family by it."""
    row = current(s, Child, child)
    if row.withdrawn_on is not None:
        raise Refusal(f"child {child} was taken back on {row.withdrawn_on}; check the reference")
    if row.municipality == home.municipality:
        return True
    placed = select(Placement.id).where(
        Placement.family == home.ref,
        Placement.child == child,
        Placement.municipality == home.municipality,
        stands(Placement),
    )
    return s.exec(placed).first() is not None


def _open_for(s: Session, process: str, family: str | None, child: str | None) -> str | None:
    lock(s, f"open {process} {family}")  # two who open the same case at once: the second sees the first's
    same = select(CaseRow.ref).where(
        CaseRow.process == process, CaseRow.family == family, CaseRow.child == child, CaseRow.state == CaseState.OPEN
    )
    return s.exec(same).first()


def _is_first(s: Session, kind: Process, family: str | None, child: str | None) -> None:
    if there := _open_for(s, kind.name, family, child):
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
    woken = s.execute(due.values(**_woken(now), wakes_on=None).returning(col(CaseRow.ref)))
    return sorted(woken.scalars())


def wake_where_ended(s: Session, now: datetime) -> None:
    """Every open case about a child in a family whose placement there was given its end, or withdrawn, at `now` or
    after."""
    ended = select(Placement.id).where(
        Placement.family == CaseRow.family,
        Placement.child == CaseRow.child,
        or_(col(Placement.end).is_not(None), col(Placement.withdrawn_on).is_not(None)),
        col(Placement.recorded_at) >= now,
        col(Placement.superseded_at).is_(None),
    )
    s.execute(update(CaseRow).where(col(CaseRow.state) == CaseState.OPEN, ended.exists()).values(**_woken(now)))


def _woken(now: datetime) -> dict[str, Any]:
    return {
        "woken": col(CaseRow.woken) + 1,
        "woken_at": case((col(CaseRow.woken_at) > now, col(CaseRow.woken_at)), else_=now),
    }


def reassign(s: Session, ref: str, to: str, *, actor: Actor, now: datetime) -> list[str]:
    """Hands on the open tasks whose role `to` has, and the case where they have its own; the tasks' references."""
    row = find_case(s, ref)
    staff = current(s, Staff, to)
    if row.state == CaseState.ENDED:
        raise Refusal(f"{ref} has ended; there is nothing to hand on")
    if staff.municipality != row.municipality:
        raise Refusal(f"{to} works for {staff.municipality}, {ref} is {row.municipality}'s; name one of its staff")
    _refuse_left(staff, policy_of(row.municipality).today(now))
    role = process_named(row.process).responsible
    tasks = [task for task in tasks_of(s, ref) if task.state == TaskState.OPEN and task.assignee != to]
    wanted = [task for task in tasks if staff.has_role(task.role)]
    if not wanted and not staff.has_role(role):
        needed = ", ".join(sorted({role, *(task.role for task in tasks)}))
        raise Refusal(f"{to} has none of the roles that {ref} needs now ({needed}); name somebody who has")
    if staff.has_role(role):
        row.responsible = to
        s.add(row)
    handed = [task.ref for task in wanted if _handed(s, task, to, now)]
    audit(s, actor, "case reassigned", ref, now, to=to, tasks=handed)
    return handed


def reassign_task(s: Session, ref: str, to: str, *, actor: Actor, now: datetime) -> None:
    """Hands on one open task. Raises Refusal where `to` isn't of its municipality and role."""
    task = find_task(s, ref)
    staff = current(s, Staff, to)
    if staff.municipality != task.municipality or not staff.has_role(task.role):
        raise Refusal(f"{to} isn't {task.role} in {task.municipality}; name somebody who is")
    _refuse_left(staff, policy_of(task.municipality).today(now))
    if not _handed(s, task, to, now):
        raise Refusal(f"{ref} isn't open any more; there is nothing to hand on")
    audit(s, actor, "task reassigned", ref, now, to=to)


def _refuse_left(staff: Staff, today: date) -> None:
    if staff.has_left(today):
        raise Refusal(f"{staff.ref} left on {staff.left_on} (sheet staff) and gets nothing new; name somebody else")


def _handed(s: Session, task: GeneratedTask, to: str, now: datetime) -> bool:
    """False where it was answered a moment ago. Raises Refusal where one person would answer for both of two."""
    others = [
        other for other in tasks_of(s, task.case or "") if other.ref != task.ref and other.apart_from == task.apart_from
    ]
    if task.apart_from and to in {person for other in others for person in (other.assignee, other.answered_by)}:
        raise Refusal(f"{task.ref} must be answered by somebody else than {to}, who has its counterpart; name another")
    moved = s.execute(
        update(GeneratedTask)
        .where(col(GeneratedTask.ref) == task.ref, col(GeneratedTask.state) == TaskState.OPEN)
        .values(assignee=to)
    )
    s.refresh(task)
    if moved.rowcount and not task.standing:  # type: ignore[attr-defined]
        queue_task_mail(s, task, "issued", now)
    return bool(moved.rowcount)  # type: ignore[attr-defined]
