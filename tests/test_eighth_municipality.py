"""A municipality that is in none of the documents is added with one file and no Python."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data.policies import use_policies
from data.rates import load_shipped
from data.settings import Settings
from data.store.audit import Actor
from data.store.session import reading, writing
from data.tables import Child, NightStay, Placement, Staff, Terms
from tasks.duties.asked import ask_what_is_due
from tasks.explained.lines import explain_line
from tasks.payout import approve_payout, prepare_payout, release_payout
from tests import people
from tests.homes import home
from tests.people import at
from tests.story import Story
from web.shown.pay import run_as_json

PACK = """
name = "Prøveby Kommune"
country = "DK"
language = "da"
timezone = "Europe/Copenhagen"
prefix = "PB"

[[duties.house_meeting]]
valid_from = 2023-01-01
source = "R4"
name = "Husmøde med kage"
asked = "child_adviser"
about = "placement"
kinds = ["respite"]
every = { weeks = 4 }
"""
FAMILY, CHILD, PLACEMENT = "PB-F1", "PB-B1", "PB-P1"
ADVISER, CLERK, LEADER = "PB-S1", "PB-S2", "PB-S3"
START, JUNE = date(2023, 5, 1), date(2023, 6, 5)


@pytest.fixture
def proeveby(sqlite_database: Settings, tmp_path: Path) -> Iterator[None]:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "proeveby.toml").write_text(PACK, encoding="utf-8")
    use_policies(folder)
    own = {"municipality": "proeveby", "recorded_at": people.NOW}
    roles = {ADVISER: "child_adviser", CLERK: "administration,payroll", LEADER: "leader,administration"}
    people.move_in(
        *(Staff(ref=ref, roles=held, email=people.email(ref), **own) for ref, held in roles.items()),
        *home(ref=FAMILY, kind="respite", email=people.email(FAMILY), approved_from=date(2022, 1, 1), **own),
        Child(ref=CHILD, birth_date=date(2014, 3, 1), adviser=ADVISER, **own),
        Placement(ref=PLACEMENT, recorded_at=people.NOW, child=CHILD, family=FAMILY, kind="respite", start=START),
        Terms(
            ref=f"{PLACEMENT}/{START}", recorded_at=people.NOW, placement=PLACEMENT, valid_from=START, fees_tenths=20
        ),
    )
    yield
    use_policies(None)


@pytest.mark.usefixtures("proeveby")
def test_its_own_duty_is_asked_for_by_its_own_name() -> None:
    done = ask_what_is_due("proeveby", date(2023, 5, 20), at(date(2023, 5, 20)))
    assert "house_meeting" in {standing.duty.key for standing in done.standings}
    assert done.asked


@pytest.mark.usefixtures("proeveby")
def test_a_case_runs_there_with_what_is_national() -> None:
    story = Story("supplementary-benefit", family=FAMILY, child=None)
    assert story.ref.startswith("PB-2023-")
    assert story.finish() == "Approved"


@pytest.mark.usefixtures("proeveby")
def test_a_month_is_paid_there() -> None:
    stay = {
        "arrival": at(date(2023, 5, 12)).replace(tzinfo=None),
        "departure": at(date(2023, 5, 14)).replace(tzinfo=None),
    }
    people.move_in(NightStay(ref="PB-N1", recorded_at=people.NOW, placement=PLACEMENT, **stay))
    with writing() as s:
        load_shipped(s, people.NOW)
    of = ("proeveby", "2023-05")
    prepare_payout(*of, actor=Actor(CLERK, "tests"), now=at(JUNE))
    approve_payout(*of, actor=Actor(LEADER, "tests"), now=at(JUNE))
    release_payout(*of, actor=Actor(CLERK, "tests"), now=at(JUNE))
    with reading() as s:
        lines = run_as_json(s, *of)["lines"]
        told = [explain_line(s, line["id"], "en") for line in lines]
    assert all("An overnight stay is one night" in text and "hasn't confirmed it yet" in text for text in told)
    fee = 2 * 2 * 154_31
    assert {(line["component"], line["status"]): line["amount_ore"] for line in lines} == {
        ("fee", "released"): fee,
        ("board_lodging", "released"): 402_00,
    }
