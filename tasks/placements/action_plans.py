"""R5: a placement's action plan, asked for and recorded as its next version."""

from datetime import date, datetime

from sqlmodel import Session, func, select

from data import tables
from data.store.audit import audit, job
from data.store.facts import current, record
from rules.duties.duty import Duty
from rules.duties.span import Span
from rules.policy import DUTIES
from rules.processes.action_plan import ActionPlan
from rules.vocabulary import PlacementKind, Role
from tasks.cases.case import Case

FOLLOW_UP = f"{DUTIES}action_plan_follow_up"


def ask_for_plan(case: Case, kind: PlacementKind, starts_on: date) -> ActionPlan:
    """The first plan of a placement; it is followed up as soon as the duty says."""
    return case.ask(ActionPlan, of=Role.CHILD_ADVISER, demands=_follow_up(case, kind, starts_on, first=True))


def ask_for_revision(case: Case, placement: str) -> ActionPlan:
    kind = case.recall("kind", _kind, placement)
    demands = _follow_up(case, PlacementKind(kind), case.today, first=False)
    return case.ask(ActionPlan, of=Role.CHILD_ADVISER, about=placement, demands=demands)


def _kind(s: Session, placement: str) -> str:
    return current(s, tables.Placement, placement).kind


def _follow_up(case: Case, kind: PlacementKind, since: date, *, first: bool) -> dict[str, str]:
    """Empty where no follow-up is a duty for placements of that kind."""
    duty: Duty = case.policy.value(FOLLOW_UP, case.today)
    span: Span | None = duty.first if first and duty.first else duty.every
    if span is None or kind not in duty.kinds:
        return {}
    return {"follow_up_by": span.after(since).isoformat()}


def record_plan(case: Case, placement: str, plan: ActionPlan) -> str:
    """Reference of the placement's next version."""
    made: str = case.do("record action plan", _record, case=case.ref, placement=placement, plan=plan, now=case.now)
    return made


def _record(s: Session, case: str, placement: str, plan: ActionPlan, now: datetime) -> str:
    latest = select(func.max(tables.ActionPlan.version)).where(tables.ActionPlan.placement == placement)
    version = (s.exec(latest).one() or 0) + 1
    row = tables.ActionPlan(
        ref=f"{placement}/{version}",
        recorded_at=now,
        placement=placement,
        version=version,
        made_on=plan.handed_over_on,
        goals="\n".join(plan.goals),
        family_tasks="\n".join(plan.family_tasks),
        with_parents=plan.with_parents,
        follow_up_on=plan.follow_up_on,
    )
    record(s, row, now)
    audit(s, job("case engine"), "action plan recorded", row.ref, now, case=case, version=version)
    return row.ref
