"""A correction is explained by the fact that changed it: found wherever it moved, and named in words (X7)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from data.settings import Settings
from data.store.session import reading
from data.tables import (
    Approval,
    Child,
    Decision,
    ExpenseClaim,
    Family,
    Gathering,
    Network,
    NetworkHome,
    NightStay,
    Placement,
    Terms,
    TravelClaim,
)
from tasks.explained.lines import explain_line
from tasks.payout import approve_payout, decide_line, prepare_payout, release_payout
from tests.homes import home
from tests.tasks.explained.test_explain_corrections import EARLIER, ONE_NIGHT, explained, imported
from tests.tasks.pay_runs import AUGUST, JULY, change, lines, pay, prepare
from tests.tasks.payout.test_payout_corrections import drive
from tests.tasks.payroll import CLERK, IMPORTED, JUNE, LEADER, acting, guest, know, move_in, staff, stay, weekend

IN_2024 = datetime(2024, 7, 2, 8, tzinfo=UTC)
NOTHING = "No recorded fact about it changed since it was paid."
BOTH_NIGHTS = datetime.fromisoformat("2023-05-14T20:00")
MARCH = ("2023-03-10T14:00", "2023-03-12T14:00")


@pytest.fixture(autouse=True)
def _cast(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("database" if "database" in request.fixturenames else "sqlite_database")
    move_in()


def reasons(period: str, component: str, placement: str = "RA-P1", language: str = "en") -> list[str]:
    """The sentences that say what changed, or that nothing did."""
    (line,) = [line["id"] for line in lines(period) if (line["component"], line["placement"]) == (component, placement)]
    with reading() as s:
        said = explain_line(s, line, language).splitlines()
    first = ("Changed:", "New:", "No recorded", "Ændret:", "Nyt:", "Endret:", "Nytt:")
    return [each for each in said if each.startswith(first)]


def another_family(ref: str = "RA-F7") -> None:
    know(*home(ref=ref, recorded_at=IMPORTED, municipality="randers", kind="respite", approved_from=date(2021, 1, 1)))


def decide(period: str, component: str, choice: Decision, at: datetime, placement: str = "RA-P1") -> str:
    (line,) = [line["id"] for line in lines(period) if (line["component"], line["placement"]) == (component, placement)]
    return decide_line(line, choice, reason="Aftalt", actor=acting(LEADER), now=at).ref


def test_a_stay_that_moved_to_another_placement_is_why_the_first_is_owed_less(database: Settings) -> None:
    know(weekend(1, "RA-P1"))
    pay()
    change(NightStay, "RA-N1", placement="RA-P2")
    prepare("2023-06", JULY)
    assert reasons("2023-06", "fee") == ["Changed: stay RA-N1: placement RA-P1 → RA-P2. Recorded on 3 July 2023."]


def test_a_claim_and_a_stay_that_moved_name_no_placement_of_another_family() -> None:
    another_family()
    know(*guest(7, date(2014, 3, 1)))
    change(Placement, "RA-P7", at=IMPORTED, family="RA-F7")
    know(weekend(1, "RA-P1"), drive(1, "RA-P1", "2023-05-04"))
    pay()
    change(NightStay, "RA-N1", placement="RA-P7")
    change(TravelClaim, "RA-K1", placement="RA-P7")
    prepare("2023-06", JULY)
    moved = "placement RA-P1 → elsewhere. Recorded on 3 July 2023."
    assert reasons("2023-06", "fee") == [f"Changed: stay RA-N1: {moved}"]
    assert reasons("2023-06", "travel") == [f"Changed: driving RA-K1: {moved}"]


def test_an_approval_that_moved_to_another_family_is_why_nights_without_it_are_not_owed(database: Settings) -> None:
    another_family()
    know(weekend(1, "RA-P1"))
    pay()
    change(Approval, "RA-F1-A1", family="RA-F7")
    prepare("2023-06", JULY)
    with reading() as s:
        (fee,) = [line["id"] for line in lines("2023-06") if line["component"] == "fee" and line["corrects"]]
        said = explain_line(s, fee, "en").splitlines()
    assert "Changed: the family's approval: family RA-F1 → elsewhere. Recorded on 3 July 2023." in said


def test_a_placement_that_left_is_why_its_siblings_are_no_third_child_any_more() -> None:
    know(*guest(3, date(2015, 3, 1)), weekend(1, "RA-P1"), weekend(2, "RA-P2"), weekend(3, "RA-P3"))
    another_family()
    pay()
    change(Placement, "RA-P2", family="RA-F7")
    prepare("2023-06", JULY)
    assert reasons("2023-06", "board_lodging", "RA-P3") == [
        "Changed: placement RA-P2: family RA-F1 → elsewhere. Recorded on 3 July 2023."
    ]


def test_what_changed_and_changed_back_after_a_recovery_is_told_with_its_last_change(database: Settings) -> None:
    know(weekend(1, "RA-P1"))
    pay()
    change(NightStay, "RA-N1", departure=ONE_NIGHT)
    prepare("2023-06", JULY)
    decide("2023-06", "fee", Decision.RECOVER, JULY)
    pay("2023-06", JULY)
    change(NightStay, "RA-N1", at=AUGUST, departure=BOTH_NIGHTS)
    prepare("2023-07", AUGUST)
    assert reasons("2023-07", "fee") == [
        "Changed: stay RA-N1: departure 13 May 2023 → 14 May 2023. Recorded on 2 August 2023."
    ]


@pytest.mark.parametrize("component", ["fee", "board_lodging", "travel"])
def test_a_child_that_was_taken_back_is_why_nothing_is_owed(component: str) -> None:
    know(weekend(1, "RA-P1"), drive(1, "RA-P1", "2023-05-04"))
    pay()
    change(Child, "RA-B1", withdrawn_on=date(2023, 7, 3))
    prepare("2023-06", JULY)
    assert reasons("2023-06", component) == [
        "Changed: child RA-B1: taken back on 3 July 2023. Recorded on 3 July 2023."
    ]


def test_stays_of_other_months_and_claims_of_other_placements_are_no_cause() -> None:
    know(weekend(1, "RA-P1"), drive(1, "RA-P1", "2023-05-04"))
    pay()
    change(Child, "RA-B2", birth_date=date(2011, 3, 1))
    know(stay(5, "RA-P1", *MARCH), stay(6, "RA-P2", *MARCH), drive(2, "RA-P2", "2023-05-05"), at=JULY)
    know(
        Terms(ref="RA-P1/2019-01-01", recorded_at=JULY, placement="RA-P1", valid_from=date(2019, 1, 1), fees_tenths=5),
        at=JULY,
    )
    change(NightStay, "RA-N1", departure=ONE_NIGHT)
    change(TravelClaim, "RA-K1", metres=8_000)
    prepare("2023-06", JULY)
    for component in ("fee", "travel", "board_lodging"):
        (only,) = reasons("2023-06", component)
        assert only.startswith(("Changed: stay RA-N1", "Changed: driving RA-K1"))


def test_where_no_fact_fits_nothing_is_said_to_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the policy's or the program's way of counting is another one."""
    know(weekend(1, "RA-P1"), drive(1, "RA-P1", "2023-05-04"))
    pay()
    know(stay(5, "RA-P1", *MARCH), stay(6, "RA-P2", *MARCH), drive(2, "RA-P2", "2023-05-05"), at=JULY)
    know(
        Terms(ref="RA-P1/2019-01-01", recorded_at=JULY, placement="RA-P1", valid_from=date(2019, 1, 1), fees_tenths=5),
        at=JULY,
    )
    know(weekend(8, "RA-P2"), at=JULY)
    change(Approval, "RA-F1-A1", at=JULY, valid_to=date(2024, 5, 12))
    monkeypatch.setattr("rules.components.travel.METRES_A_KM", 500)
    monkeypatch.setattr("rules.components.danish._step", lambda *_: 100_00)
    prepare("2023-06", JULY)
    assert reasons("2023-06", "travel") == [NOTHING]
    assert reasons("2023-06", "fee") == [NOTHING]


def test_each_field_has_the_day_and_the_person_of_its_own_change(database: Settings) -> None:
    know(drive(1, "RA-P1", "2023-05-04"))
    pay()
    change(TravelClaim, "RA-K1", at=datetime(2023, 6, 20, 12, tzinfo=UTC), metres=8_000)
    imported(datetime(2023, 6, 20, 12, tzinfo=UTC), CLERK)
    change(TravelClaim, "RA-K1", at=EARLIER, purpose="home")
    imported(EARLIER, LEADER)
    change(TravelClaim, "RA-K1", at=JULY)
    prepare("2023-06", JULY)
    assert reasons("2023-06", "travel") == [
        "Changed: driving RA-K1: distance 10 km → 8 km. Recorded on 20 June 2023 by RA-S1.",
        "Changed: driving RA-K1: purpose treatment → to or from home. Recorded on 30 June 2023 by RA-S3.",
    ]


def test_a_new_fact_is_told_as_it_came_and_as_it_was_changed() -> None:
    know(weekend(1, "RA-P1"))
    pay()
    know(stay(2, "RA-P1", "2023-05-26T14:00", "2023-05-27T14:00"), at=EARLIER)
    change(NightStay, "RA-N2", departure=datetime.fromisoformat("2023-05-28T14:00"))
    know(stay(3, "RA-P1", "2023-05-19T14:00", "2023-05-20T14:00"), at=EARLIER)
    change(NightStay, "RA-N3", withdrawn_on=date(2023, 7, 3))
    prepare("2023-06", JULY)
    assert reasons("2023-06", "fee") == [
        "New: stay RA-N2: placement RA-P1; arrival 26 May 2023; departure 27 May 2023. Recorded on 30 June 2023.",
        "Changed: stay RA-N2: departure 27 May 2023 → 28 May 2023. Recorded on 3 July 2023.",
    ]


def test_the_decision_by_which_something_is_owed_is_named() -> None:
    know(drive(1, "RA-P1", "2023-05-04"))
    change(TravelClaim, "RA-K1", at=IMPORTED, agreed=False)
    prepare()
    to_pay = decide("2023-05", "travel", Decision.PAY, JUNE)
    pay()
    change(TravelClaim, "RA-K1", metres=8_000)
    prepare("2023-06", JULY)
    decide("2023-06", "travel", Decision.RECOVER, JULY)
    pay("2023-06", JULY)
    change(TravelClaim, "RA-K1", at=AUGUST, metres=10_000)
    prepare("2023-07", AUGUST)
    said = explained("2023-07", "travel")
    by = f"Decision {to_pay} by RA-S3 on 2 June 2023."
    (owed,) = [each for each in said if each.startswith("Owed: 21.90 kr.")]
    (first,) = [each for each in said if each.startswith("Paid: 21.90 kr.")]
    assert owed.endswith(by)
    assert first.endswith(by)
    assert "Changed: driving RA-K1: distance 8 km → 10 km. Recorded on 2 August 2023." in said


@pytest.mark.parametrize(
    ("language", "new", "approval"),
    [
        ("en", "New: claim RA-E2: ", "New: the family's approval: approved from 13 May 2023. "),
        ("da", "Nyt: anmodning RA-E2: ", "Nyt: familiens godkendelse: "),
        ("nb", "Nytt: krav RA-E2: ", "Nytt: familiens godkjenning: "),
    ],
)
def test_new_facts_are_told_without_empty_words(language: str, new: str, approval: str) -> None:
    know(claim(1, "RA-P1", 300_00), weekend(1, "RA-P1"))
    pay()
    change(Approval, "RA-F1-A1", valid_to=date(2023, 5, 1))
    know(claim(2, "RA-P1", 18_000_00), at=JULY)
    know(Approval(ref="RA-F1-A2", recorded_at=JULY, family="RA-F1", valid_from=date(2023, 5, 13)), at=JULY)
    know(Approval(ref="RA-F1-A3", recorded_at=JULY, family="RA-F1"), at=JULY)
    prepare("2023-06", JULY)
    said = [each for line in lines("2023-06") for each in all_said(line["id"], language)]
    text = "\n".join(said)
    assert ".." not in text
    assert ": ." not in text
    assert "way of documenting;" not in text
    assert "RA-F1-A" not in text
    assert new in text
    assert approval in text
    if language == "en":
        assert any("amount 18,000.00 kr" in each for each in said)
        assert "New: the family's approval: approved from 13 May 2023. Recorded on 3 July 2023." in said


def all_said(line: str, language: str) -> list[str]:
    with reading() as s:
        return explain_line(s, line, language).splitlines()


def claim(number: int, placement: str, ore: int, benefit: str = "lost_earnings") -> ExpenseClaim:
    return ExpenseClaim(
        ref=f"RA-E{number}",
        recorded_at=IMPORTED,
        placement=placement,
        benefit=benefit,
        regime="grant",
        granted_on=date(2023, 5, 9),
        amount_ore=ore,
    )


@pytest.mark.parametrize(
    ("language", "terms", "rate"),
    [
        ("en", "the contract terms from 1 January 2022: fees agreed", "the operator"),
        ("da", "kontraktvilkårene fra 1. januar 2022: ", "driftspersonalet"),
        ("nb", "kontraktsvilkårene fra 1. januar 2022: ", "driftspersonalet"),
    ],
)
def test_families_read_what_the_program_numbers_in_words(language: str, terms: str, rate: str) -> None:
    know(weekend(1, "RA-P1"))
    pay()
    change(Terms, "RA-P1/2022-01-01", fees_tenths=15)
    imported(JULY, "os:root")
    prepare("2023-06", JULY)
    (said,) = reasons("2023-06", "fee", language=language)
    assert terms in said
    assert rate in said
    assert "os:" not in said


def test_a_home_of_a_network_is_told_without_its_key_and_other_years_gatherings_are_no_cause() -> None:
    know(
        staff("LI-S1", "payroll", "lillehammer"),
        staff("LI-S2", "leader", "lillehammer"),
        Family(ref="LI-F2", recorded_at=IMPORTED, municipality="lillehammer", kind="resource_network"),
        Network(ref="LI-W1", recorded_at=IMPORTED, resource_family="LI-F2", municipality="lillehammer"),
        network_home("RA-F1"),
        gathering(1, date(2024, 6, 20)),
    )
    prepare_payout("lillehammer", "2024-06", actor=acting("LI-S1"), now=IN_2024)
    approve_payout("lillehammer", "2024-06", actor=acting("LI-S2"), now=IN_2024)
    release_payout("lillehammer", "2024-06", actor=acting("LI-S2"), now=IN_2024)
    later = IN_2024 + timedelta(days=30)
    know(network_home("RA-F9"), gathering(2, date(2023, 6, 20)), at=later)
    prepare_payout("lillehammer", "2024-07", actor=acting("LI-S1"), now=later)
    told = [line for line in lines("2024-07", "lillehammer") if line["component"] == "gathering" and line["corrects"]]
    (said,) = [all_said(line["id"], "en") for line in told]
    assert [each for each in said if each.startswith(("Changed:", "New:", "No recorded"))] == [
        "New: home RA-F9 of the network: joined on 1 January 2023. Recorded on 1 August 2024."
    ]


def network_home(family: str) -> NetworkHome:
    return NetworkHome(
        ref=f"LI-W1/{family}/2023-01-01",
        recorded_at=IMPORTED,
        network="LI-W1",
        family=family,
        joined_on=date(2023, 1, 1),
    )


def gathering(number: int, on: date) -> Gathering:
    return Gathering(
        ref=f"LI-G{number}",
        recorded_at=IMPORTED,
        network="LI-W1",
        held_on=on,
        kind="summer",
        amount_ore=5_000_00,
        homes=1,
    )
