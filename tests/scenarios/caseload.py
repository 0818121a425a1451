"""A caseload said in a few words, as the frames that the rules take, and lines said in one line each."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from data.rates import FOLDER
from rules.months import month
from rules.nights import payable_nights
from rules.pay import respite_lines

TO_THE_ORE = 1
NOT_SAID: dict[str, Any] = {"family": "F1", "kind": "respite", "start": None, "end": None, "born": None}
NOT_SAID |= {"approved_from": None, "approved_to": None}


def shipped_rates() -> pd.DataFrame:
    rates = pd.read_csv(FOLDER / "dk.csv", keep_default_na=False, dtype=str)
    ref = rates["country"] + "/" + rates["rate"] + "/" + rates["band"] + "/" + rates["valid_from"]
    return pd.DataFrame(
        {
            "rate_ref": ref,
            "rate": rates["rate"],
            "band": rates["band"],
            "rate_from": _days(rates["valid_from"]),
            "rate_to": _days(rates["valid_to"].replace("", None)),
            "rate_ore": (rates["amount"].astype(float) * 100).round().astype("int64"),
        }
    )


def placements(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    said = [NOT_SAID | dict(row) for row in rows]
    frame = pd.DataFrame({name: [row[name] for row in said] for name in ("ref", "family", "kind")}, dtype="str")
    for column, word in {"start": "start", "end": "end", "birth_date": "born"}.items():
        frame[column] = _days([row[word] for row in said])
    for column in ("approved_from", "approved_to"):
        frame[column] = _days([row[column] for row in said])
    return frame.rename(columns={"ref": "placement"})


def terms(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    said = [
        {"placement": row["ref"], "since": "2019-01-01", "fees": None, "board_lodging": None, "nights": None} | given
        for row in rows
        for given in row.get("terms", [{"fees": row.get("fees", 1)}])
    ]
    return pd.DataFrame(
        {
            "terms_ref": pd.Series([f"{row['placement']}/{row['since']}" for row in said], dtype="str"),
            "placement": pd.Series([row["placement"] for row in said], dtype="str"),
            "terms_from": _days([row["since"] for row in said]),
            "fees_tenths": _whole([row["fees"] for row in said], 10),
            "board_lodging_ore": _whole([row["board_lodging"] for row in said], 100),
            "nights_per_month": _whole([row["nights"] for row in said], 1),
        }
    )


def stays(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    said = list(rows)
    return pd.DataFrame(
        {
            "stay": pd.Series([f"N{n}" for n, _ in enumerate(said, 1)], dtype="str"),
            "placement": pd.Series([row["of"] for row in said], dtype="str"),
            "arrival": _days([row["from"] for row in said]),
            "departure": _days([row["to"] for row in said]),
        }
    )


def lines_of(
    period: str,
    homes: Iterable[Mapping[str, Any]],
    stayed: Iterable[Mapping[str, Any]],
    rates: pd.DataFrame | None = None,
) -> pd.DataFrame:
    homes = list(homes)
    nights = payable_nights(stays(stayed), placements(homes), terms(homes), month(period), "overnights")
    return respite_lines(nights, shipped_rates() if rates is None else rates, "DK", TO_THE_ORE)


def said(lines: pd.DataFrame) -> list[str]:
    return [
        f"{line.placement} {line.component} {line.nights} x {line.rate_ore / 100:.2f} = {line.amount_ore / 100:.2f}"
        + (" taxable" if line.taxable else "")
        + (f" held: {line.held}" if line.held else "")
        for line in lines.itertuples()
    ]


def _days(values: Any) -> pd.Series:
    return pd.Series(np.array(list(values), dtype="datetime64[s]"))


def _whole(values: list[float | None], times: int) -> pd.Series:
    return pd.Series([None if value is None else round(value * times) for value in values], dtype="Int64")
