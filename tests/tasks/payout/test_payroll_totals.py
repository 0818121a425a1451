"""Whatever was released: every file holds it, or the export is refused."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.pay.payees import Payee
from data.policies import municipalities, policy_of
from data.tables import LedgerLine, PayRun
from rules.payroll_file import ENCODINGS, Written
from rules.vocabulary import Component
from tasks.payout.files.month import PayMonth
from tasks.payout.files.pain001 import payments_of, write_payments
from tasks.payout.files.tables import write_neutral_csv, write_neutral_excel, write_system_csv
from tasks.payout.files.totals import (
    NotReconciled,
    csv_sums,
    excel_sums,
    owed_in_transfers,
    paid_by_payroll,
    payment_sums,
    refuse_difference,
    released_sums,
    system_sums,
    together,
)
from tests.people import NOW
from tests.tasks.exports import DEBTOR, values

FAMILIES = ("RA-F1", "RA-F2", "RA/Ø 3")
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
MAPPING = {
    "payroll.columns": [["line", "Bilag"], ["amount", "Beløb"]],
    "payroll.delimiter": ";",
    "payroll.decimal_sign": ",",
    "payroll.dates": "YYYY-MM-DD",
}
WAYS = st.tuples(st.sampled_from(";,\t"), st.sampled_from(",."), st.sampled_from(sorted(ENCODINGS)))
SOME = st.tuples(
    st.sampled_from(FAMILIES), st.sampled_from(list(Component)), st.booleans(), st.integers(-(10**10), 10**12)
)


def month(
    given_lines: list[tuple[str, Component, bool, int]],
    names: list[str],
    pays_by: str,
    *,
    neutral: tuple[str, str, str] = (";", ",", "utf-8-bom"),
    encoding: str = "utf-8",
) -> PayMonth:
    run = PayRun(
        ref="RA-2023-05", municipality="randers", payroll_month="2023-05", known_at=NOW, prepared_at=NOW,
        prepared_by="RA-S1", released_at=NOW,
    )  # fmt: skip
    own = policy_of("randers")
    way = {f"payroll.neutral.{how}": said for how, said in zip(Written._fields, neutral, strict=True)}
    paid = {"payout.pays_by": pays_by, "payout.debtor.account": "1234-1234567", "payroll.encoding": encoding}
    given = values({**MAPPING, **DEBTOR, **paid, **way})
    policy = type(own)(**{**vars(own), "values": {**own.values, **given}})
    lines = [
        LedgerLine(
            id=f"RA-2023-05-{number:06}", run=run.ref, municipality="randers", period="2023-05", subject="RA-P1",
            family=family, component=component, source_key="", quantity=1500, unit="night", rate="0.10",
            rate_from=date(2023, 1, 1), amount_ore=ore, taxable=taxable, status="released",
        )
        for number, (family, component, taxable, ore) in enumerate(given_lines)
    ]  # fmt: skip
    payees = {
        family: Payee(family, name, "=7", "1234-1234567", "6105841234")
        for family, name in zip(FAMILIES, names, strict=True)
    }
    return PayMonth(run, policy, date(2023, 6, 30), lines, [], payees)


def totals(lines: list[LedgerLine]) -> list[dict[str, object]]:
    return [
        {
            "component": component,
            "taxable": taxable,
            "status": "released",
            "lines": len(amounts),
            "amount_ore": sum(amounts),
        }
        for component, taxable in sorted({(line.component, line.taxable) for line in lines})
        if (amounts := [line.amount_ore for line in lines if (line.component, line.taxable) == (component, taxable)])
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(SOME, min_size=1, max_size=12), st.lists(NAMES, min_size=3, max_size=3),
    st.sampled_from(["nemkonto", "accounts"]), WAYS, st.sampled_from(sorted(ENCODINGS)),
)  # fmt: skip
def test_every_file_holds_what_was_released_whatever_the_amounts_and_names(
    tmp_path: Path,
    lines: list[tuple[str, Component, bool, int]],
    names: list[str],
    pays_by: str,
    neutral: tuple[str, str, str],
    encoding: str,
) -> None:
    made = month(lines, names, pays_by, neutral=neutral, encoding=encoding)
    released = released_sums(totals(made.lines))
    assert together(released) == (len(lines), sum(ore for *_, ore in lines))
    write_neutral_csv(table := tmp_path / "neutral.csv", made)
    write_neutral_excel(workbook := tmp_path / "neutral.xlsx", made)
    write_system_csv(own := tmp_path / "own.csv", made)
    assert csv_sums(table, made) == excel_sums(workbook) == released
    assert system_sums(own, made) == paid_by_payroll(released, made)
    if pays_by == "accounts" and (payments := payments_of(made)).transfers:
        write_payments(xml := tmp_path / "payments.xml", made, payments)
        assert payment_sums(xml) == owed_in_transfers(released, made, payments)
        tax_free = sum(ore for _, _, taxable, ore in lines if not taxable)
        assert payments.amount_ore + sum(payments.left_out.values()) == tax_free


FEE = ("RA-F1", Component.FEE, True, 617_24)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        pytest.param("617,24;61724", "617,25;61725", id="another amount"),
        pytest.param("617,24;61724", "617,24;61725", id="two amounts that differ"),
        pytest.param(";yes;", ";no;", id="another tax mark"),
        pytest.param(";fee;", ";travel;", id="another component"),
    ],
)
def test_a_file_that_does_not_hold_what_was_released_is_refused(tmp_path: Path, was: str, now: str) -> None:
    made = month([FEE], ["A", "B", "C"], "nemkonto")
    write_neutral_csv(path := tmp_path / "neutral.csv", made)
    content = path.read_text(encoding="utf-8")
    assert was in content
    path.write_text(content.replace(was, now), encoding="utf-8")
    with pytest.raises(NotReconciled, match=r"RA-2023-05: .* doesn't hold what the ledger released"):
        refuse_difference("RA-2023-05", path.name, csv_sums(path, made), released_sums(totals(made.lines)))


NAME = "Ærø Łukasz Šáŋŋá 王"


@pytest.mark.parametrize(
    ("way", "begins", "name"),
    [
        ((";", ",", "utf-8-bom"), "\ufeffrun;payroll_month;".encode(), NAME.encode()),
        ((";", ",", "utf-8"), b"run;payroll_month;", NAME.encode()),
        ((",", ".", "utf-8"), b"run,payroll_month,", NAME.encode()),
        ((";", ",", "windows-1252"), b"run;payroll_month;", "Ærø Lukasz Šángngá Wang".encode("cp1252")),
        (("\t", ",", "iso-8859-1"), b"run\tpayroll_month\t", "Ærø Lukasz Sángngá Wang".encode("latin-1")),
    ],
)
def test_the_neutral_file_is_written_as_policy_says_and_letters_it_lacks_stand_in_plain_ones(
    tmp_path: Path, way: tuple[str, str, str], begins: bytes, name: bytes
) -> None:
    made = month([FEE], [NAME, "B", "C"], "nemkonto", neutral=way)
    write_neutral_csv(path := tmp_path / "neutral.csv", made)
    content = path.read_bytes()
    assert content.startswith(begins)
    assert name in content
    amount = "617,24" if way[1] == "," else "617.24"
    assert f"{way[0]}{amount}{way[0]}61724{way[0]}".encode() in content
    assert csv_sums(path, made) == released_sums(totals(made.lines))


def test_every_municipality_writes_what_its_excel_opens_right_unless_it_says_otherwise() -> None:
    for key in municipalities():
        policy = policy_of(key)
        assert [policy.value(f"payroll.neutral.{how}", date(2023, 5, 1)) for how in Written._fields] == [
            ";", ",", "utf-8-bom",
        ]  # fmt: skip


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_a_payroll_systems_own_file_is_in_the_encoding_that_policy_says(tmp_path: Path, encoding: str) -> None:
    made = month([FEE], ["A", "B", "C"], "nemkonto", encoding=encoding)
    write_system_csv(path := tmp_path / "own.csv", made)
    assert path.read_bytes().startswith("Bilag;Beløb\r\n".encode(ENCODINGS[encoding]))
    assert system_sums(path, made) == paid_by_payroll(released_sums(totals(made.lines)), made)
