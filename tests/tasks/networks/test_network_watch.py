from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from data.cases import open_tasks
from data.networks import consents, homes_of
from data.settings import Settings
from data.store.audit import Actor
from data.store.facts import current, record, revise
from data.store.session import reading, writing
from data.tables import GeneratedTask, Network, NetworkHome, OutboxMail, Placement
from rules.refusal import Refusal
from tasks.cases.answers import answer_task
from tasks.mail.queue import configure
from tasks.networks.watch import watch_networks
from tasks.reminders.handover import hand_over
from tests import lillehammer as cast
from tests import people
from tests.homes import remember
from tests.lillehammer import (
    ASKER_CONTACT,
    CONTACT,
    HOMES,
    LEADER,
    MORE_HOMES,
    NETWORK,
    OTHER_CONTACT,
    THIRD_CONTACT,
    TODAY,
    child,
    network,
    placed,
)
from tests.people import NOW, at

YOUNG = "LI-B090"
TURNS_FIFTEEN = date(2025, 4, 12)


def watch(today: date = TODAY, municipality: str = "lillehammer") -> int:
    return watch_networks(municipality, today, at(today))


def given(form: str) -> list[GeneratedTask]:
    with reading() as s:
        return [task for task in open_tasks(s) if task.form == form]


def answer(task: GeneratedTask, today: date, **raw: object) -> None:
    with writing() as s:
        answer_task(s, task.ref, raw, email=people.email(task.assignee), os_account="tests", now=at(today))


@pytest.fixture
def teenager(sqlite_database: Settings) -> None:
    cast.move_in(*network(), child(YOUNG, date(2010, 4, 12)), placed(YOUNG, HOMES[0]))


def test_a_child_who_turns_fifteen_in_the_network_is_asked_on_the_birthday_once(teenager: None) -> None:
    assert watch(TURNS_FIFTEEN - timedelta(days=1)) == 0
    assert watch(TURNS_FIFTEEN) == 1
    assert watch(TURNS_FIFTEEN + timedelta(days=1)) == 0
    [task] = given("ChildsConsent")
    assert (task.about, task.assignee, task.due_on) == (YOUNG, CONTACT, date(2025, 4, 30))


def test_a_home_that_will_join_once_more_has_its_children_asked_for_the_time_it_is_there_now(teenager: None) -> None:
    again = TURNS_FIFTEEN + timedelta(days=60)
    with writing() as s:
        joins = {"network": NETWORK, "family": HOMES[0], "joined_on": again}
        record(s, NetworkHome(ref="LI-N-again", recorded_at=NOW, **joins), NOW)
    assert watch(TURNS_FIFTEEN) == 1


def test_a_refused_consent_ends_the_homes_part_in_the_network(teenager: None) -> None:
    watch(TURNS_FIFTEEN)
    [task] = given("ChildsConsent")
    answer(task, TURNS_FIFTEEN, given=False, signed_on=f"{TURNS_FIFTEEN}")
    with reading() as s:
        assert HOMES[0] not in homes_of(s, NETWORK, TURNS_FIFTEEN + timedelta(days=1))
        assert consents(s, NETWORK, "consent") == {YOUNG: False}
    assert watch(TURNS_FIFTEEN + timedelta(days=1)) == 2
    assert {task.assignee for task in given("NetworkSize")} == {CONTACT, OTHER_CONTACT}


def test_a_given_consent_lets_the_home_go_on_and_is_not_asked_for_again(teenager: None) -> None:
    watch(TURNS_FIFTEEN)
    [task] = given("ChildsConsent")
    answer(task, TURNS_FIFTEEN, given=True, signed_on=f"{TURNS_FIFTEEN}")
    assert watch(TURNS_FIFTEEN + timedelta(days=1)) == 0
    with reading() as s:
        assert homes_of(s, NETWORK, TURNS_FIFTEEN + timedelta(days=1)) == sorted(HOMES)


def test_a_child_who_consented_when_the_home_joined_is_not_asked_again(sqlite_database: Settings) -> None:
    cast.move_in(*network(), child(YOUNG, date(2009, 1, 1)), placed(YOUNG, MORE_HOMES[0]))
    assert cast.story("network-home", MORE_HOMES[0]).finish() == "Approved"
    assert watch() == 0


def test_a_child_who_moves_within_the_network_is_asked_about_the_new_home(teenager: None) -> None:
    watch(TURNS_FIFTEEN)
    moved = TURNS_FIFTEEN + timedelta(days=3)
    with writing() as s:
        before = current(s, Placement, f"{YOUNG}-P")
        record(s, Placement(**{**before.model_dump(exclude={"id"}), "end": moved}), NOW)
        given_on: dict[str, Any] = {"child": YOUNG, "family": HOMES[1], "kind": "full_time", "start": moved}
        remember(s, Placement(ref=f"{YOUNG}-P2", recorded_at=NOW, **given_on), NOW)
    assert watch(moved) == 1
    [task] = given("ChildsConsent")
    assert task.demands["family"] == HOMES[1]


@pytest.mark.parametrize(
    ("homes", "flagged"),
    [(HOMES[:2], True), (HOMES, False), ((*HOMES, *MORE_HOMES[:2]), False), ((*HOMES, *MORE_HOMES), True)],
)
def test_a_network_below_three_or_above_five_homes_is_flagged_to_both_contacts(
    sqlite_database: Settings, homes: tuple[str, ...], flagged: bool
) -> None:
    cast.move_in(*network(homes))
    assert watch() == (2 if flagged else 0)
    assert watch(TODAY + timedelta(days=1)) == 0


def test_a_network_that_has_its_size_again_needs_no_talk_any_more(sqlite_database: Settings) -> None:
    cast.move_in(*network(HOMES[:2]))
    watch()
    home: dict[str, Any] = {"network": NETWORK, "family": HOMES[2], "joined_on": TODAY}
    people.move_in(NetworkHome(ref=f"{NETWORK}/{HOMES[2]}/{TODAY}", recorded_at=NOW, **home))
    watch(TODAY + timedelta(days=1))
    assert given("NetworkSize") == []


def test_a_network_whose_homes_are_still_being_asked_is_not_flagged(sqlite_database: Settings) -> None:
    cast.move_in()
    case = cast.story("resource-network", cast.RESOURCE)
    case.answer("choose_children", children=[f"{home[:2]}-B{home[-3:]}" for home in HOMES])
    while case.waiting:
        case.answer(case.waiting[0])
    assert watch() == 0


def test_when_the_trial_has_ended_each_municipalitys_leader_evaluates_it_once(sqlite_database: Settings) -> None:
    cast.move_in()
    assert watch(date(2025, 12, 31)) == 0
    assert [watch(date(2026, 1, 1), key) for key in ("lillehammer", "asker")] == [1, 1]
    assert watch(date(2026, 1, 2)) == 0
    tasks = given("TrialEvaluation")
    assert [task.assignee for task in tasks] == [cast.ASKER_LEADER, LEADER]
    answer(
        tasks[1], date(2026, 1, 5), how_it_went="Well.", visits_with_parents=False, respite=True, reason="Asked for."
    )
    assert len(given("TrialEvaluation")) == 1


def test_before_the_scheme_and_where_there_is_none_nothing_is_watched(sqlite_database: Settings) -> None:
    cast.move_in(*network(HOMES[:2]))
    assert watch(date(2024, 12, 31)) == 0
    assert watch(municipality="hjoerring") == 0
    with reading() as s:
        assert s.exec(select(GeneratedTask)).all() == []


def test_a_contact_who_works_for_the_other_municipality_is_told_and_answers(database: Settings) -> None:
    led, *homes = network()
    led.contact_1 = ASKER_CONTACT  # type: ignore[attr-defined]
    cast.move_in(led, *homes, child(YOUNG, date(2010, 4, 12)), placed(YOUNG, HOMES[0]))
    assert watch(TURNS_FIFTEEN) == 1
    [task] = given("ChildsConsent")
    assert (task.assignee, task.municipality) == (ASKER_CONTACT, "lillehammer")
    with reading() as s:
        [mail] = s.exec(select(OutboxMail).where(OutboxMail.about == task.ref))
        assert (mail.recipient, mail.address, mail.template) == (
            ASKER_CONTACT,
            people.email(ASKER_CONTACT),
            "task_issued",
        )
    leader, raw = people.email(cast.ASKER_LEADER), {"given": True, "signed_on": f"{TURNS_FIFTEEN}"}
    with pytest.raises(Refusal), writing() as s:
        answer_task(s, task.ref, raw, email=leader, os_account="tests", now=at(TURNS_FIFTEEN))
    answer(task, TURNS_FIFTEEN, given=True, signed_on=f"{TURNS_FIFTEEN}")
    assert given("ChildsConsent") == []


def test_whoever_takes_over_a_contacts_tasks_is_not_asked_the_same_again(sqlite_database: Settings) -> None:
    heir = "LI-S077"
    configure(sqlite_database)
    cast.move_in(*network(HOMES[:2]), people.staff(heir, "child_welfare_contact", municipality="lillehammer"))
    assert watch() == 2
    first, second = sorted(given("NetworkSize"), key=lambda task: task.assignee)
    with writing() as s:
        hand_over(s, first.assignee, heir, by=Actor(first.assignee, "tests"), now=at(TODAY))
    assert watch(TODAY + timedelta(days=1)) == 0
    assert {task.ref: task.assignee for task in given("NetworkSize")} == {first.ref: heir, second.ref: second.assignee}


def test_a_contact_who_comes_in_anothers_place_by_import_is_asked_what_the_other_did_not_answer(
    sqlite_database: Settings,
) -> None:
    cast.move_in(*network(HOMES[:2]))
    watch()
    with writing() as s:
        revise(s, current(s, Network, NETWORK), at(TODAY), contact_2=THIRD_CONTACT)
    assert watch(TODAY + timedelta(days=1)) == 1
    assert {task.assignee for task in given("NetworkSize")} == {CONTACT, THIRD_CONTACT}
