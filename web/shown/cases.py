from typing import TypedDict

from data.cases import ListedCase
from data.tables import CaseRow

OURS = {"woken", "seen", "woken_at", "flow_run"}
"""What the engine keeps for itself."""


class CaseShown(TypedDict):
    ref: str
    process: str
    family: str | None
    child: str | None
    state: str
    """The outcome, once there is one."""
    waits_for: str


def case_row(case: ListedCase) -> CaseShown:
    return {
        "ref": case.ref,
        "process": case.process,
        "family": case.family,
        "child": case.child,
        "state": case.outcome or case.state,
        "waits_for": case.waits_for,
    }


def case_head(case: CaseRow) -> dict[str, object]:
    return case.model_dump(mode="json", exclude=OURS)
