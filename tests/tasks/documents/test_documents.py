"""Documents are made once, kept as they went out, and read by name."""

from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from data.documents import DocumentTampered, find_document, list_documents
from data.settings import Settings
from data.store.audit import Actor
from data.store.rotation import rotate_all
from data.store.session import reading, writing
from data.tables import AuditEntry, Document, Removal
from rules.document_fields import ALWAYS
from rules.refusal import Refusal
from tasks.documents.made import (
    load_template,
    make_document,
    read_document,
    shipped,
    template_in_use,
    templates,
)
from tasks.documents.word_check import BadTemplate
from tests import people
from tests.people import ADMINISTRATION, NOW
from tests.word import example, text_of, word

ABOUT = "HJ-2023-0001"
KIND = "contract_network"
ADVISER, OFFICE = Actor(people.NETWORK_ADVISER, "tests"), Actor(ADMINISTRATION, "tests")


def make(said: str = "Åse Ærø", *, about: str = ABOUT, now: datetime = NOW) -> Document:
    context = {field: value for field, value in example(KIND, said).items() if field not in ALWAYS}
    with writing() as s:
        return make_document(
            s, KIND, about=about, municipality="hjoerring", context=context, made_by=ADMINISTRATION, now=now
        )


def stored() -> list[str]:
    with reading() as s:
        return [row.ref for row in list_documents(s)]


def test_a_second_version_names_the_first_which_stays_as_it_was(database: Settings) -> None:
    first, second = make("Åse"), make("Bo")
    assert (first.ref, first.supersedes) == (f"{ABOUT}-{KIND}-1", None)
    assert (second.ref, second.version, second.supersedes) == (f"{ABOUT}-{KIND}-2", 2, first.ref)
    with reading() as s:
        kept = find_document(s, first.ref)
    assert kept.digest == sha256(kept.content).hexdigest() == first.digest
    assert "Åse" in text_of(kept.content)


def test_what_would_say_the_same_is_not_stored_twice(database: Settings) -> None:
    first = make()
    assert make(now=NOW + timedelta(hours=1)).ref == first.ref
    assert stored() == [first.ref]


def test_going_back_to_an_earlier_text_is_a_version_of_its_own(sqlite_database: Settings) -> None:
    first, again = make("Åse"), (make("Bo"), make("Åse"))[1]
    assert again.digest == first.digest
    assert again.version == 3


def test_each_person_of_a_case_has_versions_of_their_own(sqlite_database: Settings) -> None:
    own = make(about=f"{ABOUT}/HJ-F001-1")
    assert (own.ref, own.supersedes) == (f"{ABOUT}-HJ-F001-1-{KIND}-1", None)
    make(about="HJ-2023-00010")
    make()
    with reading() as s:
        assert [row.about for row in list_documents(s, about=ABOUT)] == [ABOUT, f"{ABOUT}/HJ-F001-1"]


def test_its_content_is_encrypted_at_rest(database: Settings) -> None:
    made = make()
    with reading() as s:
        raw = bytes(s.connection().execute(text("SELECT content FROM document")).scalar_one())
    assert made.content[:2] == b"PK"
    assert raw[:5] == b"gAAAA"
    assert made.content not in raw


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document SET digest = 'x'",
        "UPDATE document SET version = 9",
        "UPDATE document SET supersedes = 'x'",
        "UPDATE document SET made_by = 'x'",
        "DELETE FROM document",
    ],
)
def test_the_database_itself_keeps_a_document_as_it_is(database: Settings, statement: str) -> None:
    make()
    with pytest.raises((DatabaseError, Refusal), match="a document never changes"), writing() as s:
        s.execute(text(statement))
    assert stored() == [f"{ABOUT}-{KIND}-1"]


def test_what_retention_has_noted_may_go(database: Settings) -> None:
    made = make()
    with writing() as s:
        s.add(Removal(municipality="hjoerring", kind="document", ref=made.ref, rule="X5", removed_at=NOW))
        s.flush()
        s.execute(text("DELETE FROM document"))
    assert stored() == []


def test_a_new_key_leaves_the_document_as_it_is(database: Settings) -> None:
    made = make()
    with writing() as s:
        assert rotate_all(s)
    with reading() as s:
        assert find_document(s, made.ref).digest == made.digest


def test_a_content_that_somebody_put_in_its_place_is_noticed(sqlite_database: Settings) -> None:
    first, second = make("Åse"), make("Bo")
    with writing() as s:
        swap = "UPDATE document SET content = (SELECT content FROM document WHERE ref = :other) WHERE ref = :ref"
        s.execute(text(swap), {"other": second.ref, "ref": first.ref})
    with reading() as s, pytest.raises(DocumentTampered, match=first.ref):
        find_document(s, first.ref)


def test_whoever_reads_a_document_is_in_the_audit_trail(sqlite_database: Settings) -> None:
    made = make()
    with writing() as s:
        assert read_document(s, made.ref, actor=ADVISER, now=NOW) == made.content
    with reading() as s:
        entry = s.exec(select(AuditEntry).where(AuditEntry.action == "document read")).one()
    assert (entry.actor, entry.subject, entry.detail) == (ADVISER.ref, made.ref, {"sha256": made.digest})


def test_the_municipality_s_own_template_is_used_and_the_older_documents_stay(database: Settings) -> None:
    people.move_in()
    first = make()
    own = word("Vores egen kontrakt med {{ family_name }}")
    load(own)
    second = make()
    assert "Vores egen kontrakt med Åse Ærø" in text_of(second.content)
    assert (first.template_digest, second.template_digest) == (
        sha256(shipped(KIND, "da")).hexdigest(),
        sha256(own).hexdigest(),
    )
    with reading() as s:
        assert template_in_use(s, "randers", KIND) == shipped(KIND, "da")
        assert {row.name: row.own for row in templates(s)}[KIND] == "hjoerring"


def test_the_template_that_was_loaded_last_counts(sqlite_database: Settings) -> None:
    people.move_in()
    load(word("Første"))
    load(word("Anden"))
    assert text_of(make().content).strip() == "Anden"


def load(content: bytes, actor: Actor = OFFICE) -> None:
    with writing() as s:
        load_template(s, "hjoerring", KIND, content, actor=actor, now=NOW)


def test_a_template_with_an_unknown_field_is_refused_and_the_shipped_one_stays(sqlite_database: Settings) -> None:
    people.move_in()
    with pytest.raises(BadTemplate, match="unknown field family_nam for contract_network; did you mean family_name"):
        load(word("{{ family_nam }}"))
    with reading() as s:
        assert template_in_use(s, "hjoerring", KIND) == shipped(KIND, "da")


def test_only_administration_or_the_leader_loads_a_template(sqlite_database: Settings) -> None:
    people.move_in()
    with pytest.raises(Refusal, match="HJ-S01 may not load a template"):
        load(word("x"), ADVISER)


def test_a_template_that_does_not_come_in_a_language_is_refused_by_name() -> None:
    with pytest.raises(Refusal, match="no template assignment_agreement comes with plejeflow in the language 'da'"):
        shipped("assignment_agreement", "da")


def test_a_process_that_forgets_a_field_is_told_which(sqlite_database: Settings) -> None:
    with writing() as s, pytest.raises(ValueError, match=r"contract_network: lacks .*'law'.*has no field \['lov'\]"):
        make_document(s, KIND, about=ABOUT, municipality="hjoerring", context={"lov": ""}, made_by="x", now=NOW)
