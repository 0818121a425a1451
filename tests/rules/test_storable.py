import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.storable import LONGEST, storable


@given(st.binary(max_size=60))
def test_whatever_bytes_somebody_sends_their_text_can_be_stored(sent: bytes) -> None:
    kept = storable(sent.decode("utf-8", "surrogateescape"))
    assert kept.encode().decode() == kept
    assert "\0" not in kept


@given(st.text(st.characters(), max_size=60))
def test_what_is_storable_stays_as_it_is(said: str) -> None:
    assert storable(storable(said)) == storable(said)


@given(st.text("abcæøåÆØÅ 0123\n", max_size=60))
def test_what_people_write_is_kept_in_either_encoding(said: str) -> None:
    assert storable(said) == said
    assert storable(said.encode("cp1252").decode("utf-8", "surrogateescape")) == said


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"p\xe5 k\xf8", "på kø"),
        ("på kø ".encode() + b"p\xe5", "på kø på"),
        (b"\xff\xfeno", "ÿþno"),
        (b"a\0b", "a�b"),
        (b"\x81", "�"),
    ],
)
def test_letters_of_a_server_before_utf_8(sent: bytes, kept: str) -> None:
    assert storable(sent.decode("utf-8", "surrogateescape")) == kept


def test_a_server_that_never_ends_is_cut_short() -> None:
    assert len(storable("no " * LONGEST)) == LONGEST
