import pytest
from cryptography.fernet import Fernet
from sqlmodel import select

from data.columns import unlock
from data.settings import Settings
from data.store.encrypted import encrypted_columns
from data.store.facts import current
from data.store.rotation import rotate_all
from data.store.session import reading, writing
from data.tables import OutboxMail, Staff
from rules.refusal import Refusal
from tests import people
from tests.databases import KEY
from tests.story import Story


def test_after_a_rotation_the_old_key_can_be_given_up(database: Settings) -> None:
    people.move_in()
    Story().finish()
    new = Fernet.generate_key().decode()
    unlock([new, KEY])
    with writing() as s:
        assert rotate_all(s) > 50
    unlock([new])
    with reading() as s:
        assert current(s, Staff, people.LEADER).email == people.email(people.LEADER)
        assert all(b"Message-ID" in (mail.message or b"") for mail in s.exec(select(OutboxMail)))
    unlock([KEY])
    with pytest.raises(Refusal, match="none of the keys opens"), reading() as s:
        current(s, Staff, people.LEADER)


def test_what_is_personal_is_encrypted() -> None:
    encrypted = {f"{table.name}.{column.name}" for table, column in encrypted_columns()}
    personal = {f"family.{name}" for name in ("name", "email", "phone", "address", "contract_holder", "account")}
    personal |= {"staff.name", "staff.email", "child.name", "child.id_number", "child.needs"}
    personal |= {"household_member.name", "household_member.id_number", "journal.value", "generated_task.answer"}
    assert personal <= encrypted
