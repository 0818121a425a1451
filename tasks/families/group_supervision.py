"""V2: a team's group supervision of the quarter: opened once, invited to, counted."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from data.duty_changes import excused
from data.happenings import record_held
from data.policies import policy_of
from data.store.audit import job
from data.store.facts import current
from data.store.session import lock, reading
from data.tables import CaseRow, JournalEntry, Team
from data.teams import families_of, teams
from rules.appointments import Appointment
from rules.duties.duty import Duty
from rules.joint_meetings import days_left, quarter_begins
from rules.policy import Policy
from rules.processes.group_supervision import GroupSupervision
from rules.vocabulary import Role
from tasks.cases.assign import for_role
from tasks.cases.opened import open_case
from tasks.failures.one_by_one import written
from tasks.mail.invitations import queue_invitation
from tasks.mail.postman import wake_postman
from tasks.words.language import translator

PROCESS, DUTY, THEME = "group-supervision", "group_supervision", "group_supervision.theme"
LEAST_DAYS_LEFT = "group_supervision.least_days_left"
JOB = job("quarterly group supervision")
ABOUT = "about"
"""Journal key under which the case finds its team and quarter."""


class About(NamedTuple):
    team: str
    quarter: str
    """Its first day, ISO."""


def duty(policy: Policy, on: date) -> Duty | None:
    """Says which kinds of family take part; None where the municipality has no group supervision."""
    return next((found for found in policy.duties(on) if found.key == DUTY), None)


def open_for_teams(municipality: str, today: date, now: datetime) -> list[str]:
    """The quarter's cases that were opened now, for teams that have none but cancelled ones."""
    policy, quarter = policy_of(municipality), quarter_begins(today).isoformat()
    owed = duty(policy, today)
    if owed is None or days_left(today) < policy.value(LEAST_DAYS_LEFT, today):
        return []
    with reading() as s:
        there = _opened(s, municipality, quarter)
        due = [About(team.ref, quarter) for team in teams(s, municipality) if _families(s, team.ref, today, owed)]
    try:
        missing = [about for about in due if about not in there]
        return written(missing, partial(_open, municipality=municipality, now=now), called=lambda about: about.team)
    finally:
        wake_postman()


def _opened(s: Session, municipality: str, quarter: str) -> set[About]:
    """Of the quarter: what was opened before it began is another's."""
    policy = policy_of(municipality)
    begins = datetime.combine(date.fromisoformat(quarter), time.min, ZoneInfo(policy.timezone))
    noted = (
        select(JournalEntry)
        .join(CaseRow, col(CaseRow.ref) == col(JournalEntry.case))
        .where(
            JournalEntry.key == ABOUT,
            CaseRow.process == PROCESS,
            CaseRow.municipality == municipality,
            CaseRow.opened_at >= begins,
            col(CaseRow.outcome).is_distinct_from("Withdrawn"),
        )
    )
    return {About(*json.loads(entry.value or "[]")) for entry in s.exec(noted)}


def _open(s: Session, about: About, municipality: str, now: datetime) -> str | None:
    """None where another run was quicker."""
    lock(s, f"group supervision {about.team}")
    if about in _opened(s, municipality, about.quarter):
        return None
    ref = open_case(s, PROCESS, family=None, child=None, municipality=municipality, actor=JOB, now=now).ref
    s.add(JournalEntry(case=ref, key=ABOUT, value=json.dumps(about), recorded_at=now, recorded_by=JOB.ref))
    return ref


def consultant(s: Session, team: str, municipality: str, on: date) -> str:
    """The team's own family-care consultant, where they have the role."""
    own = current(s, Team, team).family_care_consultant
    return for_role(s, Role.FAMILY_CARE_CONSULTANT, municipality, prefer=[own], on=on)


def those_of(s: Session, team: str, policy: Policy, on: date) -> dict[str, list[str]]:
    """Families that take part, and the team's consultants."""
    row, owed = current(s, Team, team), duty(policy, on)
    staff = sorted({ref for ref in (row.family_care_consultant, row.family_consultant) if ref})
    return {"families": _families(s, team, on, owed) if owed else [], "staff": staff}


def _families(s: Session, team: str, on: date, owed: Duty) -> list[str]:
    """But for those who pause."""
    away = excused(s, owed.key, on)
    return [family for family in families_of(s, team, on, owed.kinds) if family not in away]


def invite(
    s: Session,
    *,
    case: str,
    policy: Policy,
    people: dict[str, list[str]],
    theme: str,
    meeting: Appointment,
    now: datetime,
) -> int:
    """How many mails; the theme is the municipality's own word."""
    mails = queue_invitation(
        s,
        case_ref=case,
        about=DUTY,
        recipients=[*people["families"], *people["staff"]],
        title=f"{translator(policy.language).gettext(GroupSupervision.title)}: {theme}",
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        municipality=policy.key,
        sequence=meeting.sequence,
        now=now,
        online=meeting.link,
        cancelled=meeting.cancelled,
    )
    return len(mails)


def record_attended(s: Session, *, case: str, families: Sequence[str], on: date, now: datetime) -> list[str]:
    refs = [f"{case}/{family}" for family in families]
    for ref, family in zip(refs, families, strict=True):
        record_held(s, family, DUTY, on, ref=ref, now=now)
    return refs
