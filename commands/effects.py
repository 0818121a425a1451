"""What a change would do to a month's pay, as the two previews print it."""

from typing import TYPE_CHECKING

import click

from commands.printing import notes, show
from web.shown.effects import effect_shown

if TYPE_CHECKING:
    from tasks.previews.pay_effect import PayEffect


def show_effect(effect: "PayEffect") -> None:
    notes(f"missing now: {gap}" for gap in effect.missing_now)
    notes(f"missing then: {gap}" for gap in effect.missing_then)
    click.echo(f"{effect.affected} of {effect.families} families affected; {len(effect.much)} need a look")
    show(effect_shown(effect)["components"], False, "nobody is paid anything that month")
