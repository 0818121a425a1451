"""The rule behind a task in words, with its source."""

from rules.policy import Policy
from tasks.words.document_words import LETTER_RULES
from tasks.words.language import translator
from tasks.words.pay_words import MODELLED_ON, SOURCES

OWN_DOCUMENTS = {
    "H": {"herning"},
    "J": {"hjoerring"},
    "N": {"asker", "lillehammer"},
    "R": {"randers"},
    "V": {"vejle", "vesthimmerland"},
}
"""Whose the documents are, by the first letter of their rows."""


def rule_in_words(row: str, policy: Policy) -> str:
    """Such as "supervision of the child (Hjørring's rules for network families, J2)"; where the document is another
    municipality's, the reader's own way of working is modelled on it."""
    texts, letter = translator(policy.language), row[0]
    source = texts.gettext(SOURCES[letter])
    if policy.key not in OWN_DOCUMENTS.get(letter, {policy.key}):
        source = texts.gettext(MODELLED_ON).format(source=source)
    source = f"{source}, {row}"
    return f"{texts.gettext(LETTER_RULES[row])} ({source})" if row in LETTER_RULES else source
