"""`plejeflow new-key` and `rotate-keys`."""

import click
from cryptography.fernet import Fernet

from commands.acting import connected, operator
from commands.grammar import Command
from data.store.audit import audit
from data.store.rotation import rotate_all
from data.store.session import writing


@click.command("new-key", cls=Command)
def new_key() -> None:
    """Print a new key for PLEJEFLOW_ENCRYPTION_KEYS."""
    click.echo(Fernet.generate_key().decode())


@click.command("rotate-keys", cls=Command)
def rotate_keys() -> None:
    """Write everything encrypted again with the first of PLEJEFLOW_ENCRYPTION_KEYS."""
    settings = connected()
    with writing() as s:
        written = rotate_all(s)
        audit(s, operator(), "keys rotated", "database", settings.now(), values=written)
    click.echo(f"{written} values are written with the newest key; the older keys can be taken away")
