"""A caseworker's week in one mail, and a leader's overview of what is late and what will be (X2)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session

from data.cases import Due, due_by, due_later, stuck
from data.duties import Judged, judged
from data.people import current_staff
from data.policies import policy_of
from data.store.session import reading, writing
from rules.duties.standing import Standing, State
from rules.outlook import A_WEEK, Outlook, Week, outlook, week
from rules.policy import Policy
from rules.substitutes import who_hears
from rules.vocabulary import Role
from tasks.mail.notices import Notice, concern_of, title_of
from tasks.mail.postman import wake_postman
from tasks.mail.queue import Wanted, queue_mails, site
from tasks.words.language import long_date

AT_MOST = 30
"""Of one list in a mail; the page has them all."""
MOST_STUCK = 1000


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
    policy = policy_of(municipality)
    with reading() as s:
        seen = _caseload(s, policy, today)
    with writing() as s:
        staff = current_staff(s, municipality)
        notices = [
            (ref, _digest(own, seen.later.get(ref, 0), policy, today))
            for ref, own in seen.weeks.items()
            if ref in staff
        ]
        overview = _overview(seen, policy, today)
        notices += [(ref, overview) for ref in who_hears(staff, (Role.LEADER,), today)]
        wanted = [_wanted(ref, notice, policy, today) for ref, notice in notices]
        written = queue_mails(s, wanted, municipality=municipality, now=now)
    wake_postman()
    return sum(ident is not None for ident in written)


def _caseload(s: Session, policy: Policy, today: date) -> Caseload:
    tasks: dict[str, list[Due]] = defaultdict(list)
    last = today + A_WEEK - timedelta(days=1)
    for task in due_by(s, policy.key, last):
        tasks[task.assignee].append(task)
    return Caseload(
        {ref: week(own, today) for ref, own in tasks.items()},
        due_later(s, policy.key, last),
        outlook(_of_siblings_once(judged(s, policy, today)), today),
        stuck(s, policy.key, at_most=MOST_STUCK),
    )


def _of_siblings_once(found: Iterable[Judged]) -> list[Standing]:
    """What is held for siblings together is the family's, as its task is; what is lost is each child's own."""
    each_own: list[Standing] = []
    homes: dict[tuple[str, str], list[Standing]] = defaultdict(list)
    for standing, owner in found:
        if standing.duty.together and standing.state is not State.IMPOSSIBLE:
            homes[owner.family, standing.duty.key].append(standing)
        else:
            each_own.append(standing)
    for (family, _), shared in homes.items():
        first = min(shared, key=lambda each: each.late_from or date.max)
        each_own.append(first if len(shared) == 1 else replace(first, subject=family))
    return each_own


def _wanted(ref: str, notice: Notice, policy: Policy, today: date) -> Wanted:
    year, number, _ = today.isocalendar()
    about = f"{policy.prefix}-{year}-W{number:02d}"
    return Wanted(f"{notice.template}:{about}:{ref}", notice, ref, about)


def _digest(own: Week[Due], later: int, policy: Policy, today: date) -> Notice:
    late, this_week = _listed(map(Item.task, own.late), policy), _listed(map(Item.task, own.this_week), policy)
    context = {
        "week": today.isocalendar().week,
        "count": len(own.late) + len(own.this_week) + later,
        "late_count": len(own.late),
        "late": late.rows,
        "late_more": late.more,
        "this_week": this_week.rows,
        "this_week_more": this_week.more,
        "later": later,
        "link": site(policy).page("tasks", "mine"),
    }
    return Notice("weekly_digest", context)


def _overview(seen: Caseload, policy: Policy, today: date) -> Notice:
    tasks = [task for own in seen.weeks.values() for task in own.late]
    told = {(task.about, task.demands.get("duty")) for task in tasks}
    # a duty whose task is late is late once
    late = [Item.with_whom(task) for task in tasks] + [Item.duty(each) for each in _untold(seen.duties.late, told)]
    coming = [Item.duty(each) for each in _untold(seen.duties.coming, told)]
    weeks = [(ref, seen.weeks.get(ref, Week())) for ref in sorted(seen.weeks.keys() | seen.later)]
    weeks.sort(key=lambda one: -len(one[1].late))
    lists = {
        "late": sorted(late, key=lambda item: (item.late_from, item.ref or "", item.concerns or "")),
        "lost": [Item.duty(each) for each in seen.duties.lost],
        "coming": coming,
    }
    shown = {name: _listed(items, policy) for name, items in lists.items()}
    context = {
        "week": today.isocalendar().week,
        "late_count": len(late),
        "coming_count": len(coming),
        "people": [
            {"ref": ref, "open": len(own.late) + len(own.this_week) + seen.later.get(ref, 0), "late": len(own.late)}
            for ref, own in weeks
        ],
        **{name: each.rows for name, each in shown.items()},
        **{f"{name}_more": each.more for name, each in shown.items()},
        "stuck": seen.stuck[:AT_MOST],
        "stuck_more": len(seen.stuck[AT_MOST:]),
        "link": site(policy).page("overview", policy.key),
    }
    return Notice("leader_overview", context)


def _untold(standings: Sequence[Standing], told: Collection[tuple[str | None, Any]]) -> list[Standing]:
    return [each for each in standings if (each.subject, each.duty.key) not in told]


class Item(NamedTuple):
    """A line of a list."""

    late_from: date
    ref: str | None
    """A task's; none of what is owed and has no task."""
    day: date | None
    """The last on which it is in time."""
    form: str | None
    called: str | None
    concerns: str | None
    case: str | None = None

    @classmethod
    def task(cls, task: Due) -> "Item":
        late_from = task.due_on + timedelta(days=1) if task.due_on else date.max
        concerns = concern_of(task.form, task.about)
        return cls(late_from, task.ref, task.due_on, task.form, task.demands.get("called"), concerns, task.case)

    @classmethod
    def with_whom(cls, task: Due) -> "Item":
        """For others than its assignee."""
        item = cls.task(task)
        return item._replace(concerns=", ".join(filter(None, (item.concerns, task.assignee))))

    @classmethod
    def duty(cls, each: Standing) -> "Item":
        last = each.late_from - timedelta(days=1) if each.late_from else None
        return cls(each.late_from or date.max, None, last, None, each.duty.name, each.subject)


class Listed(NamedTuple):
    rows: list[dict[str, Any]]
    more: int


def _listed(items: Iterable[Item], policy: Policy) -> Listed:
    everything = list(items)
    rows = [
        {
            "ref": item.ref,
            "title": title_of(item.form, {"called": item.called}, policy, item.case) if item.form else item.called,
            "due": long_date(item.day, policy.language) if item.day else "–",
            "concerns": item.concerns,
        }
        for item in everything[:AT_MOST]
    ]
    return Listed(rows, len(everything[AT_MOST:]))
