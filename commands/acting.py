"""Where settings, clock and person come in."""

import click

from data.people import person_by_email
from data.policies import policy_of
from data.settings import Settings, read_settings
from data.store.audit import Actor, os_account
from data.store.session import connect, reading


def settings_now() -> Settings:
    today = click.get_current_context().find_root().meta.get("today")
    return read_settings(**({} if today is None else {"today": today}))


def connected() -> Settings:
    settings = settings_now()
    connect(settings)
    return settings


def with_mail() -> Settings:
    """Connected, for a command whose effect may write mails."""
    from tasks.mail.queue import configure

    settings = connected()
    configure(settings)
    return settings


def operator() -> Actor:
    """Whoever sits at the machine, for what needs no named person."""
    return Actor(f"os:{os_account()}", os_account())


def acting(email: str, municipality: str) -> tuple[Settings, Actor]:
    """Connected, and the named person of that municipality who acts."""
    settings = with_mail()
    with reading() as s:
        policy = policy_of(municipality)
        person = person_by_email(s, email, municipality=policy.key, on=policy.today(settings.now()))
    return settings, Actor(person.ref, os_account())
