"""A mail from its template: subject, text and HTML in one language, as the bytes that go over the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tasks.mail.headers import MAIL
from tasks.words.language import translator

EMAILS = Path(__file__).parent.parent.parent / "templates" / "emails"


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Envelope:
    message_id: str
    sender: Address
    to: str
    at: datetime
    language: str


@cache
def environment(language: str) -> Environment:
    jinja = Environment(
        loader=FileSystemLoader(EMAILS),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.install_gettext_translations(translator(language), newstyle=True)  # type: ignore[attr-defined]
    return jinja


def render(template: str, language: str, context: Mapping[str, object]) -> Letter:
    """Raises UndefinedError where the context lacks something the template names."""
    jinja = environment(language)
    subject, text, html = (
        jinja.get_template(f"{template}/{part}").render(context, language=language)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return Letter(" ".join(subject.split()), text.strip() + "\n", html)


@dataclass(frozen=True)
class CalendarPart:
    content: bytes
    method: str


def message(letter: Letter, envelope: Envelope, *, calendar: CalendarPart | None, file_name: str) -> bytes:
    mail = EmailMessage(policy=MAIL)
    mail["From"] = envelope.sender
    mail["To"] = envelope.to
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(envelope.at)
    mail["Message-ID"] = envelope.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    if calendar is not None:
        _add(mail, calendar, f"{file_name}.ics")
    # after the contents, which would take it along into their first part
    mail["Content-Language"] = envelope.language
    return mail.as_bytes()


def _add(mail: EmailMessage, calendar: CalendarPart, name: str) -> None:
    params = {"method": calendar.method, "charset": "utf-8", "name": name}
    if calendar.method == "PUBLISH":
        mail.add_attachment(calendar.content, maintype="text", subtype="calendar", filename=name, params=params)
    else:
        # mail programs ask for yes or no only where it is the text in another form, and no attachment
        mail.add_alternative(calendar.content, maintype="text", subtype="calendar", params=params)
