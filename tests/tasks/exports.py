"""Released months as they are exported: Randers by NemKonto, Lillehammer into accounts."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

from data.store.facts import current, revise
from data.store.session import writing
from data.tables import Family, HouseholdMember, Placement, Staff
from data.tables.base import Fact
from rules.policy import PolicyValue
from tasks.payout import approve_payout, prepare_payout, release_payout
from tasks.payout.files import ExportReport, export_payout
from tests.homes import home
from tests.tasks.pay_runs import pay
from tests.tasks.payroll import CLERK, FAMILY, IMPORTED, JUNE, acting, guest, know, move_in, stay, weekend

HOLDER, CPR, SAMI = "Ærø Ødegård-Šáŋŋá", "6105841234", "Áilu Đŧžčå Œuvre"
KONTO, OTHER_KONTO = "8601.11.17947", "NO93 8601 1117 947"
NORWEGIAN_CLERK, NORWEGIAN_LEADER, NORWEGIAN_HOME = "LI-S1", "LI-S2", "LI-F2"
JANUARY = datetime(2025, 1, 6, 8, tzinfo=UTC)
DEBTOR = {
    "payout.debtor.account": "1503.00.00045",
    "payout.debtor.bic": "DNBANOKK",
    "payout.debtor.bank_agreement": "LILLEHAMMER01",
}


def fact(table: type[Fact], ref: str, **values: object) -> Fact:
    return table(ref=ref, recorded_at=IMPORTED, **values)


def know_payee(family: str = FAMILY, at: datetime = IMPORTED, **values: object) -> None:
    with writing() as s:
        revise(s, current(s, Family, family), at, **values)


def randers_paid() -> None:
    """May: two fees of 154.31 for two nights, and 402 kr. board and lodging; a night reported twice is held."""
    move_in()
    know(
        weekend(1, "RA-P1"),
        stay(2, "RA-P1", "2023-05-13T14:00", "2023-05-14T14:00"),
        fact(HouseholdMember, "RA-F1-1", family=FAMILY, name=HOLDER, id_number=CPR, carer=True),
        fact(HouseholdMember, "RA-F1-2", family=FAMILY, name="Bo Ødegård", id_number="6205841234", carer=True),
        fact(HouseholdMember, "RA-F1-3", family=FAMILY, name="Ida Ødegård", id_number="6105144321", carer=False),
    )
    know_payee(contract_holder=HOLDER, payroll_number="0004711")
    pay()


def lillehammer_paid() -> None:
    """December 2024: a home whose support is taxable and whose expense cover isn't, a respite home beside it."""
    move_in()
    know(
        fact(Staff, NORWEGIAN_CLERK, municipality="lillehammer", roles="payroll"),
        fact(Staff, NORWEGIAN_LEADER, municipality="lillehammer", roles="leader"),
        *guest(3, date(2015, 3, 1), municipality="lillehammer"),
        *guest(4, date(2015, 3, 1), municipality="lillehammer"),
        *home(
            ref=NORWEGIAN_HOME,
            recorded_at=IMPORTED,
            municipality="lillehammer",
            kind="respite",
            approved_from=date(2021, 1, 1),
            contract_holder=SAMI,
            account=OTHER_KONTO,
            payroll_number="12",
        ),
        stay(1, "RA-P4", "2024-12-13T14:00", "2024-12-15T20:00"),
        fact(HouseholdMember, "LI-F2-1", family=NORWEGIAN_HOME, name=SAMI, id_number="01828412345", carer=True),
    )
    with writing() as s:
        revise(s, current(s, Placement, "RA-P3"), IMPORTED, kind="full_time", start=date(2023, 1, 1))
        revise(s, current(s, Placement, "RA-P4"), IMPORTED, family=NORWEGIAN_HOME)
    know_payee(contract_holder=HOLDER, account=KONTO, payroll_number="11")
    release_lillehammer("2024-12", JANUARY)


def release_lillehammer(period: str, now: datetime) -> None:
    prepare_payout("lillehammer", period, actor=acting(NORWEGIAN_CLERK), now=now)
    for step in (approve_payout, release_payout):
        step("lillehammer", period, actor=acting(NORWEGIAN_LEADER), now=now)


def values(given: dict[str, object]) -> dict[str, tuple[PolicyValue, ...]]:
    return {key: (PolicyValue(value, date(2019, 1, 1), "R9"),) for key, value in given.items()}


def export(folder: Path, *, by: str = CLERK, now: datetime = JUNE) -> ExportReport:
    return export_payout("randers", "2023-05", folder, actor=acting(by), now=now)


def export_lillehammer(folder: Path, period: str = "2024-12", now: datetime = JANUARY) -> ExportReport:
    return export_payout("lillehammer", period, folder, actor=acting(NORWEGIAN_CLERK), now=now)


def rows(path: Path, delimiter: str = ";") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def as_text(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)
