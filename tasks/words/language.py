"""Texts in the municipality's language: the gettext catalogues under templates/locale, compiled in memory."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from rules.refusal import Refusal

LOCALE = Path(__file__).parent.parent.parent / "templates" / "locale"


@cache
def translator(language: str) -> GNUTranslations:
    """Every catalogue of the language as one. Raises Refusal for a language without catalogues."""
    folder = LOCALE / language / "LC_MESSAGES"
    paths = sorted(folder.glob("*.po"))
    if not paths:
        known = ", ".join(sorted(path.name for path in LOCALE.iterdir() if path.is_dir()))
        raise Refusal(f"there are no texts in {language!r}; known are {known}")
    first, *others = [_compiled(path, language) for path in paths]
    for other in others:
        first.add_fallback(other)
    return first


def _compiled(path: Path, language: str) -> GNUTranslations:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    binary = BytesIO()
    write_mo(binary, catalogue)
    binary.seek(0)
    return GNUTranslations(binary)


LOCALES = {"da": "da", "nb": "nb", "en": "en_GB"}
DAY_AND_TIME = {
    "da": "EEEE 'den' d. MMMM y 'kl.' HH.mm",
    "nb": "EEEE d. MMMM y 'kl.' HH.mm",
    "en": "EEEE, d MMMM y 'at' HH:mm",
}


def long_date(day: date, language: str) -> str:
    """Such as "onsdag den 5. april 2023"."""
    return format_date(day, "full", locale=LOCALES[language])


def day(on: date, language: str) -> str:
    """Such as "5. april 2023"."""
    return format_date(on, "long", locale=LOCALES[language])


def month_name(first: date, language: str) -> str:
    """Such as "april 2023"."""
    return format_date(first, "MMMM y", locale=LOCALES[language])


def amount(kroner: Decimal, language: str) -> str:
    """Such as "1.500,00"."""
    return format_decimal(kroner, "#,##0.00", locale=LOCALES[language])


def in_kroner(ore: int, language: str) -> str:
    """Such as "1.500,00"."""
    return amount(Decimal(ore) / 100, language)


def kroner(ore: int, language: str) -> str:
    """Such as "1.500,00 kr."."""
    return f"{in_kroner(ore, language)} {'kr.' if language == 'da' else 'kr'}"


def distance(metres: int, language: str) -> str:
    """In kilometres, such as "12,5"."""
    return format_decimal(Decimal(metres) / 1000, "#,##0.###", locale=LOCALES[language])


def day_and_time(local: datetime, language: str) -> str:
    """Such as "onsdag den 5. april 2023 kl. 14.00"; the local time as it is given."""
    return format_datetime(local, DAY_AND_TIME[language], locale=LOCALES[language])
