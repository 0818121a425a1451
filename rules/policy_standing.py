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


def standings(pack: Policy, on: date) -> list[Stands]:
    """Processes, jobs and files, each in its order."""
    found = [_of_process(kind, pack, on) for kind in PROCESSES.values()]
    found += [_stands("job", name, needs.row, needs, pack, on) for name, needs in JOB_NEEDS.items()]
    return found + [_stands("file", name, needs.row, needs, pack, on) for name, needs in FILE_NEEDS.items()]


def _of_process(kind: Process, pack: Policy, on: date) -> Stands:
    if unpaid(kind, pack):
        because = f"there is no rate {kind.rate} for {pack.country}"
        return Stands("process", kind.name, kind.row, Standing.NOT_SET_UP, because=because)
    found = _stands("process", kind.name, kind.row, PROCESS_NEEDS[kind.name], pack, on)
    if kind.monthly and found.standing is Standing.RUNS and (late := first_prepared_too_late(pack, on)):
        because = f"{late} is prepared (payout.prepared_on) too late to be approved before its payment_day"
        return replace(found, standing=Standing.CANNOT, because=because)
    return found


def unpaid(kind: Process, pack: Policy) -> bool:
    """Whether there is no rate at which the country pays it."""
    return bool(kind.rate) and (pack.country, kind.rate) not in BANDS


def _stands(kind: str, name: str, row: str, needs: PolicyNeeds, pack: Policy, on: date) -> Stands:
    switch = needs.switched_on_by
    if switch and not pack.has(switch, on):
        return Stands(kind, name, row, Standing.NOT_SET_UP, lacks=(switch,))
    lacks = lacking(needs, pack, on)
    if not lacks:
        return Stands(kind, name, row, Standing.RUNS)
    wanted = needs.always or bool(switch) or _is_chosen(needs, pack, on)
    return Stands(kind, name, row, Standing.CANNOT if wanted else Standing.NOT_SET_UP, lacks)


def lacking(needs: PolicyNeeds, pack: Policy, on: date) -> tuple[str, ...]:
    return tuple(key for key in needs.of(pack, on) if not pack.has(key, on))


def _is_chosen(needs: PolicyNeeds, pack: Policy, on: date) -> bool:
    """The municipality's own file gives something that nothing else needs."""
    others = [other for all_ in (PROCESS_NEEDS, JOB_NEEDS, FILE_NEEDS) for other in all_.values() if other is not needs]
    shared = {key for other in others for key in other.of(pack, on)}
    return any(key in pack.own and key not in shared for key in needs.of(pack, on))


def said(each: Stands, pack: Policy) -> str:
    """Why it can't run, and how to mend it."""
    if each.because:
        return f"{each.name} can't run in {pack.key}: {each.because}; change one in {pack.key}.toml"
    return str(NotSetUp(each.name, pack, each.lacks))


class NotSetUp(Refusal):
    """A process that would be held up from its first day on."""

    def __init__(self, process: str, pack: Policy, lacks: tuple[str, ...]) -> None:
        self.process, self.lacks = process, lacks
        more = len(lacks) - MOST_NAMED
        named = ", ".join(lacks[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        super().__init__(
            f"{process} can't run in {pack.key}: its policy gives no {named}; add what "
            f"`plejeflow policy check {pack.key}.toml` lists for it"
        )


def refuse_what_cannot_run(process: str, pack: Policy, on: date) -> None:
    """Raises NotSetUp."""
    if lacks := lacking(PROCESS_NEEDS[process], pack, on):
        raise NotSetUp(process, pack, lacks)
