"""Randers in the demo: respite families, and what they are paid for."""

from datetime import date, datetime, time, timedelta
from random import Random

from data.demo.book import Book, add_child, add_family, add_member, add_staff, email_of
from data.demo.people import People

RANDERS = "randers"
ROLES = (
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
    "payroll",
    "payroll",
)
PREPARES_PAY, APPROVES_PAY = "RA-S11", "RA-S12"
LEADER = "RA-S09"
CONSULTANTS, ADVISERS, ABSENT = ("RA-S03", "RA-S04"), ("RA-S05", "RA-S06"), "RA-S04"

FAMILY, CHILD, PLACEMENT = "RA-F001", "RA-B001", "RA-P001"
WEEKEND = "RA-N0001"
"""Friday 5 May 14:00 to Sunday 7 May 20:00: two nights."""
OVER_MONTH_END = "RA-N0002"
"""30 May to 2 June: two nights in May and one in June."""
STORY = (("2023-05-05T14:00", "2023-05-07T20:00"), ("2023-05-30T15:00", "2023-06-02T10:00"))

FAMILIES = 30
WITH_THREE_CHILDREN = 7
TURNS_TEN_IN_MAY = 12
FRIDAYS = tuple(date(2023, 3, 3) + timedelta(weeks=week) for week in range(13))
PURPOSES = ("contact_visit", "home", "treatment", "meeting", "course", "other")
BENEFITS = (("car_seat", 1200), ("booster", 229.95), ("incontinence", 480), ("diet", 350.5), ("other", 75))


def email(staff: str) -> str:
    return email_of(staff, RANDERS)


def add_randers(book: Book, random: Random) -> None:
    people = People(random, norwegian=False, town="8900 Randers C")
    add_staff(book, people, RANDERS, "RA", ROLES)
    away = next(row for row in book.rows["staff"] if row["ref"] == ABSENT)
    away.update(absent_from=date(2023, 4, 3), absent_to=date(2023, 5, 28), substitute=CONSULTANTS[0])
    _add_family(book, people, random, 1)
    _add_placement(book, people, random, 1, date(2013, 9, 14), date(2022, 8, 15), fees=2.0)
    for stay in STORY:
        _add_stay(book, PLACEMENT, *map(datetime.fromisoformat, stay))
    for number in range(2, FAMILIES + 1):
        _add_family(book, people, random, number)
        _add_happening(
            book, f"RA-F{number:03}", "operational_supervision", date(2022, 8, 1) + timedelta(days=3 * number)
        )
        for _ in range(3 if number == WITH_THREE_CHILDREN else 1):
            _add_paid_child(book, people, random, number)


def _add_family(book: Book, people: People, random: Random, number: int) -> None:
    ref, three = f"RA-F{number:03}", number == WITH_THREE_CHILDREN
    surname, _ = add_family(
        book,
        people,
        ref,
        RANDERS,
        "respite",
        carers=random.randint(1, 2),
        region="Midtjylland",
        approved_from=date(2021, 11, 1),
        approved_children=3 if three else 2,
        approved_age_from=0,
        approved_age_to=17,
        approved_needs="Opmærksomhed og struktur" if number % 5 == 0 else None,
        consultant=CONSULTANTS[number % 2],
    )
    if random.random() < 0.6:
        own = people.person(surname, people.birthday(random.randint(2004, 2019)))
        add_member(book, f"{ref}-3", ref, own, carer=False)


def _add_paid_child(book: Book, people: People, random: Random, number: int) -> None:
    born = date(2013, 5, 14) if number == TURNS_TEN_IN_MAY else people.birthday(random.randint(2007, 2018))
    started = date(2022, 2, 1) + timedelta(days=random.randint(0, 300))
    placement = _add_placement(
        book, people, random, number, born, started, fees=random.choice((1.0, 1.5, 2.0, 2.5, 3.0))
    )
    first = random.randint(0, 1)
    for friday in FRIDAYS[first::2]:
        arrival = datetime.combine(friday, time(random.choice((14, 15, 16)), 30))
        _add_stay(book, placement, arrival, arrival + timedelta(days=2, hours=3))
    if random.random() < 0.6:
        _add_travel(book, random, placement)
    if random.random() < 0.4:
        _add_expense(book, random, placement)
    for duty, days in (("joint_visit", 60), ("action_plan_follow_up", 85), ("action_plan_follow_up", 260)):
        _add_happening(book, placement, duty, started + timedelta(days=days))


def _add_happening(book: Book, subject: str, duty: str, on: date) -> None:
    if on < FRIDAYS[0]:
        ref = f"RA-H{len(book.rows['happenings']) + 1:04}"
        book.add("happenings", ref=ref, subject=subject, duty=duty, date=on)


def _add_placement(
    book: Book, people: People, random: Random, family: int, born: date, started: date, *, fees: float
) -> str:
    number = sum(row["municipality"] == RANDERS for row in book.rows["children"]) + 1
    child, placement = f"RA-B{number:03}", f"RA-P{number:03}"
    add_child(book, people, child, RANDERS, born, random.choice(ADVISERS), "Har brug for aflastning i weekender")
    book.add("placements", ref=placement, child=child, family=f"RA-F{family:03}", kind="respite", start=started)
    book.add(
        "terms",
        placement=placement,
        valid_from=started,
        fees=fees,
        board_lodging=250 if number % 10 == 0 else None,
        nights_per_month=8,
        supervision_interval=random.choice((1, 2, 3)),
        recorded_on=started - timedelta(days=14),
    )
    return placement


def _add_stay(book: Book, placement: str, arrival: datetime, departure: datetime) -> None:
    book.add(
        "nights",
        ref=f"RA-N{len(book.rows['nights']) + 1:04}",
        placement=placement,
        arrival=arrival,
        departure=departure,
        reported_on=departure.date() + timedelta(days=1),
    )


def _add_travel(book: Book, random: Random, placement: str) -> None:
    purpose, driven = random.choice(PURPOSES), random.choice(FRIDAYS)
    book.add(
        "travel",
        ref=f"RA-K{len(book.rows['travel']) + 1:03}",
        placement=placement,
        date=driven,
        km=random.randint(40, 1200) / 10,
        purpose=purpose,
        agreed="no" if purpose == "other" else "yes",
        reported_on=driven + timedelta(days=3),
    )


def _add_expense(book: Book, random: Random, placement: str) -> None:
    (benefit, amount), applied = random.choice(BENEFITS), random.choice(FRIDAYS)
    granted = benefit != "other"
    book.add(
        "expenses",
        ref=f"RA-U{len(book.rows['expenses']) + 1:03}",
        placement=placement,
        benefit=benefit,
        applied_on=applied,
        amount=amount,
        regime="full" if granted else "none",
        granted_on=applied + timedelta(days=5) if granted else None,
        granted_amount=amount if granted else None,
        documentation_on=applied + timedelta(days=12) if granted else None,
    )
