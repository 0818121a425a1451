"""What a sheet of the caseload workbook and its columns are declared with."""

from dataclasses import dataclass
from enum import StrEnum

from data.tables import Fact


class Kind(StrEnum):
    REF = "reference"
    LINK = "link"
    MUNICIPALITY = "municipality"
    TEXT = "text"
    CODE = "number that is no quantity"
    EMAIL = "e-mail"
    ID_NUMBER = "identity number"
    DATE = "date"
    MOMENT = "date and time"
    NUMBER = "number"
    YES_NO = "yes/no"
    CHOICE = "choice"
    ROLES = "roles"


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    note: str
    attribute: str = ""
    required: bool = False
    """A row can't stand without it."""
    personal: bool = False
    links: tuple[str, ...] = ()
    """Sheets one of which must have the reference."""
    choices: tuple[str, ...] = ()
    longest: int = 80
    scale: int = 1
    """How many of the table's units make one of the workbook's: 100 øre, 10 tenths of a fee, 1000 metres."""
    step: int = 1
    """Smallest difference, in the table's units."""
    least: int = 0
    most: int = 0
    """In the workbook's units."""

    @property
    def fills(self) -> str:
        return self.attribute or self.name


@dataclass(frozen=True)
class Span:
    """Two columns of a row of which the first may not come after the second."""

    first: str
    last: str
    apart: bool = False
    """Nor may they be the same."""
    longest_days: int = 0


@dataclass(frozen=True)
class Sheet:
    name: str
    table: type[Fact]
    columns: tuple[Column, ...]
    spans: tuple[Span, ...] = ()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def link(name: str, to: str, note: str, *, required: bool = False) -> Column:
    return Column(name, Kind.LINK, f"{note} A reference of the sheet {to}.", links=(to,), required=required)


def text(name: str, note: str, longest: int = 200, *, personal: bool = True) -> Column:
    return Column(name, Kind.TEXT, note, personal=personal, longest=longest)


def code(name: str, note: str) -> Column:
    return Column(name, Kind.CODE, f"{note} As text.", personal=True, longest=40)


def date(name: str, note: str, attribute: str = "", *, required: bool = False) -> Column:
    return Column(name, Kind.DATE, note, attribute, required=required)


def moment(name: str, note: str) -> Column:
    return Column(name, Kind.MOMENT, f"{note} Date and local time, such as 2023-05-05 14:00.")


def whole(name: str, note: str, most: int, least: int = 0) -> Column:
    return Column(name, Kind.NUMBER, note, least=least, most=most)


def amount(name: str, note: str, most: int = 1_000_000) -> Column:
    return Column(name, Kind.NUMBER, f"{note} In kroner.", f"{name}_ore", scale=100, most=most)


def yes_no(name: str, note: str) -> Column:
    return Column(name, Kind.YES_NO, f"{note} Write yes or no.")


def choice(name: str, of: type[StrEnum], note: str, *, required: bool = False) -> Column:
    choices = tuple(word.value for word in of)
    return Column(name, Kind.CHOICE, f"{note} One of: {', '.join(choices)}.", choices=choices, required=required)
