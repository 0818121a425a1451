"""N1: what is missing in a network is asked for the day it is known: signatures, birth dates, contacts."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from data.cases import open_tasks
from data.documents import list_documents
from data.networks import consents, homes_of
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import Child, GeneratedTask, HouseholdMember, Network, OutboxMail, Staff
from rules.refusal import Refusal
from tasks.cases.answers import answer_task
from tasks.networks.watch import watch_networks
from tests import lillehammer as cast
from tests import people
from tests.lillehammer import (
    ADVISER,
    ASKER_CONTACT,
    ASKER_LEADER,
    CONTACT,
    HOMES,
    LEADER,
    NETWORK,
    OTHER_CONTACT,
    THIRD_CONTACT,
    TODAY,
    child,
    network,
    placed,
)
from tests.people import at

HOME, AWAY = HOMES[0], HOMES[2]
NEW, TOMORROW = f"{HOME}-3", TODAY + timedelta(days=1)


def watch(today: date = TODAY, municipality: str = "lillehammer") -> int:
    return watch_networks(municipality, today, at(today, 16))


def given(form: str) -> list[GeneratedTask]:
    with reading() as s:
        return [task for task in open_tasks(s) if task.form == form]


def asked(form: str) -> list[tuple[str | None, str, str]]:
    return [(task.about, task.assignee, task.municipality) for task in given(form)]


def answer(task: GeneratedTask, today: date = TODAY, **raw: object) -> None:
    with writing() as s:
        answer_task(s, task.ref, raw, email=people.email(task.assignee), os_account="tests", now=at(today, 17))


def moves_in(ref: str, home: str, *, carer: bool | None = True, **more: Any) -> None:
    """Is imported that day."""
    with writing() as s:
        s.add(HouseholdMember(ref=ref, recorded_at=at(TODAY), family=home, carer=carer, **more))


def change(table: Any, ref: str, **changes: object) -> None:
    with writing() as s:
        revise(s, current(s, table, ref), at(TODAY), **changes)


@pytest.fixture
def joined(sqlite_database: Settings) -> None:
    cast.move_in(*network())


def test_a_new_foster_parent_of_a_joined_home_signs_the_declaration_and_is_asked_once(database: Settings) -> None:
    cast.move_in(*network())
    assert watch() == 0
    moves_in(NEW, HOME)
    assert watch() == 1
    assert watch(TOMORROW) == 0
    [task] = given("ConfidentialityDeclaration")
    assert (task.about, task.assignee, task.due_on) == (NEW, HOME, date(2025, 3, 17))
    with reading() as s:
        [paper] = list_documents(s, about=f"{NETWORK}/{NEW}")
    assert paper.kind == "group_confidentiality"
    answer(task, signed=True, signed_on=f"{TODAY}")
    assert watch(TOMORROW) == 0
    with reading() as s:
        assert consents(s, NETWORK, "declaration") == {NEW: True}
        assert HOME in homes_of(s, NETWORK, TOMORROW)


@pytest.mark.usefixtures("joined")
def test_a_home_whose_new_foster_parent_will_not_sign_takes_part_no_longer() -> None:
    moves_in(NEW, HOME)
    watch()
    [task] = given("ConfidentialityDeclaration")
    answer(task, signed=False, signed_on=f"{TODAY}")
    with reading() as s:
        assert HOME not in homes_of(s, NETWORK, TOMORROW)
    watch(TOMORROW)
    assert given("ConfidentialityDeclaration") == []


@pytest.mark.usefixtures("joined")
def test_a_grown_up_of_the_household_who_becomes_a_foster_parent_signs_and_one_who_moves_out_need_not() -> None:
    moves_in(NEW, HOME, carer=False, birth_date=date(2001, 1, 1))
    assert watch() == 0
    change(HouseholdMember, NEW, carer=True)
    assert watch() == 1
    change(HouseholdMember, NEW, withdrawn_on=TODAY)
    watch()
    assert given("ConfidentialityDeclaration") == []


@pytest.mark.usefixtures("joined")
def test_a_new_foster_parent_in_another_municipalitys_home_is_asked_by_that_one() -> None:
    moves_in(f"{AWAY}-3", AWAY)
    assert watch() == 0
    assert watch(municipality="asker") == 1
    assert asked("ConfidentialityDeclaration") == [(f"{AWAY}-3", AWAY, "asker")]
    with reading() as s:
        [mail] = s.exec(select(OutboxMail).where(OutboxMail.recipient == AWAY)).all()
    assert mail.municipality == "asker"


def test_one_who_became_a_foster_parent_while_the_home_was_signing_signs_before_it_joins(
    sqlite_database: Settings,
) -> None:
    cast.move_in(*network())
    home = cast.MORE_HOMES[0]
    case = cast.story("network-home", home)
    case.answer("network_home_joins")
    case.answer(f"what_to_expect:{NETWORK}")
    moves_in(f"{home}-3", home)
    for nth in (1, 2):
        case.answer(f"confidentiality_declaration:{home}-{nth}")
    assert case.waiting == [f"confidentiality_declaration:{home}-3"]
    assert case.finish() == "Approved"
    assert watch() == 0


@pytest.mark.usefixtures("joined")
def test_a_child_whose_birth_date_is_unknown_is_asked_about_and_asked_for_consent_once_it_is_known() -> None:
    people.move_in(child("LI-B090", None), placed("LI-B090", HOME))  # type: ignore[arg-type]
    assert watch() == 1
    assert asked("BirthDateMissing") == [("LI-B090", ADVISER, "lillehammer")]
    [task] = given("BirthDateMissing")
    answer(task, birth_date="2009-02-03")
    with reading() as s:
        assert current(s, Child, "LI-B090").birth_date == date(2009, 2, 3)
    assert watch(TOMORROW) == 1
    assert asked("ChildsConsent") == [("LI-B090", CONTACT, "lillehammer")]


@pytest.mark.usefixtures("joined")
def test_a_birth_date_that_is_imported_meanwhile_takes_the_question_back() -> None:
    people.move_in(child("LI-B090", None), placed("LI-B090", HOME))  # type: ignore[arg-type]
    watch()
    [task] = given("BirthDateMissing")
    change(Child, "LI-B090", birth_date=date(2016, 1, 1))
    with pytest.raises(Refusal, match="the birth date of LI-B090 is known by now"):
        answer(task, birth_date="2009-02-03")
    watch(TOMORROW)
    assert given("BirthDateMissing") == []


@pytest.mark.usefixtures("joined")
def test_the_municipality_that_placed_the_child_is_asked_and_its_leader_where_it_has_no_adviser() -> None:
    people.move_in(child("AS-B090", None), placed("AS-B090", HOME))  # type: ignore[arg-type]
    assert watch() == 0
    assert watch(municipality="asker") == 1
    assert asked("BirthDateMissing") == [("AS-B090", ASKER_LEADER, "asker")]


@pytest.mark.usefixtures("joined")
def test_of_a_child_that_came_from_outside_the_project_the_homes_municipality_asks() -> None:
    outside = Child(ref="HE-B090", recorded_at=people.NOW, municipality="herning")
    people.move_in(outside, placed("HE-B090", HOME))
    assert watch(municipality="asker") == 0
    assert watch() == 1
    assert asked("BirthDateMissing") == [("HE-B090", ADVISER, "lillehammer")]


@pytest.mark.usefixtures("joined")
@pytest.mark.parametrize("carer", [False, None])
def test_an_unknown_birth_date_in_the_household_is_asked_of_a_contact(carer: bool | None) -> None:
    moves_in(NEW, HOME, carer=carer)
    moves_in(f"{AWAY}-3", AWAY, carer=carer)
    assert (watch(), watch(municipality="asker")) == (1, 1)
    contact = next(task.assignee for task in given("BirthDateMissing") if task.municipality == "asker")
    assert contact in (ASKER_CONTACT, cast.ASKER_SECOND)
    [task] = [task for task in given("BirthDateMissing") if task.about == NEW]
    assert task.assignee == CONTACT
    answer(task, birth_date="2012-01-01")
    assert watch(TOMORROW) == 0


@pytest.mark.parametrize("contacts", [{"contact_2": None}, {"contact_1": None, "contact_2": None}])
def test_a_network_with_fewer_than_two_contacts_is_told_to_the_leader_who_names_them(
    sqlite_database: Settings, contacts: dict[str, None]
) -> None:
    led, *homes = network()
    for name in contacts:
        setattr(led, name, None)
    cast.move_in(led, *homes)
    assert watch() == 1
    assert watch(TOMORROW) == 0
    assert asked("NameMissingContact") == [(NETWORK, LEADER, "lillehammer")]
    [task] = given("NameMissingContact")
    with pytest.raises(Refusal, match=f"contact_2: isn't a child-welfare contact who works here; there is {CONTACT}"):
        answer(task, contact_1=CONTACT, contact_2=LEADER)
    answer(task, contact_1=CONTACT, contact_2=THIRD_CONTACT)
    with reading() as s:
        row = current(s, Network, NETWORK)
    assert (row.contact_1, row.contact_2) == (CONTACT, THIRD_CONTACT)
    assert watch(TOMORROW) == 0


@pytest.mark.usefixtures("joined")
def test_a_contact_who_has_left_is_replaced_and_nothing_is_asked_of_them_meanwhile() -> None:
    change(Staff, CONTACT, left_on=TODAY - timedelta(days=1))
    people.move_in(child("LI-B090", date(2009, 1, 1)), placed("LI-B090", HOME))
    assert watch() == 2
    assert asked("NameMissingContact") == [(NETWORK, LEADER, "lillehammer")]
    assert asked("ChildsConsent") == [("LI-B090", OTHER_CONTACT, "lillehammer")]


@pytest.mark.usefixtures("joined")
def test_a_contact_who_comes_back_takes_the_question_back() -> None:
    change(Staff, CONTACT, left_on=TODAY - timedelta(days=1))
    watch()
    change(Staff, CONTACT, left_on=None)
    watch(TOMORROW)
    assert given("NameMissingContact") == []


def test_the_size_of_a_network_without_contacts_is_asked_about_all_the_same(sqlite_database: Settings) -> None:
    led, *homes = network(HOMES[:2])
    led.contact_1 = led.contact_2 = None  # type: ignore[attr-defined]
    cast.move_in(led, *homes)
    assert watch() == 2
    assert len(given("NetworkSize")) == 1
