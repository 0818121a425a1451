"""Who may do what stands in one table; whoever decides elsewhere is found here."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

import plejeflow
from rules.rights import RIGHTS, Right, may, may_answer
from rules.vocabulary import Role

ROOT = Path(plejeflow.__file__).parent
TODAY = date(2023, 3, 1)
WHO_IS_SUITED_OR_ASKED = {
    "data/tables/people.py",
    "rules/rights.py",
    "rules/substitutes.py",
    "tasks/cases/assign.py",
    "tasks/cases/opened.py",
    "tasks/families/courses.py",
    "tasks/families/emergency_line.py",
    "tasks/placements/incidents.py",
    "tasks/rehearsal/demo.py",
    "tasks/reminders/handover.py",
}
"""Files that look at a role to choose or to suit somebody, not to permit them anything."""


@dataclass(frozen=True)
class Somebody:
    ref: str
    roles: tuple[str, ...] = ()
    substitute: str | None = None
    away: bool = False
    municipality: str = "hjoerring"

    def is_absent(self, on: date) -> bool:
        return self.away

    def has_role(self, role: str) -> bool:
        return role in self.roles

    def has_left(self, on: date) -> bool:
        return False


@dataclass(frozen=True)
class Task:
    role: str
    assignee: str = "S1"
    municipality: str = "hjoerring"
    standing: bool = False
    apart_from: str | None = None


def files() -> Iterator[Path]:
    for room in ("commands", "data", "flows", "rules", "tasks", "web"):
        yield from (ROOT / room).rglob("*.py")


def looks_at_a_role(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if any(isinstance(node, ast.Attribute) and node.attr == "roles" for node in ast.walk(tree)):
        return True
    names = {node.attr if isinstance(node, ast.Attribute) else node.id for node in ast.walk(tree)
             if isinstance(node, ast.Attribute | ast.Name)}  # fmt: skip
    return bool(names & {"has_role", "acts_with"})


def test_nothing_else_decides_by_a_role() -> None:
    assert {str(path.relative_to(ROOT)) for path in files() if looks_at_a_role(path)} == WHO_IS_SUITED_OR_ASKED


HANDBOOK = {
    "prepare the payout": ("payroll administration", "stands in, by itself"),
    "approve the payout": ("payroll leader", "stands in"),
    "release the payout": ("payroll leader administration", "stands in, by itself"),
    "discard the payout": ("payroll administration leader", "stands in"),
    "export the payout": ("payroll leader administration", "stands in, by itself"),
    "decide about the payout": ("payroll leader", "stands in"),
    "let through late claims of the payout": ("leader", "stands in"),
    "load a template": ("administration leader", ""),
    "hand over": ("leader administration", ""),
    "exempt from a duty": ("leader", "stands in"),
    "change all duties": ("leader", "stands in"),
    "change a duty": ("leader", "stands in"),
    "answer for others": ("leader", ""),
}


@pytest.mark.parametrize("right", Right)
def test_who_has_a_right_who_stands_in_and_what_the_job_does_by_itself(right: Right) -> None:
    roles, how = HANDBOOK[right]
    for role in Role:
        staff = {"S1": Somebody("S1", (role,))}
        assert may(staff, "S1", right, TODAY) is (role in roles.split()), role
        away = {"S1": Somebody("S1", (role,), substitute="S2", away=True), "S2": Somebody("S2")}
        assert may(away, "S2", right, TODAY) is (role in roles.split() and "stands in" in how), role
        assert not may(away, "S2", right, TODAY, apart=frozenset({"S1"})), "but not for who must not do it themselves"
    assert not may({"S1": Somebody("S1", tuple(Role))}, "S2", right, TODAY), "works elsewhere"
    assert RIGHTS[right].job is ("by itself" in how)


def test_the_person_a_duty_asks_may_change_it_beside_the_leader() -> None:
    staff = {"S1": Somebody("S1", (Role.SUPERVISOR,)), "S2": Somebody("S2", (Role.CHILD_ADVISER,))}
    able = [ref for ref in staff if may(staff, ref, Right.CHANGE_A_DUTY, TODAY, beside=Role.SUPERVISOR)]
    assert able == ["S1"]


ADVISER, LEADER, CLERK = (Somebody(f"S{n}", (role,)) for n, role in
                          enumerate((Role.CHILD_ADVISER, Role.LEADER, Role.ADMINISTRATION), start=2))  # fmt: skip


@pytest.mark.parametrize(
    ("task", "who", "may_"),
    [
        (Task(Role.CHILD_ADVISER, assignee="S2"), ADVISER, True),
        (Task(Role.SUPERVISOR, assignee="S2"), ADVISER, False),
        (Task(Role.CHILD_ADVISER), ADVISER, False),
        (Task(Role.CHILD_ADVISER, standing=True), ADVISER, True),
        (Task(Role.ADMINISTRATION), CLERK, True),
        (Task(Role.ADMINISTRATION, municipality="randers"), CLERK, False),
        (Task(Role.CHILD_ADVISER), LEADER, True),
        (Task(Role.CHILD_ADVISER, apart_from="assessment"), LEADER, False),
        (Task(Role.CHILD_ADVISER, municipality="randers"), LEADER, False),
        (Task(Role.FAMILY, assignee="F1"), LEADER, False),
    ],
)
def test_who_may_answer(task: Task, who: Somebody, may_: bool) -> None:
    assert may_answer(task, who, responsible=None, reaches=lambda _: False) is may_
    assert may_answer(task, who, responsible="S1", reaches=lambda ref: ref is not None) is (
        may_ if task.assignee == who.ref else True
    )
