"""Mails about support: a deadline that comes near, a place on a course."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from data.cases import tasks_of
from data.policies import policy_of
from data.tables import CaseRow, Course, OutboxMail, TaskState
from rules.courses import News
from rules.policy import Policy
from tasks.mail.calendar_file import Entry
from tasks.mail.notices import Notice, Site
from tasks.mail.queue import queue_mail, site
from tasks.words.language import long_date, translator
from tasks.words.rule_words import rule_in_words


def deadline_near(
    case: str, title: str, row: str, about: str, by: date, tasks: Sequence[str], policy: Policy, home: Site
) -> Notice:
    """`title` is a message id, `tasks` those that are open."""
    context = {
        "title": translator(policy.language).gettext(title),
        "rule": rule_in_words(row, policy),
        "concerns": about,
        "last_day": long_date(by, policy.language),
        "tasks": list(tasks),
        "link": home.page("cases", case),
    }
    return Notice("deadline_near", context)


def queue_deadline_near(
    s: Session, *, case: CaseRow, name: str, title: str, row: str, about: str, by: date, now: datetime
) -> OutboxMail | None:
    """To the case's responsible, once for each deadline `name`."""
    policy = policy_of(case.municipality)
    open_tasks = [task.ref for task in tasks_of(s, case.ref) if task.state == TaskState.OPEN and not task.standing]
    return queue_mail(
        s,
        deadline_near(case.ref, title, row, about, by, open_tasks, policy, site(policy)),
        recipient=case.responsible or "",
        about=case.ref,
        municipality=case.municipality,
        dedup=f"{case.ref}:deadline_near:{name}",
        now=now,
    )


def course_place(course: Course, news: News, case: str, policy: Policy, home: Site) -> Notice:
    link = home.page("cases", case)
    context = {
        "news": news.value,
        "case": case,
        "course": course.title,
        "first_day": long_date(course.held_on, policy.language),
        "days": course.days,
        "link": link,
    }
    if news is not News.PLACE:
        return Notice("course_place", context)
    entry = Entry(
        uid=f"{case}.course@{home.domain}",
        title=f"{course.title} ({case})",
        description=course.ref,
        link=link,
        starts=course.held_on,
    )
    return Notice("course_place", context, entry)


def queue_course_place(s: Session, *, course: Course, news: News, case: str, family: str, now: datetime) -> None:
    """To the family, once for each news about its place."""
    policy = policy_of(course.municipality)
    queue_mail(
        s,
        course_place(course, news, case, policy, site(policy)),
        recipient=family,
        to_family=True,
        about=case,
        municipality=policy.key,
        dedup=f"{case}:course_place:{news}",
        now=now,
    )
