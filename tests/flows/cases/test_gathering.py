from datetime import date, timedelta

import pytest

from data.rates import load_shipped
from data.settings import Settings
from data.store.facts import find
from data.store.session import reading, writing
from data.tables import Gathering
from rules.forms.base import AnswerInvalid
from rules.processes.gathering import GatheringReport
from tasks.payout import prepare_payout
from tests import lillehammer as cast
from tests import people
from tests.lillehammer import CONTACT, HOMES, NETWORK, RESOURCE, TODAY, story
from tests.people import at
from tests.story import Story
from tests.tasks.payroll import acting
from web.shown.pay import run_as_json

REPORT, RECEIPTS = f"gathering_report:{NETWORK}", f"check_receipts:{NETWORK}"


@pytest.fixture
def case(sqlite_database: Settings) -> Story:
    cast.move_in(*cast.network())
    return story("gathering", RESOURCE)


def recorded(case: Story) -> Gathering:
    with reading() as s:
        found = find(s, Gathering, f"{case.ref}-G")
    assert found is not None
    assert (found.network, found.held_on) == (NETWORK, TODAY)
    return found


def test_a_summer_gathering_is_paid_by_its_receipts_once_a_contact_has_checked_them(database: Settings) -> None:
    cast.move_in(*cast.network())
    people.move_in(people.staff("LI-S06", "administration,payroll", municipality="lillehammer"))
    case = story("gathering", RESOURCE)
    case.answer(REPORT)
    assert recorded(case).amount_ore is None
    assert case.tasks[RECEIPTS].assignee == CONTACT
    case.answer(RECEIPTS, amount_kr=1100)
    assert case.case.outcome == "Completed"
    assert (recorded(case).amount_ore, recorded(case).homes) == (110_000, 3)
    with writing() as s:
        load_shipped(s, people.NOW)
    prepare_payout("lillehammer", "2025-03", actor=acting("LI-S06"), now=at(date(2025, 4, 3)))
    with reading() as s:
        lines = run_as_json(s, "lillehammer", "2025-03")["lines"]
    assert [line["amount_ore"] for line in lines if line["component"] == "gathering"] == [110_000]


def test_an_ordinary_gathering_is_the_families_own_and_needs_no_check(case: Story) -> None:
    with pytest.raises(AnswerInvalid, match="the families pay for ordinary gatherings"):
        case.answer(REPORT, kind="ordinary")
    case.answer(REPORT, kind="ordinary", receipts_kr=None)
    assert case.case.outcome == "Completed"
    assert recorded(case).amount_ore is None


def test_a_contact_may_report_it_on_the_familys_behalf(case: Story) -> None:
    case.answer(REPORT, by=CONTACT, kind="christmas", receipts_kr=None)
    assert recorded(case).kind == "christmas"


def test_receipts_that_are_not_in_order_are_not_paid(case: Story) -> None:
    case.answer(REPORT)
    with pytest.raises(AnswerInvalid, match=r"the family asked for 1200\.00"):
        case.answer(RECEIPTS, amount_kr="1200.01")
    case.answer(RECEIPTS, amount_kr=None, remark="The receipts are for something else.")
    assert recorded(case).amount_ore is None


def test_only_homes_that_were_in_the_network_that_day_can_have_been_there(case: Story) -> None:
    with pytest.raises(AnswerInvalid, match="number 2 wasn't in the network"):
        case.answer(REPORT, homes=[HOMES[0], "Familien Hansen"])
    with pytest.raises(AnswerInvalid, match="number 1 wasn't in the network"):
        case.answer(REPORT, held_on="2025-01-14", homes=[HOMES[0]])
    with pytest.raises(AnswerInvalid, match="named twice"):
        case.answer(REPORT, homes=[HOMES[0], HOMES[0]])


@pytest.mark.parametrize("held_on", [TODAY + timedelta(days=1), TODAY - timedelta(days=400)])
def test_a_gathering_has_been_held_within_the_last_year(held_on: date) -> None:
    with pytest.raises(AnswerInvalid, match="held_on"):
        told(held_on=f"{held_on}")


@pytest.mark.parametrize("receipts", [0, -5, "1e12", "12.345"])
def test_an_amount_that_cannot_be_is_refused(receipts: object) -> None:
    with pytest.raises(AnswerInvalid, match="receipts_kr"):
        told(receipts_kr=receipts)


def told(**instead: object) -> None:
    """Without a case: the form alone."""
    raw = {"held_on": f"{TODAY}", "kind": "summer", "homes": [HOMES[0]], "receipts_kr": 100} | instead
    GatheringReport.accept(raw, demands={"homes": {HOMES[0]: [["2025-01-15", None]]}}, today=TODAY)


def test_a_family_that_leads_no_network_is_told_so(sqlite_database: Settings) -> None:
    cast.move_in()
    assert f"{RESOURCE} leads no network" in story("gathering", RESOURCE).rested.waits_for
