"""Daily duties: judges what recurs, asks for what is due, and tells the leader of what can no longer be kept."""

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any

from prefect.artifacts import create_table_artifact

from rules.duties.duty import Duty
from rules.duties.standing import Standing, State
from rules.policy import Policy
from tasks.duties.asked import Done, ask_what_is_due
from tasks.runs.artifacts import artifact_key
from tasks.runs.job_flow import job


def shown(municipality: str, done: Done) -> None:
    nobody = f"; nobody has the role {', '.join(sorted(done.nobody))}" if done.nobody else ""
    create_table_artifact(
        key=artifact_key("duties", municipality),
        table=counted(done.standings),
        description=f"Duties: {done.asked} asked for, {done.taken_back} taken back{nobody}",
    )


def of_the_country(policy: Policy, country: str | None = None) -> bool:
    return country in (None, policy.country)


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


@job(name="daily-duties", step="judge duties of", shows=shown, concerns=of_the_country)
def daily_duties(municipality: str, today: date, now: datetime, country: str | None = None) -> Done:
    """Judges what recurs, asks for what is due, and tells the leader of what can no longer be kept.

    `country` is DK or NO, else both.
    """
    return ask_what_is_due(municipality, today, now)
