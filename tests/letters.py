"""Mails as their readers see them."""

import re
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from icalendar import Calendar, Event

from data.tables import CaseRow, GeneratedTask, OutboxMail
from tests.people import FAMILY, NETWORK_ADVISER, NOW

RANDOM = ("Content-Type", "Message-ID")
ENCODING = ("boundary", "charset")
FOLD = re.compile(r"\r?\n[ \t]")


def opened(mail: OutboxMail | None) -> EmailMessage:
    assert mail is not None
    assert mail.message is not None
    return opened_bytes(mail.message)


def opened_bytes(message: bytes) -> EmailMessage:
    read = message_from_bytes(message, policy=default)
    assert isinstance(read, EmailMessage)
    return read


def part(message: EmailMessage, kind: str) -> str:
    """Its text: plain, html or calendar; empty where it has none."""
    for found in message.walk():
        if found.get_content_type() == f"text/{kind}":
            payload = found.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode()
    return ""


def in_words(message: EmailMessage) -> str:
    """Every header and part, decoded; of how they are encoded, such as a boundary's digits, nothing."""
    said = []
    for found in message.walk():
        said += [f"{name}: {value}" for name, value in found.items() if name not in RANDOM]
        said += [f"{name}: {value}" for name, value in found.get_params([]) if name not in ENCODING]
        if not found.is_multipart():
            assert found.get_content_maintype() == "text", f"{found.get_content_type()} can't be read in words"
            text = found.get_content()
            said.append(FOLD.sub("", text) if found.get_content_subtype() == "calendar" else text)
    return "\n".join(said)


def whole(word: str, text: str) -> bool:
    """Whether it stands there for itself: not inside another word, nor as digits of a longer number."""
    return word in text and re.search(rf"(?<!\w)(?<!\d[.,]){re.escape(word)}(?!\w)", text) is not None


def event(mail: OutboxMail | None) -> Event:
    [found] = Calendar.from_ical(part(opened(mail), "calendar")).walk("VEVENT")
    return found


def task(ref: str = "HJ-2023-0001-01", **more: Any) -> GeneratedTask:
    given: dict[str, Any] = {
        "case": ref.rpartition("-")[0],
        "municipality": "hjoerring",
        "step": ref,
        "form": "FirstVisit",
        "row": "J1",
        "role": "network_adviser",
        "assignee": NETWORK_ADVISER,
        "about": FAMILY,
        "issued_at": NOW,
        "due_on": date(2023, 3, 15),
    }
    return GeneratedTask(ref=ref, **{**given, **more})


def case(ref: str = "HJ-2023-0001", **more: Any) -> CaseRow:
    given: dict[str, Any] = {
        "municipality": "hjoerring",
        "process": "network-family-approval",
        "process_version": 1,
        "family": FAMILY,
        "responsible": NETWORK_ADVISER,
        "opened_at": NOW,
        "opened_by": "os:tests",
        "woken_at": NOW,
    }
    return CaseRow(ref=ref, **{**given, **more})
