"""What all facts entitle to for one month: every line of every placement and network in the frames.

Frames (days are datetime64, unknown is NaT or NA, an unknown text is ""; whole numbers are Int64):

placements    placement, child, family, kind, start, end, birth_date, aftercare_until (its last day), emergency_from (a
              move-in before the approval): those the municipality decided on, whole families at once: "third child"
              needs them
approvals     family, approved_from, approved_to (last day; NaT while it lasts): every period of these families
terms         terms_ref, placement, terms_from, fees_tenths, board_lodging_ore, nights_per_month
stays         stay, placement, arrival, departure: not withdrawn; one without both is held in the month of the other
elsewhere     child, arrival, departure: the same children's respite stays with families outside `placements`
travel        claim, placement, driven_on, metres, purpose, agreed ("boolean"), reported_on, let_through_on: not
              withdrawn
expenses      claim, placement, benefit, regime, applied_on, granted_on, spent_on, documentation_on, let_through_on,
              amount_ore, granted_amount_ore: not withdrawn, all of these placements (a year's sum, a fee granted
              before)
costs_elsewhere  as expenses, with child, start, end and birth_date: the same children's free costs with other families
paid_claims   about (placement or network), period, source_key, paid_ore: what closed runs paid of free costs and
              gatherings of the year, but for what somebody decided
networks      network, family (the resource family's), started_on, ended_on (the last day)
network_homes network, home, joined_on, left_on
gatherings    gathering, network, held_on, kind, amount_ore: of the whole calendar year
rates         rate_ref, rate, band, rate_from, rate_to, rate_ore: of the country

Lines: placement (or network), family, component, source_key, quantity (thousandths of unit), unit, rate (text of the
amount, "" where none is known), rate_from, rate_ref, amount_ore, taxable, held ("" is payable), sources (JSON list of
references) and basis (JSON object, read by tasks.explained.lines). Unique by placement, component, source_key and
taxable, in an order that doesn't depend on the frames' order. Texts with few different values are categories.

A claim belongs to the month in which it became payable, a journey and a gathering to the day's. Values of the policy
are those in force on the month's last day.
"""

from datetime import date
from itertools import accumulate
from typing import NamedTuple

import pandas as pd

from rules.components.claims import of_placements, said
from rules.components.danish import danish
from rules.components.expenses import expenses
from rules.components.gatherings import gatherings
from rules.components.lines import Coded, Names, as_frame
from rules.components.month_rates import MonthRates
from rules.components.norwegian import network_support, norwegian
from rules.components.open_stays import open_stays, without_an_end
from rules.components.presence import presence
from rules.components.stays import counting
from rules.components.travel import travel
from rules.months import Month
from rules.policy import Policy


class Facts(NamedTuple):
    placements: pd.DataFrame
    approvals: pd.DataFrame
    terms: pd.DataFrame
    stays: pd.DataFrame
    elsewhere: pd.DataFrame
    travel: pd.DataFrame
    expenses: pd.DataFrame
    costs_elsewhere: pd.DataFrame
    paid_claims: pd.DataFrame
    networks: pd.DataFrame
    network_homes: pd.DataFrame
    gatherings: pd.DataFrame
    rates: pd.DataFrame


class Claims(NamedTuple):
    """By reference and numbered through, as lines name them."""

    travel: pd.DataFrame
    expenses: pd.DataFrame
    gatherings: pd.DataFrame
    stays: pd.DataFrame
    """Of which one end isn't known."""


def entitled(facts: Facts, period: Month, policy: Policy, today: date) -> pd.DataFrame:
    """Raises RateMissing with every gap, PolicyMissing, and Refusals for two rate rows on one day."""
    rates = MonthRates(facts.rates, policy.country, period)
    by = counting(policy, period)
    known = presence(facts.placements, facts.approvals, facts.terms, facts.stays, facts.elsewhere, period, today, by)
    networks = facts.networks.sort_values("network", ignore_index=True)
    claims, after_placements = _claims(facts, known.placements, networks), len(known.placements)
    lines = _claimed(facts, claims, networks, after_placements, rates, period, policy, today)
    if policy.country == "NO":
        lines += norwegian(known, rates, period, policy)
        lines.append(network_support(networks, facts.approvals, after_placements, rates, period, policy))
    else:
        lines += danish(known, rates, period, policy)
    rates.refuse_gaps()
    return as_frame(lines, _names(known.placements, networks, claims), known, rates)


def _claims(facts: Facts, placements: pd.DataFrame, networks: pd.DataFrame) -> Claims:
    number = pd.Index(networks["network"]).get_indexer(pd.Index(facts.gatherings["network"]))
    held = facts.gatherings.assign(network_no=number)[number >= 0].sort_values("gathering", ignore_index=True)
    stays = without_an_end(facts.stays, placements)
    found = Claims(of_placements(facts.travel, placements), of_placements(facts.expenses, placements), held, stays)
    before = [0, *accumulate(len(claims) for claims in found)]
    return Claims(*(claims.assign(nth=claims.index + first) for claims, first in zip(found, before, strict=False)))


def _claimed(
    facts: Facts,
    claims: Claims,
    networks: pd.DataFrame,
    after_placements: int,
    rates: MonthRates,
    period: Month,
    policy: Policy,
    today: date,
) -> list[Coded]:
    lines = []
    if len(claims.travel):
        lines.append(travel(claims.travel, rates, period, policy, today))
    if len(claims.expenses):
        lines.append(expenses(claims.expenses, facts.costs_elsewhere, facts.paid_claims, period, policy, today))
    if len(claims.gatherings):
        networked = (claims.gatherings, networks, facts.network_homes, facts.paid_claims, after_placements)
        lines.append(gatherings(*networked, period, policy, today))
    if len(claims.stays):
        lines.append(open_stays(claims.stays, period, policy))
    return lines


def _names(placements: pd.DataFrame, networks: pd.DataFrame, claims: Claims) -> Names:
    refs = [claims.travel["claim"], claims.expenses["claim"], claims.gatherings["gathering"], claims.stays["claim"]]
    words = [
        said(claims.travel, ["purpose"]),
        said(claims.expenses, ["benefit", "regime"]),
        said(claims.gatherings, ["kind"]),
        pd.Series("", index=claims.stays.index, dtype="str"),
    ]
    return Names(
        subjects=_stacked([placements["placement"], networks["network"]]),
        families=_stacked([placements["family"], networks["family"]]),
        claims=_stacked(refs),
        claims_said=_stacked(words),
    )


def _stacked(columns: list[pd.Series]) -> pd.Series:
    return pd.concat([column.astype("str") for column in columns], ignore_index=True)
