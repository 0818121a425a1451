"""A caseload said in a few words, as the facts that the rules take, and lines said in one line each."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from data.policies import policy_of
from data.rates import FOLDER
from rules.entitlements import Facts, entitled
from rules.months import month
from rules.policy import Policy, PolicyValue

Rows = Iterable[Mapping[str, Any]]
DAY, WHOLE, TEXT = "day", "whole", "text"
PLACEMENT = {"ref": TEXT, "child": TEXT, "family": TEXT, "kind": TEXT, "start": DAY, "end": DAY, "born": DAY}
PLACEMENT |= {"emergency_from": DAY, "aftercare_until": DAY}
APPROVAL = {"family": TEXT, "from": DAY, "to": DAY}
TERMS = {"ref": TEXT, "placement": TEXT, "since": DAY, "fees": WHOLE, "board_lodging": WHOLE, "nights": WHOLE}
STAY = {"ref": TEXT, "of": TEXT, "from": DAY, "to": DAY}
ELSEWHERE = {"child": TEXT, "from": DAY, "to": DAY}
TRAVEL = {"ref": TEXT, "of": TEXT, "on": DAY, "metres": WHOLE, "purpose": TEXT, "agreed": "yes or no"}
TRAVEL |= {"reported": DAY, "let_through": DAY}
EXPENSE = {"ref": TEXT, "of": TEXT, "benefit": TEXT, "regime": TEXT, "applied": DAY, "granted": DAY, "documented": DAY}
EXPENSE |= {"spent": DAY, "let_through": DAY}
EXPENSE |= {"amount": WHOLE, "granted_amount": WHOLE}
NETWORK = {"ref": TEXT, "family": TEXT, "since": DAY, "ended": DAY}
HOME = {"network": TEXT, "home": TEXT, "joined": DAY, "left": DAY}
ELSEWHERE_COST = EXPENSE | {"child": TEXT, "start": DAY, "end": DAY, "born": DAY}
PAID = {"of": TEXT, "month": TEXT, "claim": TEXT, "amount": WHOLE}
GATHERING = {"ref": TEXT, "of": TEXT, "on": DAY, "kind": TEXT, "amount": WHOLE}
AS_FACTS_SAY = {
    "placements": {"ref": "placement", "born": "birth_date"},
    "approvals": {"from": "approved_from", "to": "approved_to"},
    "terms": {"ref": "terms_ref", "since": "terms_from", "fees": "fees_tenths", "board_lodging": "board_lodging_ore"},
    "stays": {"ref": "stay", "of": "placement", "from": "arrival", "to": "departure"},
    "elsewhere": {"from": "arrival", "to": "departure"},
    "travel": {"ref": "claim", "of": "placement", "on": "driven_on", "reported": "reported_on"},
    "expenses": {"ref": "claim", "of": "placement", "applied": "applied_on", "granted": "granted_on"},
    "networks": {"ref": "network", "since": "started_on", "ended": "ended_on"},
    "network_homes": {"joined": "joined_on", "left": "left_on"},
    "paid_claims": {"of": "about", "month": "period", "claim": "source_key", "amount": "paid_ore"},
    "gatherings": {"ref": "gathering", "of": "network", "on": "held_on", "amount": "amount_ore"},
}
AS_FACTS_SAY["terms"]["nights"] = "nights_per_month"
AS_FACTS_SAY["expenses"] |= {"documented": "documentation_on", "amount": "amount_ore"}
AS_FACTS_SAY["expenses"] |= {"granted_amount": "granted_amount_ore", "spent": "spent_on"}
AS_FACTS_SAY["expenses"]["let_through"] = AS_FACTS_SAY["travel"]["let_through"] = "let_through_on"
AS_FACTS_SAY["costs_elsewhere"] = AS_FACTS_SAY["expenses"] | {"born": "birth_date"}


@cache
def shipped_rates(country: str = "DK") -> pd.DataFrame:
    rates = pd.read_csv(FOLDER / f"{country.lower()}.csv", keep_default_na=False, dtype=str)
    ref = rates["country"] + "/" + rates["rate"] + "/" + rates["band"] + "/" + rates["valid_from"]
    return pd.DataFrame(
        {
            "rate_ref": ref,
            "rate": rates["rate"],
            "band": rates["band"],
            "rate_from": _column(rates["valid_from"], DAY),
            "rate_to": _column(rates["valid_to"].replace("", None), DAY),
            "rate_ore": (rates["amount"].astype(float) * 100).round().astype("int64"),
        }
    )


def facts_of(case: Mapping[str, Any], rates: pd.DataFrame) -> Facts:
    """What a case doesn't say is usual: respite in one family, agreed driving, a home of 2020."""
    homes = [{"kind": "respite", "family": "F1", "child": f"of {row['ref']}", **row} for row in case["placements"]]
    networks = [{"family": "F1", **row} for row in case.get("networks", [])]
    return Facts(
        placements=_frame("placements", PLACEMENT, homes),
        approvals=_frame("approvals", APPROVAL, _approvals(case, [*homes, *networks])),
        terms=_frame("terms", TERMS, _terms(homes)),
        stays=_frame("stays", STAY, _numbered("N", case.get("stays", []))),
        elsewhere=_frame("elsewhere", ELSEWHERE, case.get("elsewhere", [])),
        travel=_frame("travel", TRAVEL, _numbered("K", [_in_metres(row) for row in case.get("travel", [])])),
        expenses=_frame("expenses", EXPENSE, _numbered("E", [_in_ore(row) for row in case.get("expenses", [])])),
        costs_elsewhere=_frame(
            "costs_elsewhere",
            ELSEWHERE_COST,
            _numbered("EE", [_in_ore(row) for row in case.get("costs_elsewhere", [])]),
        ),
        paid_claims=_frame("paid_claims", PAID, [_in_ore(row) for row in case.get("paid", [])]),
        networks=_frame("networks", NETWORK, networks),
        network_homes=_frame("network_homes", HOME, _homes(networks)),
        gatherings=_frame(
            "gatherings", GATHERING, _numbered("G", [_in_ore(row) for row in case.get("gatherings", [])])
        ),
        rates=rates,
    )


def lines_of(case: Mapping[str, Any], rates: pd.DataFrame | None = None) -> pd.DataFrame:
    of = _with(policy_of(case.get("municipality", "randers")), case.get("policy", {}))
    period = month(case["month"])
    today = date.fromisoformat(str(case.get("today", period.last + timedelta(days=1))))
    return entitled(facts_of(case, shipped_rates(of.country) if rates is None else rates), period, of, today)


def said(lines: pd.DataFrame) -> list[str]:
    return [
        f"{line.placement} {line.component} {line.quantity / 1000:g} "
        + ("" if line.unit == "night" else f"{line.unit} ")
        + f"{'x ' + line.rate + ' ' if line.rate else ''}= {line.amount_ore / 100:.2f}"
        + (" taxable" if line.taxable else "")
        + (f" held: {line.held}" if line.held else "")
        for line in lines.itertuples()
    ]


def _with(of: Policy, more: Mapping[str, Any]) -> Policy:
    """By key: a value that holds from 2019 on, or values with the day from which each does."""
    values = {
        key: tuple(
            PolicyValue(row["value"], row["from"], "R9")
            for row in ([{"value": said_, "from": date(2019, 1, 1)}] if _is_value(said_) else said_)
        )
        for key, said_ in more.items()
    }
    return replace(of, values={**of.values, **values})


def _is_value(said_: Any) -> bool:
    return not isinstance(said_, list) or not isinstance(said_[0], dict)


def _terms(homes: Rows) -> list[dict[str, Any]]:
    rows = [
        {"placement": home["ref"], "since": "2019-01-01", **given}
        for home in homes
        for given in home.get("terms", [{"fees": home.get("fees", 1)}])
    ]
    return [_in_ore(row) | {"ref": f"{row['placement']}/{row['since']}"} for row in rows]


def _approvals(case: Mapping[str, Any], of_families: Rows) -> list[dict[str, Any]]:
    """Where the case lists them, no family has others; else each has one, from as long ago as anybody remembers."""
    if "approvals" in case:
        return [{"family": "F1", **row} for row in case["approvals"]]
    found = {}
    for row in of_families:
        usual = {"from": row.get("approved_from", "2000-01-01"), "to": row.get("approved_to")}
        found.setdefault(row["family"], {"family": row["family"], **usual})
    return list(found.values())


def _homes(networks: Rows) -> list[dict[str, Any]]:
    return [
        {"network": row["ref"], "home": f"H{number}", "joined": "2020-01-01", **home}
        for row in networks
        for number, home in enumerate(row["homes"], 1)
    ]


def _numbered(letter: str, rows: Rows) -> list[dict[str, Any]]:
    return [{"ref": f"{letter}{number}", **row} for number, row in enumerate(rows, 1)]


def _in_metres(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"agreed": True, **row} | ({"metres": round(row["km"] * 1000)} if "km" in row else {})


def _in_ore(row: Mapping[str, Any]) -> dict[str, Any]:
    """Fees in tenths as well."""
    times = {"amount": 100, "granted_amount": 100, "board_lodging": 100, "fees": 10}
    return dict(row) | {name: round(row[name] * many) for name, many in times.items() if row.get(name) is not None}


def _frame(sheet: str, columns: Mapping[str, str], rows: Rows) -> pd.DataFrame:
    said_ = list(rows)
    frame = pd.DataFrame({name: _column([row.get(name) for row in said_], kind) for name, kind in columns.items()})
    return frame.rename(columns=AS_FACTS_SAY[sheet])


def _column(values: Iterable[Any], kind: str) -> pd.Series:
    if kind == DAY:
        return pd.Series(np.array([value or None for value in values], dtype="datetime64[s]"))
    if kind == TEXT:
        return pd.Series([value or "" for value in values], dtype="str")
    return pd.Series(
        [None if value == "" else value for value in values], dtype="Int64" if kind == WHOLE else "boolean"
    )
