"""What happens in a story of several seeds, in which order and how long after one another: told by the seeds alone."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from random import Random

from rules.register import PROCESSES

ALONE = ("gathering", "joint-meeting", "group-supervision")
"""One a story: they are about a whole network, municipality or team."""
HOW_OFTEN = {"SIGTERM": 3, "SIGKILL": 3, "server": 1, "database": 1, "mailbox": 1}
"""Workers end more often than anything else goes away: every upgrade ends them."""
ANSWERS, FAULTS, AT_ONCE = 6, 2, 3
"""Of one seed: how often somebody answers and something goes away, and how many answers come together."""


@dataclass(frozen=True)
class Step:
    seed: int
    wait: float
    """Seconds since the step before."""
    do: str
    """answer, week, job; SIGTERM, SIGKILL of a worker; server, database, mailbox is away for a while."""
    pick: float = 0.0
    """Between 0 and 1: which of the waiting tasks, or of the workers; how long it is away."""
    at: float = 0.0
    """Seconds since the story began; in a trace."""
    what: str = ""
    """What was met, such as the task that was answered; in a trace."""

    def __str__(self) -> str:
        return f"{self.at:7.2f}s  seed {self.seed:<3} {self.do:9} {self.what}"


@dataclass(frozen=True)
class Plan:
    database: str
    processes: dict[int, list[str]]
    """Of which a case is opened, by seed."""
    steps: list[Step]

    @property
    def seeds(self) -> list[int]:
        return sorted(self.processes)


def planned(database: str, seeds: Sequence[int], cases: int, faults: int = FAULTS) -> Plan:
    """The seeds' own steps in their own order, shuffled into each other."""
    luck = Random(f"{database} {seeds}")
    own = {seed: list(_steps(seed, faults)) for seed in seeds}
    turns = [seed for seed, steps in own.items() for _ in steps]
    luck.shuffle(turns)
    order = [own[seed].pop(0) for seed in turns]
    return Plan(database, dict(_dealt(luck, seeds, cases)), order)


def _dealt(luck: Random, seeds: Sequence[int], cases: int) -> Iterator[tuple[int, list[str]]]:
    """Every process comes in, those that are alone in the first hands."""
    kinds = sorted(name for name, process in PROCESSES.items() if not process.monthly and name not in ALONE)
    deck: list[str] = []
    for seed, alone in zip(seeds, chain(ALONE, [None] * len(seeds)), strict=False):
        hand = [alone] if alone else []
        while len(hand) < cases:
            if not deck:
                deck = luck.sample(kinds, len(kinds))
            hand.append(deck.pop())
        yield seed, hand


def _steps(seed: int, times: int) -> Iterator[Step]:
    luck = Random(seed)
    faults = luck.sample(range(ANSWERS), FAULTS)[:times]
    for turn in range(ANSWERS):
        yield Step(seed, round(luck.uniform(0, 0.4), 2), "answer", round(luck.random(), 3))
        if turn in faults:
            [kind] = luck.choices(list(HOW_OFTEN), list(HOW_OFTEN.values()))
            # an attempt begins some tenths of a second after its answer, and takes as long
            yield Step(seed, round(luck.uniform(0.1, 0.7), 2), kind, round(luck.random(), 3))
    yield Step(seed, 0.0, luck.choice(["week", "job"]))


def write(plan: Plan, met: Sequence[Step], path: Path) -> None:
    """A trace: the plan's head in the first line, then what was done, a step a line."""
    head = {"database": plan.database, "processes": plan.processes}
    path.write_text("".join(f"{json.dumps(line)}\n" for line in (head, *map(asdict, met))))


def read(path: Path) -> Plan:
    head, *steps = map(json.loads, path.read_text().splitlines())
    processes = {int(seed): names for seed, names in head["processes"].items()}
    return Plan(head["database"], processes, [Step(**step) for step in steps])
