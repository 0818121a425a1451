import tomllib
from pathlib import Path
from typing import Any

import pytest

from rules.rates import RateMissing
from tests.scenarios.caseload import lines_of, said

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['says']}")
    for path in sorted(Path(__file__).parent.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


@pytest.mark.parametrize("case", CASES)
def test_a_month_pays_what_the_policy_says(case: dict[str, Any]) -> None:
    if "missing" in case:
        with pytest.raises(RateMissing) as refused:
            lines_of(case)
        assert [line.partition(";")[0] for line in refused.value.lines] == case["missing"]
    else:
        assert said(lines_of(case)) == case["lines"]
