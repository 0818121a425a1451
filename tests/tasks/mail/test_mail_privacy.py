"""No personal data in any mail: every template in every language for every person of the demo caseload (X6)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.message import EmailMessage
from functools import cached_property
from typing import Any, get_args

import pytest

from data.demo.caseload import demo_book
from data.policies import policy_of
from data.settings import Settings
from data.store.session import writing
from data.tables import Family, OutboxMail, Staff
from rules.grounds import Ground
from rules.register import FORMS
from tasks.mail.calendar_file import calendar_file
from tasks.mail.letters import render
from tasks.mail.notices import (
    BenefitLetter,
    Meeting,
    Notice,
    Site,
    TaskMail,
    case_ended,
    decision,
    invitation,
    no_address,
    task_notice,
    undeliverable,
    year_end,
)
from tasks.mail.queue import configure, queue_task_mail
from tasks.words.language import long_date
from tests.letters import case, in_words, opened, opened_bytes, part, task, whole
from tests.people import NOW

SITE = Site("https://pleje.example", "pleje.example")
WORDS = re.compile(r"\w+")
MUNICIPALITIES = {"Hjørring", "Randers", "Lillehammer", "Kommune", "kommune"}
"""Every mail names its sender."""


@dataclass(frozen=True)
class Caseload:
    rows: dict[str, list[dict[str, Any]]]

    @property
    def people(self) -> list[dict[str, Any]]:
        return [row for sheet in ("staff", "families", "household", "children") for row in self.rows[sheet]]

    @cached_property
    def names(self) -> set[str]:
        """Every word of every name and street; "Familien" is no name."""
        texts = [row.get(field) or "" for row in self.people for field in ("name", "contract_holder", "address")]
        return (
            {word for text in texts for word in WORDS.findall(text) if not word.isdigit()}
            - MUNICIPALITIES
            - {
                "Familien",
                "Familie",
            }
        )

    @cached_property
    def numbers(self) -> set[str]:
        """Whatever is found as it stands, or with its blanks and dashes taken out."""
        fields = ("id_number", "phone", "account", "payroll_number", "address", "email", "needs")
        given = {str(row[field]) for row in self.people for field in fields if row.get(field)}
        return given | {re.sub(r"[\s-]", "", text) for text in given}

    @cached_property
    def birthdays(self) -> set[str]:
        days = {row["birth_date"] for row in self.people if row.get("birth_date")}
        shapes = ("%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y", "%d%m%y", "%Y%m%d")
        return {f"{day:{shape}}" for day in days for shape in shapes} | {
            long_date(day, language).partition(" ")[2].removeprefix("den ")
            for day in days
            for language in ("da", "nb", "en")
        }

    def found_in(self, text: str) -> set[str]:
        squeezed = re.sub(r"(?<=\d)[\s-](?=\d)", "", text)
        return (
            (self.names & set(WORDS.findall(text)))
            | {number for number in self.numbers if whole(number, text) or whole(number, squeezed)}
            | {day for day in self.birthdays if day in text and re.search(rf"\b{re.escape(day)}\b", text)}
        )


@pytest.fixture(scope="module")
def caseload() -> Caseload:
    return Caseload(demo_book().rows)


def test_the_search_finds_each_kind_of_personal_data(caseload: Caseload) -> None:
    family, child = caseload.rows["families"][0], caseload.rows["children"][0]
    born = child["birth_date"]
    for text in (
        f"Mød {family['contract_holder'].split()[0]} i dag",
        f"hos {family['name']}.",
        f"bor på {family['address']}",
        f"ring {family['phone']}",
        f"skriv til {family['email']}",
        f"konto {family['account']}",
        f"CPR {child['id_number'][:6]}-{child['id_number'][6:]}",
        f"født {born:%d.%m.%Y}",
        f"født den {long_date(born, 'da').partition(' den ')[2]}",
    ):
        assert caseload.found_in(text), text
    assert not caseload.found_in(
        "Opgave HJ-2023-0001-01 hos HJ-F001: Frist onsdag den 15. marts 2023, Hjørring Kommune"
    )


DEMANDS: dict[str, dict[str, Any]] = {
    "MissingRate": {"called": "DK fee_night", "since": "2024-01-01", "bands": ["age 0-9"]},
    "UnpaidEntitlement": {"placements": {"HJ-P001": 100}, "months": ["2023-01", "2023-02"], "amount_ore": 100},
}


def notices(person: dict[str, Any], number: int, language: str) -> Iterator[Notice]:
    """Everything that can be written about this person, or to them."""
    ref = person["ref"]
    policy = replace(policy_of(person.get("municipality", "hjoerring")), language=language)
    forms = sorted(FORMS)
    for shift, kind in enumerate(get_args(TaskMail)):
        form = forms[(number + shift) % len(forms)]
        about = task(form=form, municipality=policy.key, assignee=ref, about=ref, demands=DEMANDS.get(form, {}))
        yield task_notice(about, kind, policy, date(2023, 3, 1), SITE)
    yield invitation(Meeting("HJ-2023-0001", ref, "Matching visit", datetime(2023, 4, 5, 14), 90, 0), policy, SITE)  # noqa: DTZ001
    yield case_ended(case(family=ref, child=ref, responsible=ref, outcome="Approved"), policy, SITE)
    yield undeliverable(OutboxMail(id=7, template="task_due", recipient=ref, about="HJ-2023-0001-01"), SITE)
    yield decision(ref, BenefitLetter(False, "R10", ground=Ground.COST_SHARE, covered=["board"]), policy, SITE)
    yield year_end([ref], date(2024, 1, 5), policy)
    yield no_address(ref, Notice("task_due", {"link": SITE.page("tasks", "HJ-2023-0001-01")}))


@pytest.mark.parametrize("language", ["da", "nb", "en"])
def test_no_letter_to_or_about_anybody_holds_anything_of_anybody(caseload: Caseload, language: str) -> None:
    letters, lines = 0, set()
    for number, person in enumerate(caseload.people):
        frame = {
            "stands_in_for": person["ref"],
            "municipality_name": "Hjørring Kommune",
            "reference": "HJ-2023-0001-01",
        }
        for notice in notices(person, number, language):
            letter = render(notice.template, language, {**frame, **notice.context})
            calendar = calendar_file(notice.entry, NOW, language).decode() if notice.entry else ""
            for text in (letter.subject, letter.text, letter.html, calendar.replace("\r\n ", "")):
                lines |= set(text.splitlines())
            letters += 1
    assert letters == 12 * len(caseload.people) > 2000
    assert caseload.found_in("\n".join(lines)) == set()


def test_over_the_wire_goes_nothing_personal_but_the_address_it_is_sent_to(
    caseload: Caseload, sqlite_database: Settings
) -> None:
    configure(sqlite_database)
    recipients = caseload.rows["staff"] + caseload.rows["families"]
    addresses = {row["ref"]: row["email"] for row in recipients}
    lines: set[str] = set()
    with writing() as s:
        for sheet, table in (("staff", Staff), ("families", Family)):
            known = table.model_fields.keys()
            for row in caseload.rows[sheet]:
                s.add(table(recorded_at=NOW, **{key: value for key, value in row.items() if key in known}))
        for number, person in enumerate(recipients):
            asked = task(
                f"HJ-2023-0001-{number:03}",
                municipality=person["municipality"],
                assignee=person["ref"],
                role="family" if "kind" in person else "supervisor",
                about=person["ref"],
            )
            row = queue_task_mail(s, asked, "issued", NOW)
            mail = opened(row)
            assert row is not None
            assert mail["To"] == addresses[row.recipient]
            assert all(part(mail, kind) for kind in ("plain", "html", "calendar"))
            del mail["To"]
            lines |= set(in_words(mail).splitlines())
    assert caseload.found_in("\n".join(lines)) == set()


def test_a_boundary_that_happens_to_hold_a_payroll_number_is_no_leak(caseload: Caseload) -> None:
    number = next(row["payroll_number"] for row in caseload.rows["families"] if row.get("payroll_number"))
    mail = EmailMessage()
    mail.set_content("Der er en opgave til dig.")
    mail.add_alternative("<p>Der er en opgave til dig.</p>", subtype="html")
    for digits in (f"{number}2345678", f"{number}", f"12.{number}"):
        mail.set_boundary(f"==============={digits}==")
        assert caseload.found_in(in_words(mail)) == set()
    assert caseload.found_in(f"{in_words(mail)}\nLønnr. {number}.") == {number}


def test_what_a_mail_says_in_any_part_under_any_encoding_or_as_a_file_name_is_found(caseload: Caseload) -> None:
    number = next(row["payroll_number"] for row in caseload.rows["families"] if row.get("payroll_number"))
    said = f"lønnr. {number}"
    for encoding in ("base64", "quoted-printable", "8bit"):
        for charset in ("utf-8", "iso-8859-1"):
            mail = a_mail()
            mail.add_attachment(f"Hej, {said}\n", cte=encoding, charset=charset)
            assert caseload.found_in(in_words(mail)) == {number}, (encoding, charset)
    indented = a_mail()
    indented.add_alternative(f"<p>nr.\r\n {number}</p>\r\n", subtype="html", cte="base64")
    assert caseload.found_in(in_words(indented)) == {number}
    folded = a_mail()
    folded.add_attachment(f"SUMMARY:nr. {number[:2]}\r\n {number[2:]}\r\n", subtype="calendar", cte="base64")
    assert caseload.found_in(in_words(folded)) == {number}
    for where in ("filename", "name"):
        named = a_mail()
        named.add_attachment("Hej\n")
        [inner] = named.iter_attachments()
        inner.set_param(where, f"{said}.txt", "Content-Disposition" if where == "filename" else "Content-Type")
        assert caseload.found_in(in_words(named)) == {number}, where
    headed = a_mail()
    headed["X-About"] = f"Ærø, {said}"
    assert caseload.found_in(in_words(opened_bytes(headed.as_bytes()))) == {number}


def test_a_part_that_cannot_be_read_in_words_fails_the_search() -> None:
    mail = a_mail()
    mail.add_attachment(b"PK", maintype="application", subtype="zip", filename="x.zip")
    with pytest.raises(AssertionError, match="application/zip"):
        in_words(mail)


def a_mail() -> EmailMessage:
    mail = EmailMessage()
    mail.set_content("Der er en opgave til dig.")
    return mail
