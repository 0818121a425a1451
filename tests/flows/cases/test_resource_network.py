from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from data.cases import list_cases
from data.documents import list_documents
from data.networks import consents, homes_of, led_by
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import Network
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tasks.networks.watch import watch_networks
from tests import lillehammer as cast
from tests.lillehammer import CHILDREN, CONTACT, HOMES, LEADER, MORE_HOMES, OTHER_CONTACT, RESOURCE, TODAY, story
from tests.people import at
from tests.story import Story

FORMAL: dict[str, Any] = {"is_or_was_foster_home": True, "solid_completed": True, "suits_the_children": True}


@pytest.fixture
def case(sqlite_database: Settings) -> Story:
    cast.move_in()
    return story("resource-network", RESOURCE)


def homes_cases(case: Story) -> list[Story]:
    """Those that this one opened and that still go on."""
    with reading() as s:
        opened = [row for row in list_cases(s) if row.parent == case.ref and row.outcome is None]
    return [Story.taken_up(row.ref, "network-home", case.today) for row in opened]


def finish_homes(case: Story, *, but: str = "") -> None:
    for home in homes_cases(case):
        if home.case.family == but:
            home.answer(home.waiting[0], takes_part=False)
        else:
            home.finish()
    case.replay()


def play(case: Story) -> list[str]:
    """Usual answers until the case has ended or waits for others; what still waits."""
    while case.rested.outcome is None and case.waiting:
        case.answer(case.waiting[0])
    return case.waiting


def children_of(*homes: str) -> list[str]:
    return [child for child, home in CHILDREN.items() if home in homes]


def test_a_resource_family_is_found_for_the_children_and_their_homes_form_its_network(database: Settings) -> None:
    cast.move_in()
    case = story("resource-network", RESOURCE)
    case.answer("choose_children", children=children_of(*HOMES))
    assert play(case) == []
    assert case.case.waits_for == ", ".join(home.ref for home in homes_cases(case))
    finish_homes(case)
    assert case.case.outcome == "Approved"
    with reading() as s:
        network = current(s, Network, f"{case.ref}-N")
        assert (network.resource_family, network.started_on, network.municipality) == (RESOURCE, TODAY, "lillehammer")
        assert (network.contact_1, network.contact_2) == (CONTACT, OTHER_CONTACT)
        assert homes_of(s, network.ref, TODAY) == sorted(HOMES)
        assert len(consents(s, network.ref, "declaration")) == 6
        assert [paper.kind for paper in list_documents(s, about=case.ref)] == ["assignment_agreement"]


def test_the_home_of_another_municipality_is_asked_by_its_own(case: Story) -> None:
    case.answer("choose_children", children=children_of(*HOMES))
    play(case)
    by_home = {home.case.family: home for home in homes_cases(case)}
    assert by_home["AS-F005"].case.municipality == "asker"
    assert by_home["AS-F005"].case.responsible == cast.ASKER_CONTACT
    assert by_home["LI-F003"].case.municipality == "lillehammer"


@pytest.mark.parametrize("homes", [HOMES[:2], (*HOMES, *MORE_HOMES)])
def test_a_network_of_two_or_six_homes_cannot_be_started(case: Story, homes: tuple[str, ...]) -> None:
    with pytest.raises(AnswerInvalid, match=f"that makes {len(homes)} homes; a network has 3 to 5"):
        case.answer("choose_children", children=children_of(*homes))


def test_siblings_in_different_homes_and_two_children_of_one_home_may_share_a_network(case: Story) -> None:
    case.answer("choose_children", children=[*children_of(*HOMES), children_of(*HOMES)[0]])
    assert case.waiting == ["candidate"]


def test_a_child_who_lives_in_no_free_foster_home_cannot_be_chosen_and_is_not_named(case: Story) -> None:
    with pytest.raises(AnswerInvalid, match="children: number 1 doesn't live") as refused:
        case.answer("choose_children", children=["Kari Nordmann", *children_of(*HOMES)])
    assert "Kari" not in str(refused.value)


@pytest.mark.parametrize("unmet", ["is_or_was_foster_home", "solid_completed"])
def test_a_formal_demand_can_be_let_through_with_a_reason_only(case: Story, unmet: str) -> None:
    case.go_to("candidate")
    with pytest.raises(AnswerInvalid, match=f"{unmet} isn't met; give the reason"):
        case.answer("candidate", **FORMAL | {unmet: False})
    case.answer("candidate", **FORMAL | {unmet: False}, let_through_because="Begins Solid in May.")
    assert case.waiting == ["name_contacts"]


@pytest.mark.parametrize(
    ("step", "answer", "outcome"),
    [
        ("candidate", {"suits_the_children": False}, "Refused"),
        ("ask_in_person", {"says_yes": False}, "Withdrawn"),
        ("suitability:2", {"suited": False}, "Refused"),
    ],
)
def test_a_no_on_the_way_ends_the_case(case: Story, step: str, answer: dict[str, Any], outcome: str) -> None:
    case.go_to(step)
    case.answer(step, **answer)
    play(case)
    assert case.case.outcome == outcome
    with reading() as s:
        assert s.exec(select(Network)).all() == []


def test_a_lack_of_suitability_is_never_let_through(case: Story) -> None:
    case.go_to("suitability:1")
    checklist = dict.fromkeys(case.tasks["suitability:1"].demands["checklist"], True)
    with pytest.raises(AnswerInvalid, match="not possible while generous is lacking"):
        case.answer("suitability:1", checklist=checklist | {"generous": False})
    with pytest.raises(AnswerInvalid, match="generous isn't answered"):
        case.answer("suitability:1", checklist={item: True for item in checklist if item != "generous"})


def test_both_contacts_answer_on_suitability_and_nobody_for_both(case: Story) -> None:
    case.go_to("suitability:1")
    assert [case.tasks[f"suitability:{nth}"].assignee for nth in (1, 2)] == [CONTACT, OTHER_CONTACT]
    case.answer("suitability:1")
    with pytest.raises(Refusal):
        case.answer("suitability:2", by=CONTACT)


def test_the_two_contacts_are_two_people_of_that_role(case: Story) -> None:
    case.go_to("name_contacts")
    with pytest.raises(AnswerInvalid, match="the same as contact_1"):
        case.answer("name_contacts", contact_1=CONTACT, contact_2=CONTACT)
    with pytest.raises(AnswerInvalid, match="contact_2: isn't a child-welfare contact"):
        case.answer("name_contacts", contact_1=CONTACT, contact_2=LEADER)


def test_the_introduction_takes_its_whole_time_and_leaves_the_leaflet(case: Story) -> None:
    case.go_to("introduction_talk:1")
    with pytest.raises(AnswerInvalid, match="a talk takes 90"):
        case.answer("introduction_talk:1", minutes=60)
    case.answer("introduction_talk:1", material_left=False)
    with pytest.raises(AnswerInvalid, match="leave the leaflet"):
        case.answer("introduction_talk:2", material_left=False)
    with pytest.raises(AnswerInvalid, match="comes after"):
        case.answer("introduction_talk:2", held_on=f"{TODAY - timedelta(days=1)}")
    case.answer("introduction_talk:2")
    with pytest.raises(AnswerInvalid, match="can't start before"):
        case.answer("assignment_agreement", starts_on=f"{TODAY - timedelta(days=1)}")


def test_where_too_few_homes_joined_others_are_asked(case: Story) -> None:
    case.answer("choose_children", children=children_of(*HOMES))
    play(case)
    finish_homes(case, but="LI-F004")
    assert case.waiting == ["more_homes:1"]
    demands = case.tasks["more_homes:1"].demands
    assert (demands["joined"], demands["foster_homes"]) == (2, ["LI-F004", *MORE_HOMES])
    with pytest.raises(AnswerInvalid, match="that makes 6 homes"):
        case.answer("more_homes:1", homes=["LI-F004", *MORE_HOMES])
    case.answer("more_homes:1", homes=[MORE_HOMES[0]])
    finish_homes(case)
    assert case.case.outcome == "Approved"


@pytest.fixture
def of_a_leader(database: Settings) -> Story:
    cast.move_in(*cast.network())
    return story("resource-network", RESOURCE)


def test_a_family_that_leads_a_network_already_is_not_given_a_second(of_a_leader: Story) -> None:
    assert of_a_leader.waiting == ["end_network"]
    of_a_leader.answer("end_network", ends=False, ended_on=None, homes_told_on=None)
    assert of_a_leader.case.outcome == "Withdrawn"
    with reading() as s:
        assert led_by(s, RESOURCE, TODAY) is not None


def test_the_assignment_and_every_homes_part_end_with_the_network(of_a_leader: Story) -> None:
    last = TODAY + timedelta(days=9)
    of_a_leader.answer("end_network", ended_on=last.isoformat())
    assert (of_a_leader.case.outcome, of_a_leader.case.state) == ("Completed", "ended")
    with reading() as s:
        network = led_by(s, RESOURCE, last)
        assert network is not None
        assert network.ended_on == last
        assert homes_of(s, network.ref, last)
        assert led_by(s, RESOURCE, last + timedelta(days=1)) is None
        assert homes_of(s, network.ref, last + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        ({"ended_on": "2025-01-14"}, "it can't have ended before"),
        ({"ended_on": None}, "give it and homes_told_on where the network ends"),
        ({"ends": False}, "and only there"),
    ],
)
def test_an_end_that_cannot_be_is_refused(of_a_leader: Story, instead: dict[str, Any], says: str) -> None:
    with pytest.raises(AnswerInvalid, match=says):
        of_a_leader.answer("end_network", **instead)
    assert of_a_leader.waiting == ["end_network"]


def test_each_step_is_due_when_the_policy_says(case: Story) -> None:
    assert case.tasks["choose_children"].due_on == date(2025, 3, 17)
    case.go_to("introduction_talk:1")
    assert case.tasks["introduction_talk:1"].due_on == date(2025, 3, 24)


def gathering_homes(case: Story) -> list[Story]:
    case.answer("choose_children", children=children_of(*HOMES))
    play(case)
    return homes_cases(case)


def the_network_ends(case: Story, last: date) -> None:
    with writing() as s:
        revise(s, current(s, Network, f"{case.ref}-N"), at(case.today), ended_on=last)


def next_day(*cases: Story) -> None:
    watch_networks("lillehammer", TODAY + timedelta(days=1), at(TODAY + timedelta(days=1)))
    watch_networks("asker", TODAY + timedelta(days=1), at(TODAY + timedelta(days=1)))
    for each in cases:
        each.replay()


def test_a_case_that_gathers_homes_ends_with_its_network_and_so_do_theirs(database: Settings) -> None:
    cast.move_in()
    case = story("resource-network", RESOURCE)
    homes = gathering_homes(case)
    the_network_ends(case, TODAY)
    next_day(*homes, case)
    assert (case.case.outcome, case.case.state) == ("Completed", "ended")
    assert {home.case.outcome for home in homes} == {"Withdrawn"}
    assert [home.waiting for home in homes] == [[], [], []]


def test_a_case_that_asks_for_more_homes_ends_with_its_network(case: Story) -> None:
    gathering_homes(case)
    finish_homes(case, but="LI-F004")
    assert case.waiting == ["more_homes:1"]
    the_network_ends(case, TODAY)
    next_day(case)
    assert (case.case.outcome, case.waiting) == ("Completed", [])


def test_on_the_last_day_of_a_network_its_homes_are_still_asked(case: Story) -> None:
    homes = gathering_homes(case)
    the_network_ends(case, TODAY + timedelta(days=1))
    next_day(*homes, case)
    assert case.case.outcome is None
    assert all(home.waiting for home in homes)
