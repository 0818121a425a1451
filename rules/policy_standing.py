"""Where each process, job and file stands in a municipality: whether its policy lets it run."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from rules.needs import PolicyNeeds
from rules.payment_dates import first_prepared_too_late
from rules.policy import Policy
from rules.policy_needs import FILE_NEEDS, JOB_NEEDS
from rules.process import Process
from rules.rates import BANDS
from rules.refusal import Refusal
from rules.register import PROCESS_NEEDS, PROCESSES

MOST_NAMED = 5
"""Keys in one line."""


class Standing(StrEnum):
    RUNS = "runs"
    CANNOT = "can't run"
    NOT_SET_UP = "not set up"


@dataclass(frozen=True)
class Stands:
    """Where a process, job or file stands in a municipality."""

    kind: str
    """process, job or file."""
    name: str
    row: str
    standing: Standing
    lacks: tuple[str, ...] = ()
    """Policy keys."""
    because: str = ""
    """Where it isn't for want of a key."""


def standings(policy: Policy, on: date) -> list[Stands]:
    """Processes, jobs and files, each in its order."""
    found = [_of_process(kind, policy, on) for kind in PROCESSES.values()]
    found += [_stands("job", name, needs.row, needs, policy, on) for name, needs in JOB_NEEDS.items()]
    return found + [_stands("file", name, needs.row, needs, policy, on) for name, needs in FILE_NEEDS.items()]


def _of_process(kind: Process, policy: Policy, on: date) -> Stands:
    if unpaid(kind, policy):
        because = f"there is no rate {kind.rate} for {policy.country}"
        return Stands("process", kind.name, kind.row, Standing.NOT_SET_UP, because=because)
    found = _stands("process", kind.name, kind.row, PROCESS_NEEDS[kind.name], policy, on)
    if kind.monthly and found.standing is Standing.RUNS and (late := first_prepared_too_late(policy, on)):
        because = f"{late} is prepared (payout.prepared_on) too late to be approved before its payment_day"
        return replace(found, standing=Standing.CANNOT, because=because)
    return found


def unpaid(kind: Process, policy: Policy) -> bool:
    """Whether there is no rate at which the country pays it."""
    return bool(kind.rate) and (policy.country, kind.rate) not in BANDS


def _stands(kind: str, name: str, row: str, needs: PolicyNeeds, policy: Policy, on: date) -> Stands:
    switch = needs.switched_on_by
    if switch and not policy.has(switch, on):
        return Stands(kind, name, row, Standing.NOT_SET_UP, lacks=(switch,))
    lacks = lacking(needs, policy, on)
    if not lacks:
        return Stands(kind, name, row, Standing.RUNS)
    wanted = needs.always or bool(switch) or _is_chosen(needs, policy, on)
    return Stands(kind, name, row, Standing.CANNOT if wanted else Standing.NOT_SET_UP, lacks)


def lacking(needs: PolicyNeeds, policy: Policy, on: date) -> tuple[str, ...]:
    return tuple(key for key in needs.of(policy, on) if not policy.has(key, on))


def _is_chosen(needs: PolicyNeeds, policy: Policy, on: date) -> bool:
    """The municipality's own file gives something that nothing else needs."""
    others = [other for all_ in (PROCESS_NEEDS, JOB_NEEDS, FILE_NEEDS) for other in all_.values() if other is not needs]
    shared = {key for other in others for key in other.of(policy, on)}
    return any(key in policy.own and key not in shared for key in needs.of(policy, on))


def said(each: Stands, policy: Policy) -> str:
    """Why it can't run, and how to mend it."""
    if each.because:
        return f"{each.name} can't run in {policy.key}: {each.because}; change one in {policy.key}.toml"
    return str(NotSetUp(each.name, policy, each.lacks))


class NotSetUp(Refusal):
    """A process that would be held up from its first day on."""

    def __init__(self, process: str, policy: Policy, lacks: tuple[str, ...]) -> None:
        self.process, self.lacks = process, lacks
        more = len(lacks) - MOST_NAMED
        named = ", ".join(lacks[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        super().__init__(
            f"{process} can't run in {policy.key}: its policy gives no {named}; add what "
            f"`plejeflow policy check {policy.key}.toml` lists for it"
        )


def refuse_what_cannot_run(process: str, policy: Policy, on: date) -> None:
    """Raises NotSetUp."""
    if lacks := lacking(PROCESS_NEEDS[process], policy, on):
        raise NotSetUp(process, policy, lacks)
