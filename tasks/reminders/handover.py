"""Hands everything that is with somebody who leaves to somebody else, and tells them once (X6)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col

from data.belongings import Belongings, Link, belongings
from data.cases import tasks_of
from data.people import current_staff
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.facts import current, revise
from data.tables import CaseRow, GeneratedTask, Network, Staff, TaskState
from rules.policy import Policy
from rules.refusal import Refusal
from rules.register import process_named
from rules.rights import Right, held_by, may
from rules.vocabulary import CONSULTS, Role
from tasks.mail.notices import Notice, Site, concern_of, in_a_list
from tasks.mail.queue import queue_mail, site

AT_MOST = 30
"""Of one list in the mail; the page has them all."""
NAMED = 5
ROLES: Mapping[str, Role] = {
    "adviser": Role.CHILD_ADVISER,
    "contact_1": Role.CHILD_WELFARE_CONTACT,
    "contact_2": Role.CHILD_WELFARE_CONTACT,
    "family_care_consultant": Role.FAMILY_CARE_CONSULTANT,
    "specialist": Role.INSTITUTION_SPECIALIST,
}
"""What somebody has to be who is named in that column."""


class LacksRoles(Refusal):
    def __init__(self, to: str, lacking: Mapping[str, Sequence[str]]) -> None:
        self.lacking = lacking
        said = "; ".join(f"{role} for {_some(refs)}" for role, refs in lacking.items())
        super().__init__(
            f"{to} lacks {said}; give {to} the role in the sheet staff, name somebody who has it, or hand these to "
            "others first (plejeflow task reassign, case reassign, or the sheet that names them)"
        )


class HandedOver(NamedTuple):
    """References, by what they are."""

    moved: dict[str, list[str]]

    def __str__(self) -> str:
        return "; ".join(f"{called} ({len(refs)}): {', '.join(refs)}" for called, refs in self.moved.items())


def hand_over(s: Session, ref: str, to: str, *, by: Actor, now: datetime) -> HandedOver:
    """All or nothing. Raises Refusal where `to` can't have it, or `by` may not."""
    leaver, heir = current(s, Staff, ref), current(s, Staff, to)
    policy = policy_of(leaver.municipality)
    today = policy.today(now)
    _refuse_unless_may(s, by, leaver, today)
    if ref == to:
        raise Refusal(f"{ref} can't hand over to {to}, who is the same; name a colleague")
    if heir.municipality != leaver.municipality:
        raise Refusal(f"{to} works for {heir.municipality}, {ref} for {leaver.municipality}; name somebody there")
    if heir.has_left(today) or heir.withdrawn_on is not None:
        raise Refusal(f"{to} left on {heir.left_on or heir.withdrawn_on} (sheet staff); name somebody who is there")
    theirs = belongings(s, ref, today)
    _refuse_unless_able(leaver, heir, theirs)
    _refuse_both_of_two(s, to, theirs)
    handed = HandedOver(_move(s, theirs, to, now))
    if leaver.left_on is not None and leaver.substitute != to:
        # what still names the leaver, such as whom a running case has chosen, finds its way
        revise(s, leaver, now, substitute=to)
    audit(s, by, "handed over", ref, now, to=to, **handed.moved)
    if handed.moved:
        _tell(s, handed, theirs, leaver, to, policy, now)
    return handed


def _refuse_unless_may(s: Session, by: Actor, leaver: Staff, today: date) -> None:
    staff = current_staff(s, leaver.municipality)
    if by.ref != leaver.ref and not may(staff, by.ref, Right.HAND_OVER, today):
        raise Refusal(
            f"{by.ref} may not hand over what is with {leaver.ref}; it takes {leaver.ref}, or the role "
            f"{held_by(Right.HAND_OVER)} in {leaver.municipality}"
        )


def _refuse_unless_able(leaver: Staff, heir: Staff, theirs: Belongings) -> None:
    needed: dict[str, list[str]] = {}
    for ref, roles in _needs(leaver, theirs):
        if roles and not any(heir.has_role(role) for role in roles):
            needed.setdefault(" or ".join(roles), []).append(ref)
    if needed:
        raise LacksRoles(heir.ref, needed)


def _needs(leaver: Staff, theirs: Belongings) -> Iterable[tuple[str, list[Role]]]:
    """What is needed for each, one role of several; of what the leaver hadn't either, nothing."""
    yield from ((task.ref, [Role(task.role)]) for task in theirs.tasks)
    for case in theirs.cases:
        role = process_named(case.process).responsible
        yield case.ref, [role] if leaver.has_role(role) else []
    for link, row in theirs.named:
        if link.column == "consultant":
            roles = list(CONSULTS) if any(leaver.has_role(role) for role in CONSULTS) else []
        else:
            roles = [role for role in [ROLES.get(link.column)] if role and leaver.has_role(role)]
        yield row.ref, roles


def _refuse_both_of_two(s: Session, to: str, theirs: Belongings) -> None:
    for task in (task for task in theirs.tasks if task.apart_from):
        pair = [other for other in tasks_of(s, task.case or "") if other.apart_from == task.apart_from]
        if any(to in (other.assignee, other.answered_by) for other in pair):
            raise Refusal(
                f"{task.ref} must be answered by somebody else than {to}, who has its counterpart; "
                f"hand it to another first (plejeflow task reassign {task.ref} --to STAFF)"
            )
    for link, row in theirs.named:
        if link.table is Network and to in (row.contact_1, row.contact_2):
            raise Refusal(
                f"{row.ref}: {to} is its other contact already, and there are two; name another first (sheet networks)"
            )


def _move(s: Session, theirs: Belongings, to: str, now: datetime) -> dict[str, list[str]]:
    moved: dict[str, list[str]] = {}
    if theirs.tasks:
        wanted = col(GeneratedTask.ref).in_([task.ref for task in theirs.tasks])
        # one that is answered this moment stays with whom it was
        still = update(GeneratedTask).where(wanted, col(GeneratedTask.state) == TaskState.OPEN).values(assignee=to)
        moved["tasks"] = sorted(s.scalars(still.returning(col(GeneratedTask.ref))))
    if theirs.cases:
        mine = col(CaseRow.ref).in_([case.ref for case in theirs.cases])
        s.execute(update(CaseRow).where(mine).values(responsible=to))
        moved["cases"] = [case.ref for case in theirs.cases]
    for (called, ref), (row, columns) in _rows(theirs.named).items():
        # nobody is their own substitute
        revise(s, row, now, **dict.fromkeys(columns, None if (called, ref) == ("substitutes", to) else to))
        moved.setdefault(called, []).append(ref)
    return {called: refs for called, refs in moved.items() if refs}


def _rows(named: Sequence[tuple[Link, Any]]) -> dict[tuple[str, str], tuple[Any, list[str]]]:
    """By kind and reference: a row that names them twice has one new version."""
    rows: dict[tuple[str, str], tuple[Any, list[str]]] = {}
    for link, row in named:
        rows.setdefault((link.called, row.ref), (row, []))[1].append(link.column)
    return rows


def _tell(
    s: Session, handed: HandedOver, theirs: Belongings, leaver: Staff, to: str, policy: Policy, now: datetime
) -> None:
    queue_mail(
        s,
        notice(leaver.ref, [task for task in theirs.tasks if not task.standing], handed.moved, policy, site(policy)),
        recipient=to,
        about=leaver.ref,
        municipality=policy.key,
        dedup=f"{leaver.ref}:handed_over:{to}:{now:%Y%m%dT%H%M%S.%f}",
        now=now,
    )


def notice(
    leaver: str, tasks: Sequence[GeneratedTask], moved: Mapping[str, Sequence[str]], policy: Policy, place: Site
) -> Notice:
    context = {
        "leaver": leaver,
        "tasks_now": [in_a_list(task, policy, concern_of(task.form, task.about)) for task in tasks[:AT_MOST]],
        "tasks_more": len(tasks[AT_MOST:]),
        "moved": {called: list(refs[:AT_MOST]) for called, refs in moved.items() if called != "tasks"},
        "more": {called: len(refs[AT_MOST:]) for called, refs in moved.items()},
        "link": place.page("tasks", "mine"),
    }
    return Notice("handed_over", context)


def _some(refs: Sequence[str]) -> str:
    more = f" and {len(refs) - NAMED} more" if len(refs) > NAMED else ""
    return f"{', '.join(refs[:NAMED])}{more}"
