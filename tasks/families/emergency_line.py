"""V1: calls to the emergency line logged, followed up and counted."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from data.beginnings import began_on
from data.emergency_calls import calls_by_topic
from data.people import current_staff, person_by_email
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.facts import current
from data.store.numbering import next_number
from data.store.session import reading, writing
from data.tables import EmergencyCall, Family, GeneratedTask
from rules.calendar import add_working_days
from rules.forms.base import YEAR
from rules.forms.emergency import FollowUpCall, LogCall
from rules.local_time import instant
from rules.months import Month, month
from rules.policy import Policy
from rules.refusal import Refusal
from rules.vocabulary import CONSULTS, Role
from tasks.cases.assign import first_there
from tasks.cases.errands import give
from tasks.cases.question import Question
from tasks.mail.notices import Notice, Site
from tasks.mail.postman import wake_postman
from tasks.mail.queue import queue_to_role
from tasks.words.language import month_name, translator
from tasks.words.rule_words import rule_in_words


@dataclass(frozen=True)
class Usage:
    about: str
    """The municipality's month, such as VJ-2023-02."""
    topics: dict[str, int]
    """Every topic of the policy, and whatever else was logged."""

    @property
    def calls(self) -> int:
        return sum(self.topics.values())

    def __str__(self) -> str:
        return f"{self.calls} calls"


def log_call(s: Session, family: str, raw: object, *, email: str, os_account: str, now: datetime) -> EmergencyCall:
    """The call, and the task to follow it up. Raises Refusal; then nothing is written."""
    home = current(s, Family, family)
    policy = policy_of(home.municipality)
    person = person_by_email(s, email, municipality=policy.key, on=policy.today(now))
    if not is_open(policy, policy.today(now)):
        raise Refusal(
            f"{policy.key} has no emergency line on {policy.today(now)}; "
            f"where it has, say so in data/policies/{policy.key}.toml under emergency_line.open"
        )
    topics = {"topics": policy.value("emergency_line.topics", policy.today(now))}
    said = LogCall.accept(raw, demands=topics, today=policy.today(now))
    series = f"{policy.prefix}-{policy.today(now).year}-A"
    call = EmergencyCall(
        ref=f"{series}{next_number(s, series):05d}",
        municipality=policy.key,
        family=family,
        called_at=_called_at(said.called_at, policy, now),
        about=said.about,
        advice=said.advice,
        topic=said.topic,
        taken_by=person.ref,
        recorded_at=now,
    )
    s.add(call)
    audit(s, Actor(person.ref, os_account), "emergency call logged", call.ref, now, family=family)
    _have_followed_up(s, home, call, policy, now)
    return call


def is_open(policy: Policy, on: date) -> bool:
    """A municipality whose policy says nothing of a line has none."""
    said = [dated.value for dated in policy.values.get("emergency_line.open", ()) if dated.valid_from <= on]
    return bool(said and said[-1])


def _called_at(said: datetime | None, policy: Policy, now: datetime) -> datetime:
    at = now if said is None else instant(said, policy.timezone)
    if at > now:
        raise Refusal("called_at: the call is still to come; give the time at which it came in")
    if at < now - YEAR:
        raise Refusal("called_at: the call is more than a year ago; check the year")
    return at


def _have_followed_up(s: Session, home: Family, call: EmergencyCall, policy: Policy, now: datetime) -> None:
    today = policy.today(now)
    role, to = _consultant(s, home, today)
    due = add_working_days(today, 0, policy.country)
    give(s, Question(FollowUpCall, role, about=call.ref, to=to, due=due), municipality=policy.key, now=now)


def _consultant(s: Session, home: Family, on: date) -> tuple[Role, str]:
    """The family's own; else another family-care consultant, else the leader: a call is always logged."""
    own = current_staff(s, home.municipality).get(home.consultant or "")
    if (
        own is not None
        and not own.has_left(on)
        and (role := next((role for role in CONSULTS if own.has_role(role)), None))
    ):
        return role, own.ref
    return first_there(s, (Role.FAMILY_CARE_CONSULTANT, Role.LEADER), home.municipality, on=on)


def followed_up(s: Session, task: GeneratedTask, answer: FollowUpCall, actor: Actor, now: datetime) -> None:
    """The answer itself stays with the task, encrypted."""
    audit(s, actor, "emergency call followed up", task.about or task.ref, now, on=answer.talked_on.isoformat())


def report_usage(municipality: str, today: date, now: datetime) -> Usage | None:
    """The month before, told to the leader once, also when nobody called; None where no line was open here."""
    policy, last = policy_of(municipality), today.replace(day=1) - timedelta(days=1)
    if not is_open(policy, last):
        return None
    of = month(f"{last:%Y-%m}")
    with reading() as s:
        began = began_on(s, municipality)
        if began is not None and of.last < began:
            return None
        called = calls_by_topic(s, municipality, _midnight(of.first, policy), _midnight(today.replace(day=1), policy))
    topics = {**dict.fromkeys(policy.value("emergency_line.topics", last), 0), **called}
    usage = Usage(f"{policy.prefix}-{of}", topics)
    with writing() as s:
        queue_to_role(
            s,
            Role.LEADER,
            lambda policy, site: usage_notice(usage, of, policy, site),
            about=usage.about,
            municipality=municipality,
            dedup=f"{usage.about}:emergency_usage",
            now=now,
        )
    wake_postman()
    return usage


def _midnight(day: date, policy: Policy) -> datetime:
    return instant(datetime.combine(day, time()), policy.timezone)


def usage_notice(usage: Usage, of: Month, policy: Policy, site: Site) -> Notice:
    texts = translator(policy.language)
    context = {
        "count": usage.calls,
        "month": month_name(of.first, policy.language),
        "topics": [(texts.gettext(topic.replace("_", " ")), count) for topic, count in usage.topics.items() if count],
        "rule": rule_in_words("V1", policy),
        "link": site.page("emergency-calls", usage.about),
    }
    return Notice("emergency_usage", context)
