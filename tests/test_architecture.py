"""docs/architecture.md tells of the tree as it stands."""

import re
import tomllib
from pathlib import Path

from tests.drawing import PAGE, drawn, shortest

ROOT = Path(__file__).parents[1]


def test_the_drawing_shows_the_imports_of_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == drawn(page), "draw it anew with `make docs`"


def test_an_arrow_that_a_longer_way_says_is_left_out() -> None:
    assert shortest({("a", "b"), ("b", "c"), ("c", "d"), ("a", "c"), ("a", "d")}) == {
        ("a", "b"),
        ("b", "c"),
        ("c", "d"),
    }


def test_every_room_of_tasks_stands_on_the_floor_that_import_linter_holds() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [floors] = [each["layers"] for each in linter["contracts"] if each.get("containers") == ["tasks"]]
    told = PAGE.read_text(encoding="utf-8").partition("## The floors of `tasks/`")[2].partition("\n## ")[0]
    rows = [re.findall(r"(?:\| |· )`(\w+)`", line) for line in told.splitlines() if line.startswith("| ")]
    assert [sorted(row) for row in rows if row] == [sorted(floor.split(" | ")) for floor in reversed(floors)]
