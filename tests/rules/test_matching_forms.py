from datetime import date
from typing import Any

import pytest

from rules.forms.base import AnswerInvalid
from rules.register import form_named
from tasks.rehearsal.answers import USUAL
from tests.letters import task

TODAY = date(2023, 3, 1)
DEMANDS: dict[str, dict[str, Any]] = {
    "ProposeRespiteMatch": {"most_fees_tenths": 150},
    "ReferChild": {"nights": True},
    "IssueContract": {"items": ["duties", "notice"]},
    "ActionPlan": {"follow_up_by": "2023-06-15"},
    "AssessResourceFamily": {"duties": ["cooperates"], "competences": ["respect", "guidance"]},
    "EndPlacement": {"placements": {"HJ-P1": {"kind": "respite", "start": "2023-02-01", "reasons": ["parents_end"]}}},
    "CheckEquipment": {"equipment": ["car_seat", "booster"]},
    "StillConfidential": {},
    "ClosingTalk": {},
    "FinalReport": {"headings": ["health"]},
    "DecideOnContact": {},
    "ReadContactDecision": {"decided_on": "2023-03-01"},
}


def give(form: str, **instead: Any) -> None:
    demands = DEMANDS[form]
    usual = USUAL[form](task(form=form, demands=demands), TODAY)
    form_named(form).accept(usual | instead, demands=demands, today=TODAY)


@pytest.mark.parametrize("form", DEMANDS)
def test_the_usual_answer_is_taken(form: str) -> None:
    give(form)


WRONG = [
    ({"fees": -1}, "fees: Input should be greater than 0"),
    ({"fees": 0}, "fees: Input should be greater than 0"),
    ({"fees": 1.3}, "fees: Input should be a multiple of 0.5"),
    ({"fees": 25}, "fees: at most 15"),
    ({"fees_reasons": ""}, "fees_reasons"),
    ({"board_lodging_kr": -5}, "board_lodging_kr"),
    ({"starts_on": "2022-02-01"}, "starts_on: 2022-02-01 is more than a year away"),
    ({"weekdays": []}, "weekdays, stays: say which nights"),
    ({"weekdays": ["freitag"]}, "weekdays.0"),
    ({"every_weeks": 0}, "every_weeks"),
    ({"nights_per_month": 32}, "nights_per_month"),
    ({"ends_on": "2023-03-15"}, "ends_on: 2023-03-15 doesn't come after starts_on 2023-03-15"),
    ({"stays": [{"arrival": "2023-04-09", "departure": "2023-04-07"}]}, "doesn't come after the arrival"),
    ({"stays": [{"arrival": "2023-03-01", "departure": "2023-03-03"}]}, "isn't within the agreed time"),
    ({"stays": [{"arrival": "2023-04-07", "departure": "2026-04-07"}]}, "more than a year away"),
    (
        {"stays": [{"arrival": "2023-04-07", "departure": "2023-04-09"}] * 2},
        "begins before the one from 2023-04-07 is over",
    ),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG, ids=[says for _, says in WRONG])
def test_a_proposal_that_can_not_be_right_is_refused_in_a_line(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(AnswerInvalid, match=says):
        give("ProposeRespiteMatch", **wrong)


@pytest.mark.parametrize(
    ("form", "wrong", "says"),
    [
        ("ReferChild", {"wished_nights": None}, "wished_nights: say which nights"),
        ("ReferChild", {"needs": "n" * 1_000_000}, "needs: String should have at most 4000"),
        ("IssueContract", {"items": {"duties": "x"}}, "items: notice is missing"),
        ("IssueContract", {"items": {"duties": "x", "notice": "y", "pony": "z"}}, "items: pony doesn't belong there"),
        ("IssueContract", {"items": {"duties": "", "notice": "y"}}, "items.duties"),
        ("IssueContract", {"issued_on": "2023-03-02"}, "still to come"),
        ("ActionPlan", {"follow_up_on": "2023-06-16"}, "follow_up_on: at the latest 2023-06-15"),
        ("ActionPlan", {"follow_up_on": "2023-02-01"}, "can't be followed up before"),
        ("ActionPlan", {"with_parents": False}, "without_parents_because: say it"),
        ("ActionPlan", {"without_parents_because": "ill"}, "without_parents_because: say it"),
        ("ActionPlan", {"goals": []}, "goals"),
        ("ActionPlan", {"family_tasks": []}, "family_tasks"),
        ("AssessResourceFamily", {"duties": {}}, "duties: cooperates is missing"),
        ("AssessResourceFamily", {"competences": {"respect": True}}, "competences: guidance is missing"),
        ("AssessResourceFamily", {"duties": {"cooperates": False}}, "suits: the family doesn't take on cooperates"),
        ("EndPlacement", {"placement": "HJ-P2"}, "placement: give one of HJ-P1"),
        ("EndPlacement", {"reason": "grown_up"}, "reason: for this kind of placement, one of parents_end"),
        ("EndPlacement", {"reason": "tired"}, "reason"),
        ("EndPlacement", {"departure": "2023-01-31"}, "starts on 2023-02-01; the child can't leave before"),
        ("EndPlacement", {"departure": "2025-01-31"}, "more than a year away"),
        ("EndPlacement", {"notice_kept": False}, "shorter_notice_because: say it"),
        ("CheckEquipment", {"equipment": {"car_seat": "returned"}}, "equipment: booster is missing"),
        ("CheckEquipment", {"equipment": {"car_seat": "returned", "booster": "lost"}}, "equipment.booster"),
        ("StillConfidential", {"acknowledged": False}, "acknowledged: the duty continues"),
        ("ClosingTalk", {"outcome": "forgotten"}, "outcome"),
        ("FinalReport", {"sections": {}}, "sections: health is missing"),
        ("DecideOnContact", {"valid_to": "2023-02-28"}, "valid_to: 2023-02-28 comes before valid_from 2023-03-01"),
        ("DecideOnContact", {"decided_on": "2023-03-02"}, "still to come"),
        ("ReadContactDecision", {"read_on": "2023-02-28"}, "it can't have been read before"),
    ],
)
def test_an_answer_that_lacks_something_is_refused_in_a_line(form: str, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(AnswerInvalid, match=says):
        give(form, **wrong)


def test_a_family_that_lacks_a_competence_may_suit_all_the_same() -> None:
    give("AssessResourceFamily", competences={"respect": True, "guidance": False})


def test_a_family_that_does_not_suit_may_decline_duties() -> None:
    give("AssessResourceFamily", duties={"cooperates": False}, suits=False)
