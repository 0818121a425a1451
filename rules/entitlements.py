"""What all facts entitle to for one month: every line of every placement and network in the frames.

Frames (days are datetime64, unknown is NaT or NA, an unknown text is ""; whole numbers are Int64):

placements    placement, child, family, kind, start, end, birth_date, approved_from, approved_to (of the family):
              the municipality's own, whole families at once: "third child" needs them
terms         terms_ref, placement, terms_from, fees_tenths, board_lodging_ore, nights_per_month
stays         stay, placement, arrival, departure: not withdrawn; one without both days is left out
elsewhere     child, arrival, departure: the same children's respite stays with families outside `placements`
travel        claim, placement, driven_on, metres, purpose, agreed ("boolean"): not withdrawn
expenses      claim, placement, benefit, regime, applied_on, granted_on, documentation_on, amount_ore,
              granted_amount_ore: not withdrawn, of the whole calendar year and the one before
networks      network, family (the resource family's), started_on, approved_from, approved_to
network_homes network, joined_on, left_on
gatherings    gathering, network, held_on, kind, amount_ore: of the whole calendar year
rates         rate_ref, rate, band, rate_from, rate_to, rate_ore: of the country

Lines: placement (or network), family, component, source_key, quantity (thousandths of unit), unit, rate (text of the
amount, "" where none is known), rate_from, rate_ref, amount_ore, taxable, held ("" is payable), sources (JSON list of
references) and basis (JSON object; tasks.explain reads it). Unique by placement, component, source_key and taxable;
sorted by them.
"""

import json
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from rules.money import STEP
from rules.months import Month
from rules.nights import payable_nights
from rules.pay import respite_lines
from rules.policy import Policy
from rules.vocabulary import PlacementKind

LINE = ["placement", "family", "component", "source_key", "quantity", "unit", "rate", "rate_from", "rate_ref"]
LINE += ["amount_ore", "taxable", "held", "sources", "basis"]


class Facts(NamedTuple):
    placements: pd.DataFrame
    terms: pd.DataFrame
    stays: pd.DataFrame
    elsewhere: pd.DataFrame
    travel: pd.DataFrame
    expenses: pd.DataFrame
    networks: pd.DataFrame
    network_homes: pd.DataFrame
    gatherings: pd.DataFrame
    rates: pd.DataFrame


def entitled(facts: Facts, period: Month, policy: Policy, today: date) -> pd.DataFrame:
    """Raises RateMissing with every gap, PolicyMissing, and Refusals for two rate rows on one day."""
    respite = facts.placements.loc[facts.placements["kind"] == PlacementKind.RESPITE, "placement"]
    stays = facts.stays[facts.stays["placement"].isin(respite)].dropna(subset=["arrival", "departure"])
    counting = policy.value("payout.nights_rule", period.last)
    nights = payable_nights(stays, facts.placements.drop(columns="child"), facts.terms, period, counting)
    step = STEP[policy.value("payout.fee_rounding", period.last)]
    lines = respite_lines(nights, facts.rates, policy.country, step)
    return lines.assign(
        quantity=lines["nights"] * 1000,
        unit="night",
        rate=[
            f"{ore // 100}.{ore % 100:02}" if ref else ""
            for ore, ref in zip(lines["rate_ore"], lines["rate_ref"], strict=True)
        ],
        sources=[json.dumps(stays_) for stays_ in lines["sources"]],
        basis=[_basis(line) for line in lines.to_dict("records")],
    )[LINE]


def _basis(line: dict[Any, Any]) -> str:
    known = {name: int(line[name]) for name in ("fees_tenths", "board_lodging_ore") if not pd.isna(line[name])}
    refs = {"rate": line["rate_ref"], "band": line["band"], "terms": line["terms_ref"]}
    return json.dumps({"row": "R9", **refs, "nights": line["dates"], **known})
