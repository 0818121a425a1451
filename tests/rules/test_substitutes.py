from datetime import date

from data.tables import Staff
from rules.substitutes import above, acts_with, present_with, sees_to, who_hears, who_stands_in
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


def test_the_chain_goes_on_past_a_substitute_who_has_left() -> None:
    gone = {"left_on": date(2023, 2, 28)}
    people = team(staff("A", substitute="B", **AWAY), staff("B", substitute="C", **gone), staff("C"))
    assert who_stands_in(people, "A", TODAY) == "C"
    people = team(staff("A", substitute="B", **AWAY), staff("B", **gone), staff("L", roles=Role.LEADER))
    assert who_stands_in(people, "A", TODAY) is None
    assert sees_to(people, "A", TODAY) == "L"


def test_a_matter_reaches_who_is_in_charge_where_nobody_stands_in_and_a_strangers_nobody() -> None:
    circle = [staff("A", substitute="B", **AWAY), staff("B", substitute="A", **AWAY)]
    assert sees_to(team(*circle), "A", TODAY) is None
    assert sees_to(team(*circle, staff("S", roles=Role.ADMINISTRATION)), "A", TODAY) == "S"
    assert sees_to(team(*circle, staff("L", roles=Role.LEADER)), "stranger", TODAY) is None


def test_what_is_late_with_others_is_the_leaders_to_hear() -> None:
    people = team(staff("A"), staff("L", roles=Role.LEADER), staff("S", roles=Role.ADMINISTRATION))
    assert above(people, "A", TODAY) == "L"
    assert above(people, "a family", TODAY) == "L"


def test_a_leaders_own_goes_to_the_substitute_else_another_leader_else_administration_never_to_them() -> None:
    leader, other = staff("L1", roles=Role.LEADER, substitute="A"), staff("L2", roles=Role.LEADER)
    office = staff("S", roles=Role.ADMINISTRATION)
    assert above(team(leader, other, office, staff("A")), "L1", TODAY) == "A"
    assert above(team(leader, other, office, staff("A", **AWAY)), "L1", TODAY) == "L2"
    assert above(team(leader, office), "L1", TODAY) == "S"
    assert above(team(leader, staff("A", substitute="L1", **AWAY)), "L1", TODAY) is None


def test_a_leaders_stand_in_is_as_late_as_the_leader_who_is_away() -> None:
    leader = staff("L1", roles=Role.LEADER, substitute="A", **AWAY)
    office = staff("S", roles=Role.ADMINISTRATION)
    assert above(team(leader, office, staff("A")), "L1", TODAY) == "S"
    assert above(team(leader, office, staff("A")), "A", TODAY) == "S"


def test_whoever_stands_in_acts_with_the_role_and_only_meanwhile() -> None:
    people = team(staff("L", roles=Role.LEADER, substitute="A", **AWAY), staff("A"), staff("B"))
    assert acts_with(people, "A", Role.LEADER, TODAY)
    assert not acts_with(people, "A", Role.LEADER, date(2023, 3, 4))
    assert not acts_with(people, "B", Role.LEADER, TODAY)
    assert not acts_with(people, "A", Role.LEADER, TODAY, but=frozenset({"L"}))
    assert acts_with(people, "L", Role.LEADER, TODAY, but=frozenset({"L"}))


def test_who_hears_of_what_concerns_a_role_hears_once_and_is_there() -> None:
    people = team(
        staff("L1", roles=Role.LEADER, substitute="P1", **AWAY),
        staff("L2", roles=Role.LEADER, left_on=date(2023, 2, 28), substitute="A1"),
        staff("P1", roles=Role.PAYROLL),
        staff("A1", roles=Role.ADMINISTRATION),
    )
    assert who_hears(people, (Role.PAYROLL, Role.LEADER), TODAY) == ["P1"]
    assert who_hears(people, (Role.SUPERVISOR,), TODAY) == ["P1"], "whoever stands in for the leader"
    assert who_hears({}, (Role.LEADER,), TODAY) == []
