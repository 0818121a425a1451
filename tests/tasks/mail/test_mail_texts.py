from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import get_args, get_type_hints
from urllib.parse import unquote, urlsplit

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, UndefinedError

from data.policies import municipalities, policy_of
from data.tables import Course, OutboxMail
from rules import intensive_start, reinforced_support
from rules.courses import News
from rules.grounds import SAYS, Ground
from rules.incidents import Cover
from rules.months import month
from rules.processes.end_of_placement import EndPlacement
from rules.refusal import Refusal
from rules.register import FORMS
from rules.vocabulary import EndReason, PlacementKind, Regime
from tasks.cases.case import Outcome
from tasks.families.emergency_line import Usage, usage_notice
from tasks.mail.held_mail import held_lines, unpaid_list
from tasks.mail.letters import EMAILS, Letter, render
from tasks.mail.notices import (
    BenefitLetter,
    Meeting,
    Notice,
    Site,
    TaskMail,
    case_ended,
    case_stopped,
    decision,
    invitation,
    no_address,
    task_notice,
    undeliverable,
    year_end,
)
from tasks.mail.support_mail import course_place, deadline_near
from tasks.payout.late import LateMonth, payout_late
from tasks.placements import placement_end
from tasks.placements.incidents import damage
from tasks.reminders.escalation import together
from tasks.reminders.handover import notice as handed_over
from tasks.words.language import LOCALE, translator
from tests.letters import case, task
from tests.people import FAMILY, NETWORK_ADVISER, staff

LANGUAGES = ["da", "nb", "en"]
SITE = Site("https://pleje.example", "pleje.example")
TEMPLATES = sorted(path.parent.name for path in EMAILS.glob("*/subject.txt"))
TOPICS = ("intensive_start.modules.general", "intensive_start.modules.themed", "reinforced_support.elements")
NEAR = intensive_start.COMES_NEAR | reinforced_support.COMES_NEAR
ENDS = EndPlacement(
    placement="HJ-P001",
    reason=EndReason.PARENTS_END,
    because="Agreed.",
    notice_given_on=date(2023, 3, 1),
    departure=date(2023, 4, 1),
    notice_kept=True,
)
FRAME = {"stands_in_for": "HJ-S02", "municipality_name": "Hjørring Kommune", "reference": "HJ-2023-0001-01"}


def used() -> set[str]:
    """Every message id in a template, a form or an outcome."""
    jinja = Environment(extensions=["jinja2.ext.i18n"])
    sources = [path.read_text() for path in EMAILS.rglob("*.*")]
    in_templates = {found for source in sources for _, _, found in jinja.extract_translations(source)}
    in_forms = {text for form in FORMS.values() for text in (form.title, form.what, form.why)}
    labels = {
        text
        for form in FORMS.values()
        for field in form.model_fields.values()
        for text in (field.title, field.description)
        if text
    }
    in_grounds = set(SAYS.values())
    covered = {
        item.replace("_", " ")
        for key in municipalities()
        for kind in PlacementKind
        for dated in policy_of(key).values.get(f"benefits.cost_share_covers.{kind}", ())
        for item in dated.value
    }
    topics = {
        item.replace("_", " ")
        for key in municipalities()
        for name in TOPICS
        for dated in policy_of(key).values.get(name, ())
        for item in dated.value
    }
    outcomes = set(get_args(get_type_hints(Outcome)["name"]))
    in_templates = {found if isinstance(found, str) else found[0] for found in in_templates}
    return in_templates | in_forms | labels | outcomes | in_grounds | covered | topics | set(NEAR.values())


def translated(language: str) -> dict[str, str]:
    """By message id, from the catalogues of mails and forms."""
    folder = LOCALE / language / "LC_MESSAGES"
    texts = {}
    for path in [folder / "emails.po", *folder.glob("forms*.po")]:
        with path.open("rb") as source:
            texts |= {str(message.id): str(message.string) for message in read_po(source) if message.id}
    return texts


@pytest.mark.parametrize("language", ["da", "nb"])
def test_every_text_that_is_used_has_its_translation(language: str) -> None:
    texts = translated(language)
    assert len(used()) > 50
    assert sorted(text for text in used() if not texts.get(text)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_of_mails_holds_a_text_that_nobody_uses(language: str) -> None:
    assert sorted(translated(language).keys() - used()) == []


@pytest.mark.parametrize("language", ["da", "nb"])
def test_a_translation_fills_in_exactly_what_its_original_does(language: str) -> None:
    faults = []
    for path in (LOCALE / language / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as source:
            catalogue = read_po(source, locale=language)
        faults += [fault for message in catalogue for fault in message.check(catalogue) if message.id]
    assert faults == []


@pytest.mark.parametrize("language", ["da", "nb"])
def test_a_text_stands_in_one_catalogue_so_that_no_other_can_hide_its_words(language: str) -> None:
    stands = Counter[str]()
    for path in (LOCALE / language / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as source:
            stands.update(str(message.id) for message in read_po(source) if message.id)
    assert [text for text, times in stands.items() if times > 1] == []


def notices(language: str) -> list[Notice]:
    policy = replace(policy_of("hjoerring"), language=language)
    mail = OutboxMail(
        id=7, template="task_issued", recipient=NETWORK_ADVISER, about="HJ-2023-0001-01", municipality="hjoerring"
    )
    meeting = Meeting("HJ-2023-0001", "matching_visit", "Matching visit", datetime(2023, 4, 5, 14), 90, 0)  # noqa: DTZ001
    course = Course(ref="HJ-K1", title="Low Arousal", held_on=date(2023, 9, 3), days=2, municipality="hjoerring")
    tasks = [task_notice(task(), kind, policy, date(2023, 3, 1), SITE) for kind in get_args(TaskMail)]
    return [
        *tasks,
        invitation(meeting, policy, SITE),
        invitation(replace(meeting, sequence=1), policy, SITE),
        invitation(replace(meeting, sequence=2, cancelled=True, online="https://meet.example/x"), policy, SITE),
        invitation(replace(meeting, sequence=1, cancelled=True, instead="HJ-S02"), policy, SITE),
        case_ended(case(outcome="Approved"), policy, SITE),
        case_stopped(case(), "KeyError in rules.days.when", "0.1.0+4490a75acfbf", policy, SITE),
        undeliverable(mail, SITE),
        no_address(FAMILY, tasks[0]),
        *(usage_notice(Usage("VJ-2023-02", calls), month("2023-02"), policy, SITE) for calls in ({}, {"conflict": 2})),
        *(damage(found, 30_000, policy) for found in Cover),
        year_end(["HJ-2023-0001-E"], date(2024, 1, 5), policy),
        *(
            task_notice(task(form="MissingRate", demands=rate), "issued", policy, date(2023, 3, 1), SITE)
            for rate in (
                {"called": "DK fee_night", "since": "never", "bands": []},
                {"called": "NO respite_expense_night", "since": "2025-07-01", "bands": ["age 0-9", "age 10+"]},
            )
        ),
        task_notice(task(form="UnpaidEntitlement", demands=UNPAID), "issued", policy, date(2023, 3, 1), SITE),
        held_lines(HELD, NETWORK_ADVISER, date(2023, 3, 1), policy, SITE, contact="HJ-S05"),
        unpaid_list(
            [task(about=FAMILY, demands=UNPAID)] * 51, NETWORK_ADVISER, date(2023, 3, 1), policy, SITE, contact="HJ-S05"
        ),
        *(placement_end.notice("HJ-2023-0001", ENDS, kind, policy, date(2023, 3, 1), SITE) for kind in PlacementKind),
        deadline_near("HJ-2023-0001", NEAR["begin"], "J4", "HJ-P001", date(2023, 9, 1), ["HJ-T1"], policy, SITE),
        *(course_place(course, news, "HJ-2023-0001", policy, SITE) for news in News),
        handed_over(NETWORK_ADVISER, [task()] * 31, {"tasks": ["HJ-2023-0001-01"] * 31, **MUCH}, policy, SITE),
        together([task()], LEFT, policy, SITE),
        together([], LEFT, policy, SITE),
        payout_late([*LATE, *LATE * 4], policy, SITE),
        Notice("weekly_digest", WEEK),
        Notice("leader_overview", OVERVIEW),
        *(
            decision("HJ-2023-0001", BenefitLetter(True, "R10", regime, 2), policy, SITE)
            for regime in [*Regime, "driving"]
        ),
        *(decision("HJ-2023-0001", BenefitLetter(False, "R10", ground=ground), policy, SITE) for ground in Ground),
    ]


HELD = [task(demands={"line": "HJ-2023-05-000007"})] * 51
LATE = [
    LateMonth("HJ-2023-04", "approved", date(2023, 5, 31), None, None),
    LateMonth("HJ-2023-05", "draft", date(2023, 6, 30), "HJ-2023-05-01", "HJ-S05"),
    LateMonth("HJ-2023-06", "missing", None, None, None),
]
MUCH = {"cases": ["HJ-2023-0001"], "children": ["HJ-B001"] * 31, "families": [FAMILY], "networks": ["N-1"]}
MUCH |= {"teams": ["HJ-H1"], "courses": ["HJ-K1"], "substitutes": ["HJ-S02"]}
LEFT = [(staff(NETWORK_ADVISER, "leader", left_on=date(2023, 6, 30)), {"tasks": 4, "cases": 1, "children": 3})]
UNPAID = {"placements": {"HJ-P001": 509_62}, "months": ["2023-01", "2023-02"], "amount_ore": 509_62}
ROWS = [{"ref": "HJ-2023-0001-01", "title": "First visit", "due": "15 March", "concerns": "HJ-F001"}]
WEEK = {"week": 11, "count": 2, "late": ROWS, "this_week": ROWS, "later": 0, "link": "https://pleje.example/tasks/mine"}
OVERVIEW = {
    "week": 11,
    "late_count": 1,
    "people": [{"ref": "HJ-S01", "open": 3, "late": 1}],
    "late": ROWS,
    "lost": ROWS,
}
OVERVIEW |= {"coming": ROWS, "stuck": ["HJ-2023-0001"], "link": "https://pleje.example/overview/hjoerring"}


def letters(language: str) -> dict[str, Letter]:
    return {
        notice.template: render(notice.template, language, {**FRAME, **notice.context}) for notice in notices(language)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_says_something_in_every_language(language: str) -> None:
    said = notices(language)
    assert sorted({notice.template for notice in said}) == TEMPLATES
    for notice in said:
        template, letter = notice.template, render(notice.template, language, {**FRAME, **notice.context})
        assert letter.subject, template
        assert "\n" not in letter.subject, template
        assert len(letter.subject) < 110, letter.subject
        assert "\n\n\n" not in letter.text, template
        assert "%(" not in letter.subject + letter.text + letter.html, template
        assert "None" not in letter.subject + letter.text + letter.html, template


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_subject_says_what_a_course_is_about(language: str) -> None:
    places = [
        render(notice.template, language, {**FRAME, **notice.context})
        for notice in notices(language)
        if notice.template == "course_place"
    ]
    assert len(places) == len(News)
    for letter in places:
        assert "HJ-2023-0001" in letter.subject
        assert "Low Arousal" not in letter.subject
        assert "Low Arousal" in letter.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_says_its_language_and_fetches_nothing(language: str) -> None:
    for template, letter in letters(language).items():
        assert f'<html lang="{language}">' in letter.html, template
        for remote in ("<img", "src=", "<link", "<script", "@import", "url("):
            assert remote not in letter.html.lower(), (template, remote)


def test_the_languages_differ() -> None:
    subjects = [{letter.subject for letter in letters(language).values()} for language in LANGUAGES]
    assert not subjects[0] & subjects[2]
    assert not subjects[1] & subjects[2]
    assert len(subjects[0] & subjects[1]) <= 1


def test_dates_are_written_as_each_language_writes_them() -> None:
    due = [letters(language)["task_due"].text for language in LANGUAGES]
    for text, day in zip(
        due, ["onsdag den 15. marts 2023", "onsdag 15. mars 2023", "Wednesday, 15 March 2023"], strict=True
    ):
        assert day in text
    met = [letters(language)["invitation"].text for language in LANGUAGES]
    for text, when in zip(
        met, ["5. april 2023 kl. 14.00", "5. april 2023 kl. 14.00", "5 April 2023 at 14:00"], strict=True
    ):
        assert when in text


def test_a_template_that_names_something_unknown_says_so_instead_of_leaving_a_gap() -> None:
    with pytest.raises(UndefinedError):
        render("task_issued", "da", FRAME)


def test_what_a_reference_holds_is_never_html() -> None:
    letter = render("no_address", "da", {**FRAME, "unreached": "<b>x</b>", "link": None})
    assert "<b>x</b>" not in letter.html
    assert "<b>x</b>" in letter.text


@pytest.mark.parametrize("ref", ["ÆR-2023-0001-01", "Sag 7", "A/B", "Sag#1", "50%?x=1"])
def test_a_link_holds_any_reference(ref: str) -> None:
    link = SITE.page("tasks", ref)
    assert link.isascii()
    assert " " not in link
    parts = urlsplit(link)
    assert (parts.query, parts.fragment) == ("", "")
    assert unquote(parts.path.removeprefix("/tasks/")) == ref
    assert "/" not in parts.path.removeprefix("/tasks/")


def test_a_language_without_texts_is_refused_by_name() -> None:
    with pytest.raises(Refusal, match=r"'sv'.*da.*nb"):
        translator("sv")
