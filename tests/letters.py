"""Mails as their readers see them."""

from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from icalendar import Calendar, Event

from data.tables import CaseRow, GeneratedTask, OutboxMail
from tests.people import FAMILY, NETWORK_ADVISER, NOW

RANDOM = ("Content-Type", "Message-ID")


def opened(mail: OutboxMail | None) -> EmailMessage:
    assert mail is not None
    assert mail.message is not None
    read = message_from_bytes(mail.message, policy=default)
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
    """Headers and parts, decoded; of how they are encoded, such as a boundary's digits, nothing."""
    inner = [found for found in message.walk() if found is not message]
    headers = [f"{name}: {value}" for name, value in message.items() if name not in RANDOM]
    headers += [f"{name}: {value}" for found in inner for name, value in found.items() if name not in RANDOM]
    parts = [part(message, kind) for kind in ("plain", "html", "calendar")]
    return "\n".join([*headers, *filter(None, parts)]).replace("\r\n ", "")


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
