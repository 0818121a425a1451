from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.courses import Asked, Sharing, move_up, shares


def test_who_asked_first_goes_first_and_who_is_too_many_lets_the_next_by() -> None:
    waiting = [Asked("A", 3), Asked("B", 2), Asked("C", 1), Asked("D", 1)]
    assert move_up(10, 8, waiting) == ["B"]
    assert move_up(10, 7, waiting) == ["A"]
    assert move_up(10, 6, waiting) == ["A", "C"]
    assert move_up(10, 10, waiting) == []


@given(
    places=st.integers(1, 12),
    steps=st.lists(st.one_of(st.integers(1, 4), st.tuples(st.just("cancel"), st.integers(0, 30))), max_size=40),
)
def test_a_course_is_never_overfull_and_nobody_who_fits_is_passed_over(places: int, steps: list[Any]) -> None:
    taken: dict[str, int] = {}
    waiting: list[Asked] = []
    for number, step in enumerate(steps):
        if isinstance(step, int):
            waiting.append(Asked(f"{number:02}", step))
        elif taken:
            del taken[sorted(taken)[step[1] % len(taken)]]
        moved = move_up(places, sum(taken.values()), waiting)
        taken |= {asked.family: asked.persons for asked in waiting if asked.family in moved}
        waiting = [asked for asked in waiting if asked.family not in moved]
        free = places - sum(taken.values())
        assert free >= 0
        assert all(asked.persons > free for asked in waiting)
        assert moved == sorted(moved)


def test_a_place_goes_to_the_earlier_of_two_that_ask_for_as_many() -> None:
    assert move_up(1, 0, [Asked("first", 1), Asked("second", 1)]) == ["first"]


@pytest.mark.parametrize(
    ("sharing", "borne"),
    [
        ("by_children", {"herning": 33_334, "vejle": 66_667}),
        ("equally", {"herning": 50_001, "vejle": 50_000}),
    ],
)
def test_several_placing_municipalities_share_the_cost_as_policy_says(sharing: Sharing, borne: dict[str, int]) -> None:
    assert shares(100_001, {"vejle": 2, "herning": 1}, sharing) == borne


@given(
    cost=st.integers(0, 10**9),
    children=st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 5)),
    sharing=st.sampled_from(["equally", "by_children"]),
)
def test_no_ore_is_lost_or_made(cost: int, children: dict[str, int], sharing: Sharing) -> None:
    found = shares(cost, children, sharing)
    assert found.keys() == {place for place, count in children.items() if count}
    assert sum(found.values()) == (cost if found else 0)
    assert all(part >= 0 for part in found.values())
