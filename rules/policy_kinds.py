"""What the value of a policy key may be."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from rules.accounts import account
from rules.payroll_file import AMOUNTS, MAPPABLE, is_column_list
from rules.vocabulary import Component, Purpose


class Kind(NamedTuple):
    must_be: str
    fits: Callable[[Any], bool]


def _whole(lowest: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and value >= lowest


def _is_items(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, str) and re.fullmatch(r"[a-z][a-z0-9_]*", item) for item in value)
        and len(set(value)) == len(value)
    )


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None


def _is_day_of_year(value: Any) -> bool:
    """MM-DD; 29 February isn't in every year."""
    if not _matches(r"\d\d-\d\d")(value):
        return False
    month, day = map(int, value.split("-"))
    return 1 <= month <= 12 and 1 <= day <= monthrange(2023, month)[1]


DAYS = Kind("a whole number of calendar days, such as 14", _whole(0))
WORKING_DAYS = Kind("a whole number of working days, such as 5", _whole(0))
WEEKS = Kind("a whole number of weeks, such as 6", _whole(1))
MONTHS = Kind("a whole number of months, such as 3", _whole(1))
YEARS = Kind("a whole number of years, such as 15", _whole(0))
MINUTES = Kind("a whole number of minutes, such as 90", _whole(1))
COUNT = Kind("a whole number, such as 6", _whole(0))
AT_LEAST_ONE = Kind("a whole number from 1 on, such as 36", _whole(1))
PERCENT_FROM_100 = Kind("a whole number of per cent from 100 on, such as 150", _whole(100))
ORE = Kind("an amount in whole øre, such as 150000 for 1,500 kr.", _whole(0))
YES_NO = Kind("true or false", lambda value: isinstance(value, bool))
TEXT = Kind("a text in quotation marks", lambda value: isinstance(value, str) and value.strip() != "")
ITEMS = Kind('a list of different item keys in small letters and underscores, such as ["notice"]', _is_items)
DATE = Kind("a date such as 2025-12-31, without quotation marks", lambda value: type(value) is date)
DAY_OF_YEAR = Kind('a month and day that every year has, in quotation marks, such as "01-05"', _is_day_of_year)
DAYS_OF_YEAR = Kind(
    'a list of months and days that every year has, in quotation marks, such as ["12-01", "01-02"]',
    lambda value: isinstance(value, list) and bool(value) and all(DAY_OF_YEAR.fits(day) for day in value),
)
GUIDANCE = Kind(
    "a text in quotation marks, or false where there is none", lambda value: value is False or TEXT.fits(value)
)
PAYMENT_DAY = Kind(
    'a day of the month from 1 to 28, or "last_bank_day"',
    lambda value: value == "last_bank_day" or (type(value) is int and 1 <= value <= 28),
)
DAY_OF_MONTH = Kind("a day that every month has, from 1 to 28", lambda value: type(value) is int and 1 <= value <= 28)
MONTH = Kind('a year and month in quotation marks, such as "2023-05"', _matches(r"[12]\d{3}-(0[1-9]|1[0-2])"))


BANK_ACCOUNT = Kind(
    "a bank account: a Norwegian one of eleven digits, a Danish one with its registration number, or an IBAN",
    lambda value: isinstance(value, str) and any(account(value, country) for country in ("NO", "DK")),
)
BIC = Kind(
    'the bank\'s BIC of 8 or 11 letters and digits, such as "DABADKKK"', _matches(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
)
BANK_AGREEMENT = Kind(
    "the id that the bank gave the municipality for its files: up to 35 letters and digits",
    _matches(r"[A-Za-z0-9]{1,35}"),
)
FILE_COLUMNS = Kind(
    'a list of pairs of column and heading, such as [["payroll_number", "Medarbejder"], ["amount", "Beløb"]], no '
    f"heading twice and with {' or '.join(sorted(AMOUNTS))}; the columns are {', '.join(sorted(MAPPABLE))}",
    is_column_list,
)
WAGE_TYPES = Kind(
    'codes by tax and component, such as { taxable = { fee = "0710" }, tax_free = { travel = "0730" } }',
    lambda value: (
        isinstance(value, dict)
        and value.keys() <= {"taxable", "tax_free"}
        and all(isinstance(codes, dict) and codes.keys() <= set(Component) for codes in value.values())
        and all(isinstance(code, str) and code for codes in value.values() for code in codes.values())
    ),
)
PURPOSES = Kind(
    f"a list of purposes of driving; there is {', '.join(Purpose)}",
    lambda value: _is_items(value) and set(value) <= set(Purpose),
)
FILE_NAME = Kind('a word of small letters, digits and underscores, such as "opus"', _matches(r"[a-z][a-z0-9_]{0,20}"))


def _is_quality_model(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"themes", "apart"}
        and _is_items(value["themes"])
        and (value["apart"] == [] or _is_items(value["apart"]))
        and not {*value["themes"]} & {*value["apart"]}
    )


QUALITY_MODEL = Kind(
    'themes and what is assessed apart from them, such as { themes = ["competences"], apart = ["economy"] }',
    _is_quality_model,
)


def _are_authorities(value: Any) -> bool:
    fits = {"region": TEXT, "name": TEXT, "basic_course_first": YES_NO}
    return (
        isinstance(value, list)
        and all(isinstance(row, dict) and row.keys() == fits.keys() for row in value)
        and all(kind.fits(row[key]) for row in value for key, kind in fits.items())
        and len({row["region"].casefold() for row in value}) == len(value) > 0
    )


AUTHORITIES = Kind(
    "a list with one { region = …, name = …, basic_course_first = true or false } for each region", _are_authorities
)


def one_of(*choices: str) -> Kind:
    return Kind("one of " + ", ".join(f'"{choice}"' for choice in choices), lambda value: value in choices)
