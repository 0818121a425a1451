from datetime import date, datetime, timedelta

import pytest

from data.caseload.sheets import SHEETS
from data.demo import hjoerring, lillehammer, randers
from data.demo.book import Book
from data.demo.caseload import demo_book
from rules.accounts import account
from rules.identity import doubts, is_possible

SPRING = (date(2023, 3, 1), date(2023, 6, 5))


@pytest.fixture(scope="module")
def demo() -> Book:
    return demo_book()


def row(demo: Book, sheet: str, ref: str) -> dict[str, object]:
    (found,) = [row for row in demo.rows[sheet] if row["ref"] == ref]
    return found


def test_the_same_seed_makes_the_same_caseload(demo: Book) -> None:
    assert demo_book().rows == demo.rows
    assert demo_book(7).rows != demo.rows


def test_every_sheet_is_filled_and_nothing_falls_beside_a_column(demo: Book) -> None:
    for sheet in SHEETS:
        assert demo.rows[sheet.name]
        names = {column.name for column in sheet.columns}
        assert all(row.keys() <= names for row in demo.rows[sheet.name]), sheet.name


def test_it_holds_some_sixty_families_of_three_municipalities(demo: Book) -> None:
    assert 55 <= len(demo.rows["families"]) <= 65
    assert {row["municipality"] for row in demo.rows["families"]} == {"hjoerring", "randers", "lillehammer"}


def test_everybody_is_unreal_and_agrees_with_their_birth_date(demo: Book) -> None:
    for person in demo.rows["household"] + demo.rows["children"]:
        number = person["id_number"]
        assert is_possible(number)
        assert doubts(number, person["birth_date"]) == []
        assert int(number[:2]) > 60 or int(number[2:4]) > 80
    addresses = [row["email"] for row in demo.rows["staff"] + demo.rows["families"]]
    assert all(address.endswith(".example") for address in addresses)
    assert len(set(addresses)) == len(addresses)


def test_norwegian_families_have_an_account_each_that_a_payments_file_takes(demo: Book) -> None:
    accounts = [row["account"] for row in demo.rows["families"] if row["municipality"] == "lillehammer"]
    assert all(account(written, "NO") for written in accounts)
    assert len(set(accounts)) == len(accounts)


@pytest.mark.parametrize("municipality", ["hjoerring", "randers", "lillehammer"])
def test_each_municipality_has_a_leader_two_payroll_clerks_and_an_absence_with_a_substitute(
    municipality: str, demo: Book
) -> None:
    staff = [row for row in demo.rows["staff"] if row["municipality"] == municipality]
    roles = [row["roles"] for row in staff]
    assert "leader" in roles
    assert roles.count("payroll") == roles.count("administration") == 2
    (away,) = [row for row in staff if row.get("substitute")]
    assert SPRING[0] <= away["absent_to"]
    assert away["absent_from"] <= SPRING[1]
    assert row(demo, "staff", away["substitute"])["roles"] == away["roles"]


def test_the_family_of_the_story_asks_to_be_approved(demo: Book) -> None:
    family = row(demo, "families", hjoerring.FAMILY)
    assert (family["kind"], family.get("approved_from")) == ("network", None)
    ages = {member["ref"]: member for member in demo.rows["household"] if member["family"] == hjoerring.FAMILY}
    assert [ages[ref]["carer"] for ref in hjoerring.CARERS] == ["yes", "yes"]
    assert date(2006, 3, 1) < ages[hjoerring.CHILD_OF_SIXTEEN]["birth_date"] <= date(2007, 3, 1)
    assert ages[hjoerring.TURNS_FIFTEEN]["birth_date"] == date(2008, 4, 12)
    child = row(demo, "children", hjoerring.CHILD)
    assert child["adviser"] == hjoerring.CHILD_ADVISER
    assert hjoerring.CHILD not in {placement["child"] for placement in demo.rows["placements"]}


@pytest.mark.parametrize(
    ("ref", "role"),
    [
        (hjoerring.NETWORK_ADVISER, "network_adviser"),
        (hjoerring.MATCH_CONSULTANT, "match_consultant"),
        (hjoerring.CHILD_ADVISER, "child_adviser"),
        (hjoerring.LEADER, "leader"),
        (randers.PREPARES_PAY, "payroll"),
        (randers.APPROVES_PAY, "payroll"),
        (randers.LEADER, "leader"),
        (lillehammer.CONTACTS[0], "child_welfare_contact"),
    ],
)
def test_the_people_of_the_story_have_their_roles(ref: str, role: str, demo: Book) -> None:
    assert row(demo, "staff", ref)["roles"] == role


def test_the_weekend_of_the_story_and_the_stay_over_the_month_end_are_there(demo: Book) -> None:
    stays = [stay for stay in demo.rows["nights"] if stay["placement"] == randers.PLACEMENT]
    assert [stay["ref"] for stay in stays] == [randers.WEEKEND, randers.OVER_MONTH_END]
    assert (stays[0]["arrival"].isoweekday(), stays[0]["arrival"].hour) == (5, 14)
    assert (stays[0]["departure"].isoweekday(), stays[0]["departure"].hour) == (7, 20)
    assert (stays[1]["arrival"].month, stays[1]["departure"].month) == (5, 6)
    (terms,) = [terms for terms in demo.rows["terms"] if terms["placement"] == randers.PLACEMENT]
    assert terms["fees"] == 2.0


def test_no_stay_of_a_child_overlaps_another_or_breaks_the_agreement(demo: Book) -> None:
    agreed = {terms["placement"]: terms["nights_per_month"] for terms in demo.rows["terms"]}
    nights: dict[tuple[str, int], set[date]] = {}
    for stay in demo.rows["nights"]:
        day, last = stay["arrival"].date(), stay["departure"].date()
        while day < last:
            month = nights.setdefault((stay["placement"], day.month), set())
            assert day not in month
            month.add(day)
            day += timedelta(days=1)
    assert all(len(days) <= agreed[placement] for (placement, _), days in nights.items())
    assert all(isinstance(stay["arrival"], datetime) for stay in demo.rows["nights"])


def test_nothing_is_paid_for_that_2023_has_no_rate_for(demo: Book) -> None:
    """Clothing money is missing for 2023, Norwegian expense cover before July."""
    kinds = {placement["ref"]: placement for placement in demo.rows["placements"]}
    danish = [p for ref, p in kinds.items() if not ref.startswith("LI") and p["kind"] != "respite"]
    assert all(placement["end"] < date(2023, 1, 1) for placement in danish)
    norwegian = [p for ref, p in kinds.items() if ref.startswith("LI")]
    assert all(placement["start"] >= date(2023, 7, 1) for placement in norwegian)
