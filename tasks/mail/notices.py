"""What a mail says: a template filled with references and the texts of its form, and the calendar entry beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from data.tables import CaseRow, GeneratedTask, OutboxMail
from rules.grounds import SAYS, Ground
from rules.in_household import Whom
from rules.law import law_behind
from rules.months import month_named
from rules.policy import Policy
from rules.register import FORMS, PROCESSES, form_named
from rules.vocabulary import Role
from tasks.mail.calendar_file import Entry
from tasks.mail.pay_notices import missing_rate, rate_in_words, unpaid
from tasks.words.document_words import LETTER_RULES
from tasks.words.language import day_and_time, kroner, long_date, month_name, translator
from tasks.words.rule_words import rule_in_words

TaskMail = Literal["issued", "reminder", "due", "overdue", "escalated", "withdrawn"]


@dataclass(frozen=True)
class Site:
    url: str
    domain: str

    def page(self, kind: str, ref: str) -> str:
        """Such as `page("tasks", "HJ-2023-0001-02")`."""
        return f"{self.url.rstrip('/')}/{kind}/{quote(ref, safe='')}"


@dataclass(frozen=True)
class Notice:
    template: str
    context: Mapping[str, object]
    entry: Entry | None = None


@dataclass(frozen=True)
class Meeting:
    """`about` tells a case's meetings apart, `title` is a message id, `starts_at` the municipality's local time;
    `sequence` rises when it is moved or cancelled; `online` is its link, `place` whose home it is at, by reference. A
    place that was written may be an address: it stays in the case."""

    case: str
    about: str
    title: str
    starts_at: datetime
    minutes: int
    sequence: int
    online: str | None = None
    cancelled: bool = False
    place: str | None = None
    instead: str | None = None
    """Who is invited now in the place of the reader, for whom it is cancelled."""


@dataclass(frozen=True)
class BenefitLetter:
    """What a family is told about its application: a grant with its regime, or a refusal with its ground."""

    granted: bool
    rule: str
    regime: str | None = None
    """How it is documented, or `driving`."""
    proof_years: int | None = None
    paid_by: date | None = None
    """The last day on which it is paid, where nothing is waited for."""
    ground: Ground | None = None
    covered: Sequence[str] = ()
    """What the cost share covers, where that is the ground."""
    law: str | None = None
    complaint: str | None = None
    """The policy's guidance; None where there is none."""


def _topic(task: GeneratedTask, policy: Policy, on: date) -> str | None:
    """What the task says, else the quarter's theme where it is supervision (V2)."""
    if task.demands.get("duty") == "supervision" and policy.has("group_supervision.theme", on):
        return str(policy.value("group_supervision.theme", on))
    return translator(policy.language).gettext(task.demands["topic"]) if "topic" in task.demands else None


@dataclass(frozen=True)
class Behind:
    """Whom a task is about and who can be asked, by reference."""

    family: str | None = None
    child: str | None = None
    contact: str | None = None
    whom: Whom | None = None
    """Which person of the household."""
    kind: Literal["placement", "network"] | None = None
    """What else the task is about, where it is one of these."""


def task_notice(
    task: GeneratedTask, kind: TaskMail, policy: Policy, on: date, site: Site, behind: Behind | None = None
) -> Notice:
    form, texts, known = form_named(task.form), translator(policy.language), behind or Behind()
    title, what, link = (
        title_of(task.form, task.demands, policy, task.case),
        texts.gettext(form.what),
        site.page("tasks", task.ref),
    )
    context = {
        "title": title,
        "what": what,
        "why": texts.gettext(form.why),
        "rule": rule_in_words(task.row, policy),
        "law": law_behind(policy, task.row, on),
        "due": long_date(task.due_on, policy.language) if task.due_on else None,
        "family": known.family,
        "child": known.child,
        "concerns": None if task.about in (known.family, known.child) else concern_of(task.form, task.about),
        "whom": known.whom,
        "concerns_kind": known.kind,
        "contact": known.contact,
        "sums": _sums(task.demands, policy.language) if task.form == "PayoutApproval" else None,
        "rate": missing_rate(task.demands, policy.language) if task.form == "MissingRate" else None,
        "unpaid": unpaid(task.demands, policy.language) if task.form == "UnpaidEntitlement" else None,
        "topic": None if form.discreet else _topic(task, policy, on),
        "case": task.case,
        "assignee": task.assignee,
        "with_family": task.role == Role.FAMILY,
        "link": link,
    }
    if task.due_on is None or kind == "escalated":
        # a day that somebody else has missed stands in nobody's calendar
        return Notice(f"task_{kind}", context)
    taken_back = kind == "withdrawn"
    entry = Entry(
        uid=f"{task.ref}@{site.domain}",
        title=f"{texts.gettext('To be done by')}: {title} ({task.ref})",
        description=what,
        link=link,
        starts=task.due_on,
        sequence=1 if taken_back else 0,
        cancelled=taken_back,
    )
    return Notice(f"task_{kind}", context, entry)


def _sums(demands: Mapping[str, Any], language: str) -> dict[str, Any] | None:
    """A month's sums as people read them; None for what was asked before they were noted."""
    if "payable_ore" not in demands:
        return None
    before, paid_on = demands.get("before_ore"), demands.get("paid_on")
    change = None if before is None else demands["payable_ore"] - before
    return {
        "payable": kroner(demands["payable_ore"], language),
        "change": None if change is None else f"{'+' if change >= 0 else ''}{kroner(change, language)}",
        "held": demands["held_lines"],
        "held_sum": kroner(demands["held_ore"], language),
        "paid_on": long_date(date.fromisoformat(paid_on), language) if paid_on else None,
    }


def title_of(form: str, demands: Mapping[str, Any], policy: Policy, case: str | None) -> str:
    """A duty's task is called as the policy calls the duty; a rate's names the rate, a month's the month."""
    title, called, of = (
        translator(policy.language).gettext(form_named(form).title),
        demands.get("called"),
        month_named(case),
    )
    if called:
        return f"{title}: {rate_in_words(called, policy.language) if form == 'MissingRate' else called}"
    return f"{title}, {month_name(of.first, policy.language)}" if of else title


def concern_of(form: str, about: str | None) -> str | None:
    """A rate's key tells a reader nothing, and the title names it in words."""
    return None if form == "MissingRate" else about


def in_a_list(task: GeneratedTask, policy: Policy, concerns: str | None) -> dict[str, Any]:
    """A task's line in a collective mail, also where its form is of another age."""
    known = task.form in FORMS
    return {
        "ref": task.ref,
        "title": title_of(task.form, task.demands, policy, task.case) if known else task.form,
        "due": long_date(task.due_on, policy.language) if task.due_on else "–",
        "concerns": concerns,
    }


def invitation(meeting: Meeting, policy: Policy, site: Site) -> Notice:
    title = translator(policy.language).gettext(meeting.title)
    entry = Entry(
        uid=f"{meeting.case}.{meeting.about}@{site.domain}",
        title=f"{title} ({meeting.case})",
        description=meeting.online or meeting.case,
        link=site.page("cases", meeting.case),
        starts=meeting.starts_at.replace(tzinfo=ZoneInfo(policy.timezone)),
        minutes=meeting.minutes,
        sequence=meeting.sequence,
        cancelled=meeting.cancelled,
        place=meeting.online or meeting.place or meeting.case,
        invites=True,
    )
    context = {
        "title": title,
        "when": day_and_time(meeting.starts_at, policy.language),
        "minutes": meeting.minutes,
        "case": meeting.case,
        "moved": meeting.sequence > 0,
        "online": meeting.online,
        "place": meeting.place,
        "cancelled": meeting.cancelled,
        "instead": meeting.instead,
        "link": entry.link,
    }
    return Notice("invitation", context, entry)


def case_ended(case: CaseRow, policy: Policy, site: Site) -> Notice:
    outcome = translator(policy.language).gettext(case.outcome or "")
    context = {"process": _process(case, policy), "outcome": outcome, "link": site.page("cases", case.ref)}
    return Notice("case_ended", context)


def _process(case: CaseRow, policy: Policy) -> str:
    """What a case is about, with its month where it is named by one; its key where this version doesn't know it."""
    if case.process not in PROCESSES:
        return case.process
    words, of = translator(policy.language).gettext(LETTER_RULES[PROCESSES[case.process].row]), month_named(case.ref)
    return f"{words}, {month_name(of.first, policy.language)}" if of else words


def case_stopped(case: CaseRow, fault: str, version: str, policy: Policy, site: Site) -> Notice:
    context = {
        "process": f"{_process(case, policy)} ({case.process})",
        "fault": fault,
        "version": version,
        "link": site.page("cases", case.ref),
    }
    return Notice("case_stopped", context)


def decision(case: str, letter: BenefitLetter, policy: Policy, site: Site) -> Notice:
    texts = translator(policy.language)
    context = {
        "granted": letter.granted,
        "rule": texts.gettext(LETTER_RULES[letter.rule]),
        "regime": letter.regime,
        "proof_years": letter.proof_years,
        "paid_by": long_date(letter.paid_by, policy.language) if letter.paid_by else None,
        "ground": texts.gettext(SAYS[letter.ground]) if letter.ground else None,
        "covered": ", ".join(texts.gettext(item.replace("_", " ")) for item in letter.covered),
        "law": letter.law,
        "complaint": letter.complaint,
        "link": site.page("cases", case),
    }
    return Notice("decision", context)


def year_end(claims: Sequence[str], last_day: date, policy: Policy) -> Notice:
    context = {
        "claims": list(claims),
        "last_day": long_date(last_day, policy.language),
        "rule": rule_in_words("R11", policy),
    }
    return Notice("year_end", context)


def undeliverable(mail: OutboxMail, site: Site) -> Notice:
    link = site.page("tasks", mail.about) if mail.template.startswith("task_") else None
    return Notice("undeliverable", {"mail": mail.ref, "unreached": mail.recipient, "link": link})


def no_address(unreached: str, meant: Notice) -> Notice:
    return Notice("no_address", {"unreached": unreached, "link": meant.context.get("link")})
