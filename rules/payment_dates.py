"""The day a payroll month's money is in the account (R9)."""

from datetime import date, timedelta

from rules.calendar import add_working_days, is_bank_day
from rules.months import Month, month, month_before, months_through
from rules.policy import Policy

A_DAY = timedelta(days=1)


def payment_date(in_month: Month, policy: Policy) -> date:
    """Nights are paid in arrears: a bank day of the month after, as the policy in force there says."""
    paying = month(f"{in_month.last + A_DAY:%Y-%m}")
    agreed = policy.value("payout.payment_day", paying.first)
    wanted = paying.last if agreed == "last_bank_day" else paying.first.replace(day=agreed)
    # never so early that the month isn't over: it can't be computed by then
    return _latest_bank_day(wanted, paying.first, policy.country) or first_bank_day(paying.first, policy.country)


def first_prepared_too_late(policy: Policy, on: date) -> Month | None:
    """Of the year from then on: the first that can't be approved by its payment date, as the policy of `on` says."""
    day, days = (policy.value(f"payout.{key}", on) for key in ("prepared_on", "deadline.payout_approval"))
    this = month(f"{on:%Y-%m}")
    for paying in months_through(this, month(f"{on.year + 1}-{on.month:02}")):
        prepared = paying.first.replace(day=day)
        if add_working_days(prepared, days, policy.country) > payment_date(month_before(prepared), policy):
            return month_before(prepared)
    return None


def paid_on(in_month: Month, released_on: date, policy: Policy) -> date:
    """The payment date, or the first bank day from the release on where that came too late for it."""
    return max(payment_date(in_month, policy), first_bank_day(released_on, policy.country))


def first_bank_day(day: date, country: str) -> date:
    """That day or the next one on which banks settle."""
    while not is_bank_day(day, country):
        day += A_DAY
    return day


def bank_day_before(day: date, country: str) -> date:
    """The last one that is earlier."""
    day -= A_DAY
    while not is_bank_day(day, country):
        day -= A_DAY
    return day


def _latest_bank_day(day: date, earliest: date, country: str) -> date | None:
    while day >= earliest and not is_bank_day(day, country):
        day -= A_DAY
    return day if day >= earliest else None
