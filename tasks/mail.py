"""Writes mails to the outbox, in the transaction that creates the reason for them."""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlmodel import Session

from data.outbox import enqueue
from data.people import current_staff
from data.policies import policy
from data.settings import Settings
from data.tables import CaseRow, GeneratedTask, MailState, OutboxMail
from rules.forms import form_named
from rules.law import law_behind
from rules.policy import Policy
from rules.refusal import Refusal
from rules.vocabulary import Role
from tasks.calendar_file import Entry, calendar_file
from tasks.language import day_and_time, long_date, translator
from tasks.letters import Envelope, message, render
from tasks.recipients import Recipient, deputy, in_charge, office, reached

log = logging.getLogger(__name__)
_settings: dict[str, Settings] = {}


def configure(settings: Settings) -> None:
    """Says for this process who the mails are from and where their links lead. Raises Refusal."""
    try:
        sender = Address(addr_spec=settings.mail_from)
    except (HeaderParseError, IndexError, ValueError):
        raise Refusal("PLEJEFLOW_MAIL_FROM isn't an e-mail address; say something like plejeflow@kommune.dk") from None
    if not sender.domain or not settings.mail_from.isascii():
        raise Refusal("PLEJEFLOW_MAIL_FROM must be a whole e-mail address in plain letters, with its domain")
    _settings["ours"] = settings


def link_to(kind: str, ref: str) -> str:
    """Address of a page, such as `link_to("tasks", "HJ-2023-0001-02")`."""
    return f"{_ours().public_url.rstrip('/')}/{kind}/{ref}"


def mail_domain() -> str:
    return Address(addr_spec=_ours().mail_from).domain


def _ours() -> Settings:
    if "ours" not in _settings:
        raise RuntimeError("configure(settings) comes first")
    return _settings["ours"]


def today_in(pack: Policy, now: datetime) -> date:
    return now.astimezone(ZoneInfo(pack.timezone)).date()


def queue_mail(
    s: Session,
    *,
    template: str,
    recipient: str,
    about: str,
    municipality: str,
    dedup: str,
    now: datetime,
    context: Mapping[str, object],
    to_family: bool = False,
    entry: Entry | None = None,
) -> OutboxMail | None:
    """The mail's row, written with the caller's transaction; None where `dedup` already has one.

    Goes to the substitute of an absent staff member, and to administration where no address is known.
    """
    pack = policy(municipality)
    person = reached(s, recipient, municipality=municipality, family=to_family, on=today_in(pack, now))
    if person.address is None:
        instead = office(s, municipality, today_in(pack, now), but=frozenset({person.ref}))
        log.warning("no valid e-mail address is known for %s; the mail about %s goes to %s", person.ref, about, instead)
        template, entry = "no_address", None
        context = {"unreached": person.ref, "link": context.get("link")}
        person = instead or Recipient(person.ref, None)
    row = _row(pack, person, template, {"reference": about, **context}, entry, now)
    row.dedup, row.about = dedup, about
    return enqueue(s, row)


def _row(
    pack: Policy, person: Recipient, template: str, context: Mapping[str, object], entry: Entry | None, now: datetime
) -> OutboxMail:
    filled = {"stands_in_for": person.stands_in_for, "municipality_name": pack.name, **context}
    letter = render(template, pack.language, filled)
    ident = f"<{uuid4().hex}@{mail_domain()}>"
    wire = None
    if person.address is not None:
        sender = Address(display_name=pack.name, addr_spec=_ours().mail_from)
        calendar = calendar_file(entry, now, pack.language) if entry else None
        envelope = Envelope(ident, sender, person.address, now, pack.language)
        wire = message(letter, envelope, calendar=calendar, file_name=str(context["reference"]))
    return OutboxMail(
        dedup="",
        message_id=ident,
        template=template,
        language=pack.language,
        municipality=pack.key,
        about="",
        recipient=person.ref,
        address=person.address,
        subject=letter.subject,
        message=wire,
        queued_at=now.astimezone(UTC),
        # nobody with an address is left: the row stays as a sign, and isn't tried
        state=MailState.QUEUED if wire else MailState.GIVEN_UP,
        next_attempt_at=now.astimezone(UTC),
    )


TaskMail = Literal["issued", "reminder", "due", "overdue", "escalated", "withdrawn"]


def queue_task_mail(s: Session, task: GeneratedTask, kind: TaskMail, now: datetime) -> OutboxMail | None:
    """Once for each kind and assignee; `issued` once more each time the task is handed on. Escalated: to the leader."""
    pack = policy(task.municipality)
    recipient, to_family = task.assignee, task.role == Role.FAMILY
    if kind == "escalated":
        staff = current_staff(s, task.municipality)
        above = in_charge(staff, today_in(pack, now))
        recipient, to_family = above or recipient, to_family and above is None
    handed_on = kind == "issued" and now != task.issued_at
    return queue_mail(
        s,
        template=f"task_{kind}",
        recipient=recipient,
        to_family=to_family,
        about=task.ref,
        municipality=task.municipality,
        dedup=f"{task.ref}:{kind}:{task.assignee}" + (f":{now:%Y%m%dT%H%M%S.%f}" if handed_on else ""),
        now=now,
        context=_task_context(task, pack, today_in(pack, now)),
        entry=_task_entry(task, pack.language, cancelled=kind == "withdrawn"),
    )


def _task_context(task: GeneratedTask, pack: Policy, on: date) -> dict[str, object]:
    form, texts = form_named(task.form), translator(pack.language)
    return {
        "title": texts.gettext(form.title),
        "what": texts.gettext(form.what),
        "why": texts.gettext(form.why),
        "rule": task.row,
        "law": law_behind(pack, task.row, on),
        "due": long_date(task.due_on, pack.language) if task.due_on else None,
        "concerns": task.about,
        "case": task.case,
        "assignee": task.assignee,
        "link": link_to("tasks", task.ref),
    }


def _task_entry(task: GeneratedTask, language: str, *, cancelled: bool) -> Entry | None:
    if task.due_on is None:
        return None
    form, texts = form_named(task.form), translator(language)
    return Entry(
        uid=f"{task.ref}@{mail_domain()}",
        title=f"{texts.gettext(form.title)} ({task.ref})",
        description=texts.gettext(form.what),
        link=link_to("tasks", task.ref),
        starts=task.due_on,
        sequence=1 if cancelled else 0,
        cancelled=cancelled,
    )


def queue_invitation(
    s: Session,
    *,
    case_ref: str,
    about: str,
    recipients: Iterable[str],
    title: str,
    starts_at: datetime,
    minutes: int,
    municipality: str,
    sequence: int,
    now: datetime,
) -> list[OutboxMail]:
    """One to each recipient. `about` tells the case's meetings apart, `starts_at` is the municipality's local time,
    `sequence` rises when the meeting is moved."""
    pack = policy(municipality)
    name = translator(pack.language).gettext(title)
    entry = Entry(
        uid=f"{case_ref}.{about}@{mail_domain()}",
        title=f"{name} ({case_ref})",
        description=case_ref,
        link=link_to("cases", case_ref),
        starts=starts_at.replace(tzinfo=ZoneInfo(pack.timezone)),
        minutes=minutes,
        sequence=sequence,
    )
    context = {
        "title": name,
        "when": day_and_time(starts_at, pack.language),
        "minutes": minutes,
        "case": case_ref,
        "moved": sequence > 0,
        "link": entry.link,
    }
    queued = [
        queue_mail(
            s,
            template="invitation",
            recipient=recipient,
            about=case_ref,
            municipality=municipality,
            dedup=f"{case_ref}:{about}:{sequence}:{recipient}",
            now=now,
            context=context,
            entry=entry,
        )
        for recipient in recipients
    ]
    return [mail for mail in queued if mail is not None]


def queue_case_ended(s: Session, case: CaseRow, now: datetime) -> OutboxMail | None:
    pack = policy(case.municipality)
    responsible = case.responsible or in_charge(current_staff(s, case.municipality), today_in(pack, now))
    if responsible is None:
        return None
    return queue_mail(
        s,
        template="case_ended",
        recipient=responsible,
        about=case.ref,
        municipality=case.municipality,
        dedup=f"{case.ref}:ended",
        now=now,
        context={
            "outcome": translator(pack.language).gettext(case.outcome or ""),
            "link": link_to("cases", case.ref),
        },
    )


def queue_undeliverable(s: Session, mail: OutboxMail, now: datetime) -> list[OutboxMail]:
    """Tells administration, and for a task also who can see to it, that a mail was given up; once for each."""
    if mail.template in ("undeliverable", "no_address"):
        return []
    pack = policy(mail.municipality)
    on, failed = today_in(pack, now), frozenset({mail.recipient})
    told = {person.ref for person in [office(s, mail.municipality, on, but=failed)] if person}
    if mail.template.startswith("task_"):
        told |= {ref for ref in [deputy(current_staff(s, mail.municipality), mail.recipient, on)] if ref}
    link = link_to("tasks", mail.about) if mail.template.startswith("task_") else None
    queued = [
        queue_mail(
            s,
            template="undeliverable",
            recipient=ref,
            about=mail.about,
            municipality=mail.municipality,
            dedup=f"{mail.ref}:undeliverable:{ref}",
            now=now,
            context={"mail": mail.ref, "unreached": mail.recipient, "link": link},
        )
        for ref in sorted(told)
    ]
    return [row for row in queued if row is not None]
