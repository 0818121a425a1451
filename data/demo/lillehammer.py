"""Lillehammer in the demo: resource families and their networks of foster homes.

Their foster children come on 1 July 2023, the first day for which all Norwegian rates were found.
"""

from datetime import date, timedelta
from random import Random

from data.demo.book import Book, add_child, add_family, add_member, add_staff
from data.demo.people import People

LILLEHAMMER = "lillehammer"
ROLES = (
    "child_welfare_contact",
    "child_welfare_contact",
    "child_welfare_contact",
    "child_adviser",
    "child_adviser",
    "administration",
    "administration",
    "leader",
    "supervisor",
    "payroll",
    "payroll",
    "family_care_consultant",
)
CONTACTS, ABSENT = ("LI-S01", "LI-S02"), "LI-S03"
HOMES = {"LI-W01": ("LI-F001", range(3, 8)), "LI-W02": ("LI-F002", range(8, 12))}
"""Each network's resource family and the numbers of its homes."""
PLACED_FROM = date(2023, 7, 1)


def add_lillehammer(book: Book, random: Random) -> None:
    people = People(random, norwegian=True, town="2609 Lillehammer")
    add_staff(book, people, LILLEHAMMER, "LI", ROLES)
    away = next(row for row in book.rows["staff"] if row["ref"] == ABSENT)
    away.update(absent_from=date(2023, 2, 27), absent_to=date(2023, 6, 30), substitute=CONTACTS[0])
    for network, (leader, homes) in HOMES.items():
        _add_home(book, people, random, leader, "resource_network")
        _add_network(book, network, leader)
        for number in homes:
            _add_home(book, people, random, f"LI-F{number:03}", "foster")
            _add_foster_child(book, people, random, number)
            book.add("network_homes", network=network, family=f"LI-F{number:03}", joined_on=date(2022, 10, 1))
        _add_gatherings(book, network, len(homes))
    _add_home(book, people, random, "LI-F012", "respite")


def _add_home(book: Book, people: People, random: Random, ref: str, kind: str) -> None:
    surname, _ = add_family(
        book,
        people,
        ref,
        LILLEHAMMER,
        kind,
        carers=random.randint(1, 2),
        approved_from=date(2020, 3, 1) + timedelta(days=random.randint(0, 400)),
        approved_children=2,
        approved_age_from=0,
        approved_age_to=18,
        consultant="LI-S12",
    )
    if random.random() < 0.5:
        own = people.person(surname, people.birthday(random.randint(2005, 2018)))
        add_member(book, f"{ref}-3", ref, own, carer=False)


def _add_foster_child(book: Book, people: People, random: Random, number: int) -> None:
    child, adviser = f"LI-B{number:03}", random.choice(("LI-S04", "LI-S05"))
    add_child(book, people, child, LILLEHAMMER, people.birthday(random.randint(2007, 2020)), adviser)
    book.add(
        "placements",
        ref=f"LI-P{number:03}",
        child=child,
        family=f"LI-F{number:03}",
        kind="full_time",
        start=PLACED_FROM,
    )


def _add_network(book: Book, network: str, leader: str) -> None:
    book.add(
        "networks",
        ref=network,
        resource_family=leader,
        municipality=LILLEHAMMER,
        started_on=date(2022, 10, 15),
        contact_1=CONTACTS[0],
        contact_2=CONTACTS[1],
    )
    for talk in range(6):
        book.add(
            "happenings",
            ref=f"{network}-H{talk + 1:02}",
            subject=network,
            duty="contact_talk",
            date=date(2023, 1, 9) + timedelta(weeks=2 * talk),
        )


def _add_gatherings(book: Book, network: str, homes: int) -> None:
    for ref, held, kind, amount in (
        ("1", date(2022, 12, 10), "christmas", 1850.5),
        ("2", date(2023, 2, 18), "ordinary", None),
        ("3", date(2023, 4, 22), "ordinary", None),
        ("4", date(2023, 6, 3), "summer", 1499.0),
    ):
        book.add(
            "gatherings",
            ref=f"{network}-G{ref}",
            network=network,
            date=held,
            kind=kind,
            amount=amount,
            homes=homes,
        )
