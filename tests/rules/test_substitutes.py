from datetime import date

from data.tables import Staff
from rules.substitutes import present_with, who_stands_in
from rules.vocabulary import Role

TODAY = date(2023, 3, 1)
AWAY = {"absent_from": date(2023, 2, 27), "absent_to": date(2023, 3, 3)}


def staff(ref: str, **more: object) -> Staff:
    return Staff.model_validate(
        {"ref": ref, "municipality": "hjoerring", "recorded_at": "2023-01-01T00:00:00Z", **more}
    )


def team(*people: Staff) -> dict[str, Staff]:
    return {person.ref: person for person in people}


def test_somebody_who_is_there_does_their_own_work() -> None:
    assert who_stands_in(team(staff("A", substitute="B"), staff("B")), "A", TODAY) == "A"


def test_an_absence_counts_on_its_first_and_its_last_day() -> None:
    people = team(staff("A", substitute="B", **AWAY), staff("B"))
    on = [date(2023, 2, 26), date(2023, 2, 27), date(2023, 3, 3), date(2023, 3, 4)]
    assert [who_stands_in(people, "A", day) for day in on] == ["A", "B", "B", "A"]


def test_a_substitute_who_is_absent_too_is_passed_over_for_theirs() -> None:
    people = team(staff("A", substitute="B", **AWAY), staff("B", substitute="C", **AWAY), staff("C"))
    assert who_stands_in(people, "A", TODAY) == "C"


def test_substitutes_in_a_circle_reach_nobody() -> None:
    people = team(staff("A", substitute="B", **AWAY), staff("B", substitute="A", **AWAY))
    assert who_stands_in(people, "A", TODAY) is None


def test_nobody_stands_in_where_no_substitute_is_named_or_the_named_one_has_left() -> None:
    people = team(staff("A", **AWAY), staff("B", substitute="gone", **AWAY))
    assert [who_stands_in(people, ref, TODAY) for ref in ("A", "B", "never here")] == [None, None, None]


def test_of_two_leaders_the_one_who_is_there_is_asked() -> None:
    people = team(staff("L1", roles=Role.LEADER, **AWAY), staff("L2", roles=f"supervisor,{Role.LEADER}"))
    assert present_with(people, Role.LEADER, TODAY) == "L2"


def test_an_absent_leader_is_stood_in_for_by_the_substitute() -> None:
    people = team(staff("L1", roles=Role.LEADER, substitute="B", **AWAY), staff("B"))
    assert present_with(people, Role.LEADER, TODAY) == "B"
    assert present_with(people, Role.LEADER, TODAY, but=frozenset({"B"})) is None
    assert present_with(people, Role.PAYROLL, TODAY) is None
