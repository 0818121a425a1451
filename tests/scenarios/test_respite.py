import tomllib
from pathlib import Path
from typing import Any

import pytest

from rules.rates import RateMissing
from tests.scenarios.caseload import lines_of, said

CASES = tomllib.loads(Path(__file__).with_name("respite.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["says"]) for case in CASES])
def test_a_respite_month(case: dict[str, Any]) -> None:
    if "missing" in case:
        with pytest.raises(RateMissing) as refused:
            lines_of(case["month"], case["placements"], case["stays"])
        assert [line.partition(";")[0] for line in refused.value.lines] == case["missing"]
    else:
        assert said(lines_of(case["month"], case["placements"], case["stays"])) == case["lines"]
