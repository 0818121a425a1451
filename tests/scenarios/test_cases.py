import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from rules.rates import RateMissing
from tests.scenarios.caseload import lines_of, said, shipped_rates

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


def test_where_the_fee_changes_inside_a_month_each_rate_has_its_share_by_days() -> None:
    rates = shipped_rates().copy()
    fee = rates["rate_ref"] == "DK/fee_night//2023-01-01"
    risen = rates[fee].assign(rate_ref="own", rate_from=pd.Timestamp("2023-05-11"), rate_ore=160_00)
    rates.loc[fee, "rate_to"] = pd.Timestamp("2023-05-10")
    placements = [
        {"ref": "P1", "kind": "full_time", "start": "2022-01-01", "born": "2015-03-01"},
        {"ref": "P2", "family": "F2", "born": "2015-03-01"},
    ]
    stays = [{"of": "P2", "from": "2023-05-09", "to": "2023-05-12"}]
    case = {"month": "2023-05", "placements": placements, "stays": stays}
    assert [line for line in said(lines_of(case, pd.concat([rates, risen]))) if " fee " in line] == [
        "P1 fee 0.323 month x 4694.00 = 1514.19 taxable",
        "P1 fee 0.677 month x 4867.00 = 3297.00 taxable",
        "P2 fee 2 x 154.31 = 308.62 taxable",
        "P2 fee 1 x 160.00 = 160.00 taxable",
    ]
