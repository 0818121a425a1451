"""What a task's mail says of whom it is about, who can be asked, and by which rule: references only (X6)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from data.policies import municipalities, policy_of
from data.settings import Settings
from data.store.session import writing
from data.tables import Family, GeneratedTask, HouseholdMember, Placement
from rules.register import FORMS
from tasks.mail.queue import configure, queue_task_mail
from tasks.words.rule_words import rule_in_words
from tests import lillehammer, people
from tests.letters import case, opened, part, task
from tests.people import CHILD, FAMILY, LEADER, MATCH_CONSULTANT, NETWORK_ADVISER, NOW

PLACEMENT = "HJ-P001"


@pytest.fixture
def s(sqlite_database: Settings) -> Iterator[Session]:
    configure(sqlite_database)
    people.move_in()
    placed: dict[str, Any] = {"child": CHILD, "family": FAMILY, "kind": "network", "start": date(2023, 2, 1)}
    people.move_in(Placement(ref=PLACEMENT, recorded_at=NOW, municipality="hjoerring", **placed))
    with writing() as s:
        yield s


def mailed(s: Session, row: GeneratedTask, kind: Any = "issued") -> str:
    """Its text, the same facts in HTML."""
    mail = opened(queue_task_mail(s, row, kind, NOW))
    text, html = part(mail, "plain"), part(mail, "html")
    for line in text.splitlines():
        label, _, value = line.partition(": ")
        if label in ("Familie", "Barn", "Kontakt", "Vedrører", "Plejeforhold", "Nettverk", "Regel"):
            assert value in html.replace("&#39;", "'"), line
    return text


def test_a_task_about_a_placement_names_family_child_placement_and_a_contact(s: Session) -> None:
    text = mailed(s, task("HJ-2023-T1", case=None, form="DutyHeld", about=PLACEMENT, demands={"called": "Tilsyn"}))
    for line in (f"Familie: {FAMILY}", f"Barn: {CHILD}", f"Plejeforhold: {PLACEMENT}"):
        assert line in text.splitlines()
    assert f"Kontakt: {MATCH_CONSULTANT}" in text or "Kontakt: HJ-S" in text


def test_a_task_about_a_network_names_its_family_and_the_other_contact(s: Session) -> None:
    s.add_all([*lillehammer.network(), lillehammer.staff(lillehammer.CONTACT, "child_welfare_contact")])
    s.flush()
    asked = task("LI-2025-T1", case=None, form="DutyHeld", about=lillehammer.NETWORK, assignee=lillehammer.CONTACT)
    asked.municipality = "lillehammer"
    lines = mailed(s, asked).splitlines()
    for line in (lillehammer.NETWORK, lillehammer.RESOURCE, lillehammer.OTHER_CONTACT):
        assert [said for said in lines if said.endswith(f": {line}")], line
    assert f"Nettverk: {lillehammer.NETWORK}" in lines


@pytest.mark.parametrize("kind", ["issued", "reminder", "due", "overdue", "escalated", "withdrawn"])
def test_a_task_of_a_case_names_the_cases_family_and_child_in_every_mail_about_it(s: Session, kind: str) -> None:
    s.add(case(child=CHILD, responsible=NETWORK_ADVISER))
    s.flush()
    lines = mailed(s, task(about=None), kind).splitlines()
    assert f"Familie: {FAMILY}" in lines
    assert f"Barn: {CHILD}" in lines
    assert any(line.startswith("Kontakt: ") for line in lines)


@pytest.mark.parametrize("about", [FAMILY, CHILD])
def test_what_is_about_a_family_or_a_child_alone_is_not_said_twice(s: Session, about: str) -> None:
    text = mailed(s, task("HJ-2023-T1", case=None, about=about))
    assert text.count(about) == 1
    assert f"{'Familie' if about == FAMILY else 'Barn'}: {about}" in text


def test_the_contact_is_the_case_responsible_and_for_themselves_somebody_else(s: Session) -> None:
    s.add(case(responsible=NETWORK_ADVISER))
    s.flush()
    assert f"Kontakt: {NETWORK_ADVISER}" in mailed(s, task(assignee=FAMILY, role="family", form="PreStudy"))
    own = mailed(s, task("HJ-2023-0001-02"))
    assert f"Kontakt: {NETWORK_ADVISER}" not in own
    assert "Kontakt: HJ-S" in own


def test_where_nobody_is_known_the_leader_is_the_contact(s: Session) -> None:
    s.add(Family(ref="HJ-F9", recorded_at=NOW, municipality="hjoerring", kind="network"))
    s.flush()
    assert f"Kontakt: {LEADER}" in mailed(s, task("HJ-2023-T1", case=None, about="HJ-F9"))


def test_a_mail_about_something_else_names_no_family(s: Session) -> None:
    lines = mailed(s, task("HJ-2023-T1", case=None, about="HJ-2023-05", form="HeldLineDecision", row="R9")).splitlines()
    assert not [line for line in lines if line.startswith(("Familie", "Barn"))]
    assert "Vedrører: HJ-2023-05" in lines


HOUSEHOLD = {"HJ-F9-1": date(1980, 1, 1), "HJ-F9-2": date(1981, 1, 1), "HJ-F9-3": date(2007, 9, 1)}


@pytest.mark.parametrize(
    ("language", "member", "called"),
    [
        ("da", "HJ-F9-1", "den første voksne i husstanden"),
        ("da", "HJ-F9-2", "den anden voksne i husstanden"),
        ("da", "HJ-F9-3", "den 15-årige"),
        ("nb", "HJ-F9-1", "den første voksne i husstanden"),
        ("nb", "HJ-F9-3", "15-åringen"),
    ],
)
def test_a_consent_says_for_whom_by_what_the_family_knows(s: Session, language: str, member: str, called: str) -> None:
    where = "hjoerring" if language == "da" else "lillehammer"
    s.add(Family(ref="HJ-F9", recorded_at=NOW, municipality=where, kind="network", email="f9@familie.example"))
    s.add_all(
        HouseholdMember(ref=ref, recorded_at=NOW, family="HJ-F9", name="Søren Holm", birth_date=born)
        for ref, born in HOUSEHOLD.items()
    )
    s.flush()
    asked = task(form="Consent", municipality=where, about=member, assignee="HJ-F9", role="family")
    text = mailed(s, asked)
    assert f": {member} – {called}" in text
    assert "Søren" not in text


def rows() -> set[str]:
    duties = {duty.row for key in municipalities() for duty in policy_of(key).duties(date(2025, 6, 1))}
    return duties | {form.row for form in FORMS.values()}


@pytest.mark.parametrize("language", ["da", "nb"])
@pytest.mark.parametrize("row", sorted(rows()))
def test_every_rule_behind_a_task_is_said_in_words_with_its_source(row: str, language: str) -> None:
    said, english = (rule_in_words(row, replace(policy_of("randers"), language=of)) for of in (language, "en"))
    words, _, source = said.partition(" (")
    assert source.endswith(f", {row})")
    for own, untranslated in zip(said.split(" ("), english.split(" ("), strict=True):
        assert own != untranslated, "it isn't translated"
    assert len(words) > 5


def test_a_duty_of_a_municipalitys_own_under_a_new_row_names_its_source() -> None:
    assert rule_in_words("J99", policy_of("hjoerring")) == "Hjørring Kommunes regler for netværksplejefamilier, J99"


def test_a_rule_from_another_municipalitys_document_is_not_said_to_be_the_readers_own() -> None:
    document = "Randers kommunes håndbok for avlastningsfamilier"
    assert (
        rule_in_words("R9", policy_of("lillehammer"))
        == f"den månedlige utbetalingen (kommunens egen arbeidsmåte etter mønster av {document}, R9)"
    )
    assert "egen arbejdsgang" not in rule_in_words("R9", policy_of("randers"))
    assert "egen arbejdsgang med forbillede i Randers" in rule_in_words("R9", policy_of("hjoerring"))


def test_a_mail_says_its_rule_in_words(s: Session) -> None:
    text = mailed(s, task())
    assert (
        "Regel: godkendelse af netværksplejefamilier (Hjørring Kommunes regler for netværksplejefamilier, J1)" in text
    )
    assert "Regel: J1" not in text
