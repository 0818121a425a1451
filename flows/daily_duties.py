"""Daily duties: judges what recurs, asks for what is due, and tells the leader of what can no longer be kept."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from data.policies import municipalities, policy
from rules.duties.duty import Duty
from rules.duties.standing import Standing, State
from tasks.clock import named_by_its_day, scheduled
from tasks.duties import Done, ask_what_is_due
from tasks.patience import PATIENT

ask = task(name="judge and ask", task_run_name="judge duties of {municipality}", **PATIENT)(ask_what_is_due)


@flow(name="daily-duties", flow_run_name=named_by_its_day)
def daily_duties(country: str | None = None, today: date | None = None) -> dict[str, dict[str, int]]:
    """By municipality what was asked and taken back. `country` is DK or NO, else both."""
    runs = {}
    for key in municipalities():
        pack = policy(key)
        if country in (None, pack.country):
            now = scheduled(today, pack.timezone)
            runs[key] = ask.submit(key, now.date(), now)
    done = {key: run.result() for key, run in runs.items()}
    for key, of in done.items():
        list_duties(key, of)
    return {key: {"asked": of.asked, "taken_back": of.taken_back} for key, of in done.items()}


def list_duties(municipality: str, done: Done) -> None:
    nobody = f"; nobody has the role {', '.join(sorted(done.nobody))}" if done.nobody else ""
    create_table_artifact(
        key=f"duties-{municipality}",
        table=counted(done.standings),
        description=f"Duties: {done.asked} asked for, {done.taken_back} taken back{nobody}",
    )


def counted(standings: list[Standing]) -> list[dict[str, Any]]:
    """A row a duty."""
    by_duty: defaultdict[Duty, list[Standing]] = defaultdict(list)
    for each in standings:
        by_duty[each.duty].append(each)
    return [_row(duty, of) for duty, of in by_duty.items()]


def _row(duty: Duty, standings: list[Standing]) -> dict[str, Any]:
    states = Counter(each.state for each in standings)
    in_time = [
        each.late_from for each in standings if each.late_from and each.state not in (State.LATE, State.IMPOSSIBLE)
    ]
    return {
        "duty": duty.key,
        "row": duty.row,
        "owed by": len(standings),
        **{state.value: states[state] for state in State},
        "falling short is": "a breach" if duty.binding else "a notice",
        "next one late from": str(min(in_time, default="")),
    }
