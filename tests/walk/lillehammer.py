"""Lillehammer's two years: a resource family and the three foster homes of its network, one of them in Asker."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from data import policies
from data.rates import load_shipped
from data.store.facts import current, revise
from data.store.session import writing
from data.tables import Approval, Family, Terms
from tests import lillehammer as cast
from tests import people
from tests.lillehammer import CHILDREN, HOMES, RESOURCE
from tests.tasks.exports import DEBTOR
from tests.walk.walk import Otherwise, by_day, loads_rates, opens

FIRST, LAST = date(2025, 1, 6), date(2027, 1, 15)
CLERK = "LI-S11"
NETWORK = "LI-2025-0001-N"
ACCOUNT = "86011117947"
"""The example of the Norwegian IBAN."""
CHILDREN_OF_THE_NETWORK = [child for child, home in CHILDREN.items() if home in HOMES]
OTHERS = {*cast.MORE_HOMES, *(child for child, home in CHILDREN.items() if home in cast.MORE_HOMES)}


def move_in() -> None:
    theirs = [fact for fact in cast.cast() if not any(other in vars(fact).values() for other in OTHERS)]
    clerk = people.staff(CLERK, "payroll", municipality="lillehammer")
    approved = (approval(home) for home in (RESOURCE, *HOMES))
    people.move_in(*theirs, clerk, *approved, *(terms(child) for child in CHILDREN_OF_THE_NETWORK))
    with writing() as s:
        load_shipped(s, people.NOW)
        for home in (RESOURCE, *HOMES):
            revise(s, current(s, Family, home), people.NOW, account=ACCOUNT, payroll_number=home)


def approval(home: str) -> Approval:
    return Approval(ref=f"{home}-A1", recorded_at=people.NOW, family=home, valid_from=date(2020, 1, 1))


def terms(child: str) -> Terms:
    since = date(2024, 1, 1)
    return Terms(
        ref=f"{child}-P/{since}", recorded_at=people.NOW, placement=f"{child}-P", valid_from=since, fees_tenths=10
    )


@contextmanager
def pays_from_an_account(folder: Path) -> Iterator[None]:
    """Its own policy names the account it pays from; no source does."""
    keys = (
        f'{key.removeprefix("payout.")} = [{{ value = "{value}", valid_from = 2019-01-01, source = "R9" }}]'
        for key, value in DEBTOR.items()
    )
    shipped = (policies.FOLDER / "lillehammer.toml").read_text(encoding="utf-8")
    own = "\n".join(("[payout]", *keys, ""))
    (folder / "lillehammer.toml").write_text(f"{shipped}\n{own}", encoding="utf-8")
    policies.use_policies(folder)
    yield
    policies.use_policies(None)


def gathered(due: date, **says: object) -> Otherwise:
    return Otherwise("gathering_report", due=due, says=says)


DIARY = by_day(
    (
        (FIRST, opens("resource-network", family=RESOURCE)),
        (date(2025, 6, 10), loads_rates("no_2025")),
        (date(2025, 6, 21), opens("gathering", family=RESOURCE)),
        (date(2025, 12, 13), opens("gathering", family=RESOURCE)),
        (date(2026, 6, 20), opens("gathering", family=RESOURCE)),
        (date(2026, 12, 12), opens("gathering", family=RESOURCE)),
    )
)
OTHERWISE = (
    Otherwise("choose_children", on=date(2025, 1, 8), says={"children": CHILDREN_OF_THE_NETWORK}),
    Otherwise("candidate", on=date(2025, 1, 10)),
    Otherwise("name_contacts", on=date(2025, 1, 10)),
    Otherwise("ask_in_person", on=date(2025, 1, 14)),
    Otherwise("suitability", on=date(2025, 1, 15)),
    Otherwise("introduction_talk", due=date(2025, 2, 5), on=date(2025, 1, 20)),
    Otherwise("introduction_talk", on=date(2025, 1, 27)),
    Otherwise("assignment_agreement", on=date(2025, 2, 3)),
    gathered(date(2025, 7, 4), held_on="2025-06-21"),
    gathered(date(2025, 12, 30), held_on="2025-12-13", kind="christmas"),
    gathered(date(2026, 7, 3), held_on="2026-06-20"),
    gathered(date(2026, 12, 28), held_on="2026-12-12", kind="christmas"),
)
