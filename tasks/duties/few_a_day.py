"""While a municipality settles in, nobody is asked for more a day because of what recurs than its policy says."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel import Session

from data.beginnings import began_on
from data.errands import Asked
from rules.duties.span import Span
from rules.policy import Policy
from tasks.cases.assign import Desk, NobodyToAsk
from tasks.cases.errands import Errand


def few_a_day(
    s: Session, policy: Policy, wanted: Sequence[Errand], given: Iterable[Asked], today: date
) -> list[Errand]:
    """The soonest due, and what has no time left: that says no day of its own. The others wait for another morning.

    `given` is what was asked before, also today.
    """
    began = began_on(s, policy.key)
    if began is None or today >= Span(months=policy.value("beginning.settles_within_months", today)).after(began):
        return list(wanted)
    most, desk = policy.value("beginning.asked_a_day", today), Desk(s, policy.key, today)
    asked = Counter(errand.assignee for errand in given if policy.today(errand.issued_at) == today)
    kept = []
    for errand in sorted(wanted, key=lambda errand: (errand.question.due or today, errand.question.step)):
        whom = _whom(desk, errand)
        if errand.question.due is None or whom is None or asked[whom] < most:
            kept.append(errand)
            asked[whom or ""] += 1
    return kept


def _whom(desk: Desk, errand: Errand) -> str | None:
    """As it will be handed out."""
    try:
        return errand.question.to or desk.hand(errand.question.of, prefer=errand.prefer)
    except NobodyToAsk:
        return None
