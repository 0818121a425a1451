"""The rule behind a task in words, with its source."""

from gettext import GNUTranslations

from tasks.document_words import LETTER_RULES
from tasks.pay_words import SOURCES


def rule_in_words(row: str, texts: GNUTranslations) -> str:
    """Such as "supervision of the child (Hjørring's rules for network families, J2)"."""
    source = f"{texts.gettext(SOURCES[row[0]])}, {row}"
    return f"{texts.gettext(LETTER_RULES[row])} ({source})" if row in LETTER_RULES else source
