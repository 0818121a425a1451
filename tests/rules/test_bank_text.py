import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.bank_text import bank_text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ærø Ødegård", "Aeroe Oedegaard"),
        ("Šáŋŋá Đŧžčå", "Sangnga Dtzcaa"),
        ("Zoë O'Brien-Łuczak", "Zoe O'Brien-Luczak"),
        ("Юлія", "Iuliia"),
        ("a & b <c>; \n d", "a b c d"),
        ("‏", "."),
    ],
)
def test_a_name_is_written_with_what_every_bank_takes(name: str, said: str) -> None:
    assert bank_text(name, 70) == said


@given(st.text())
def test_whatever_the_text_it_fits_and_is_not_empty(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9/\-?:().,'+ ]{1,35}", bank_text(text, 35))
