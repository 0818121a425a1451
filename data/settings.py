"""Everything that differs between one installation and another, read once at the edge."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rules.refusal import Refusal, Refusals

WORK_POOL = "plejeflow"
"""Prefect's work pool, as prefect.yaml names it."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    """Environment variables with the prefix PLEJEFLOW_; the defaults are the embedded installation."""

    model_config = SettingsConfigDict(
        env_prefix="PLEJEFLOW_", env_ignore_empty=True, frozen=True, validate_by_name=True, validate_by_alias=True
    )

    var: Path = Path("var")
    database_url: str = ""
    encryption_keys: SecretStr = SecretStr("")
    today: date | None = None
    policies: Path | None = None
    """Folder of the municipality's own policy files; beside the shipped ones."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(1025, ge=1, le=65535)
    smtp_tls: Literal["starttls", "implicit", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_ca_file: Path | None = None
    mail_from: str = "plejeflow@localhost"

    payroll_folder: Path | None = None

    prefect_api_url: str = "http://127.0.0.1:4200/api"
    prefect_database_url: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL"),
    )
    """Prefect's own variable, for the server that `up` starts; empty: PostgreSQL in `var`."""
    public_url: str = "http://127.0.0.1:8080"

    mailbox_port: int = Field(8025, ge=1, le=65535)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'plejeflow.db'}"

    @property
    def embedded(self) -> bool:
        return self.database.startswith("sqlite:")

    @field_validator("today")
    @classmethod
    def not_ahead(cls, today: date | None) -> date | None:
        # a case woken in the future would stay there, and its mails would wait for that day
        if today is not None and today > datetime.now(UTC).date() + timedelta(days=1):
            raise ValueError("lies ahead; only a day that has come can be acted on")
        return today

    def now(self) -> datetime:
        """The edge's clock, UTC: the real one, or PLEJEFLOW_TODAY's, after all that day has recorded."""
        from data.clock import on_day

        now = datetime.now(UTC)
        return now if self.today is None else on_day(self.today, now)


def read_settings(**given: object) -> Settings:
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Refusals(
            [
                f"PLEJEFLOW_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}; "
                f"got {problem['input']!r}"
                for problem in error.errors()
            ]
        ) from None


def secret_keys(settings: Settings, anything_encrypted: Callable[[], bool]) -> tuple[list[str], str]:
    """Fernet keys, newest first, and where they are from.

    The embedded installation keeps its own in var/keys; a real one must name them.

    A first key is made only where nothing is encrypted yet.
    """
    given = [key.strip() for key in settings.encryption_keys.get_secret_value().split(",") if key.strip()]
    if given:
        return given, "PLEJEFLOW_ENCRYPTION_KEYS"
    if not settings.embedded:
        raise Refusal(
            "PLEJEFLOW_ENCRYPTION_KEYS is not set: personal columns can't be read or written; "
            "set it to one or more Fernet keys, newest first, separated by commas (plejeflow new-key prints one)"
        )
    keys = settings.var / "keys"
    if not keys.exists() and anything_encrypted():
        raise Refusal(
            f"{keys} is gone, and what is personal in {settings.database} is encrypted with it: restore {keys} from "
            "the backup that the database is from, or set PLEJEFLOW_ENCRYPTION_KEYS; a new key would open nothing"
        )
    return _embedded_keys(keys), str(keys)


def _embedded_keys(path: Path) -> list[str]:
    from cryptography.fernet import Fernet

    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            own = path.with_suffix(f".{os.getpid()}")
            own.touch(mode=0o600)
            own.write_text(Fernet.generate_key().decode() + "\n")
            with suppress(FileExistsError):  # another first command was faster: its key is the one
                path.hardlink_to(own)
            own.unlink()
        return path.read_text(errors="replace").split()
    except OSError as error:
        raise Refusal(
            f"{path} can't be made or read ({error.strerror}); choose another folder with PLEJEFLOW_VAR"
        ) from None
