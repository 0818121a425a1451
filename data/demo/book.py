"""Rows of a caseload as it is made up, and the workbook of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data.caseload.sheets import LATEST_APPROVAL, SHEETS
from data.caseload.xlsx import write_workbook
from data.demo.people import People, Person


class Book:
    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {sheet.name: [] for sheet in SHEETS}

    def add(self, sheet: str, **values: Any) -> None:
        self.rows[sheet].append(values)

    def write(self, path: Path) -> None:
        """Raises Refusal where the file stands already."""
        write_workbook(path, lambda sheet: ([row.get(c.name) for c in sheet.columns] for row in self.rows[sheet.name]))


def add_staff(book: Book, people: People, municipality: str, prefix: str, roles: Sequence[str]) -> None:
    """The municipality, and S01, S02 … with a role each; an address is made of its reference: scripts can name it."""
    book.add("municipalities", municipality=municipality)
    for number, role in enumerate(roles, start=1):
        ref = f"{prefix}-S{number:02}"
        book.add(
            "staff",
            ref=ref,
            municipality=municipality,
            name=people.adult(people.surname()).name,
            email=email_of(ref, municipality),
            roles=role,
        )


def email_of(ref: str, municipality: str) -> str:
    return f"{ref.lower()}@{municipality}.example"


def add_family(
    book: Book, people: People, ref: str, municipality: str, kind: str, carers: int, **values: Any
) -> tuple[str, list[Person]]:
    """A family and its carers, -1 and -2 of its household."""
    surname = people.surname()
    adults = [people.adult(surname) for _ in range(carers)]
    book.add(
        "families",
        **{
            "ref": ref,
            "municipality": municipality,
            "kind": kind,
            "name": f"Familien {surname}",
            "email": f"{ref.lower()}@familie.example",
            "phone": people.phone(),
            "address": people.address(),
            "contract_holder": adults[0].name,
            "payroll_number": f"9{len(book.rows['families']):06}",
            "account": people.account(len(book.rows["families"])),
            **values,
        },
    )
    if approved := {name.removeprefix("approved_"): values[name] for name in LATEST_APPROVAL if name in values}:
        book.add("approvals", ref=f"{ref}-A1", family=ref, **approved)
    for number, adult in enumerate(adults, start=1):
        add_member(book, f"{ref}-{number}", ref, adult, carer=True)
    return surname, adults


def add_member(book: Book, ref: str, family: str, person: Person, *, carer: bool) -> None:
    book.add(
        "household",
        ref=ref,
        family=family,
        name=person.name,
        birth_date=person.born,
        id_number=person.id_number,
        carer="yes" if carer else "no",
    )


def add_child(
    book: Book, people: People, ref: str, municipality: str, born: Any, adviser: str, needs: str = ""
) -> None:
    child = people.person(people.surname(), born)
    book.add(
        "children",
        ref=ref,
        municipality=municipality,
        name=child.name,
        birth_date=child.born,
        id_number=child.id_number,
        adviser=adviser,
        needs=needs or None,
    )
