"""What a task's mail says of the rate that is missing, and of what was paid otherwise than it was owed (X3, X4)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rules.months import month
from rules.rates_watch import NEVER
from tasks.words.language import day, kroner, month_name, translator
from tasks.words.pay_words import BANDS, PER, RATES


def missing_rate(demands: Mapping[str, Any], language: str) -> dict[str, str | None]:
    since, bands, texts = demands["since"], demands["bands"], translator(language)
    return {
        "name": rate_in_words(demands["called"], language),
        "bands": ", ".join(texts.gettext(BANDS[band]) for band in bands),
        "in_file": f"{demands['called']}: {', '.join(bands)}" if bands else demands["called"],
        "since": None if since == NEVER else day(date.fromisoformat(since), language),
    }


def rate_in_words(called: str, language: str) -> str:
    """Of what the rate file calls such as "DK clothing_week"."""
    texts, (kind, _, unit) = translator(language), called.split()[-1].rpartition("_")
    return f"{texts.gettext(RATES[kind])} {texts.gettext(PER[unit])}"


def unpaid(demands: Mapping[str, Any], language: str) -> dict[str, str]:
    first, last = (month_name(month(period).first, language) for period in demands["months"])
    return {
        "months": first if first == last else f"{first} – {last}",
        "placements": "; ".join(f"{ref}: {signed(ore, language)}" for ref, ore in demands["placements"].items()),
        "difference": signed(demands["amount_ore"], language),
    }


def signed(ore: int, language: str) -> str:
    """Such as "+509,62 kr.": owed to the family; with a minus it was paid too much."""
    return f"{'+' if ore > 0 else ''}{kroner(ore, language)}"
