"""The payments file of a municipality that pays into accounts: tax-free lines, a transfer a family."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sepaxml.validation import try_valid_xml
from sqlmodel import select

from data import policies
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import Decision, LedgerLine, NightStay, PayExport
from tasks.payout import decide_line, prepare_payout
from tasks.payout.files.month import Unpayable
from tasks.payout.files.pain001 import NAMESPACE, SCHEMA, DebtorUnknown
from tests.tasks.exports import (
    DEBTOR,
    JANUARY,
    NORWEGIAN_CLERK,
    NORWEGIAN_HOME,
    everything_in,
    export_lillehammer,
    know_payee,
    lillehammer_paid,
    release_lillehammer,
    rows,
)
from tests.tasks.payroll import FAMILY, acting

PAYMENTS = "payments-LI-2024-12.xml"
FEBRUARY, MARCH = datetime(2025, 2, 3, 8, tzinfo=UTC), datetime(2025, 3, 3, 8, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "payroll"
    made.mkdir()
    return made


@pytest.fixture
def paid(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Releases Lillehammer's month, with a policy file of its own that names the account it pays from."""
    own = tmp_path / "policies"
    own.mkdir()
    keys = (
        f'{key.removeprefix("payout.")} = [{{ value = "{value}", valid_from = 2019-01-01, source = "R9" }}]'
        for key, value in DEBTOR.items()
    )
    shipped = (policies.FOLDER / "lillehammer.toml").read_text(encoding="utf-8")
    head = "\n".join(("[payout]", *keys, ""))
    (own / "lillehammer.toml").write_text(f"{shipped}\n{head}", encoding="utf-8")

    def pay() -> None:
        policies.use_policies(own)
        lillehammer_paid()

    yield pay
    policies.use_policies(None)


def texts(content: bytes, name: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(content).iter(f"{{{NAMESPACE}}}{name}")]


def test_it_fits_the_banks_schema_and_holds_the_tax_free_lines_only(
    database: Settings, paid: Callable[[], None], folder: Path
) -> None:
    paid()
    export_lillehammer(folder)
    content = everything_in(folder)[PAYMENTS]
    try_valid_xml(content, SCHEMA)
    with reading() as s:
        tax_free = [line.amount_ore for line in s.exec(select(LedgerLine)) if not line.taxable]
    assert texts(content, "InstdAmt") == ["798.00", "8533.00"]
    assert texts(content, "CtrlSum") == ["9331.00"] * 2
    assert sum(map(Decimal, texts(content, "InstdAmt"))) * 100 == sum(tax_free)
    assert texts(content, "EndToEndId") == ["LI-2024-12/LI-F2", "LI-2024-12/RA-F1"]
    assert texts(content, "ReqdExctnDt") + texts(content, "Dt") == [texts(content, "ReqdExctnDt")[0], "2025-01-10"]
    assert texts(content, "IBAN") == ["NO9386011117947"]
    assert "86011117947" in texts(content, "Id")


def test_names_of_every_letter_are_written_with_the_banks_letters(
    sqlite_database: Settings, paid: Callable[[], None], folder: Path
) -> None:
    paid()
    export_lillehammer(folder)
    content = everything_in(folder)[PAYMENTS]
    assert texts(content, "Nm")[2:] == ["Ailu Dtzcaa OEuvre", "Aeroe Oedegaard-Sangnga"]
    assert content.isascii()
    assert {row["payee"] for row in rows(folder / "payroll-LI-2024-12.csv")} == {
        "Áilu Đŧžčå Œuvre",
        "Ærø Ødegård-Šáŋŋá",
    }


def test_the_neutral_file_says_who_pays_each_line_and_holds_no_identity_numbers(
    sqlite_database: Settings, paid: Callable[[], None], folder: Path
) -> None:
    paid()
    export_lillehammer(folder)
    written = rows(folder / "payroll-LI-2024-12.csv")
    assert {(row["taxable"], row["paid_by"]) for row in written} == {("yes", "payroll"), ("no", "account")}
    assert {row["nemkonto_key"] for row in written} == {""}


def test_accounts_that_are_none_are_named_by_family_before_anything_is_written(
    sqlite_database: Settings, paid: Callable[[], None], folder: Path
) -> None:
    paid()
    know_payee(FAMILY, account="8601.11.17948")
    know_payee(NORWEGIAN_HOME, account=None, contract_holder=None, payroll_number=None)
    with pytest.raises(Unpayable) as refused:
        export_lillehammer(folder)
    mend = "; mend it in the workbook's sheet families and import that"
    assert refused.value.lines == [
        f"LI-2024-12: LI-F2: no payroll_number{mend}",
        f"LI-2024-12: LI-F2, RA-F1: no account that is a bank account{mend}",
        f"LI-2024-12: LI-F2: no contract_holder{mend}",
    ]
    assert everything_in(folder) == {}
    with reading() as s:
        assert s.exec(select(PayExport)).all() == []
    know_payee(FAMILY, account="8601.11.17947")
    know_payee(NORWEGIAN_HOME, account="86011117947", contract_holder="X", payroll_number="1")
    export_lillehammer(folder)
    assert PAYMENTS in everything_in(folder)


def test_a_municipality_whose_own_account_is_not_known_is_told_which_keys_are_missing(
    sqlite_database: Settings, folder: Path
) -> None:
    lillehammer_paid()
    with pytest.raises(DebtorUnknown) as refused:
        export_lillehammer(folder)
    assert [line.split(" on ")[0] for line in refused.value.lines] == [
        f"lillehammer: the policy gives no {key}" for key in DEBTOR
    ]
    assert everything_in(folder) == {}


def test_a_family_whose_recovery_leaves_nothing_to_transfer_is_listed_and_not_hidden(
    sqlite_database: Settings, paid: Callable[[], None], folder: Path
) -> None:
    paid()
    with writing() as s:
        revise(s, current(s, NightStay, "RA-N1"), FEBRUARY, withdrawn_on=FEBRUARY.date())
    release_lillehammer("2025-01", FEBRUARY)
    with reading() as s:
        held = [line.id for line in s.exec(select(LedgerLine)) if line.held_because == "overpaid"]
    for line in held:
        decide_line(line, Decision.RECOVER, reason="Nettene falt bort", actor=acting(NORWEGIAN_CLERK), now=FEBRUARY)
    release_lillehammer("2025-02", MARCH)
    done = export_lillehammer(folder, "2025-02", MARCH)
    (notice,) = done.notices
    assert notice.startswith("LI-2025-02: LI-F2: its tax-free lines come to -798.00 kr., which no bank transfers; ")
    content = everything_in(folder)["payments-LI-2025-02.xml"]
    assert texts(content, "EndToEndId") == ["LI-2025-02/RA-F1"]
    total = rows(folder / "totals-LI-2025-02.csv")
    assert [(row["component"], row["amount"]) for row in total if row["file"] == "in no payments file"] == [
        ("LI-F2", "-798,00")
    ]
    recovered = [row for row in rows(folder / "payroll-LI-2025-02.csv") if row["family"] == NORWEGIAN_HOME]
    assert [(row["amount"], row["quantity"], bool(row["corrects"])) for row in recovered] == [
        ("-798,00", "", True),
        ("-2052,00", "", True),
    ]


def test_exported_again_the_bank_sees_the_same_message(
    sqlite_database: Settings, paid: Callable[[], None], folder: Path, tmp_path: Path
) -> None:
    paid()
    export_lillehammer(folder)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    know_payee(FAMILY, JANUARY + timedelta(hours=1), account="1503.00.00045")
    export_lillehammer(elsewhere, now=JANUARY + timedelta(days=1))
    assert everything_in(elsewhere) == everything_in(folder)


def test_what_the_payments_file_needs_is_told_when_the_month_is_prepared(
    sqlite_database: Settings, paid: Callable[[], None]
) -> None:
    paid()
    prepare = partial(prepare_payout, "lillehammer", "2025-01", actor=acting(NORWEGIAN_CLERK), now=FEBRUARY)
    assert [notice for notice in prepare().notices if "debtor" in notice] == []
    policies.use_policies(None)
    assert [notice.partition(";")[0] for notice in prepare().notices if "debtor" in notice] == [
        f"lillehammer: the policy gives no {key}" for key in DEBTOR
    ]
