import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.cells import Unreadable, email
from rules.mail_address import NotDeliverable, address_key, deliverable
from tasks.mail.recipients import usable

TAKEN = [
    ("anna@kommune.example", "anna@kommune.example"),
    (" Anna.Holm@Kommune.Example\u00a0", "Anna.Holm@kommune.example"),
    ("r@blåbærgrød.example", "r@xn--blbrgrd-fxak7p.example"),
    ("r@BLÅBÆRGRØD.example", "r@xn--blbrgrd-fxak7p.example"),
    ("r@bla\u030abærgrød.example", "r@xn--blbrgrd-fxak7p.example"),
    ("r@xn--blbrgrd-fxak7p.example", "r@xn--blbrgrd-fxak7p.example"),
    ("post@ringkøbing-skjern.kommune.example", "post@xn--ringkbing-skjern-pxb.kommune.example"),
    ("mailto:anna@kommune.example", "anna@kommune.example"),
    ("MAILTO:anna@kommune.example?subject=Hej%20du", "anna@kommune.example"),
    ("mailto:anna%2Bpleje@kommune.example", "anna+pleje@kommune.example"),
    ("mailto:r@blåbærgrød.example", "r@xn--blbrgrd-fxak7p.example"),
    ("o'neill+x@kommune.example", "o'neill+x@kommune.example"),
]
REFUSED = [
    "søren@kommune.example",
    "anna@kommune",
    "anna@kommune.",
    "anna@.example",
    "anna@kommune..example",
    "anna@kom_mune.example",
    "anna@-kommune.example",
    "anna@10.0.0.1",
    "anna@[10.0.0.1]",
    ".anna@kommune.example",
    "an..na@kommune.example",
    "anna@b@kommune.example",
    "Anna Holm <anna@kommune.example>",
    "anna@kommune.example, bo@kommune.example",
    "anna@kommune.example;",
    "anna\u200b@kommune.example",
    '"anna holm"@kommune.example',
    "anna@kommune.example\r\nBcc: c@d.dk",
    "mailto:",
    "@kommune.example",
    "a" * 65 + "@kommune.example",
    "anna@" + "a" * 64 + ".example",
    "anna@🏠.example.",
    "anna@xn--\u00e5.example",
]


@pytest.mark.parametrize(("said", "address"), TAKEN)
def test_an_address_is_imported_and_delivered_to_by_one_rule(said: str, address: str) -> None:
    assert deliverable(said) == address
    assert email(said) == address
    assert usable(said) == address


@pytest.mark.parametrize("said", REFUSED)
def test_an_address_that_no_server_takes_is_refused_at_import_and_gets_no_mail(said: str) -> None:
    with pytest.raises(NotDeliverable):
        deliverable(said)
    with pytest.raises(Unreadable) as refusal:
        email(said)
    assert said not in str(refusal.value)
    assert usable(said) is None


@given(st.text(max_size=40) | st.from_regex(r"\w+@\w+\.\w+", fullmatch=True))
def test_what_is_imported_gets_its_mails_and_stays_as_it_is(said: str) -> None:
    try:
        address = email(said)
    except Unreadable:
        assert usable(said) is None
        return
    assert address.isascii()
    assert deliverable(address) == usable(address) == address


def test_a_person_is_known_by_their_address_however_its_domain_is_written() -> None:
    assert address_key("R@Blåbærgrød.example") == address_key("r@xn--blbrgrd-fxak7p.example")
    assert address_key("mailto:anna@kommune.example") == address_key("Anna@kommune.example")
    assert address_key("Søren@kommune.example") == address_key("søren@kommune.example ")
    assert address_key("anna@kommune.example") != address_key("bo@kommune.example")
