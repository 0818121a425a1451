"""A caseworker's week in one mail, and a leader's overview of what is late and what will be (X2)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from data.cases import open_cases, open_tasks
from data.duties import judged
from data.people import current_staff
from data.policies import policy
from data.session import reading, writing
from data.tables import CaseRow, GeneratedTask
from rules.duties.standing import Standing
from rules.forms import form_named
from rules.outlook import Outlook, Week, outlook, week
from rules.policy import Policy
from rules.vocabulary import Role
from tasks.language import long_date, translator
from tasks.mail import queue_mail, site
from tasks.notices import Notice
from tasks.postman import wake_postman

AT_MOST = 30
"""Of one list in a mail; the page has them all."""
HELD_UP = ("held up", "stopped by")


@dataclass(frozen=True)
class Caseload:
    """What a municipality's mails of one week are made from."""

    tasks: dict[str, list[GeneratedTask]]
    """Open, by assignee."""
    duties: Outlook
    stuck: list[str]


def send_digests(municipality: str, today: date, now: datetime) -> int:
    """How many mails were written: one a week to everybody who has something to do, and one to each leader."""
    pack = policy(municipality)
    with reading() as s:
        seen = _caseload(s, pack, today)
    with writing() as s:
        staff = current_staff(s, municipality)
        weeks = {ref: week(seen.tasks[ref], today) for ref in staff if ref in seen.tasks}
        notices = [(ref, _digest(own, pack)) for ref, own in weeks.items() if own.late or own.this_week]
        overview = _overview(seen, today, pack)
        notices += [(ref, overview) for ref, person in staff.items() if person.has_role(Role.LEADER)]
        written = [_queue(s, ref, notice, pack, today, now) for ref, notice in notices]
    wake_postman()
    return sum(written)


def _caseload(s: Session, pack: Policy, today: date) -> Caseload:
    tasks: dict[str, list[GeneratedTask]] = defaultdict(list)
    for task in open_tasks(s, municipality=pack.key):
        if not task.standing:
            tasks[task.assignee].append(task)
    return Caseload(
        tasks,
        outlook((one.standing for one in judged(s, pack, today)), today),
        _stuck(open_cases(s, municipality=pack.key)),
    )


def _stuck(cases: Iterable[CaseRow]) -> list[str]:
    return [case.ref for case in cases if case.waits_for.startswith(HELD_UP)]


def _queue(s: Session, ref: str, notice: Notice, pack: Policy, today: date, now: datetime) -> bool:
    year, number, _ = today.isocalendar()
    about = f"{pack.prefix}-{year}-W{number:02d}"
    dedup = f"{notice.template}:{about}:{ref}"
    return queue_mail(s, notice, recipient=ref, about=about, municipality=pack.key, dedup=dedup, now=now) is not None


def _digest(own: Week[GeneratedTask], pack: Policy) -> Notice:
    context = {
        "count": len(own.late) + len(own.this_week) + len(own.later),
        "late": _tasks(own.late, pack),
        "this_week": _tasks(own.this_week, pack),
        "later": len(own.later),
        "link": site(pack).page("tasks", "mine"),
    }
    return Notice("weekly_digest", context)


def _overview(seen: Caseload, today: date, pack: Policy) -> Notice:
    weeks = {ref: week(tasks, today) for ref, tasks in sorted(seen.tasks.items())}
    late = [task for own in weeks.values() for task in own.late]
    context = {
        "late_count": len(late) + len(seen.duties.late),
        "people": [
            {"ref": ref, "open": len(own.late) + len(own.this_week) + len(own.later), "late": len(own.late)}
            for ref, own in weeks.items()
        ],
        "late": [
            *_tasks(sorted(late, key=lambda task: task.due_on or date.max), pack),
            *_duties(seen.duties.late, pack),
        ][:AT_MOST],
        "lost": _duties(seen.duties.lost, pack),
        "coming": _duties(seen.duties.coming, pack),
        "stuck": seen.stuck[:AT_MOST],
        "link": site(pack).page("overview", pack.key),
    }
    return Notice("leader_overview", context)


def _tasks(tasks: Sequence[GeneratedTask], pack: Policy) -> list[dict[str, Any]]:
    texts = translator(pack.language)
    return [
        {
            "ref": task.ref,
            "title": texts.gettext(form_named(task.form).title),
            "due": long_date(task.due_on, pack.language) if task.due_on else "–",
            "concerns": task.about,
        }
        for task in tasks[:AT_MOST]
    ]


def _duties(standings: Sequence[Standing], pack: Policy) -> list[dict[str, Any]]:
    return [
        {
            "ref": f"{each.duty.row} {each.duty.key}",
            "title": each.duty.name,
            "due": long_date(each.late_from, pack.language) if each.late_from else "–",
            "concerns": each.subject,
        }
        for each in standings[:AT_MOST]
    ]
