"""J3, V4: who has a place on a course, and who pays which share of it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Literal, NamedTuple


class Place(StrEnum):
    ENROLLED = "enrolled"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    ABSENT = "absent"


class News(StrEnum):
    """What a family is told."""

    PLACE = "place"
    WAITING = "waiting"
    GIVEN_BACK = "given_back"
    FULL = "full"


class Asked(NamedTuple):
    family: str
    persons: int


Sharing = Literal["equally", "by_children"]


def move_up(places: int, taken: int, waiting: Sequence[Asked]) -> list[str]:
    """Families of the waiting list that get a place now; `waiting` in order of asking, the first that fits first.

    Nobody who has a place loses it, and whoever is too many for what is left lets the next one by.
    """
    free = places - taken
    moved = []
    for family, persons in waiting:
        if persons <= free:
            moved.append(family)
            free -= persons
    return moved


def shares(cost_ore: int, children: Mapping[str, int], sharing: Sharing) -> dict[str, int]:
    """Each placing municipality's share of a family's course, in whole øre that add up to the cost.

    `children` are the municipality's placed with the family. What doesn't divide is borne an øre each, in order of
    name.
    """
    weights = {place: count if sharing == "by_children" else 1 for place, count in sorted(children.items()) if count}
    whole = sum(weights.values())
    if not whole:
        return {}
    found = {place: cost_ore * weight // whole for place, weight in weights.items()}
    for place in list(found)[: cost_ore - sum(found.values())]:
        found[place] += 1
    return found
