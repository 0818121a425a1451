"""Column types that SQLite and PostgreSQL share."""

from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import DateTime, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator

from data.installation import change, installation, needed
from rules.refusal import Refusal


class Unopened(Refusal):
    """A stored value that none of the keys opens."""

    def __init__(self) -> None:
        super().__init__(
            "PLEJEFLOW_ENCRYPTION_KEYS: none of the keys opens what is stored; add the key it was written with"
        )


def unlock(keys: list[str], where: str = "PLEJEFLOW_ENCRYPTION_KEYS") -> None:
    """Fernet keys, newest first: the first encrypts, all decrypt. Raises Refusal for one that isn't a key."""
    try:
        change(keys=MultiFernet([Fernet(key) for key in keys]))
    except ValueError:
        raise Refusal(
            f"{where}: holds no key, or something that isn't one (a Fernet key, 32 bytes in url-safe base64); restore "
            "it from the backup that the database is from"
        ) from None


def _lock() -> MultiFernet:
    return needed(installation().keys)


def _open(token: bytes) -> bytes:
    try:
        return _lock().decrypt(token)
    except InvalidToken:
        raise Unopened from None


def rotate(token: bytes) -> bytes:
    try:
        return _lock().rotate(token)
    except InvalidToken:
        raise Unopened from None


def in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs its offset: {instant!r}")
    return instant.astimezone(UTC)


class Encrypted(TypeDecorator[str]):
    """Text that is personal: ciphertext in the database, empty is NULL."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return _lock().encrypt(value.encode()).decode("ascii") if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return _open(value.encode()).decode() if value else None


class EncryptedBytes(TypeDecorator[bytes]):
    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return _lock().encrypt(value) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        return _open(bytes(value)) if value else None


class UtcDateTime(TypeDecorator[datetime]):
    """An instant; a naive datetime is refused, SQLite's lost offset is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
