"""What was paid for and isn't fully known any more: unknown is no debt, so it waits."""

import json

import numpy as np
import pandas as pd

from rules.entitlements import Facts
from rules.holds import OPEN, UNKNOWN_DAYS, Hold
from rules.matters import BY_CLAIM, NET, among
from rules.vocabulary import PlacementKind, Regime

COMPONENT = ["placement", "family", "component"]


def incomplete(facts: Facts) -> pd.DataFrame:
    """placement (or network), family, source: facts of which no line says that they lack what they are paid by. An
    empty source is the days of the placement or network themselves."""
    homes, networks = facts.placements, facts.networks
    no_start = homes[homes["start"].isna() & homes["kind"].ne(PlacementKind.RESPITE)]
    themselves = [
        no_start[["placement", "family"]].assign(source=""),
        networks.loc[networks["started_on"].isna(), ["network", "family"]]
        .set_axis(["placement", "family"], axis=1)
        .assign(source=""),
    ]
    gatherings = facts.gatherings.rename(columns={"gathering": "source", "network": "placement"})
    of_networks = networks[["network", "family"]].set_axis(["placement", "family"], axis=1)
    lacking = gatherings[["held_on", "amount_ore"]].isna().any(axis=1) | gatherings["kind"].eq("")
    claimed = pd.concat([_stays(facts), _travel(facts), _expenses(facts)])
    found = [
        claimed.merge(homes[["placement", "family"]], on="placement"),
        gatherings.loc[lacking, ["placement", "source"]].merge(of_networks, on="placement"),
    ]
    return pd.concat([*themselves, *found], ignore_index=True)[["placement", "family", "source"]]


def _stays(facts: Facts) -> pd.DataFrame:
    stays = facts.stays
    return _named(stays[stays[["arrival", "departure"]].isna().any(axis=1)], "stay")


def _travel(facts: Facts) -> pd.DataFrame:
    claims = facts.travel
    return _named(claims[claims[["driven_on", "agreed"]].isna().any(axis=1)], "claim")


def _expenses(facts: Facts) -> pd.DataFrame:
    claims = facts.expenses
    undocumented = claims["regime"].eq(Regime.FULL) & claims["documentation_on"].isna()
    return _named(claims[claims["granted_on"].isna() | undocumented], "claim")


def _named(claims: pd.DataFrame, ref: str) -> pd.DataFrame:
    return claims[["placement", ref]].set_axis(["placement", "source"], axis=1)


def in_doubt(nets: pd.DataFrame, entitled: pd.DataFrame, paid: pd.DataFrame, lacking: pd.DataFrame) -> np.ndarray:
    """Which of the nets rest on days or facts that aren't fully known: by how much they differ can't be said yet."""
    unknown = entitled[entitled["held"].isin(UNKNOWN_DAYS) & ~entitled["unit"].isin(BY_CLAIM)]
    doubt = np.asarray(among(nets, unknown, COMPONENT))
    lacking = pd.concat([lacking, _unknown_claims(entitled)], ignore_index=True)
    if lacking.empty or nets.empty:
        return doubt
    lines = paid[among(paid, nets)]
    sources = lines.assign(
        source=[["", *refs] if unit not in BY_CLAIM else refs for refs, unit in _read(lines)],
    ).explode("source")
    rests_on = sources[among(sources, lacking, ["placement", "family", "source"])]
    return np.asarray(doubt | among(nets, rests_on, NET))


def _unknown_claims(entitled: pd.DataFrame) -> pd.DataFrame:
    claims = entitled[entitled["held"].isin([*OPEN, Hold.NO_REGIME]) & entitled["unit"].isin(BY_CLAIM)]
    refs = [json.loads(refs) for refs in claims["sources"]]
    return claims[["placement", "family"]].assign(source=refs).explode("source")


def _read(lines: pd.DataFrame) -> list[tuple[list[str], str]]:
    return [(json.loads(refs), unit) for refs, unit in zip(lines["sources"], lines["unit"], strict=True)]
