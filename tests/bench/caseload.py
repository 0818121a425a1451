"""A big caseload, made up from a seed: every family with its carers, a child, a placement, terms and ten nights."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from data.demo.book import Book, add_child, add_family, add_staff
from data.demo.people import People

NIGHTS_EACH = 10
FIRST_FRIDAY = date(2023, 1, 6)
STAFF = 200


def write_large(path: Path, families: int, seed: int = 1) -> None:
    book, random = Book(), Random(seed)
    people = People(random, norwegian=False, town="8900 Randers C")
    add_staff(book, people, "randers", "RA", ["family_care_consultant,child_adviser"] * STAFF)
    for number in range(1, families + 1):
        _add(book, people, random, number)
    book.write(path)


def _add(book: Book, people: People, random: Random, number: int) -> None:
    family, child, placement = f"RA-F{number:06}", f"RA-B{number:06}", f"RA-P{number:06}"
    staff = f"RA-S{random.randint(1, STAFF):02}"
    started = date(2022, 1, 1) + timedelta(days=random.randint(0, 300))
    approved = {"approved_from": date(2021, 1, 1), "approved_children": 2, "approved_needs": "Struktur"}
    add_family(book, people, family, "randers", "respite", carers=2, consultant=staff, **approved)
    add_child(book, people, child, "randers", people.birthday(random.randint(2006, 2019)), staff, "Aflastning")
    book.add("placements", ref=placement, child=child, family=family, kind="respite", start=started)
    book.add("terms", placement=placement, valid_from=started, fees=random.choice((1.0, 1.5, 2.0)), nights_per_month=8)
    for stay in range(NIGHTS_EACH):
        friday = FIRST_FRIDAY + timedelta(weeks=2 * stay)
        arrival = datetime.combine(friday, time(14, 30))
        book.add(
            "nights",
            ref=f"{placement}-{stay}",
            placement=placement,
            arrival=arrival,
            departure=arrival + timedelta(days=2, hours=5),
            reported_on=friday + timedelta(days=4),
        )
