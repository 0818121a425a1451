"""`plejeflow course`"""

from datetime import date

import click

from commands.acting import connected, operator
from commands.grammar import Day, Group, as_json, of_municipality, of_one_municipality
from commands.printing import print_json, show, show_head
from data.courses import courses, enrolments
from data.policies import policy_of
from data.store.facts import current
from data.store.session import reading, writing
from data.tables import Course
from web.shown.courses import costs_cell, course_row, enrolment_row


@click.group(cls=Group)
def course() -> None:
    """Courses: what there is, who has a place, what it costs."""


@course.command("add")
@click.argument("ref")
@of_municipality
@click.option("--title", required=True)
@click.option("--kind", type=click.Choice(["basic", "annual", "module", "specialist"]), required=True)
@click.option("--on", type=Day(), required=True, metavar="DATE", help="Its first day.")
@click.option("--days", type=click.IntRange(1, 30), default=1, show_default=True)
@click.option("--places", type=click.IntRange(1, 1000), required=True)
@click.option("--price", type=click.FloatRange(0, 1_000_000), help="What one person costs, in kroner.")
@click.option("--theme")
@click.option("--specialist", metavar="STAFF", help="Who gives a course of kind specialist.")
def course_add(
    ref: str,
    municipality: str,
    title: str,
    kind: str,
    on: date,
    days: int,
    places: int,
    price: float | None,
    theme: str | None,
    specialist: str | None,
) -> None:
    """Add a course to the catalogue."""
    from tasks.families.courses import add_course

    settings = connected()
    now = settings.now()
    new = Course(
        ref=ref,
        recorded_at=now,
        municipality=policy_of(municipality).key,
        title=title,
        kind=kind,
        held_on=on,
        days=days,
        places=places,
        price_ore=None if price is None else round(price * 100),
        theme=theme,
        specialist=specialist,
    )
    with writing() as s:
        add_course(s, new, actor=operator(), now=now)
    click.echo(f"{ref} is in the catalogue")


@course.command("list")
@of_one_municipality
@as_json
def course_list(municipality: str | None, as_json: bool) -> None:
    """Courses, with the people who have a place, wait and came."""
    connected()
    with reading() as s:
        found = courses(s, policy_of(municipality).key if municipality else None)
        rows = [course_row(one, enrolments(s, one.ref)) for one in found]
    show(rows, as_json, "no courses")


@course.command("show")
@click.argument("ref")
@as_json
def course_show(ref: str, as_json: bool) -> None:
    """A course, who asked for a place in which order, and what each placing municipality pays."""
    from tasks.families.courses import costs

    connected()
    with reading() as s:
        found, asked = current(s, Course, ref), enrolments(s, ref)
        head, shared = course_row(found, asked), costs(s, found)
        rows = [enrolment_row(row, shared.get(row.family, {})) for row in asked]
    if as_json:
        print_json({**head, "enrolments": rows})
        return
    show_head(head)
    show([{**row, "costs_ore": costs_cell(row)} for row in rows], False, "nobody has asked for a place yet")
