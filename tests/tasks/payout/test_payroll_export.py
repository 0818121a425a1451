"""A released month as files: for payroll, and a statement for each family."""

import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from docx import Document
from python_calamine import CalamineWorkbook
from sqlmodel import select

from data.installation import carried
from data.pay.pay_runs import NotPrepared
from data.settings import Settings
from data.store.audit import first_broken
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import AuditEntry, Family, HouseholdMember, PayExport, Placement, Staff
from plejeflow import main
from rules.payroll_file import COLUMNS
from tasks.explained.lines import explain_line
from tasks.payout import approve_payout
from tasks.payout.files import export_payout
from tasks.payout.files.folder import FolderUnusable, OtherFilesThere
from tasks.payout.files.month import NotReleased, Unpayable
from tasks.payout.roles import MayNot
from tests.tasks.exports import CPR, HOLDER, as_text, everything_in, export, fact, know_payee, randers_paid, rows
from tests.tasks.pay_runs import JULY, lines, pay, prepare
from tests.tasks.payroll import (
    ADVISER,
    CLERK,
    FAMILY,
    IMPORTED,
    JUNE,
    LEADER,
    OUTSIDER,
    acting,
    know,
    move_in,
    stay,
    weekend,
)

NEUTRAL = f"""\
{";".join(COLUMNS)}
RA-2023-05;2023-05;2023-06-30;RA-F1;{HOLDER};0004711;{CPR};RA-2023-05-000001;RA-P1;board_lodging;2023-05;;2;night;\
201,00;2023-01-01;402,00;40200;DKK;no;payroll;;RA-N1
RA-2023-05;2023-05;2023-06-30;RA-F1;{HOLDER};0004711;{CPR};RA-2023-05-000003;RA-P1;fee;2023-05;2;4;night;\
154,31;2023-01-01;617,24;61724;DKK;yes;payroll;;RA-N1
"""
SYSTEM = f"""\
Medarbejdernummer;CPR-nummer;Lønart;Periode;Antal;Sats;Beløb;Dispositionsdato;Bilag
0004711;{CPR};KOST;2023-05;2;201,00;402,00;30-06-2023;RA-2023-05-000001
0004711;{CPR};VEDERLAG;2023-05;4;154,31;617,24;30-06-2023;RA-2023-05-000003
"""
NAMES = [
    "payroll-RA-2023-05-example.csv",
    "payroll-RA-2023-05.csv",
    "payroll-RA-2023-05.xlsx",
    "statements/RA-2023-05-RA-F1.docx",
    "totals-RA-2023-05.csv",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "payroll"
    made.mkdir()
    return made


def exports() -> list[PayExport]:
    with reading() as s:
        return list(s.exec(select(PayExport).order_by("ref")))  # type: ignore[arg-type]


def test_a_released_month_becomes_the_files_that_payroll_needs(database: Settings, folder: Path) -> None:
    randers_paid()
    done = export(folder)
    written = everything_in(folder)
    assert list(written) == NAMES
    assert written["payroll-RA-2023-05.csv"].decode().removeprefix("\ufeff").replace("\r\n", "\n") == NEUTRAL
    assert written["payroll-RA-2023-05-example.csv"].decode().replace("\r\n", "\n") == SYSTEM
    assert [row["amount"] for row in rows(folder / "totals-RA-2023-05.csv") if row["component"] == "total"] == [
        "1019,24"
    ] * 4
    assert [(total["component"], total["taxable"], total["amount_ore"]) for total in done.totals] == [
        ("board_lodging", False, 402_00),
        ("fee", True, 617_24),
    ]
    assert done.notices == []


def test_csv_and_excel_hold_the_same_and_excel_keeps_text_numbers_and_dates(
    sqlite_database: Settings, folder: Path
) -> None:
    randers_paid()
    know_payee(contract_holder="=HYPERLINK(1)")
    export(folder)
    headings, *cells = CalamineWorkbook.from_path(str(folder / NAMES[2])).get_sheet_by_index(0).to_python()
    assert headings == list(COLUMNS)
    in_csv = rows(folder / NAMES[1])
    for row, found in zip(in_csv, cells, strict=True):
        typed = dict(zip(headings, found, strict=True))
        assert (typed["payroll_number"], typed["amount_ore"]) == ("0004711", int(row["amount_ore"]))
        assert (str(typed["payment_date"]), typed["amount"]) == (
            row["payment_date"],
            float(row["amount"].replace(",", ".")),
        )
        assert row["payee"] == f"'{typed['payee']}" == "'=HYPERLINK(1)"
        texts = [name for name, value in typed.items() if isinstance(value, str) and name != "payee"]
        assert {name: typed[name] for name in texts} == {name: row[name] for name in texts}
    with ZipFile(folder / NAMES[2]) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", parts.read("docProps/core.xml").decode())) == {
            f"{JUNE:%FT%TZ}"
        }


def test_exported_again_it_is_the_same_files_and_says_so(
    sqlite_database: Settings, folder: Path, tmp_path: Path
) -> None:
    randers_paid()
    export(folder)
    know_payee(at=JUNE + timedelta(days=1), contract_holder="En Anden", payroll_number="9")
    before, elsewhere = everything_in(folder), tmp_path / "elsewhere"
    elsewhere.mkdir()
    for again in (folder, elsewhere):
        done = export(again, by=LEADER, now=JUNE + timedelta(days=3))
        (notice,) = done.notices
        assert notice.startswith("RA-2023-05 was exported before, by RA-S1 on 2023-06-02 (RA-2023-05-E1); ")
        assert notice.endswith("these are the same files: import them once")
        assert everything_in(again) == before
    assert [(mark.ref, mark.exported_by) for mark in exports()] == [
        ("RA-2023-05-E1", CLERK),
        ("RA-2023-05-E2", LEADER),
        ("RA-2023-05-E3", LEADER),
    ]


def test_two_who_export_at_once_leave_two_marks_and_the_same_files(database: Settings, tmp_path: Path) -> None:
    randers_paid()
    folders, together = [tmp_path / "one", tmp_path / "two"], Barrier(2)

    def one(folder: Path) -> None:
        folder.mkdir()
        together.wait()
        export(folder)

    threads = [Thread(target=carried(one), args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert everything_in(folders[0]) == everything_in(folders[1])
    assert [mark.ref for mark in exports()] == ["RA-2023-05-E1", "RA-2023-05-E2"]


def test_after_the_payment_date_it_says_that_the_date_has_passed(sqlite_database: Settings, folder: Path) -> None:
    randers_paid()
    assert "2023-06-30 has passed" in export(folder, now=JUNE + timedelta(days=40)).notices[0]


def test_the_trail_names_files_and_digests_and_nobody(sqlite_database: Settings, folder: Path) -> None:
    randers_paid()
    done = export(folder)
    with reading() as s:
        entry = s.exec(select(AuditEntry).where(AuditEntry.action == "payout.export")).one()
        assert first_broken(s) is None
    assert (entry.actor, entry.subject, entry.detail["export"]) == (CLERK, "RA-2023-05", done.ref)
    digests = {file["name"]: file["sha256"] for file in done.files if not file["name"].startswith("statements/")}
    assert (entry.detail["files"], entry.detail["statements"]) == (digests, 1)
    (mark,) = exports()
    for told in (as_text(entry.detail), as_text(mark.files), as_text(done.notices), as_text(done.totals)):
        assert HOLDER not in told
        assert CPR not in told


def test_files_can_be_read_by_their_owner_alone(sqlite_database: Settings, folder: Path) -> None:
    randers_paid()
    export(folder)
    assert {oct(path.stat().st_mode)[-3:] for path in folder.rglob("*.*")} == {"600"}


def test_before_the_release_nothing_is_exported(database: Settings, folder: Path) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    with pytest.raises(NotPrepared):
        export(folder)
    prepare()
    with pytest.raises(NotReleased, match="is draft, not released"):
        export(folder)
    approve_payout("randers", "2023-05", actor=acting(LEADER), now=JUNE)
    with pytest.raises(NotReleased, match="plejeflow payout release 2023-05 --municipality randers comes first"):
        export(folder)
    assert (everything_in(folder), exports()) == ({}, [])


@pytest.mark.parametrize("who", [ADVISER, OUTSIDER])
def test_who_may_not_release_may_not_export(sqlite_database: Settings, folder: Path, who: str) -> None:
    randers_paid()
    with pytest.raises(MayNot, match=f"{who} may not export the payout of randers"):
        export(folder, by=who)
    assert (everything_in(folder), exports()) == ({}, [])


@pytest.mark.parametrize("where", ["/proc", "nowhere", "a file", "a file/below"])
def test_a_folder_that_cannot_be_written_to_is_one_clear_line(
    sqlite_database: Settings, tmp_path: Path, where: str
) -> None:
    randers_paid()
    (tmp_path / "a file").touch()
    with pytest.raises(FolderUnusable, match="give a folder that exists and can be written to with --to"):
        export(tmp_path / where)
    assert (exports(), (tmp_path / "nowhere").exists()) == ([], False)


@pytest.mark.parametrize("name", [NAMES[4], NAMES[3]])
def test_a_folder_with_other_files_of_that_run_is_left_as_it_is(
    sqlite_database: Settings, folder: Path, name: str
) -> None:
    randers_paid()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("somebody's own")
    before = everything_in(folder)
    with pytest.raises(OtherFilesThere, match=f"holds other contents already under {name}"):
        export(folder)
    assert (everything_in(folder), exports()) == (before, [])


def test_when_the_disk_refuses_halfway_nothing_stays(sqlite_database: Settings, folder: Path) -> None:
    randers_paid()
    (folder / "statements").write_text("a file where a folder should be")
    with pytest.raises(FolderUnusable, match="Not a directory"):
        export(folder)
    assert (list(everything_in(folder)), exports()) == (["statements"], [])
    assert [path.name for path in folder.iterdir()] == ["statements"]


def test_a_family_that_payroll_does_not_know_is_named_by_reference(sqlite_database: Settings, folder: Path) -> None:
    randers_paid()
    know_payee(payroll_number=None, contract_holder="Ukendt Person")
    with pytest.raises(Unpayable) as refused:
        export(folder)
    (line,) = refused.value.lines
    assert line.startswith("RA-2023-05: RA-F1: no payroll_number, and no CPR number of the contract holder")
    assert "Ukendt" not in line
    assert everything_in(folder) == {}


@pytest.mark.parametrize(
    ("holder", "key"),
    [
        pytest.param(HOLDER.upper(), CPR, id="the carer with that name, however it is written"),
        pytest.param("Bo  Ødegård", "6205841234", id="the other carer"),
        pytest.param("Ida Ødegård", "", id="a child of the house is no carer"),
        pytest.param(None, "", id="nobody is named and there are two carers"),
    ],
)
def test_the_nemkonto_key_is_the_cpr_number_of_the_carer_who_holds_the_contract(
    sqlite_database: Settings, folder: Path, holder: str | None, key: str
) -> None:
    randers_paid()
    know_payee(contract_holder=holder)
    export(folder)
    assert {row["nemkonto_key"] for row in rows(folder / NAMES[1])} == {key}


def test_the_only_carer_holds_the_contract_where_no_name_fits(sqlite_database: Settings, folder: Path) -> None:
    randers_paid()
    with writing() as s:
        revise(s, current(s, HouseholdMember, "RA-F1-2"), IMPORTED, carer=False)
    know_payee(contract_holder="A. Ødegård")
    export(folder)
    assert {row["nemkonto_key"] for row in rows(folder / NAMES[1])} == {CPR}


def test_a_statement_says_of_each_line_what_explain_says(sqlite_database: Settings, folder: Path) -> None:
    randers_paid()
    export(folder)
    said = "\n".join(paragraph.text for paragraph in Document(BytesIO(everything_in(folder)[NAMES[3]])).paragraphs)
    with reading() as s:
        for line in lines():
            assert explain_line(s, line["id"], "da") in said
    paid, waits = said.split("\nDet venter\n")
    assert [line["id"] in waits for line in lines()] == [line["status"] == "held" for line in lines()]
    assert [line["id"] in paid for line in lines()] == [line["status"] == "released" for line in lines()]
    for words in (
        f"Til {HOLDER} (familie {FAMILY})",
        "Udbetaling for maj 2023",
        "30. juni 2023",
        "Skattepligtigt: 617,24 kr.",
        "Skattefrit: 402,00 kr.",
        "Tilsammen: 1.019,24 kr.",
        "Vederlag er ikke pensionsgivende.",
    ):
        assert words in said


def test_a_family_reference_with_every_kind_of_mark_makes_a_file_name(sqlite_database: Settings, folder: Path) -> None:
    randers_paid()
    know(fact(Family, "RA/F:1 Ø", municipality="randers", kind="respite", payroll_number="5"))
    with writing() as s:
        revise(s, current(s, Placement, "RA-P2"), IMPORTED, family="RA/F:1 Ø")
    know(stay(9, "RA-P2", "2023-06-09T14:00", "2023-06-11T20:00"))
    pay("2023-06", JULY)
    done = export_payout("randers", "2023-06", folder, actor=acting(CLERK), now=JULY)
    assert "statements/RA-2023-06-RA%2FF%3A1%20Ø.docx" in [file["name"] for file in done.files]


def test_the_command_lists_files_and_digests(
    sqlite_database: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    randers_paid()
    with writing() as s:
        revise(s, current(s, Staff, CLERK), IMPORTED, email="clerk@randers.example")
    monkeypatch.setenv("PLEJEFLOW_VAR", str(sqlite_database.var))
    monkeypatch.setenv("PLEJEFLOW_ENCRYPTION_KEYS", sqlite_database.encryption_keys.get_secret_value())
    monkeypatch.setenv("PLEJEFLOW_TODAY", "2023-06-05")
    words = ["payout", "export", "2023-05", "--municipality", "randers", "--as", "clerk@randers.example", "--to"]
    refused = CliRunner().invoke(main, [*words, str(folder / "none")])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"plejeflow: {folder / 'none'}: is not a folder; give a folder that exists and can be written to with --to\n"
    )
    printed = CliRunner().invoke(main, [*words, str(folder), "--json"], catch_exceptions=False)
    told = json.loads(printed.stdout)
    assert (told["ref"], told["payment_date"]) == ("RA-2023-05-E1", "2023-06-30")
    assert [file["name"] for file in sorted(told["files"], key=lambda file: file["name"])] == NAMES
    again = CliRunner().invoke(main, [*words, str(folder)], catch_exceptions=False)
    assert "was exported before" in again.stderr
    assert "and 1 pay statements in" in again.stdout
    assert CliRunner().invoke(main, words[:-1]).exit_code == 2
