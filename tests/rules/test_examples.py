"""What the rules show of themselves is so."""

import doctest

import pytest

from rules import months
from rules.components import days, lines


@pytest.mark.parametrize("module", [days, lines, months])
def test_the_examples_beside_the_arithmetic(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]
    assert (found.failed, found.attempted > 2) == (0, True)
