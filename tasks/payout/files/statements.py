"""A pay statement for each family: every line with its reason, in the municipality's language (R9, X7)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from sqlmodel import Session

from data.tables import LedgerLine
from rules.months import month as month_of
from tasks.documents.made import template_in_use
from tasks.documents.word import fill
from tasks.explained.lines import explain_lines
from tasks.payout.files.month import PayMonth, kroner
from tasks.words.language import LOCALES

KIND = "pay_statement"
Explained = list[tuple[LedgerLine, str]]


def write_statements(s: Session, folder: Path, month: PayMonth) -> Iterator[Path]:
    """The files, as they are written."""
    language = month.policy.language
    template = template_in_use(s, month.policy.key, KIND)
    lines = [*month.lines, *month.held]
    # what somebody decides afterwards is left out: the same run gives the same bytes
    texts = explain_lines(s, month.run, lines, language, meanwhile=False)
    explained = sorted(zip(lines, texts, strict=True), key=lambda both: (both[0].family, both[0].id))
    released_on = month.policy.today(month.run.released_at or month.run.prepared_at)
    for family, theirs in groupby(explained, key=lambda both: both[0].family):
        path = folder / f"{month.run.ref}-{_in_file_name(family)}.docx"
        context = {**_head(month, family, released_on), **_told(list(theirs), language)}
        path.write_bytes(fill(template, context, language=language, on=released_on))
        yield path


def _head(month: PayMonth, family: str, released_on: Any) -> dict[str, Any]:
    first = month_of(month.run.payroll_month).first
    return {
        "municipality": month.policy.name,
        "reference": f"{month.run.ref}/{family}",
        "made_on": released_on,
        "family": family,
        "contract_holder": month.payees[family].name,
        "payroll_month": format_date(first, "LLLL y", locale=LOCALES[month.policy.language]),
        "payment_date": month.paid_on,
    }


def _told(lines: Explained, language: str) -> dict[str, Any]:
    paid = [line for line, _ in lines if not line.held_because]
    sums = {tax: sum(line.amount_ore for line in paid if line.taxable is tax) for tax in (True, False)}
    told = {
        held: [
            dict(zip(("heading", "text"), text.split("\n", 1), strict=True))
            for line, text in lines
            if bool(line.held_because) is held
        ]
        for held in (True, False)
    }
    return {
        "lines": told[False],
        "held": told[True],
        "taxable_total": _amount(sums[True], language),
        "tax_free_total": _amount(sums[False], language),
        "total": _amount(sum(sums.values()), language),
    }


def _amount(ore: int, language: str) -> str:
    amount: Decimal = kroner(ore)
    return format_decimal(amount, "#,##0.00", locale=LOCALES[language])


def _in_file_name(ref: str) -> str:
    """What a file's name can't hold anywhere is written as its number."""
    return re.sub(r"[^\w.-]", lambda found: f"%{ord(found[0]):02X}", ref)
