"""Documents and templates from the command line."""

from pathlib import Path

import pytest
from sqlmodel import select

from data.settings import Settings
from data.store.session import reading
from data.tables import AuditEntry
from tests import people
from tests.people import ADMINISTRATION, FAMILY, MOTHER, NETWORK_ADVISER
from tests.story import Story
from tests.test_command_line import plejeflow, refused
from tests.word import text_of, word


@pytest.fixture
def paper(sqlite_database: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """Reference of a consent that was made."""
    monkeypatch.setenv("PLEJEFLOW_VAR", str(sqlite_database.var))
    monkeypatch.setenv("PLEJEFLOW_ENCRYPTION_KEYS", sqlite_database.encryption_keys.get_secret_value())
    monkeypatch.setenv("PLEJEFLOW_TODAY", str(people.WEDNESDAY))
    people.move_in()
    story = Story()
    story.answer("first_visit")
    return f"{story.ref}-{MOTHER}-consent_attests-1"


def test_a_document_is_listed_saved_for_its_owner_only_and_the_reading_recorded(paper: str, tmp_path: Path) -> None:
    assert paper in plejeflow("document", "list", "--about", paper[:12]).stdout
    assert plejeflow("document", "list", "--about", "HJ-2023-9999").stdout == "no documents\n"
    file = tmp_path / "samtykke.docx"
    assert plejeflow("document", "save", paper, "--to", file, "--as", people.email(NETWORK_ADVISER)).exit_code == 0
    assert "Samtykke til at indhente attester" in text_of(file.read_bytes())
    assert file.stat().st_mode & 0o777 == 0o600
    with reading() as s:
        entry = s.exec(select(AuditEntry).where(AuditEntry.action == "document read")).one()
    assert (entry.actor, entry.subject) == (NETWORK_ADVISER, paper)


def test_a_document_is_not_for_a_stranger_and_takes_no_other_file_s_place(paper: str, tmp_path: Path) -> None:
    file = tmp_path / "samtykke.docx"
    save = ("document", "save", paper, "--to", file, "--as")
    assert "nobody with that" in refused(plejeflow(*save, people.email(FAMILY)))
    assert not file.exists()
    file.write_bytes(b"mine")
    said = refused(plejeflow(*save, people.email(NETWORK_ADVISER)))
    assert "name another file" in said
    assert file.read_bytes() == b"mine"
    assert "there is no document" in refused(plejeflow("document", "save", "X", "--to", tmp_path / "x", "--as", "a@b"))


def test_a_template_is_saved_checked_and_loaded(paper: str, tmp_path: Path) -> None:
    file, again = tmp_path / "kontrakt.docx", tmp_path / "igen.docx"
    save = ("document", "template", "save", "contract_network")
    assert plejeflow(*save, "--language", "da", "--to", file).exit_code == 0
    assert plejeflow("document", "template", "check", file, "--name", "contract_network").exit_code == 0
    own = word("Vores kontrakt med {{ family_name }}")
    file.write_bytes(own)
    load = ("document", "template", "load", file, "--name", "contract_network", "--municipality", "hjoerring")
    assert plejeflow(*load, "--as", people.email(ADMINISTRATION)).exit_code == 0
    assert plejeflow(*save, "--municipality", "hjoerring", "--to", again).exit_code == 0
    assert again.read_bytes() == own
    assert plejeflow(*save, "--to", tmp_path / "x").exit_code == 2


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (word("{{ familyname }}"), "contract_network", "unknown field familyname"),
        (b"hej", "contract_network", "isn't a Word document"),
        (word("x"), "kontrakt", "there is no document 'kontrakt'"),
        (None, "contract_network", "can't be read"),
    ],
)
def test_a_bad_template_is_refused_in_a_line(
    paper: str, tmp_path: Path, content: bytes | None, name: str, said: str
) -> None:
    file = tmp_path / "skabelon.docx"
    if content is not None:
        file.write_bytes(content)
    assert said in refused(plejeflow("document", "template", "check", file, "--name", name))
    load = ("document", "template", "load", file, "--name", name, "--municipality", "hjoerring")
    assert said in refused(plejeflow(*load, "--as", people.email(ADMINISTRATION)))
