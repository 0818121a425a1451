"""How much is asked of the database at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

ASKED_AT_ONCE = 5_000
"""Below SQLite's most parameters of a statement."""


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    waiting = iter(items)
    while some := list(islice(waiting, size)):
        yield some
