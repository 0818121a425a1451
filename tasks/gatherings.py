"""N2: gatherings of a resource family's network."""

from datetime import datetime

from sqlmodel import Session

from data import networks as query
from data.audit import audit, job
from data.facts import record
from data.tables import Gathering
from rules.forms.gathering import GatheringReport
from rules.refusal import Refusal


def network_of(s: Session, family: str) -> str:
    """The one the family leads."""
    own = query.led_by(s, family)
    if own is None:
        raise Refusal(f"{family} leads no network; its own case resource-network starts one")
    return own.ref


def homes(s: Session, network: str) -> dict[str, list[list[str | None]]]:
    """By home its stays in the network, as ISO days."""
    return {
        home: [[joined.isoformat(), left.isoformat() if left else None] for joined, left in there]
        for home, there in query.stays(s, network).items()
    }


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
