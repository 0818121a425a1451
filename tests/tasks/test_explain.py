from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from data.facts import current, revise
from data.session import reading, writing
from data.settings import Settings
from data.tables import Terms
from rules import rates
from rules.holds import Hold
from rules.vocabulary import Component
from tasks import explain, pay_words
from tasks.explain import explain_line
from tasks.language import LOCALE
from tasks.pay_words import BANDS, COMPONENTS, HOLDS
from tasks.payout import prepare_payout
from tests.tasks.payroll import CLERK, IMPORTED, JUNE, acting, guest, know, move_in, weekend

KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
BOARD, FEE = "RA-2023-05-000001", "RA-2023-05-000002"


def explained(line: str, language: str) -> str:
    prepare_payout("randers", "2023-05", actor=acting(CLERK), now=JUNE)
    with reading() as s:
        return explain_line(s, line, language)


def test_a_fee_is_explained_in_english(sqlite_database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    source = "KL's brev af 1. september 2022 (skr-af-19-2022)"
    assert explained(FEE, "en").splitlines() == [
        "Fee for May 2023, placement RA-P1, taxable: 617.24 kr. (line RA-2023-05-000002)",
        "2 nights × 154.31 kr. × 2 (fees agreed) = 617.24 kr.",
        "Nights that begin on 12 May 2023, 13 May 2023; reported as RA-N1.",
        f"Rate: 154.31 kr. a night, in force since 1 January 2023. Source: {source}.",
        "Rule R9: an overnight stay is one night, whatever the hour of arrival and departure.",
        "The fee is taxable income and isn't pensionable.",
        "Prepared by RA-S1 on 2 June 2023 from what was known then; not approved yet.",
    ]


def test_board_and_lodging_is_explained_in_danish_with_its_law_and_its_warning(sqlite_database: Settings) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    text = explained(BOARD, "da")
    assert "Kost og logi for maj 2023, plejeforhold RA-P1, skattefrit: 402,00 kr." in text
    assert "2 døgn × 201,00 kr. = 402,00 kr." in text
    assert "12. maj 2023, 13. maj 2023; indberettet som RA-N1" in text
    assert "for børn på 0 til 9 år, gældende fra 1. januar 2023" in text
    assert "Advarsel: kilden bekræfter ikke taksten endeligt" in text
    assert "serviceloven § 55, stk. 4" in text


def test_an_agreed_excess_and_a_held_line_are_explained_in_norwegian(sqlite_database: Settings) -> None:
    move_in()
    know(*guest(3, None), weekend(1, "RA-P1"), weekend(3, "RA-P3"))
    with writing() as s:
        revise(s, current(s, Terms, "RA-P1/2022-01-01"), IMPORTED, board_lodging_ore=225_50)
    assert "2 døgn × 24,50 kr = 49,00 kr. Det er avtalt 225,50 kr per døgn" in explained("RA-2023-05-000002", "nb")
    held = explained("RA-2023-05-000004", "nb")
    assert "Beløpet kan ikke beregnes ennå." in held
    assert "barnets fødselsdato er ikke registrert" in held
    assert "Sats" not in held


@pytest.mark.parametrize("language", ["da", "nb"])
def test_every_text_of_an_explanation_is_translated(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "payout.po").open("rb") as file:
        translated = {message.id: message.string for message in read_po(file, locale=language) if message.id}
    files = [Path(module.__file__) for module in (explain, pay_words)]
    said = [found[1] for file in files for found in extract_from_file("python", file, keywords=KEYWORDS)]
    assert {text if isinstance(text, str) else tuple(text)[:2] for text in said} == set(translated)
    assert all(translated.values())


def test_every_reason_to_hold_component_and_band_has_words() -> None:
    assert set(HOLDS) == set(Hold)
    assert set(BANDS) == {band for bands in rates.BANDS.values() for band in bands if band}
    assert set(COMPONENTS) == set(Component)


def test_an_explanation_holds_references_only(sqlite_database: Settings) -> None:
    move_in()
    know(*guest(3, date(2014, 7, 9)), weekend(3, "RA-P3"))
    text = explained(BOARD, "da")
    assert "2014" not in text
    assert "RA-B3" not in text
