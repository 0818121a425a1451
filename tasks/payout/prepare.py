"""A month's draft: what is entitled to since the ledger opened, minus the ledger (R9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from sqlmodel import Session

from data.pay import frames
from data.pay.batches import PLACEMENTS_AT_ONCE, Batch, batches
from data.pay.changes import read_to
from data.pay.frames import Asked
from data.pay.ledger import clear, held_lines, held_periods
from data.pay.ledger_bulk import append_lines, decisions, held_unchanged, paid_or_held
from data.pay.left_out import left_out
from data.pay.line_numbers import LineNumbers
from data.pay.pay_runs import closed_runs, drafts_of, last_of, one_at_a_time, open_draft
from data.policies import policy_of
from data.store.arrow import Opener, Writer, appending, snapshot, whole_frame
from data.store.audit import Actor, audit
from data.store.session import writing
from data.tables import PayRun
from rules.corrections import as_they_are, corrected
from rules.debtor import debtor_lacks
from rules.entitlements import entitled
from rules.incomplete import incomplete
from rules.months import Month, month
from rules.policy import Policy
from rules.rates import Gap, RateMissing
from rules.refusal import Refusal
from rules.rights import Right
from tasks.mail.postman import wake_postman
from tasks.payout.held import keep_tasks
from tasks.payout.not_known import not_known_yet
from tasks.payout.opening import opening
from tasks.payout.roles import refuse_unless_may
from tasks.payout.scope import UNCHANGED, Everybody, Scope, scope_of
from tasks.payout.wake import wake_month


@dataclass
class PaySummary:
    run: str
    lines: int = 0
    payable_ore: int = 0
    held_ore: int = 0
    held_lines: int = 0
    notices: list[str] = field(default_factory=list)
    """What was left out and what rests on an unconfirmed rate, a line each."""


def prepare_payout(municipality: str, period: str, *, actor: Actor, now: datetime) -> PaySummary:
    """Computes the month, and what changed about earlier ones, from the facts known at `now`; replaces the draft.

    Raises MonthClosed for a month that is approved or released, NotInLedger, RateMissing with every gap, and Refusal;
    nothing is changed then.
    """
    with writing() as s:
        wake_month(s, municipality, period, now)
        summary = prepare(s, municipality, period, actor=actor, now=now)
    wake_postman()
    return summary


def prepare(s: Session, municipality: str, period: str, *, actor: Actor, now: datetime) -> PaySummary:
    """As prepare_payout, in the caller's transaction."""
    policy, in_month = policy_of(municipality), month(period)
    refuse_unfinished(policy, in_month, now)
    refuse_unless_may(s, actor, Right.PREPARE_PAYOUT, municipality, now)
    one_at_a_time(s, municipality)
    with snapshot(s) as opened:
        opens, closed = opening(s, policy, in_month), closed_runs(s, municipality)
        run = open_draft(s, _draft(s, policy, in_month, actor, now, last_of(closed)))
        numbers = LineNumbers(s, opened, run)
        clear(s, run)
        stays_left_out = left_out(opened, municipality, in_month, now)
        summary = _Preparation(s, opened, policy, run, now, closed, numbers).write(_months(opens, in_month))
        summary.notices = stays_left_out() + summary.notices + _unexportable(policy, in_month)
    numbers.remember(s)
    summary.notices += _not_opened(s, run, opens)
    if not summary.lines:
        summary.notices += not_known_yet(s, policy, Month(opens.first, in_month.last), run)
    keep_tasks(s, run, opens, held_lines(s, run) if summary.held_lines else [], now)
    audit(s, actor, "payout.prepare", run.ref, now, lines=summary.lines, payable_ore=summary.payable_ore)
    return summary


def _unexportable(policy: Policy, in_month: Month) -> list[str]:
    """Told while there is time: a released month waits for these."""
    return [
        f"{policy.key}: the policy gives no {key}; without it the month's payments file can't be written"
        for key in debtor_lacks(policy, in_month.last)
    ]


def _not_opened(s: Session, run: PayRun, opens: Month) -> list[str]:
    """Drafts of months that would never be computed if this one were approved first."""
    return [
        f"{draft.ref} is a draft of an earlier month that this one doesn't hold: the ledger opens with the first month "
        "that is approved, earlier ones are never computed; approve that one first, or discard it"
        for draft in sorted(drafts_of(s, run.municipality), key=lambda draft: draft.payroll_month)
        if draft.payroll_month < str(opens)
    ]


def refuse_unfinished(policy: Policy, in_month: Month, now: datetime) -> None:
    if now.astimezone(ZoneInfo(policy.timezone)).date() <= in_month.last:
        after = in_month.last + timedelta(days=1)
        raise Refusal(f"{in_month} isn't over: nights are paid in arrears, prepare it from {after} on")


def _months(opens: Month, last: Month) -> list[Month]:
    months = [opens]
    while months[-1] < last:
        months.append(month(f"{months[-1].last + timedelta(days=1):%Y-%m}"))
    return months


def _draft(s: Session, policy: Policy, in_month: Month, actor: Actor, now: datetime, last: PayRun | None) -> PayRun:
    return PayRun(
        ref=f"{policy.prefix}-{in_month}",
        municipality=policy.key,
        payroll_month=str(in_month),
        known_at=now,
        read_to=read_to(s),
        follows=last.ref if last else None,
        prepared_at=now,
        prepared_by=actor.ref,
    )


class _Preparation:
    """Writes a draft's lines, a batch of families at a time."""

    def __init__(
        self,
        s: Session,
        opened: Opener,
        policy: Policy,
        run: PayRun,
        now: datetime,
        closed: Sequence[PayRun],
        numbers: LineNumbers,
    ) -> None:
        self.numbers = numbers
        self.s, self.opened, self.policy, self.run, self.now, self.closed = s, opened, policy, run, now, closed
        self.last = last_of(closed)
        self.today = now.astimezone(ZoneInfo(policy.timezone)).date()
        self.rates = frames.rates(s, policy.country, now)
        self.summary = PaySummary(run.ref)
        self.rates_used: set[str] = set()
        self.gaps: list[Gap] = []

    def write(self, months: list[Month]) -> PaySummary:
        scopes = {str(each): scope_of(self.s, self.policy, each, self.closed) for each in months}
        for each in months:
            if scopes[str(each)] is not UNCHANGED:
                self._compute(each, scopes[str(each)])
        if self.gaps:
            raise RateMissing(merged(self.gaps))
        for period in held_periods(self.s, self.last) if self.last else []:
            self._carry(period, scopes.get(period, UNCHANGED))
        self.summary.notices = self._unconfirmed()
        return self.summary

    def _compute(self, in_month: Month, scope: Scope) -> None:
        asked = Asked(self.policy.key, in_month, self.now, scope.families)
        about = (self.policy.key, str(in_month))
        before = {
            "ledger": paid_or_held(*about, self.last.ref if self.last else "", scope.families),
            "decisions": decisions(*about, scope.families),
        }
        with appending(self.s) as write:
            for batch in batches(self.opened, asked, self.rates, before):
                lines = self._lines(batch, in_month)
                if lines is not None and not self.gaps:
                    self._append(write, str(in_month), lines)

    def _lines(self, batch: Batch, in_month: Month) -> pd.DataFrame | None:
        try:
            lines = entitled(batch.facts, in_month, self.policy, self.today)
        except RateMissing as missing:
            self.gaps += missing.gaps
            return None
        self.rates_used.update(lines["rate_ref"].dropna().unique())
        if batch.before["ledger"].empty and batch.before["decisions"].empty:
            return as_they_are(lines)
        return corrected(lines, **batch.before, lacking=incomplete(batch.facts))

    def _carry(self, period: str, scope: Scope) -> None:
        """What the last closed run held goes on being held where nothing has changed."""
        if self.last is None or isinstance(scope, Everybody):
            return
        held = self.opened(held_unchanged(self.policy.key, period, self.last.ref, scope.families))
        more: str | None = ""
        with appending(self.s) as write:
            while more is not None:
                rows, more = held.take(PLACEMENTS_AT_ONCE)
                lines = whole_frame(rows)
                since = lines["carried_from"].where(lines["carried_from"] != "", lines["id"])
                self._append(write, period, lines.assign(carried_from=since, decision=""))

    def _append(self, write: Writer, period: str, lines: pd.DataFrame) -> None:
        summary, held = self.summary, lines["held"] != ""
        append_lines(write, self.run, period, lines, self.numbers.of(period, lines))
        summary.lines += len(lines)
        summary.payable_ore += int(lines.loc[~held, "amount_ore"].sum())
        summary.held_ore += int(lines.loc[held, "amount_ore"].sum())
        summary.held_lines += int(held.sum())

    def _unconfirmed(self) -> list[str]:
        unconfirmed = self.rates.loc[self.rates["rate_status"] == "unconfirmed", "rate_ref"]
        return [
            f"{ref}: this rate is unconfirmed by its source; compare it with the municipality's own table"
            for ref in sorted(self.rates_used & set(unconfirmed))
        ]


def merged(gaps: list[Gap]) -> list[Gap]:
    """One a rate and band for days that follow on each other or overlap."""
    spans: dict[tuple[str, str, str], list[Gap]] = {}
    for gap in sorted(gaps, key=lambda gap: gap.first):
        found = spans.setdefault((gap.country, gap.rate, gap.band), [])
        if found and gap.first <= found[-1].last + timedelta(days=1):
            found[-1] = found[-1]._replace(last=max(found[-1].last, gap.last))
        else:
            found.append(gap)
    return [gap for key in dict.fromkeys(gap[:3] for gap in gaps) for gap in spans[key]]
