"""What a municipality's own table may look like, and what is said of one that doesn't."""

from datetime import date

import pytest

from data.rates import FOLDER
from rules.rate_file import COLUMNS, RateFile, read_rate_file

HEAD = ",".join(COLUMNS)
GOOD = "DK,fee_night,,2024-01-01,2024-12-31,160.12,DKK/night,published,Byrådets beslutning"


def read(*rows: str, head: str = HEAD) -> RateFile:
    return read_rate_file("\n".join([head, *rows]) + "\n")


def faults(*rows: str, head: str = HEAD) -> list[str]:
    return read(*rows, head=head).faults


def with_cell(column: str, cell: str) -> str:
    cells = GOOD.split(",")
    cells[COLUMNS.index(column)] = cell
    return ",".join(cells)


@pytest.mark.parametrize(("file", "rows"), [("dk.csv", 46), ("no.csv", 18)])
def test_the_published_tables_can_be_read(file: str, rows: int) -> None:
    found = read_rate_file((FOLDER / file).read_text(encoding="utf-8"))
    assert found.faults == []
    assert len(found.rows) == rows


def test_danish_excel_writes_semicolons_decimal_commas_and_dots_in_dates() -> None:
    row = "DK;board_lodging_night;age 0-9;01.01.2025;;206,50;DKK/night;unconfirmed;Rådets brev, s. 2\r\n"
    [found] = read_rate_file(HEAD.replace(",", ";") + "\r\n" + row + ";;;;;;;;\r\n").rows
    assert (found.amount_ore, found.valid_from, found.valid_to) == (206_50, date(2025, 1, 1), None)
    assert (found.band, found.status, found.source) == ("age 0-9", "unconfirmed", "Rådets brev, s. 2")


DANISH = "DK;board_lodging_night;age 0-9;01.01.2025;;206,50;DKK/night;unconfirmed;Rådets brev"


@pytest.mark.parametrize(
    ("first", "delimiter"),
    [
        ("sep=;", ";"),
        ("SEP=;", ";"),
        ('"sep=;"', ";"),
        ("sep=;;;;;;;;;", ";"),
        ("\ufeffsep=;", ";"),
        (" sep=; ", ";"),
        ("sep=\t", "\t"),
        ("sep=|", "|"),
        ("", ";"),
        ("\n  \n", ";"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_that_tells_excel_the_separator_is_taken_as_what_it_is(first: str, delimiter: str, end: str) -> None:
    lines = [first.replace("\n", end), HEAD.replace(",", ";"), DANISH]
    found = read_rate_file(end.join([lines[0], *(line.replace(";", delimiter) for line in lines[1:])]) + end)
    assert found.faults == []
    assert [row.amount_ore for row in found.rows] == [206_50]


def test_lines_are_numbered_as_the_file_has_them_below_such_a_line() -> None:
    wrong = DANISH.replace("206,50", "tolv")
    [fault] = read_rate_file("\n".join(["sep=;", HEAD.replace(",", ";"), DANISH, wrong])).faults
    assert fault.startswith("line 4, column amount")


def test_such_a_line_alone_is_an_empty_file() -> None:
    assert "it is empty" in read_rate_file("sep=;\n").faults[0]


def test_columns_may_stand_in_any_order_and_capitals() -> None:
    head, row = ",".join(reversed(COLUMNS)).upper(), ",".join(reversed(GOOD.split(",")))
    assert read(row, head=head).rows == read(GOOD).rows != []


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("country", "SE", "must be DK or NO"),
        ("rate", "fee_nights", "must be fee_night or board_lodging_night or pocket_money_week"),
        ("rate", "respite_pay_night", "must be fee_night or"),
        ("band", "age 0-9", "must be empty"),
        ("valid_from", "2024-02-30", "is a day that no calendar has"),
        ("valid_from", "", "is no date"),
        ("valid_to", "2023-12-31", "is before valid_from"),
        ("valid_to", "next year", "is no date"),
        ("amount", "-154.31", "is out of range"),
        ("amount", "1000000000000", "is out of range"),
        ("amount", "1e12", "is no number"),
        ("amount", "1.234", "can be read in two ways"),
        ("amount", "154.3101", "is too fine"),
        ("amount", "nan", "is no number"),
        ("amount", "", "is no number"),
        ("amount", "0", "is 0; leave the row out"),
        ("unit", "DKK/month", "must be DKK/night"),
        ("unit", "NOK/night", "must be DKK/night"),
        ("status", "decided", "must be published or unconfirmed"),
        ("source", " ", "is empty; say where the amount"),
        ("source", "010190-1234", "looks like a CPR number"),
    ],
)
def test_a_cell_that_is_wrong_is_named_by_line_and_column_without_its_content(
    column: str, cell: str, said: str
) -> None:
    [fault] = faults(GOOD, with_cell(column, cell))
    assert fault.startswith(f"line 3, column {column}: {said}")
    assert not cell.strip() or cell not in fault.removeprefix(f"line 3, column {column}: ").split()


def test_every_fault_of_every_line_is_said_at_once() -> None:
    wrong = "DK,fee_night,age 3,2024-13-01,,-1,DKK/week,sure,"
    assert [fault.partition(":")[0] for fault in faults(wrong, "XX,,,,,,,,", GOOD)] == [
        *(f"line 2, column {name}" for name in ("valid_from", "amount", "status", "source", "band", "unit")),
        *(f"line 3, column {name}" for name in ("country", "valid_from", "amount", "status", "source")),
    ]


def test_a_band_of_another_rate_is_refused_with_the_bands_there_are() -> None:
    row = "DK,clothing_week,age 3-10,2024-01-01,,116,DKK/week,published,KL"
    assert faults(row) == ["line 2, column band: must be age 0-10 or age 11-13 or age 14-15 or age 16+"]


def test_an_unquoted_decimal_comma_makes_a_cell_too_many() -> None:
    [fault, *_] = faults(GOOD.replace("160.12", "160,12"))
    assert fault.startswith("line 2: has more cells than there are columns")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("\n \n", "it is empty"),
        (HEAD, "there are no rows below the column names"),
        (HEAD.replace(",unit", "") + "\n" + GOOD, "line 1: column unit is missing"),
        (HEAD + ",unit\n" + GOOD, "line 1: column unit stands there twice"),
        (HEAD + ",name\n" + GOOD, "line 1: has a column that nobody reads"),
        ("rate\tband\n", "line 1: column country is missing"),
        (HEAD + '\n"DK,fee_night', "it can't be read as CSV"),
    ],
)
def test_a_file_that_is_no_rate_table_says_what_it_lacks(text: str, said: str) -> None:
    found = read_rate_file(text)
    assert found.rows == []
    assert found.faults[0].startswith(said)
