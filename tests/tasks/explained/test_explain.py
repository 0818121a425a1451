from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from sqlalchemy import event

from data.pay.ledger import lines_of
from data.pay.pay_runs import run_of
from data.settings import Settings
from data.store.audit import job
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import (
    Decision,
    ExpenseClaim,
    Family,
    Gathering,
    Network,
    NetworkHome,
    Placement,
    Staff,
    Terms,
    TravelClaim,
)
from data.tables.base import Fact
from rules import rates
from rules.holds import Hold
from rules.vocabulary import Component
from tasks.explained import amounts as explain_amount
from tasks.explained import corrections as explain_correction
from tasks.explained import lines as explain
from tasks.explained.lines import explain_line, explain_lines
from tasks.payout import decide_line, prepare_payout
from tasks.payout.prepare import prepare
from tasks.payout.roles import JOB
from tasks.words import change_words, pay_words
from tasks.words.language import LOCALE
from tasks.words.pay_words import BANDS, COMPONENTS, HOLDS
from tests.tasks.pay_runs import pay
from tests.tasks.payroll import CLERK, FAMILY, IMPORTED, JUNE, LEADER, acting, guest, know, move_in, stay, weekend
from web.shown.pay import run_as_json

SAYING = (change_words, explain, explain_amount, explain_correction, pay_words)
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
HANDBOOK = "Randers' handbook for respite families"
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
        f"An overnight stay is one night, whatever the hour of arrival and departure. It comes from {HANDBOOK}.",
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
    assert "ikke endeligt bekræftet taksten" in text
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
    files = [Path(module.__file__) for module in SAYING]
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


def lines_explained(municipality: str, period: str, clerk: str) -> dict[str, list[str]]:
    """By component, in English; every line is explained in all languages."""
    prepare_payout(municipality, period, actor=acting(clerk), now=datetime(2026, 1, 5, 8, tzinfo=UTC))
    said: dict[str, list[str]] = {}
    with reading() as s:
        for line in run_as_json(s, municipality, period)["lines"]:
            da, nb, en = (explain_line(s, line["id"], language) for language in ("da", "nb", "en"))
            assert len({da, nb, en}) == 3
            said.setdefault(line["component"], []).append(en)
    return said


def fact(table: type[Fact], ref: str, **values: object) -> Fact:
    return table(ref=ref, recorded_at=IMPORTED, **values)


def live_there(placement: str, kind: str, start: date) -> None:
    with writing() as s:
        revise(s, current(s, Placement, placement), IMPORTED, kind=kind, start=start)


def test_a_foster_family_reads_its_month_its_driving_and_its_expenses(sqlite_database: Settings) -> None:
    move_in()
    know(
        *guest(3, date(2015, 3, 1)),
        fact(TravelClaim, "RA-K1", placement="RA-P3", driven_on=date(2023, 5, 4), metres=12_500, purpose="home"),
        fact(
            ExpenseClaim,
            "RA-E1",
            placement="RA-P3",
            benefit="car_seat",
            regime="grant",
            granted_on=date(2023, 5, 9),
            amount_ore=1_800_00,
        ),
    )
    live_there("RA-P3", "full_time", date(2023, 1, 1))
    said = lines_explained("randers", "2023-05", CLERK)
    assert set(said) == {"fee", "board_lodging", "travel", "supplement"}
    assert "\n4,694.00 kr. × 1 (fees agreed) = 4,694.00 kr.\nDays: 1 May 2023 – 31 May 2023." in said["fee"][0]
    assert "the night rate × 365 / 12" in said["fee"][0]
    assert "\n12.5 km × 2.19 kr. = 27.38 kr.\nHeld, not paid until" in said["travel"][0]
    assert "nobody has recorded that this driving was agreed" in said["travel"][0]
    assert "to or from home, 4 May 2023, by claim RA-K1." in said["travel"][0]
    assert "Rate: 2.19 kr. a km, in force since 1 January 2023." in said["travel"][0]
    assert "Granted: 1,800.00 kr. At most 1,500.00 kr. is covered." in said["supplement"][0]


def test_a_network_family_reads_a_seventh_of_the_week_a_day(sqlite_database: Settings) -> None:
    move_in()
    know(
        *guest(3, date(2012, 3, 1)),
        fact(
            ExpenseClaim,
            "RA-E1",
            placement="RA-P3",
            benefit="free_costs",
            regime="none",
            granted_on=date(2020, 5, 9),
            amount_ore=20_001_00,
        ),
    )
    live_there("RA-P3", "network", date(2020, 5, 12))
    said = lines_explained("randers", "2020-05", CLERK)
    assert set(said) == {"board_lodging", "pocket_money", "clothing_money", "free_costs"}
    assert "\n20 days × 32.00 kr. / 7 = 91.43 kr.\n" in said["pocket_money"][0]
    assert "Rate: 116.00 kr. a week for children aged 0 to 10" in said["clothing_money"][0]
    paid, held = said["free_costs"]
    assert "At most 20,000.00 kr. is covered in a calendar year." in paid
    assert "1.00 kr. (line" in held
    assert "above the year's sum for costs without receipts" in held


def test_a_line_says_when_its_receipts_came_who_decided_and_who_approved_it(sqlite_database: Settings) -> None:
    move_in()
    know(
        fact(
            ExpenseClaim,
            "RA-E1",
            placement="RA-P1",
            benefit="incontinence",
            regime="full",
            granted_on=date(2023, 5, 9),
            documentation_on=date(2023, 5, 11),
            amount_ore=300_00,
        ),
        fact(TravelClaim, "RA-K1", placement="RA-P1", driven_on=date(2023, 5, 4), metres=12_500, purpose="home"),
    )
    with writing() as s:
        prepare(s, "randers", "2023-05", actor=job(JOB), now=JUNE)
    with reading() as s:
        lines = {line["component"]: line["id"] for line in run_as_json(s, "randers", "2023-05")["lines"]}
        supplement = explain_line(s, lines["supplement"], "da")
    assert "\nBilag modtaget den 11. maj 2023.\n" in supplement
    assert "Beregnet af systemet den 2. juni 2023" in supplement
    made = decide_line(lines["travel"], Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JUNE)
    pay()
    with reading() as s:
        travel = explain_line(s, lines["travel"], "en")
        norwegian = explain_line(s, lines["travel"], "nb")
    assert f"\nFollows decision {made.ref} by RA-S3 on 2 June 2023.\n" in travel
    assert travel.endswith("approved by RA-S9 on 2 June 2023.")
    assert f"Følger avgjørelse {made.ref} av RA-S3 2. juni 2023." in norwegian
    assert "godkjent av RA-S9 2. juni 2023" in norwegian


def test_norwegian_families_and_networks_read_theirs(sqlite_database: Settings) -> None:
    move_in()
    know(
        fact(Staff, "LI-S1", municipality="lillehammer", roles="payroll"),
        *guest(3, date(2015, 3, 1), municipality="lillehammer"),
        *guest(4, date(2015, 3, 1), municipality="lillehammer"),
        stay(1, "RA-P4", "2024-12-13T14:00", "2024-12-15T20:00"),
        fact(Family, "LI-F2", municipality="lillehammer", kind="resource_network"),
        fact(Network, "LI-W1", resource_family="LI-F2", municipality="lillehammer", started_on=date(2024, 12, 17)),
        fact(NetworkHome, "LI-W1/1", network="LI-W1", family=FAMILY, joined_on=date(2024, 12, 17)),
        fact(
            Gathering,
            "LI-G1",
            network="LI-W1",
            held_on=date(2024, 12, 20),
            kind="christmas",
            amount_ore=700_00,
            homes=1,
        ),
        fact(
            ExpenseClaim,
            "LI-E1",
            placement="RA-P3",
            benefit="other",
            regime="none",
            granted_on=date(2024, 12, 9),
            amount_ore=300_00,
        ),
    )
    live_there("RA-P3", "full_time", date(2023, 1, 1))
    said = lines_explained("lillehammer", "2024-12", "LI-S1")
    assert set(said) == {
        "foster_support",
        "expense_cover",
        "respite_pay",
        "respite_expense",
        "gathering",
        "outlay",
    }
    home, network = sorted(said["foster_support"], key=lambda text: "network LI-W1" in text)
    assert "\n10,336.00 kr. × 1 (KS) = 10,336.00 kr.\n" in home
    assert "\n15 of the month's 31 days × 10,336.00 kr. × 1 (KS) = 5,001.29 kr.\n" in network
    assert "\nthe whole month × 8,533.00 kr. = 8,533.00 kr.\n" in said["expense_cover"][0]
    assert "\n2 nights × 1,026.00 kr. = 2,052.00 kr.\n" in said["respite_pay"][0]
    assert "Receipts of 700.00 kr. At most 500.00 kr. is covered for a network of 1 home." in said["gathering"][0]
    assert "9 December 2024, by claim LI-E1." in said["outlay"][0]


def test_a_whole_run_is_explained_with_one_query(sqlite_database: Settings) -> None:
    move_in()
    know(*guest(3, None), weekend(1, "RA-P1"), weekend(2, "RA-P2"), weekend(3, "RA-P3"))
    prepare_payout("randers", "2023-05", actor=acting(CLERK), now=JUNE)
    asked: list[str] = []
    with reading() as s:
        run = run_of(s, "randers", "2023-05")
        lines = lines_of(s, run)
        each = [explain_line(s, line.id, "da") for line in lines]
        event.listen(s.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert explain_lines(s, run, lines, "da") == each
    assert len(each) == 6
    assert len(asked) == 1
