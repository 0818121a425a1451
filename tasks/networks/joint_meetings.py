"""N5: the joint meeting of the project's municipalities: opened once a quarter, invited to, recorded."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from data.duty_changes import excused
from data.happenings import record_held
from data.networks import networks_of
from data.people import peopled
from data.policies import policy_of
from data.store.audit import audit, job
from data.store.facts import find
from data.store.session import lock, reading, writing
from data.tables import CaseRow, Family, Network, Staff
from rules.appointments import Appointment
from rules.joint_meetings import host, quarter_begins
from rules.policy import Policy
from rules.processes.joint_meeting import JointMeetingHeld
from rules.refusal import Refusal
from tasks.cases.opened import open_case
from tasks.mail.invitations import queue_invitation
from tasks.words.language import translator

PROCESS, DUTY = "joint-meeting", "joint_meeting"
TITLE = "Joint meeting of the resource families"
MUNICIPALITIES = "resource_network.municipalities"
JOB = job("quarterly network meeting")

Invited = Mapping[str, list[str]]
"""Resource families and their contacts, by municipality."""


def open_joint_meeting(municipality: str, today: date, now: datetime) -> str | None:
    """The quarter's case, where it is this municipality's turn and there is none but cancelled ones."""
    policy = policy_of(municipality)
    group = policy.value(MUNICIPALITIES, today) if policy.has(MUNICIPALITIES, today) else []
    with reading() as s:
        here = [key for key in group if key in peopled(s)]
    if not here or host(here, today) != municipality:
        return None
    with writing() as s:
        lock(s, f"joint meeting {municipality}")
        if _opened(s, policy, group, today) or not _taking_part(s, group, today):
            return None
        opened = open_case(s, PROCESS, family=None, child=None, municipality=municipality, actor=JOB, now=now)
        return opened.ref


def _opened(s: Session, policy: Policy, group: list[str], today: date) -> bool:
    begins = datetime.combine(quarter_begins(today), time(), ZoneInfo(policy.timezone))
    this_quarter = select(CaseRow.ref).where(
        CaseRow.process == PROCESS,
        col(CaseRow.municipality).in_(group),
        CaseRow.opened_at >= begins,
        col(CaseRow.outcome).is_distinct_from("Withdrawn"),
    )
    return s.exec(this_quarter).first() is not None


def _taking_part(s: Session, group: list[str], today: date) -> list[Network]:
    """But for those that pause."""
    away = excused(s, DUTY, today)
    return [
        network for network in networks_of(s, group, today) if away.isdisjoint((network.ref, network.resource_family))
    ]


def invited(s: Session, policy: Policy, today: date) -> dict[str, list[str]]:
    """Raises Refusal where there is no resource family yet."""
    found: dict[str, set[str]] = {}
    for network in _taking_part(s, policy.value(MUNICIPALITIES, today), today):
        people = {network.resource_family, network.contact_1, network.contact_2}
        found.setdefault(network.municipality, set()).update(ref for ref in people if ref)
    if not found:
        raise Refusal("there is no resource family to invite; import the sheet networks, or open resource-network")
    return {key: sorted(people) for key, people in found.items()}


def invite(s: Session, case: str, policy: Policy, people: Invited, meeting: Appointment, now: datetime) -> int:
    """Each by their own municipality, at its local time; how many mails."""
    instant = meeting.starts_at.replace(tzinfo=ZoneInfo(policy.timezone))
    return sum(
        len(
            queue_invitation(
                s,
                case_ref=case,
                about=DUTY,
                recipients=recipients,
                title=TITLE,
                starts_at=instant.astimezone(ZoneInfo(policy_of(municipality).timezone)).replace(tzinfo=None),
                minutes=meeting.minutes,
                municipality=municipality,
                sequence=meeting.sequence,
                now=now,
                online=meeting.link,
                cancelled=meeting.cancelled,
            )
        )
        for municipality, recipients in people.items()
    )


def count_for_networks(s: Session, policy: Policy, case: str, held_on: date, now: datetime) -> list[str]:
    """It counts for every network of the municipalities."""
    networks = [network.ref for network in networks_of(s, policy.value(MUNICIPALITIES, held_on), held_on)]
    for network in networks:
        record_held(s, network, DUTY, held_on, ref=f"{network}/{DUTY}/{held_on}", now=now)
    audit(s, job("case engine"), "joint meeting held", case, now, networks=len(networks))
    return networks


def notes_paper(
    s: Session, policy: Policy, agenda: list[str], meeting: Appointment, held: JointMeetingHeld
) -> dict[str, Any]:
    say = translator(policy.language).gettext
    sections = {"Agenda": "\n".join(agenda), "Notes": held.notes}
    return {
        "title": say(TITLE),
        "held_on": held.held_on,
        "place": meeting.place or meeting.link,
        "attendance": ", ".join(_name(s, ref) for ref in sorted(held.attendance)),
        "sections": [{"title": say(title), "text": text} for title, text in sections.items()],
    }


def _name(s: Session, ref: str) -> str:
    person = find(s, Family, ref) or find(s, Staff, ref)
    return (person.name if person else None) or ref
