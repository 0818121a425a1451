"""A caseworker's week in one mail, and a leader's overview of what is late and what will be (X2)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from data.cases import Due, due_by, due_later, stuck
from data.duties import judged
from data.people import current_staff
from data.policies import policy
from data.session import reading, writing
from rules.duties.standing import Standing
from rules.forms import form_named
from rules.outlook import A_WEEK, Outlook, Week, outlook, week
from rules.policy import Policy
from rules.vocabulary import Role
from tasks.language import long_date, translator
from tasks.mail import Wanted, queue_mails, site
from tasks.notices import Notice
from tasks.postman import wake_postman

AT_MOST = 30
"""Of one list in a mail; the page has them all."""
HELD_UP = ("held up", "stopped by")


@dataclass(frozen=True)
class Caseload:
    """What a municipality's mails of one week are made from."""

    weeks: dict[str, Week[Due]]
    """Open tasks, by assignee; those that come later are only counted."""
    later: dict[str, int]
    duties: Outlook
    stuck: list[str]


def send_digests(municipality: str, today: date, now: datetime) -> int:
    """How many mails were written: one a week to everybody who has something to do, and one to each leader."""
    pack = policy(municipality)
    with reading() as s:
        seen = _caseload(s, pack, today)
    with writing() as s:
        staff = current_staff(s, municipality)
        notices = [(ref, _digest(own, seen.later.get(ref, 0), pack)) for ref, own in seen.weeks.items() if ref in staff]
        overview = _overview(seen, pack)
        notices += [(ref, overview) for ref, person in staff.items() if person.has_role(Role.LEADER)]
        wanted = [_wanted(ref, notice, pack, today) for ref, notice in notices]
        written = queue_mails(s, wanted, municipality=municipality, now=now)
    wake_postman()
    return sum(ident is not None for ident in written)


def _caseload(s: Session, pack: Policy, today: date) -> Caseload:
    tasks: dict[str, list[Due]] = defaultdict(list)
    last = today + A_WEEK - timedelta(days=1)
    for task in due_by(s, pack.key, last):
        tasks[task.assignee].append(task)
    return Caseload(
        {ref: week(own, today) for ref, own in tasks.items()},
        due_later(s, pack.key, last),
        outlook((one.standing for one in judged(s, pack, today)), today),
        stuck(s, pack.key, said=HELD_UP, at_most=AT_MOST),
    )


def _wanted(ref: str, notice: Notice, pack: Policy, today: date) -> Wanted:
    year, number, _ = today.isocalendar()
    about = f"{pack.prefix}-{year}-W{number:02d}"
    return Wanted(f"{notice.template}:{about}:{ref}", notice, ref, about)


def _digest(own: Week[Due], later: int, pack: Policy) -> Notice:
    context = {
        "count": len(own.late) + len(own.this_week) + later,
        "late": _tasks(own.late, pack),
        "this_week": _tasks(own.this_week, pack),
        "later": later,
        "link": site(pack).page("tasks", "mine"),
    }
    return Notice("weekly_digest", context)


def _overview(seen: Caseload, pack: Policy) -> Notice:
    late = [task for own in seen.weeks.values() for task in own.late]
    weeks = [(ref, seen.weeks.get(ref, Week())) for ref in sorted(seen.weeks.keys() | seen.later)]
    context = {
        "late_count": len(late) + len(seen.duties.late),
        "people": [
            {"ref": ref, "open": len(own.late) + len(own.this_week) + seen.later.get(ref, 0), "late": len(own.late)}
            for ref, own in weeks
        ],
        "late": [
            *_tasks(sorted(late, key=lambda task: (task.due_on or date.max, task.assignee)), pack),
            *_duties(seen.duties.late, pack),
        ][:AT_MOST],
        "lost": _duties(seen.duties.lost, pack),
        "coming": _duties(seen.duties.coming, pack),
        "stuck": seen.stuck,
        "link": site(pack).page("overview", pack.key),
    }
    return Notice("leader_overview", context)


def _tasks(tasks: Sequence[Due], pack: Policy) -> list[dict[str, Any]]:
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
