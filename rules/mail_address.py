"""E-mail addresses as a mail server takes them: one rule for what is imported and for whom a mail goes to."""

import re
from urllib.parse import unquote

import idna

LONGEST, LONGEST_NAME = 254, 64
LINK = re.compile(r"mailto:(?://)?([^?]*)(?:\?.*)?", re.IGNORECASE)
"""As Excel copies it from a link."""
NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
ASCII_DOMAIN = re.compile(rf"({LABEL}\.)+(?!\d+$){LABEL}")
PUNYCODE = "xn--"


class NotDeliverable(ValueError):
    """What is expected instead; never what stood there."""


def deliverable(said: str) -> str:
    """Without the prefix of a link, its domain in punycode and small letters. Raises NotDeliverable."""
    written = said.strip()
    if link := LINK.fullmatch(written):
        written = unquote(link[1]).strip()
    name, at, domain = written.rpartition("@")
    if not at or not name or not domain or "@" in name:
        raise NotDeliverable("is no e-mail address; one such as name@municipality.dk is expected")
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise NotDeliverable(
            "is no e-mail address that mail servers take: before the @ stand plain letters (a-z), digits, dots and "
            "dashes; ask for the address that mails reach"
        )
    address = f"{name}@{_in_punycode(domain)}"
    if len(address) > LONGEST:
        raise NotDeliverable(f"is longer than the {LONGEST} characters of an e-mail address")
    return address


def address_key(said: str) -> str:
    """The same for two addresses that reach the same person; one that no mail reaches is known as it is written."""
    try:
        return deliverable(said).casefold()
    except NotDeliverable:
        return said.strip().casefold()


def _in_punycode(domain: str) -> str:
    plain = domain.lower()
    if ASCII_DOMAIN.fullmatch(plain) and PUNYCODE not in plain:
        return plain
    try:
        said = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except UnicodeError:  # also what idna raises
        said = ""
    if not ASCII_DOMAIN.fullmatch(said):
        raise NotDeliverable("is no e-mail address: after the @ a domain such as municipality.dk is expected")
    return said
