"""Hjørring in the demo: network families, and the one whose approval is played."""

from datetime import date, timedelta
from random import Random

from data.demo.book import Book, add_child, add_family, add_member, add_staff, email_of
from data.demo.people import People

HJOERRING = "hjoerring"
ROLES = (
    "network_adviser",
    "network_adviser",
    "match_consultant",
    "match_consultant",
    "family_care_consultant",
    "family_care_consultant",
    "child_adviser",
    "child_adviser",
    "administration",
    "administration",
    "leader",
    "supervisor",
    "supervisor",
    "assessment_unit",
    "payroll",
    "payroll",
)
NETWORK_ADVISER, OTHER_NETWORK_ADVISER = "HJ-S01", "HJ-S02"
MATCH_CONSULTANT, ABSENT_MATCH_CONSULTANT = "HJ-S03", "HJ-S04"
FAMILY_CONSULTANT = "HJ-S05"
CHILD_ADVISER = "HJ-S07"
LEADER = "HJ-S11"

FAMILY = "HJ-F001"
"""A network family that asks to be approved for CHILD."""
CARERS = ("HJ-F001-1", "HJ-F001-2")
CHILD_OF_SIXTEEN = "HJ-F001-3"
TURNS_FIFTEEN = "HJ-F001-4"
FIFTEEN_ON = date(2023, 4, 12)
CHILD = "HJ-B001"

ENDED = 11
"""Families HJ-F002 and on whose placement ended in 2022; those after them wait for their approval or a child."""
FAMILIES = 18
END_REASONS = ("agreed_move", "grown_up", "parents_want_home", "municipality_decides", "child_wants_to_move")


def email(staff: str) -> str:
    return email_of(staff, HJOERRING)


def add_hjoerring(book: Book, random: Random) -> None:
    people = People(random, norwegian=False, town="9800 Hjørring")
    add_staff(book, people, HJOERRING, "HJ", ROLES)
    away = next(row for row in book.rows["staff"] if row["ref"] == ABSENT_MATCH_CONSULTANT)
    away.update(absent_from=date(2023, 3, 13), absent_to=date(2023, 4, 30), substitute=MATCH_CONSULTANT)
    _add_story(book, people)
    for number in range(2, FAMILIES + 1):
        _add_family(book, people, random, number)
    _add_courses(book)


def _add_courses(book: Book) -> None:
    """A course to come, and a team of three families."""
    course = {"municipality": HJOERRING, "days": 1, "places": 20}
    book.add("courses", ref="HJ-K01", title="Low Arousal", kind="annual", date=date(2023, 9, 4), **course)
    book.add("teams", ref="HJ-H01", municipality=HJOERRING, family_care_consultant=FAMILY_CONSULTANT)
    for number in (2, 3, 4):
        book.add("team_homes", team="HJ-H01", family=f"HJ-F{number:03}", joined_on=date(2023, 1, 1))


def _add_story(book: Book, people: People) -> None:
    surname, _ = add_family(
        book, people, FAMILY, HJOERRING, "network", carers=2, region="Nordjylland", consultant=FAMILY_CONSULTANT
    )
    for ref, born in ((CHILD_OF_SIXTEEN, date(2006, 9, 30)), (TURNS_FIFTEEN, FIFTEEN_ON.replace(year=2008))):
        add_member(book, ref, FAMILY, people.person(surname, born), carer=False)
    add_child(book, people, CHILD, HJOERRING, date(2014, 6, 18), CHILD_ADVISER, "Ro, faste rammer og støtte i skolen")


def _add_family(book: Book, people: People, random: Random, number: int) -> None:
    ref, ended = f"HJ-F{number:03}", number <= ENDED + 1
    started = date(2021, 1, 1) + timedelta(days=random.randint(0, 300))
    approved = {
        "approved_from": started - timedelta(days=30),
        "approved_children": 1,
        "approved_age_from": 0,
        "approved_age_to": 17,
    }
    surname, _ = add_family(
        book,
        people,
        ref,
        HJOERRING,
        "foster" if number > FAMILIES - 2 else "network",
        carers=random.randint(1, 2),
        region="Nordjylland",
        consultant=random.choice((FAMILY_CONSULTANT, "HJ-S06")),
        **(approved if ended or number > FAMILIES - 2 else {}),
    )
    if random.random() < 0.5:
        own = people.person(surname, people.birthday(random.randint(2005, 2019)))
        add_member(book, f"{ref}-3", ref, own, carer=False)
    adviser = random.choice((CHILD_ADVISER, "HJ-S08"))
    child = f"HJ-B{number:03}"
    add_child(book, people, child, HJOERRING, people.birthday(random.randint(2006, 2018)), adviser)
    if ended:
        _add_ended_placement(book, random, number, started)


def _add_ended_placement(book: Book, random: Random, number: int, started: date) -> None:
    placement, end = f"HJ-P{number:03}", date(2022, 12, 31) - timedelta(days=random.randint(0, 200))
    book.add(
        "placements",
        ref=placement,
        child=f"HJ-B{number:03}",
        family=f"HJ-F{number:03}",
        kind="network",
        start=started,
        end=end,
        end_reason=random.choice(END_REASONS),
    )
    for held in range(3):
        book.add(
            "happenings",
            ref=f"HJ-H{number:03}{held}",
            subject=placement,
            duty="follow_up_meeting",
            date=started + timedelta(weeks=6 * (held + 1)),
        )
