"""Which families a month is computed for: all the first time, then those whose facts changed since."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from data.pay.changes import STILL_WRITING, Since, changed_families, of_municipality, rates_changed
from data.pay.frames import Families
from data.tables import PayRun
from rules.months import Month
from rules.policy import Policy


@dataclass(frozen=True)
class Scope:
    families: Families | None


class Everybody(Scope):
    pass


UNCHANGED, EVERYBODY = Scope(None), Everybody(None)


def scope_of(s: Session, policy: Policy, month: Month, closed: Sequence[PayRun]) -> Scope:
    computed = [run for run in closed if run.payroll_month >= str(month)]
    if not computed:
        return EVERYBODY
    tables = {name for run in computed for name in run.read_to}
    since = Since(
        {name: max(run.read_to.get(name, 0) for run in computed) for name in tables},
        max(run.known_at for run in computed) - STILL_WRITING,
    )
    if rates_changed(s, policy.country, month, since):
        return EVERYBODY
    families = of_municipality(s, policy.key, changed_families(month, since))
    return Scope(families) if families != [] else UNCHANGED
