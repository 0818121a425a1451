"""Writes mails to the outbox, in the transaction that creates the reason for them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlmodel import Session

from data.installation import change, installation, needed
from data.outbox import enqueue, readers_about, told, told_of
from data.people import addresses_of, current_staff, staff_elsewhere
from data.policies import policy_of
from data.settings import Settings
from data.tables import CaseRow, GeneratedTask, MailState, OutboxMail, Staff
from rules.policy import Policy
from rules.refusal import Refusal
from rules.substitutes import in_charge, present_with
from rules.vocabulary import Role
from tasks.mail import notices
from tasks.mail.calendar_file import Entry, Parties, calendar_file
from tasks.mail.letters import CalendarPart, Envelope, message, render
from tasks.mail.notices import Behind, BenefitLetter, Notice, Site, TaskMail
from tasks.mail.parties import behind
from tasks.mail.recipients import Recipient, office, reached, usable

TASK_DAYS = ("task_issued", "task_reminder", "task_due", "task_overdue")
"""Mails that bring a task's day into a calendar."""
log = logging.getLogger(__name__)


def configure(settings: Settings) -> None:
    """Says for this context who the mails are from and where their links lead. Raises Refusal."""
    try:
        sender = Address(addr_spec=settings.mail_from)
    except (HeaderParseError, IndexError, ValueError):
        raise Refusal("PLEJEFLOW_MAIL_FROM isn't an e-mail address; say something like plejeflow@kommune.dk") from None
    if not sender.domain or not settings.mail_from.isascii():
        raise Refusal("PLEJEFLOW_MAIL_FROM must be a whole e-mail address in plain letters, with its domain")
    change(mail=settings)


def _sender(policy: Policy) -> Address:
    return Address(display_name=policy.name, addr_spec=_mail().mail_from)


def _mail() -> Settings:
    return needed(installation().mail, "configure(settings)")


def site(policy: Policy) -> Site:
    return Site(domain=_sender(policy).domain, url=_mail().public_url)


def _today(policy: Policy, now: datetime) -> date:
    return now.astimezone(ZoneInfo(policy.timezone)).date()


def queue_mail(
    s: Session,
    notice: Notice,
    *,
    recipient: str,
    about: str,
    municipality: str,
    dedup: str,
    now: datetime,
    to_family: bool = False,
) -> OutboxMail | None:
    """The mail's row, written with the caller's transaction; None where `dedup` already has one.

    Goes to the substitute of an absent staff member, and to administration where no address is known.
    """
    [ident] = queue_mails(s, [Wanted(dedup, notice, recipient, about, to_family)], municipality=municipality, now=now)
    return s.get_one(OutboxMail, ident) if ident is not None else None


class Wanted(NamedTuple):
    """A mail to write; the fields as in queue_mail."""

    dedup: str
    notice: Notice
    recipient: str
    about: str
    to_family: bool = False
    in_person: bool = False
    """To nobody in their place."""


def queue_mails(s: Session, wanted: Sequence[Wanted], *, municipality: str, now: datetime) -> list[int | None]:
    """Ids of the rows, as queue_mail writes each: what has its mail already costs one question, however many it is."""
    asked = {mail.dedup: mail for mail in wanted}
    there = told(s, asked)
    new = [mail for dedup, mail in asked.items() if dedup not in there]
    written = _written(s, new, municipality, now) if new else {}
    return [written.pop(mail.dedup, None) for mail in wanted]


def _written(s: Session, new: Sequence[Wanted], municipality: str, now: datetime) -> dict[str, int]:
    policy, own = policy_of(municipality), current_staff(s, municipality)
    # a network's contact may work for the other municipality
    staff = staff_elsewhere(s, {mail.recipient for mail in new if not mail.to_family and mail.recipient not in own})
    homes = addresses_of(s, {mail.recipient for mail in new if mail.to_family or mail.recipient not in {*own, *staff}})
    readers = [_reader(policy, staff.get(mail.recipient, own), homes, mail, now) for mail in new]
    return enqueue(s, [_row(policy, reader, now.astimezone(UTC)) for reader in readers])


def _reader(
    policy: Policy, staff: Mapping[str, Staff], homes: Mapping[str, str | None], mail: Wanted, now: datetime
) -> tuple[Recipient, Wanted]:
    on = _today(policy, now)
    if mail.in_person and mail.recipient in staff and not staff[mail.recipient].has_left(on):
        person = Recipient(mail.recipient, usable(staff[mail.recipient].email))
    else:
        person = reached(staff, homes, mail.recipient, family=mail.to_family, on=on)
    if person.address is not None:
        return person, mail
    log.warning("no valid e-mail address is known for %s, for the mail about %s", person.ref, mail.about)
    instead = office(staff, on, but=frozenset({person.ref}))
    return instead or Recipient(person.ref, None), mail._replace(notice=notices.no_address(person.ref, mail.notice))


def _row(policy: Policy, to: tuple[Recipient, Wanted], now: datetime) -> OutboxMail:
    person, (dedup, notice, _, about, *_) = to
    filled = {"stands_in_for": person.stands_in_for, "municipality_name": policy.name, "reference": about}
    letter = render(notice.template, policy.language, {**filled, **notice.context})
    sender = _sender(policy)
    ident, wire = f"<{uuid4().hex}@{sender.domain}>", None
    if person.address is not None:
        parties = Parties(sender, person.address, person.ref)
        calendar = _calendar(notice.entry, parties, now, policy) if notice.entry else None
        envelope = Envelope(ident, sender, person.address, now, policy.language)
        wire = message(letter, envelope, calendar=calendar, file_name=about)
    return OutboxMail(
        dedup=dedup,
        message_id=ident,
        template=notice.template,
        language=policy.language,
        municipality=policy.key,
        about=about,
        recipient=person.ref,
        address=person.address,
        subject=letter.subject,
        message=wire,
        queued_at=now,
        # nobody with an address is left: the row stays as a sign, and isn't tried
        state=MailState.QUEUED if wire else MailState.GIVEN_UP,
        next_attempt_at=now,
    )


def _calendar(entry: Entry, parties: Parties, now: datetime, policy: Policy) -> CalendarPart:
    return CalendarPart(calendar_file(entry, now, policy.language, parties), entry.method)


def queue_task_mail(s: Session, task: GeneratedTask, kind: TaskMail, now: datetime) -> OutboxMail | None:
    """Once for each kind and assignee; `issued` once more each time the task is handed on."""
    [ident] = queue_task_mails(s, [task], kind, now)
    return s.get_one(OutboxMail, ident) if ident is not None else None


def queue_task_mails(s: Session, tasks: Sequence[GeneratedTask], kind: TaskMail, now: datetime) -> list[int | None]:
    """Ids of the rows, as queue_task_mail writes each; the tasks are one municipality's."""
    if not tasks:
        return []
    policy = policy_of(tasks[0].municipality)
    known = behind(s, tasks, policy, now)
    wanted = [_task_mail(task, kind, known[task.ref], policy, now) for task in tasks]
    written = queue_mails(s, wanted, municipality=policy.key, now=now)
    if kind == "withdrawn":
        _take_out_of_calendars(s, wanted, policy, now)
    return written


def _take_out_of_calendars(s: Session, wanted: Sequence[Wanted], policy: Policy, now: datetime) -> None:
    """Of who had the task's mails before, as a stand-in had: its day stands there still."""
    had = readers_about(s, [mail.about for mail in wanted], TASK_DAYS, but="task_withdrawn")
    staff, today = current_staff(s, policy.key), _today(policy, now)
    others = [
        mail._replace(dedup=f"{mail.dedup}:had:{reader}", recipient=reader, in_person=True)
        for mail in wanted
        for reader in sorted(had.get(mail.about, ()))
        if mail.notice.entry is not None and reader in staff and not staff[reader].has_left(today)
    ]
    queue_mails(s, others, municipality=policy.key, now=now)


def _task_mail(task: GeneratedTask, kind: TaskMail, known: Behind, policy: Policy, now: datetime) -> Wanted:
    handed_on = kind == "issued" and now != task.issued_at
    return Wanted(
        dedup=told_of(task.ref, kind, task.assignee) + (f":{now:%Y%m%dT%H%M%S.%f}" if handed_on else ""),
        notice=notices.task_notice(task, kind, policy, _today(policy, now), site(policy), known),
        recipient=task.assignee,
        about=task.ref,
        to_family=task.role == Role.FAMILY,
    )


def queue_case_ended(s: Session, case: CaseRow, now: datetime) -> OutboxMail | None:
    """To the case's responsible, else to the leader."""
    policy = policy_of(case.municipality)
    responsible = case.responsible or in_charge(current_staff(s, case.municipality), _today(policy, now))
    if responsible is None:
        return None
    return queue_mail(
        s,
        notices.case_ended(case, policy, site(policy)),
        recipient=responsible,
        about=case.ref,
        municipality=case.municipality,
        dedup=f"{case.ref}:ended",
        now=now,
    )


def queue_case_stopped(s: Session, case: CaseRow, fault: str, version: str, now: datetime) -> OutboxMail | None:
    """To administration, else to the leader: once for each fault, and again where an upgrade hasn't mended it."""
    return queue_to_role(
        s,
        Role.ADMINISTRATION,
        lambda policy, where: notices.case_stopped(case, fault, version, policy, where),
        about=case.ref,
        municipality=case.municipality,
        dedup=f"{case.ref}:stopped:{fault}:{version}",
        now=now,
    )


def queue_decision(
    s: Session, *, case: str, family: str, municipality: str, which: str, letter: BenefitLetter, now: datetime
) -> OutboxMail | None:
    """To the family, once for each decision `which` of the case."""
    policy = policy_of(municipality)
    return queue_mail(
        s,
        notices.decision(case, letter, policy, site(policy)),
        recipient=family,
        to_family=True,
        about=case,
        municipality=municipality,
        dedup=f"{case}:decision:{which}",
        now=now,
    )


def queue_year_end(
    s: Session, *, family: str, claims: Sequence[str], last_day: date, part: str, municipality: str, now: datetime
) -> OutboxMail | None:
    """R11: what the family still has to document, once for each reminder day `part`."""
    return queue_mail(
        s,
        notices.year_end(claims, last_day, policy_of(municipality)),
        recipient=family,
        to_family=True,
        about=family,
        municipality=municipality,
        dedup=f"{family}:year_end:{part}",
        now=now,
    )


def queue_to_role(
    s: Session,
    role: Role,
    say: Callable[[Policy, Site], Notice],
    *,
    about: str,
    municipality: str,
    dedup: str,
    now: datetime,
) -> OutboxMail | None:
    """To one person with the role, else to who is in charge."""
    policy = policy_of(municipality)
    staff = current_staff(s, municipality)
    person = present_with(staff, role, _today(policy, now)) or in_charge(staff, _today(policy, now))
    if person is None:
        log.warning("%s has nobody for the mail about %s", municipality, about)
        return None
    notice = say(policy, site(policy))
    return queue_mail(s, notice, recipient=person, about=about, municipality=municipality, dedup=dedup, now=now)
