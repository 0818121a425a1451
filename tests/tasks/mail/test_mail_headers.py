"""Subjects and names arrive as they were written, whatever letters they have and wherever their lines break."""

from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.headerregistry import Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.mail.letters import Envelope, Letter, message
from tests.letters import opened_bytes

WORDS = st.text("abcdefgprstæøåéÆØÅ–0123:,.()/-", min_size=1, max_size=24)
SUBJECTS = st.lists(WORDS, min_size=1, max_size=16).map(" ".join)
AT = datetime(2023, 3, 1, 9, tzinfo=UTC)


def sent(subject: str, name: str = "Hjørring Kommune") -> bytes:
    sender = Address(display_name=name, addr_spec="plejeflow@kommune.example")
    envelope = Envelope("<1@kommune.example>", sender, "anna@kommune.example", AT, "da")
    return message(Letter(subject, "Hej\n", "<p>Hej</p>"), envelope, calendar=None, file_name="HJ-1")


def raw(content: bytes, name: str) -> str:
    """A header's lines, unfolded; its words as they are encoded."""
    head = content.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n ", " ").split("\r\n")
    [found] = [line.partition(": ")[2] for line in head if line.lower().startswith(f"{name.lower()}: ")]
    return found


@given(SUBJECTS)
@example("Opgave HJ-2023-0001-01: Godkend kørslen på forhånd og registrér: Opfølgning på aftalen om støtte")
@example("Uge 11: 3 opgaver er åbne, 2 af dem er over fristen – åbn oversigten")
@example("Månedens udbetaling, RA-2023-05: godkendelse mangler, én linje på hold")
def test_a_subject_keeps_every_space_in_every_mail_program(subject: str) -> None:
    content = sent(subject)
    assert opened_bytes(content)["Subject"] == subject
    assert str(make_header(decode_header(raw(content, "Subject")))) == subject
    assert all(len(line) <= 78 for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n"))


@given(st.lists(st.text("abcdefgæøåéÆØÅ-", min_size=1, max_size=14), min_size=1, max_size=6).map(" ".join))
def test_a_municipalitys_name_keeps_every_space(name: str) -> None:
    content = sent("Hej", name)
    [address] = opened_bytes(content)["From"].addresses
    assert address.addr_spec == "plejeflow@kommune.example"
    assert str(make_header(decode_header(raw(content, "From")))).replace('"', "").startswith(f"{name} <")


@pytest.mark.parametrize("subject", ["a\r\nBcc: x@y.example", "a\nb"])
def test_a_subject_is_one_header(subject: str) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        sent(subject)
