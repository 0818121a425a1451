"""What a run writes for a month: what is entitled to now, minus the ledger, as somebody decided about it.

Frames (amounts in øre):

entitled    lines as rules.entitlements makes them, of whole families
ledger      id, placement, family, component, source_key, quantity, unit, rate, rate_from, amount_ore, taxable, paid,
            corrects, carried_from, decision, sources, basis: every line of closed runs that was paid, and what the
            last one held
decisions   decision, choice (pay, waive, recover), instalments, taken (of them), taken_ore, and of the line decided
            about placement, family, component, source_key, amount_ore, taxable, about (JSON: days, sources and, of an
            overpayment, entitled_ore)
lacking     as rules.incomplete.incomplete makes it: what was paid by it waits, and is no debt

The result has the columns of `entitled`, and corrects, carried_from, decision ("" is none). Amounts are netted per
placement, component and tax mark within the family that was paid; a negative net is held as overpaid.
"""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from rules.components.days import text_of
from rules.decided import Worth, as_decided, ended_debts, still_a_debt, worth
from rules.holds import SAID, Hold
from rules.incomplete import COMPONENT, in_doubt
from rules.matters import DIFFERENCE, MATTER, NET, OVERPAID, UNKNOWN, among, by_net
from rules.told_apart import missed, told_apart

SUMS = ["entitled_ore", "paid_ore", "ended_ore"]
"""Of a net: what is owed, what was paid, and what of that a waiver has ended."""
ASIDE = ["corrects", "carried_from", "decision"]
OWED = ["quantity", "unit", "rate", "rate_from", "amount_ore", "sources", "basis", "decision"]
OF_CORRECTIONS = [*SUMS, "paid", "owed", "waived", "about", "recovering", "instalment", "instalments"]
"""What a correction's basis holds beside that of the line it is like."""


def as_they_are(entitled: pd.DataFrame) -> pd.DataFrame:
    """Lines of a month of which the ledger knows nothing."""
    return entitled.assign(**dict.fromkeys(ASIDE, ""))


def corrected(
    entitled: pd.DataFrame, ledger: pd.DataFrame, decisions: pd.DataFrame, lacking: pd.DataFrame
) -> pd.DataFrame:
    lines = as_decided(as_they_are(entitled), decisions)
    payable, held = lines[lines["held"] == ""], lines[lines["held"] != ""]
    paid, still_held = ledger[ledger["paid"]], ledger[~ledger["paid"]]
    never_paid = ~among(payable, paid)
    nets = _nets(payable[~never_paid], paid, decisions)
    released = _newly_decided(payable[~never_paid], paid, nets)
    nets = _less(nets, released).assign(owed=_owed(payable.drop(released.index), nets), waived=_waived(nets, decisions))
    below = nets[nets["net_ore"] < 0]
    waits = in_doubt(below, entitled, paid, lacking)
    written = [
        payable[never_paid],
        released,
        _underpaid(nets[nets["net_ore"] > 0], payable, paid),
        *_overpaid(below[~waits], payable, paid, decisions),
        _waiting(below[waits], payable, paid, entitled, decisions),
        held,
    ]
    result = pd.concat([lines[:0], *(part for part in written if len(part))], ignore_index=True)
    return _carried(result, still_held).sort_values([*NET[:1], "component", "source_key", "family", "taxable"])


def _nets(payable: pd.DataFrame, paid: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    sums = [lines.groupby(NET)[["amount_ore", "quantity"]].sum() for lines in (payable, paid)]
    now = sums[0].reindex(sums[1].index, fill_value=0)
    ended = ended_debts(decisions, payable).reindex(sums[1].index, fill_value=0)
    nets = (now - sums[1]).rename(columns={"amount_ore": "net_ore"})
    differs = nets["net_ore"]
    net = differs + ended["ended_ore"]
    net = net.mask(net < 0, (net + ended["at_most_ore"]).clip(upper=0))
    nets = nets.assign(net_ore=net, entitled_ore=now["amount_ore"], paid_ore=sums[1]["amount_ore"])
    return nets.assign(ended_ore=net - differs).reset_index()


def _newly_decided(payable: pd.DataFrame, paid: pd.DataFrame, nets: pd.DataFrame) -> pd.DataFrame:
    """Lines of their own as long as the net covers them."""
    new = payable[(payable["decision"] != "") & ~payable["decision"].isin(paid["decision"])]
    wanted = new.groupby(NET)["amount_ore"].sum().rename("wanted").reset_index()
    covered = nets.merge(wanted, on=NET).query("net_ore >= wanted")
    kept: pd.DataFrame = new.loc[among(new, covered)]
    return kept


def _less(nets: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    out = (
        lines.groupby(NET)[["amount_ore", "quantity"]].sum().reindex(pd.MultiIndex.from_frame(nets[NET]), fill_value=0)
    )
    ore, many = out["amount_ore"].to_numpy(), out["quantity"].to_numpy()
    return nets.assign(
        net_ore=nets["net_ore"] - ore, entitled_ore=nets["entitled_ore"] - ore, quantity=nets["quantity"] - many
    )


def _underpaid(nets: pd.DataFrame, payable: pd.DataFrame, paid: pd.DataFrame) -> pd.DataFrame:
    lines = _explained(nets, payable, paid)
    return lines.assign(amount_ore=lines["net_ore"], held="", source_key=DIFFERENCE, decision="")


def _overpaid(
    nets: pd.DataFrame, payable: pd.DataFrame, paid: pd.DataFrame, decisions: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """What is recovered in this run, and what waits for a decision."""
    about = decisions[(decisions["source_key"] == OVERPAID) & (decisions["choice"] != "waive")]
    about = about[(about["taken"] < about["instalments"]).to_numpy() & among(about, nets)]
    about = about.assign(decided_ore=-about["amount_ore"], debt_ore=still_a_debt(about, payable))
    about = about[about["debt_ore"] > about["taken_ore"]]
    about = about.drop(columns=["amount_ore", "source_key", "quantity", "about"])
    lines = _explained(nets, payable, paid)
    lines = lines.assign(over_ore=-lines["net_ore"])
    recovering = _due(lines.drop(columns="decision").merge(about, on=NET))
    nth = [
        {"instalment": taken + 1, "instalments": of}
        for taken, of in zip(recovering["taken"].tolist(), recovering["instalments"].tolist(), strict=True)
    ]
    yield recovering.assign(
        amount_ore=-recovering["due_ore"],
        quantity=0,
        held="",
        source_key="recover|" + recovering["decision"],
        basis=_with(recovering["basis"], nth),
    ).query("due_ore > 0")
    promised = recovering.groupby(NET)["remaining_ore"].sum()
    promised = promised.reindex(pd.MultiIndex.from_frame(lines[NET]), fill_value=0)
    undecided = (lines["over_ore"] - promised.to_numpy()).clip(lower=0)
    made = _listed(recovering, "decision", lines)
    aside = [{"recovering": refs} if refs else {} for refs in made]
    lines = lines.assign(amount_ore=-undecided, held=OVERPAID, source_key=OVERPAID, basis=_with(lines["basis"], aside))
    yield lines[undecided > 0]


def _waiting(
    nets: pd.DataFrame, payable: pd.DataFrame, paid: pd.DataFrame, entitled: pd.DataFrame, decisions: pd.DataFrame
) -> pd.DataFrame:
    """What was paid stands until it is known again. No line where another says so already, or somebody let it be."""
    let_be = decisions[(decisions["source_key"] == UNKNOWN) & (decisions["choice"] == "waive")]
    said = among(nets, entitled[entitled["held"].isin(SAID)], COMPONENT) | among(nets, let_be)
    lines = _explained(nets[~said], payable, paid)
    return lines.assign(amount_ore=0, quantity=0, held=str(Hold.NO_LONGER_KNOWN), source_key=UNKNOWN)


def _due(recovering: pd.DataFrame) -> pd.DataFrame:
    """An instalment each, the last with what is left, never more than is left of that debt or overpaid still."""
    remaining = recovering["debt_ore"] - recovering["taken_ore"]
    last = recovering["taken"] + 1 >= recovering["instalments"]
    instalment = remaining.where(last, recovering["decided_ore"] // recovering["instalments"]).clip(upper=remaining)
    before = instalment.groupby([recovering[name] for name in NET]).cumsum() - instalment
    due = (recovering["over_ore"] - before).clip(lower=0, upper=instalment)
    return recovering.assign(remaining_ore=remaining, due_ore=due)


def _explained(nets: pd.DataFrame, payable: pd.DataFrame, paid: pd.DataFrame) -> pd.DataFrame:
    """A line for each net, like the one it comes from, saying what was paid and what is entitled to."""
    now = payable.groupby(MATTER)["amount_ore"].sum()
    was = paid.groupby(MATTER)["amount_ore"].sum()
    corrected = paid.assign(again=paid["corrects"] != "", same=_matches(paid, now))
    corrected = corrected.sort_values(["again", "same", "id"]).drop_duplicates(NET)
    theirs = payable.assign(same=_matches(payable, was), known=among(payable, paid, MATTER))
    like = pd.concat([theirs.sort_values(["same", "known", "source_key"]), corrected])
    like = like.sort_values("same", kind="stable").drop_duplicates(NET)
    aside = ["amount_ore", "quantity", "corrects", "id", "paid", "again", "same", "known"]
    like = like.drop(columns=aside)
    lines = nets.merge(like, on=NET).merge(corrected[[*NET, "id"]].rename(columns={"id": "corrects"}), on=NET)
    both = list(zip(_rests_on(payable, lines), _rests_on(paid, lines), strict=True))
    about = [told_apart(*each) for each in both]
    sums = zip(*(lines[name].tolist() for name in [*SUMS, "waived", "owed"]), _listed(paid, "id", lines), strict=True)
    said = [
        ({"days": text_of(days)} if days else {})
        | dict(zip([*SUMS, "waived", "owed", "paid"], sum_, strict=True))
        | ({"about": missed(*each)} if net < 0 else {})
        for (_, days), sum_, net, each in zip(about, sums, lines["net_ore"], both, strict=True)
    ]
    return lines.assign(
        decision="",
        carried_from="",
        sources=[json.dumps(refs) for refs, _ in about],
        basis=_with(lines["basis"].map(_plain), said),
    )


def _plain(basis: str) -> str:
    """Without what a correction says beside it."""
    return json.dumps({name: value for name, value in json.loads(basis).items() if name not in OF_CORRECTIONS})


def _with(bases: "pd.Series[str]", more: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(json.loads(basis) | said) for basis, said in zip(bases, more, strict=True)]


def _owed(payable: pd.DataFrame, nets: pd.DataFrame) -> "pd.Series[Any]":
    """Of each net the lines it comes from now."""
    lines = by_net(payable[among(payable, nets)], OWED)
    owed = [
        [_said(dict(zip(OWED, line, strict=True))) for line in lines.get(net, [])]
        for net in nets[NET].itertuples(index=False, name=None)
    ]
    return pd.Series(owed, index=nets.index, dtype="object")


def _said(line: dict[str, Any]) -> dict[str, Any]:
    """As JSON holds it."""
    since = line["rate_from"]
    texts = {name: json.loads(line[name]) for name in ("sources", "basis")}
    if not line["decision"]:
        del line["decision"]
    return line | texts | {"rate_from": None if pd.isna(since) else f"{since:%Y-%m-%d}"}


def _waived(nets: pd.DataFrame, decisions: pd.DataFrame) -> "pd.Series[Any]":
    """Of each net the decisions that ended some of its debt."""
    waivers = decisions[(decisions["source_key"] == OVERPAID) & (decisions["choice"] == "waive")]
    listed = zip(_listed(waivers, "decision", nets), nets["ended_ore"].tolist(), strict=True)
    return pd.Series([refs if ended else [] for refs, ended in listed], index=nets.index, dtype="object")


def _matches(lines: pd.DataFrame, amounts: "pd.Series[int]") -> Any:
    return amounts.reindex(pd.MultiIndex.from_frame(lines[MATTER])).to_numpy() == lines["amount_ore"].to_numpy()


def _listed(lines: pd.DataFrame, column: str, by: pd.DataFrame) -> list[list[str]]:
    lists = lines.groupby(NET)[column].agg(list).to_dict()
    return [lists.get(key, []) for key in by[NET].itertuples(index=False, name=None)]


def _rests_on(lines: pd.DataFrame, by: pd.DataFrame) -> list[list[Worth]]:
    columns = zip(*(_listed(lines, name, by) for name in ("unit", "sources", "basis", "amount_ore")), strict=True)
    return [[worth(*line) for line in zip(*texts, strict=True)] for texts in columns]


def _carried(lines: pd.DataFrame, still_held: pd.DataFrame) -> pd.DataFrame:
    """A line that was held just so before says since which line."""
    since = still_held["carried_from"].where(still_held["carried_from"] != "", still_held["id"])
    before = still_held[[*MATTER, "amount_ore"]].assign(since=since)
    both = lines.merge(before, on=[*MATTER, "amount_ore"], how="left")
    return lines.assign(carried_from=both["since"].fillna("").where(both["held"] != "", "").to_numpy())
