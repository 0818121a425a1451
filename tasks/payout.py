"""The month's pay: computed from what is known, written as a draft (R9)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlmodel import Session

from data import frames
from data.audit import Actor, audit
from data.facts import current
from data.ledger import open_draft, replace_lines
from data.policies import policy
from data.session import writing
from data.tables import LineStatus, PayRun, Staff
from rules.money import STEP
from rules.months import Month, month
from rules.nights import payable_nights
from rules.pay import respite_lines
from rules.policy import Policy
from rules.refusal import Refusal
from rules.vocabulary import PlacementKind, Role

MAY_PREPARE = (Role.PAYROLL, Role.ADMINISTRATION)


@dataclass(frozen=True)
class PaySummary:
    run: str
    lines: int
    payable_ore: int
    held_ore: int
    held_lines: int
    notices: list[str]
    """What was left out and what rests on an unconfirmed rate, a line each."""


def prepare_payout(municipality: str, period: str, *, actor: Actor, now: datetime) -> PaySummary:
    """Computes the month from the facts known at `now` and replaces the draft's lines by it.

    Raises MonthClosed for a month that is approved or released, RateMissing with every gap, and Refusal; nothing is
    changed then.
    """
    rules, in_month = policy(municipality), month(period)
    _refuse_unfinished(rules, in_month, now)
    with writing() as s:
        _refuse_unless_payroll(s, actor, municipality)
        run = open_draft(s, _draft(rules, in_month, actor, now))
        known = _read(s, rules, in_month, now)
        lines = _compute(known, rules, in_month)
        replace_lines(s, run, _ledger_lines(lines, in_month))
        summary = _summary(run, lines, _left_out(known) + _unconfirmed(lines, known.rates))
        audit(s, actor, "payout.prepare", run.ref, now, lines=summary.lines, payable_ore=summary.payable_ore)
    return summary


def _refuse_unfinished(rules: Policy, in_month: Month, now: datetime) -> None:
    if rules.country != "DK":
        raise Refusal(f"{rules.key}: only respite by Danish rates is computed so far; nothing was computed")
    if now.astimezone(ZoneInfo(rules.timezone)).date() <= in_month.last:
        after = in_month.last + timedelta(days=1)
        raise Refusal(f"{in_month} isn't over: nights are paid in arrears, prepare it from {after} on")
    if "payout.ledger_from" in rules.values and str(in_month) < rules.value("payout.ledger_from", in_month.last):
        raise Refusal(f"{rules.key}: the ledger opens later than {in_month} (payout.ledger_from in its policy)")


def _refuse_unless_payroll(s: Session, actor: Actor, municipality: str) -> None:
    staff = current(s, Staff, actor.ref)
    if staff.municipality != municipality or not any(staff.has_role(role) for role in MAY_PREPARE):
        raise Refusal(
            f"{actor.ref} may not prepare the payout of {municipality}; "
            f"it takes the role {' or '.join(MAY_PREPARE)} there (sheet staff)"
        )


def _draft(rules: Policy, in_month: Month, actor: Actor, now: datetime) -> PayRun:
    return PayRun(
        ref=f"{rules.prefix}-{in_month}",
        municipality=rules.key,
        payroll_month=str(in_month),
        known_at=now,
        prepared_at=now,
        prepared_by=actor.ref,
    )


@dataclass(frozen=True)
class Known:
    stays: pd.DataFrame
    placements: pd.DataFrame
    terms: pd.DataFrame
    rates: pd.DataFrame


def _read(s: Session, rules: Policy, in_month: Month, now: datetime) -> Known:
    return Known(
        frames.stays(s, rules.key, in_month, now),
        frames.placements(s, rules.key, now),
        frames.terms(s, rules.key, in_month, now),
        frames.rates(s, rules.country, now),
    )


def _compute(known: Known, rules: Policy, in_month: Month) -> pd.DataFrame:
    respite = known.placements.loc[known.placements["kind"] == PlacementKind.RESPITE, "placement"]
    stays = known.stays.dropna(subset=["arrival", "departure"])
    counting = rules.value("payout.nights_rule", in_month.last)
    nights = payable_nights(stays[stays["placement"].isin(respite)], known.placements, known.terms, in_month, counting)
    return respite_lines(nights, known.rates, rules.country, STEP[rules.value("payout.fee_rounding", in_month.last)])


def _ledger_lines(lines: pd.DataFrame, in_month: Month) -> Iterator[dict[str, Any]]:
    for line in lines.to_dict("records"):
        held = line["held"] or None
        yield {
            "period": str(in_month),
            "subject": line["placement"],
            "family": line["family"],
            "component": line["component"],
            "source_key": line["source_key"],
            "quantity": line["nights"] * 1000,
            "unit": "night",
            "rate": f"{line['rate_ore'] // 100}.{line['rate_ore'] % 100:02}" if line["rate_ref"] else "",
            "rate_from": line["rate_from"].date() if line["rate_ref"] else None,
            "amount_ore": line["amount_ore"],
            "taxable": line["taxable"],
            "status": LineStatus.HELD if held else LineStatus.PAYABLE,
            "held_because": held,
            "sources": line["sources"],
            "basis": _basis(line),
        }


def _basis(line: Mapping[Any, Any]) -> dict[str, Any]:
    known = {name: None if pd.isna(line[name]) else int(line[name]) for name in ("fees_tenths", "board_lodging_ore")}
    return {
        "row": "R9",
        "rate": line["rate_ref"],
        "band": line["band"],
        "terms": line["terms_ref"],
        "nights": line["dates"],
        **known,
    }


def _left_out(known: Known) -> list[str]:
    stays = known.stays.merge(known.placements[["placement", "kind"]], on="placement")
    undated = stays["arrival"].isna() | stays["departure"].isna()
    backwards = stays["departure"] < stays["arrival"]
    elsewhere = stays["kind"] != PlacementKind.RESPITE
    return [
        f"{stay}: {why}"
        for rows, why in (
            (undated, "not paid until both arrival and departure are reported (sheet nights)"),
            (backwards, "not paid: its departure is before its arrival (sheet nights)"),
            (elsewhere, "not paid as a respite stay: its placement is of another kind (sheet placements)"),
        )
        for stay in sorted(stays.loc[rows, "stay"])
    ]


def _unconfirmed(lines: pd.DataFrame, rates: pd.DataFrame) -> list[str]:
    unconfirmed = rates.loc[rates["rate_status"] == "unconfirmed", "rate_ref"]
    used = sorted(set(lines["rate_ref"]) & set(unconfirmed))
    return [
        f"{ref}: this rate is unconfirmed by its source; compare it with the municipality's own table" for ref in used
    ]


def _summary(run: PayRun, lines: pd.DataFrame, notices: list[str]) -> PaySummary:
    held = lines["held"] != ""
    return PaySummary(
        run=run.ref,
        lines=len(lines),
        payable_ore=int(lines.loc[~held, "amount_ore"].sum()),
        held_ore=int(lines.loc[held, "amount_ore"].sum()),
        held_lines=int(held.sum()),
        notices=notices,
    )
