"""What a case puts in writing, and when."""

from datetime import date

import pytest

from data.documents import find_document, list_documents
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import Child, Family, Placement
from tests import people
from tests.people import ADMINISTRATION, CHILD, FAMILY, FATHER, LEADER, MOTHER, NOW
from tests.story import Story
from tests.word import text_of


@pytest.fixture
def story(sqlite_database: Settings) -> Story:
    people.move_in()
    with writing() as s:
        revise(
            s, current(s, Family, FAMILY), NOW, name="Familien Åkjær", address="Søgade 5", contract_holder="Zoë & Þór"
        )
        revise(s, current(s, Child, CHILD), NOW, name="Bjørk <Łucja>")
    return Story()


def made(story: Story) -> list[str]:
    """Their references without the case's."""
    with reading() as s:
        return [row.ref.removeprefix(f"{story.ref}-") for row in list_documents(s, about=story.ref)]


def said(story: Story, ref: str) -> str:
    with reading() as s:
        return text_of(find_document(s, f"{story.ref}-{ref}").content)


def test_an_approval_leaves_consents_decision_and_contract(story: Story) -> None:
    assert story.finish() == "Approved"
    consents = [ref for ref in made(story) if "consent" in ref]
    assert consents == [f"HJ-F001-{member}-consent_attests-1" for member in (1, 2, 3)]
    assert set(made(story)) - set(consents) == {"decision_letter-1", "contract_network-1"}


def test_the_contract_names_the_parties_its_items_and_the_law_of_its_day(story: Story) -> None:
    story.go_to("contract")
    items = dict.fromkeys(story.tasks["contract"].demands["items"], "Som aftalt.") | {"notice": "En måned & en dag."}
    story.answer("contract", items=items)
    contract = said(story, "contract_network-1")
    for part in ("Familien Åkjær", "Søgade 5", "Zoë & Þór", "Bjørk <Łucja>", "3. februar 2014", "1. marts 2023",
                 "Opsigelse\nEn måned & en dag.", "serviceloven § 66", "Hjørring Kommune"):  # fmt: skip
        assert part in contract
    assert contract.count("Som aftalt.") == len(items) - 1


def test_nothing_is_made_twice_however_often_the_case_is_replayed(story: Story) -> None:
    story.go_to("contract_review")
    before = made(story)
    story.replay()
    assert made(story) == before


def test_an_approval_is_reasoned_by_those_who_gave_it(story: Story) -> None:
    story.go_to("assessment:network_adviser")
    story.answer("assessment:network_adviser", reason="God relation.")
    story.answer("assessment:match_consultant", reason="Trygge rammer.")
    letter = said(story, "decision_letter-1")
    assert "Kommunen har sagt ja til godkendelse som netværksplejefamilie." in letter
    assert "God relation.\nTrygge rammer." in letter


def test_where_they_disagree_the_leader_s_reason_stands_in_the_letter(story: Story) -> None:
    story.go_to("assessment:network_adviser")
    story.answer("assessment:network_adviser", approved=False, reason="For lidt plads.")
    story.answer("assessment:match_consultant", reason="Trygge rammer.")
    story.answer("approval_decision", by=LEADER, approved=False, reason="Pladsen vejer tungest.")
    letter = said(story, "decision_letter-1")
    assert "Kommunen har givet afslag på godkendelse" in letter
    assert "Pladsen vejer tungest." in letter
    assert "For lidt plads." not in letter
    assert "kan I kontakte kommunen" in letter


def test_a_refused_consent_is_said_without_saying_whose(story: Story) -> None:
    story.answer("first_visit")
    story.answer(f"consent:{FATHER}:1", given=False)
    letter = said(story, "decision_letter-1")
    assert "Et samtykke er ikke givet." in letter
    assert FATHER not in letter


def test_a_family_that_withdraws_gets_no_decision(story: Story) -> None:
    story.answer("first_visit", both_sides_go_on=False)
    assert made(story) == []


def test_a_consent_that_is_asked_for_again_is_a_paper_of_its_own(story: Story) -> None:
    story.answer("first_visit")
    for member in (MOTHER, FATHER, people.TEENAGER):
        story.answer(f"consent:{member}:1")
    story.pass_days(15)
    with reading() as s:
        versions = [row.ref for row in list_documents(s, about=f"{story.ref}/{MOTHER}")]
    assert versions == [f"{story.ref}-{MOTHER}-consent_attests-{version}" for version in (1, 2)]


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        ({}, ["imødekommer jeres ansøgning om", "Bevilget beløb"]),
        (
            {"granted": False, "ground": "cost_share", "covered_item": "hygiene", "amount_kr": None, "regime": None},
            ["giver afslag på jeres ansøgning om", "Omkostningsdelen dækker: kost", "kan I kontakte kommunen"],
        ),
    ],
    ids=["granted", "refused"],
)
def test_a_decision_on_a_benefit_is_in_writing(
    sqlite_database: Settings, decision: dict[str, object], expected: list[str]
) -> None:
    people.move_in()
    people.move_in(
        Placement(ref="HJ-P001", recorded_at=NOW, child=CHILD, family=FAMILY, kind="network", start=date(2022, 1, 1))
    )
    story = Story("supplementary-benefit", child=None)
    story.answer("benefit_application")
    story.answer("benefit_decision:HJ-P001", **decision)
    letter = said(story, "benefit_decision-1")
    assert [part for part in expected if part not in letter] == []
    assert "{" not in letter
    assert ADMINISTRATION not in letter
