"""A cap counts what closed runs paid: what is told late waits, and what was paid is no debt (J10, N2)."""

from datetime import UTC, date, datetime

import pytest

from data.settings import Settings
from data.store.session import reading
from data.tables import Child, Decision, ExpenseClaim, Family, Gathering, Network, NetworkHome, Placement
from data.tables.base import Fact
from rules.vocabulary import Benefit
from tasks.payout import approve_payout, decide_line, prepare_payout, release_payout
from tests.tasks.pay_runs import AUGUST, JULY, SEPTEMBER, change, lines, pay, prepare, said
from tests.tasks.payroll import IMPORTED, JUNE, LEADER, acting, know, move_in, staff
from web.shown.pay import run_as_json

APRIL, MAY = JUNE.replace(month=4), JUNE.replace(month=5)


@pytest.fixture(autouse=True)
def _cast(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("database" if "database" in request.fixturenames else "sqlite_database")
    move_in()


def costs(number: int, on: str, kroner: int, placement: str = "RA-P1") -> ExpenseClaim:
    day, about = date.fromisoformat(on), {"benefit": Benefit.FREE_COSTS, "regime": "none"}
    claim = ExpenseClaim(ref=f"RA-E{number}", recorded_at=IMPORTED, placement=placement, applied_on=day, **about)
    claim.granted_on, claim.amount_ore = day, kroner * 100
    return claim


def elsewhere(number: int, child: str = "RA-B1") -> list[Fact]:
    """The same child with another family."""
    family = f"RA-F{number}"
    home = {"municipality": "randers", "kind": "network", "approved_from": date(2020, 1, 1)}
    placed = {"child": child, "family": family, "kind": "respite", "start": date(2022, 1, 1)}
    return [
        Family(ref=family, recorded_at=IMPORTED, **home),
        Placement(ref=f"RA-P{number}", recorded_at=IMPORTED, **placed),
    ]


def test_what_was_granted_before_and_is_told_late_waits_for_a_person(database: Settings) -> None:
    know(costs(1, "2023-04-04", 20_000))
    pay("2023-03", APRIL)
    pay("2023-04", MAY)
    know(costs(2, "2023-03-10", 5_000), at=JUNE)
    pay("2023-05", JUNE)
    assert said("2023-05") == ["2023-03 RA-P1 free_costs 5000.00 held: above_free_costs"]
    decide_line(lines("2023-05")[0]["id"], Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JULY)
    pay("2023-06", JULY)
    assert said("2023-06") == ["2023-03 RA-P1 free_costs 5000.00 released"]
    change(Child, "RA-B1", at=AUGUST, adviser="RA-S2")
    prepare("2023-07", AUGUST)
    assert said("2023-07") == []


def test_the_years_sum_is_the_childs_wherever_it_lives(database: Settings) -> None:
    know(*elsewhere(8), costs(1, "2023-05-04", 15_000))
    pay()
    know(costs(2, "2023-05-02", 9_000, "RA-P8"), costs(3, "2023-05-03", 9_000, "RA-P2"), at=JULY)
    pay("2023-06", JULY)
    assert said("2023-06") == [
        "2023-05 RA-P2 free_costs 9000.00 released",
        "2023-05 RA-P8 free_costs 5000.00 released",
        "2023-05 RA-P8 free_costs 4000.00 held: above_free_costs",
    ]


def test_what_one_family_no_longer_uses_another_one_gets(database: Settings) -> None:
    know(*elsewhere(8), costs(1, "2023-05-04", 15_000), costs(2, "2023-05-06", 9_000, "RA-P8"))
    pay()
    change(ExpenseClaim, "RA-E1", withdrawn_on=JULY.date())
    prepare("2023-06", JULY)
    assert sorted(said("2023-06")) == [
        "2023-05 RA-P1 free_costs -15000.00 held: overpaid corrects RA-2023-05-000001",
        "2023-05 RA-P8 free_costs 4000.00 payable corrects RA-2023-05-000002",
    ]


def test_a_placement_that_moved_takes_its_grant_along() -> None:
    know(*elsewhere(8), costs(1, "2023-05-04", 20_000))
    pay()
    change(Placement, "RA-P1", family="RA-F8")
    prepare("2023-06", JULY)
    found = sorted((line["family"], line["amount_ore"], line["status"]) for line in lines("2023-06"))
    assert found == [("RA-F1", -20_000_00, "held"), ("RA-F8", 20_000_00, "payable")]


def a_network(homes: int = 2) -> None:
    """In Lillehammer; what else it is paid has no part in this."""
    know(
        staff("LI-S1", "payroll", "lillehammer"),
        staff("LI-S2", "leader,payroll", "lillehammer"),
        Network(ref="RA-W1", recorded_at=IMPORTED, municipality="lillehammer", resource_family="RA-F1"),
        *(
            NetworkHome(
                ref=f"RA-W1/RA-F{home}",
                recorded_at=IMPORTED,
                network="RA-W1",
                family=f"RA-F{home}",
                joined_on=date(2022, 1, 1),
            )
            for home in range(10, 10 + homes)
        ),
    )


def summer(number: int, on: str, kroner: int = 900) -> Gathering:
    held = {"network": "RA-W1", "held_on": date.fromisoformat(on), "kind": "summer", "amount_ore": kroner * 100}
    return Gathering(ref=f"RA-G{number}", recorded_at=IMPORTED, **held)


@pytest.mark.parametrize(
    "earlier", [pytest.param("2024-05-06", id="in the same month"), pytest.param("2024-04-08", id="in another month")]
)
def test_a_gathering_told_late_is_the_years_second_though_it_was_held_first(
    sqlite_database: Settings, earlier: str
) -> None:
    a_network()
    in_lillehammer("2024-04")
    know(summer(1, "2024-05-20"))
    in_lillehammer("2024-05")
    know(summer(2, earlier, 700), at=in_month("2024-06"))
    assert in_lillehammer("2024-06") == [(earlier[:7], 700_00, "second_gathering")]
    change(Gathering, "RA-G1", at=in_month("2024-07"), amount_ore=0)
    sums = in_lillehammer("2024-07")
    assert sum(ore for _, ore, _ in sums) == -200_00
    assert [because for _, ore, because in sums if ore < 0] == ["overpaid"]


def in_month(period: str) -> datetime:
    """Early in the month after it."""
    return datetime(int(period[:4]), int(period[5:]) + 1, 2, 8, tzinfo=UTC)


def in_lillehammer(period: str) -> list[tuple[str, int, str | None]]:
    """The month paid: each line's own month, amount and reason."""
    now = in_month(period)
    prepare_payout("lillehammer", period, actor=acting("LI-S1"), now=now)
    approve_payout("lillehammer", period, actor=acting("LI-S2"), now=now)
    release_payout("lillehammer", period, actor=acting("LI-S2"), now=now)
    with reading() as s:
        made = run_as_json(s, "lillehammer", period)["lines"]
    return [(line["period"], line["amount_ore"], line["held_because"]) for line in made]


def test_an_overpayment_that_somebody_waived_leaves_what_is_granted_later_owed_in_full() -> None:
    know(costs(1, "2023-05-04", 20_000))
    pay()
    change(ExpenseClaim, "RA-E1", withdrawn_on=JULY.date())
    pay("2023-06", JULY)
    decide_line(lines("2023-06")[0]["id"], Decision.WAIVE, reason="Vores fejl", actor=acting(LEADER), now=JULY)
    know(costs(2, "2023-05-10", 5_000), at=AUGUST)
    pay("2023-07", AUGUST)
    assert [line["amount_ore"] for line in lines("2023-07")] == [5_000_00]
    prepare("2023-08", SEPTEMBER)
    assert said("2023-08") == []


def test_what_one_year_used_leaves_the_next_ones_sum_alone() -> None:
    know(costs(1, "2023-12-04", 20_000))
    january, february = datetime(2024, 1, 3, 8, tzinfo=JUNE.tzinfo), datetime(2024, 2, 2, 8, tzinfo=JUNE.tzinfo)
    pay("2023-12", january)
    know(costs(2, "2024-01-04", 20_000), costs(3, "2023-12-02", 300), at=february)
    pay("2024-01", february)
    assert said("2024-01") == [
        "2023-12 RA-P1 free_costs 300.00 held: above_free_costs",
        "2024-01 RA-P1 free_costs 20000.00 released",
    ]


def test_a_grant_that_is_there_again_beside_what_took_its_place_is_no_second_sum() -> None:
    know(costs(1, "2023-05-04", 15_000))
    pay("2023-04", MAY)
    pay()
    change(ExpenseClaim, "RA-E1", withdrawn_on=JULY.date())
    know(costs(2, "2023-04-10", 20_000), at=JULY)
    pay("2023-06", JULY)
    change(ExpenseClaim, "RA-E1", at=AUGUST, withdrawn_on=None)
    prepare("2023-07", AUGUST)
    assert said("2023-06") == [
        "2023-04 RA-P1 free_costs 20000.00 released",
        "2023-05 RA-P1 free_costs -15000.00 held: overpaid corrects RA-2023-05-000001",
    ]
    assert sorted(said("2023-07")) == [
        "2023-05 RA-P1 free_costs -15000.00 held: overpaid corrects RA-2023-05-000001",
        "2023-05 RA-P1 free_costs 15000.00 held: above_free_costs",
    ]
