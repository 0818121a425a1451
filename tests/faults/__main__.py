"""`python -m tests.faults --seeds 30`: stories of eight seeds each, on both databases; 1 where one ends badly."""

import argparse
import os
import sys
import time
from pathlib import Path

from tests.faults.plan import Plan, planned, read, write
from tests.faults.story import told

os.environ.setdefault("PREFECT_WORKER_HEARTBEAT_SECONDS", "1")
OF_A_STORY = 8
"""Seeds of one story: they share an installation and its faults."""


def main() -> int:
    given = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    given.add_argument("--seeds", type=int, default=OF_A_STORY, help="how many")
    given.add_argument("--first", type=int, default=1, help="the first one")
    given.add_argument("--cases", type=int, default=3, help="cases of each seed")
    given.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    given.add_argument("--trace", type=Path, help="play again what a story wrote when it ended badly")
    asked = given.parse_args()
    if asked.trace:
        return tell(read(asked.trace))
    databases = ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]
    seeds = range(asked.first, asked.first + asked.seeds)
    stories = [list(seeds[first : first + OF_A_STORY]) for first in range(0, len(seeds), OF_A_STORY)]
    return max(tell(planned(database, some, asked.cases)) for database in databases for some in stories)


def tell(plan: Plan) -> int:
    began = time.monotonic()
    found, trace = told(plan)
    print(f"{plan.database} seeds {plan.seeds}: {len(found)} findings in {time.monotonic() - began:.0f} s", flush=True)
    if not found:
        return 0
    path = Path(f"faults-{plan.database}-{plan.seeds[0]}.trace")
    write(plan, trace, path)
    print(*(f"  {line}" for line in trace), *(f"  FOUND {line}" for line in found), sep="\n")
    print(f"  again: python -m tests.faults --trace {path}", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
