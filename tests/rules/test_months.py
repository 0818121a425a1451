from datetime import date

import pytest

from rules.months import month
from rules.refusal import Refusal


def test_a_month_runs_from_its_first_day_to_its_last() -> None:
    assert month("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert month("2023-12") == (date(2023, 12, 1), date(2023, 12, 31))


@pytest.mark.parametrize("period", ["2023-13", "2023-00", "2023-5", "May", "", "2023-05-01", "0001-05", "２０２３-05"])
def test_what_is_no_month_is_refused(period: str) -> None:
    with pytest.raises(Refusal, match="write it as YYYY-MM"):
        month(period)
