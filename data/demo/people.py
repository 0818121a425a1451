"""Unreal people: names, addresses under .example, and identity numbers in the test form of each country."""

from dataclasses import dataclass
from datetime import date
from random import Random

from stdnum.no import kontonr
from stdnum.no.fodselsnummer import calc_check_digit1, calc_check_digit2

from data.demo.names import DANISH, NORWEGIAN, Names

IMPOSSIBLE_DIGIT = "10"


@dataclass(frozen=True)
class Person:
    name: str
    born: date
    id_number: str


class People:
    """Gives out people of one town, each another."""

    def __init__(self, random: Random, *, norwegian: bool, town: str) -> None:
        self._random, self._norwegian, self._town = random, norwegian, town
        self._names: Names = NORWEGIAN if norwegian else DANISH
        self._given: set[str] = set()

    def surname(self) -> str:
        return self._random.choice(self._names.families.split())

    def person(self, surname: str, born: date) -> Person:
        first = self._random.choice(f"{self._names.women} {self._names.men}".split())
        return Person(f"{first} {surname}", born, self._id_number(born))

    def adult(self, surname: str) -> Person:
        return self.person(surname, self.birthday(self._random.randint(1962, 1992)))

    def birthday(self, year: int) -> date:
        return date(year, self._random.randint(1, 12), self._random.randint(1, 28))

    def address(self) -> str:
        return f"{self._random.choice(self._names.streets.split())} {self._random.randint(1, 180)}, {self._town}"

    def phone(self) -> str:
        return f"{self._names.dialling_code} 00 {self._random.randint(0, 999_999):06}"

    def account(self, number: int) -> str:
        """Of a bank that isn't there; a Norwegian one with its control digit, as a payments file asks for."""
        if not self._norwegian:
            return f"0000-{number:010}"
        numbers = (f"9999{tens:07}" for tens in range(100 * number, 100 * (number + 1)))
        return next(found for found in numbers if kontonr.is_valid(found))

    def _id_number(self, born: date) -> str:
        make = norwegian_test_number if self._norwegian else danish_test_number
        number = make(born, self._random)
        while number in self._given:
            number = make(born, self._random)
        self._given.add(number)
        return number


def danish_test_number(born: date, random: Random) -> str:
    """60 added to the day, as the CPR office recommends for people who don't exist."""
    century = random.randint(0, 3) if born.year < 2000 else 4
    return f"{born.day + 60:02}{born:%m%y}{century}{random.randint(0, 999):03}"


def norwegian_test_number(born: date, random: Random) -> str:
    """80 added to the month; control digits as for everybody."""
    while True:
        serial = random.randint(0, 499) if born.year < 2000 else random.randint(500, 999)
        nine = f"{born.day:02}{born.month + 80:02}{born:%y}{serial:03}"
        first = calc_check_digit1(nine)
        second = calc_check_digit2(nine + first)
        if IMPOSSIBLE_DIGIT not in (first, second):
            return nine + first + second
