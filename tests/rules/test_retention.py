from datetime import date

import pytest

from rules.retention import EndedCase, Stay, lived_there

ENDED = date(2023, 6, 1)
OF_CHILD = EndedCase("HJ-2023-0001", "HJ-F1", "HJ-B1", ENDED)
OF_FAMILY = EndedCase("HJ-2023-0001", "HJ-F1", None, ENDED)


def stay(
    start: date | None = date(2023, 3, 1),
    end: date | None = None,
    *,
    family: str = "HJ-F1",
    child: str = "HJ-B1",
    case: str | None = None,
    stands: bool = True,
) -> Stay:
    return Stay("HJ-P1", family, child, start, end, case, stands)


@pytest.mark.parametrize(
    ("case", "there", "kept"),
    [
        (OF_CHILD, stay(), True),
        (OF_CHILD, stay(ENDED), True),
        (OF_CHILD, stay(date(2023, 6, 2)), False),
        (OF_CHILD, stay(None), True),
        (OF_CHILD, stay(end=date(2023, 3, 2)), True),
        (OF_CHILD, stay(end=date(2023, 3, 1)), False),
        (OF_CHILD, stay(child="HJ-B2"), False),
        (OF_FAMILY, stay(child="HJ-B2"), True),
        (OF_FAMILY, stay(family="HJ-F2"), False),
        (OF_CHILD, stay(stands=False), False),
        (OF_CHILD, stay(stands=False, case="HJ-2023-0001"), True),
        (OF_CHILD, stay(end=date(2023, 3, 1), case="HJ-2023-0001"), True),
        (OF_CHILD, stay(date(2023, 6, 2), case="HJ-2022-0009"), False),
    ],
)
def test_a_case_in_which_a_child_lived_is_kept(case: EndedCase, there: Stay, kept: bool) -> None:
    assert lived_there(case, [there, stay(family="HJ-F3")]) == (["HJ-P1"] if kept else [])
