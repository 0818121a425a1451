"""J1: which attests a household needs, and which are too old."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from rules.ages import ADULT, age, turns
from rules.refusal import Refusal


class Attest(StrEnum):
    CRIMINAL_RECORD = "criminal_record"
    CHILD_ATTEST = "child_attest"


class Member(NamedTuple):
    ref: str
    birth_date: date


class Need(NamedTuple):
    member: str
    attest: Attest


class BirthDateUnknown(Refusal):
    def __init__(self, members: list[str]) -> None:
        self.members = members
        super().__init__(
            f"no birth date is known of {', '.join(members)}, so nobody can say which attests are needed; "
            "give it in the sheet household and import it"
        )


def needed(household: Iterable[Member], on: date, child_attest_age: int) -> list[Need]:
    """A criminal record of every adult, a child-protection attest of everyone from `child_attest_age`, on that day."""
    needs = []
    for member in household:
        years = age(member.birth_date, on)
        if years >= ADULT:
            needs.append(Need(member.ref, Attest.CRIMINAL_RECORD))
        if years >= child_attest_age:
            needs.append(Need(member.ref, Attest.CHILD_ATTEST))
    return needs


def lacking(needs: Iterable[Need], issued: Mapping[Need, date], on: date, validity_days: int) -> list[Need]:
    """The needs without an attest, or with one that is older than `validity_days` on that day."""
    oldest = on - timedelta(days=validity_days)
    return [need for need in needs if need not in issued or issued[need] < oldest]


def next_birthday_that_matters(household: Iterable[Member], after: date, child_attest_age: int) -> date | None:
    """The next day on which somebody in the household reaches the age for a child-protection attest."""
    days = (turns(member.birth_date, child_attest_age) for member in household)
    return min((day for day in days if day > after), default=None)
