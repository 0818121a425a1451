"""N2: gatherings of a resource family's network."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from data import networks as query
from data.store.audit import audit, job
from data.store.facts import record
from data.tables import Gathering
from rules.processes.gathering import GatheringReport
from rules.refusal import Refusal

TOLD_WITHIN = timedelta(days=366)
"""A gathering is told of at the latest a year after it was held."""


def network_of(s: Session, family: str, on: date) -> str:
    """The one the family leads, or led at most a year ago."""
    own = query.led_by(s, family)
    if own is None:
        raise Refusal(f"{family} leads no network; its own case resource-network starts one")
    if own.ended_on is not None and own.ended_on < on - TOLD_WITHIN:
        raise Refusal(f"the network of {family}, {own.ref}, ended on {own.ended_on}; what it held came too late")
    return own.ref


def homes(s: Session, family: str) -> dict[str, list[list[str | None]]]:
    """By home its stays in the family's networks, as ISO days."""
    found: dict[str, list[list[str | None]]] = {}
    for network in query.all_led_by(s, family):
        for home, there in query.stays(s, network.ref).items():
            stays = [[joined.isoformat(), left.isoformat() if left else None] for joined, left in there]
            found.setdefault(home, []).extend(stays)
    return found


def held_in(s: Session, family: str, on: date, network: str) -> str:
    """The family's network of that day, else the one named."""
    for led in query.all_led_by(s, family):
        if (led.started_on is None or led.started_on <= on) and (led.ended_on is None or on <= led.ended_on):
            return led.ref
    return network


def record_gathering(
    s: Session, *, case: str, network: str, told: GatheringReport, amount_ore: int | None, now: datetime
) -> str:
    """Duties count it; pay reads the amount, which is None until the receipts are checked."""
    held = Gathering(
        ref=f"{case}-G",
        recorded_at=now,
        network=network,
        held_on=told.held_on,
        kind=told.kind,
        amount_ore=amount_ore,
        homes=len(told.homes),
    )
    record(s, held, now)
    audit(s, job("case engine"), "gathering recorded", held.ref, now, network=network, homes=held.homes)
    return held.ref
