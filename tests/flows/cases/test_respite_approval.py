from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from sqlmodel import select

from data.approvals import periods_of
from data.policies import FOLDER, use_policies
from data.settings import Settings
from data.store.session import reading
from data.tables import Document, TaskState
from rules.approvals import spells
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tests import people
from tests.homes import Latest, approval, home
from tests.people import FAMILY
from tests.story import Story

CONSULTANT = "HJ-S07"
COURSE, APPLY, DECISION = "basic_course_completed", "approval_application", "authority_decision"
QUALITY, CHASE, WITHDRAW = "quality_assessment", "chase_authority", "withdraw_approval_application"
HANDBOOK = {
    "education_and_employment", "independence_and_relations", "target_group_methods_and_results",
    "health_and_well_being", "organisation_and_management", "competences", "economy", "physical_surroundings",
}  # fmt: skip
REFUSAL = {"approved": False, "reason": "Too little room."} | dict.fromkeys(
    ["assessed_on", "approved_from", "children", "age_from", "age_to", "needs"]
)


def applicants(region: str | None = "Midtjylland", **more: Any) -> None:
    given = {"municipality": "hjoerring", "kind": "respite", "email": people.email(FAMILY), "region": region, **more}
    people.move_in()
    people.move_in(
        people.staff(CONSULTANT, "family_care_consultant"),
        *home(ref=FAMILY, recorded_at=people.NOW, consultant=CONSULTANT, **given),
    )


def approval_case() -> Story:
    return Story("respite-approval", child=None)


@pytest.fixture
def story(sqlite_database: Settings) -> Story:
    applicants()
    return approval_case()


def family() -> Latest:
    return approval(FAMILY)


def letters(story: Story) -> list[str]:
    with reading() as s:
        found = s.exec(select(Document).where(Document.about == story.ref)).all()
    return ["\n".join(paragraph.text for paragraph in docx.Document(BytesIO(row.content)).paragraphs) for row in found]


def test_what_the_authority_approved_is_recorded_on_the_family(database: Settings) -> None:
    applicants()
    story = approval_case()
    story.go_to(DECISION)
    starts = story.today + timedelta(days=14)
    story.answer(DECISION, children=2, age_from=4, age_to=12, needs="Ro og fåste rammer", approved_from=f"{starts}")
    assert story.finish() == "Approved"
    home = family()
    assert (home.approved_from, home.approved_to) == (starts, None)
    assert (home.approved_children, home.approved_age_from, home.approved_age_to) == (2, 4, 12)
    assert home.approved_needs == "Ro og fåste rammer"


def test_socialtilsyn_midt_begins_only_when_the_basic_course_is_completed(story: Story) -> None:
    assert story.waiting == [COURSE]
    story.answer(COURSE, completed_on=f"{story.today}")
    assert story.waiting == [APPLY]
    with pytest.raises(AnswerInvalid, match="Socialtilsyn Midt begins only when the basic course is completed"):
        story.answer(APPLY, sent_on=f"{story.today - timedelta(days=1)}")


def test_a_basic_course_of_years_ago_still_counts(story: Story) -> None:
    story.answer(COURSE, completed_on="2019-05-03")
    assert story.waiting == [APPLY]


def test_socialtilsyn_nord_takes_the_application_while_the_course_goes_on(sqlite_database: Settings) -> None:
    applicants("Region Nordjylland")
    story = approval_case()
    assert story.waiting == [COURSE, APPLY]
    story.answer(APPLY, sent_on=f"{story.today - timedelta(days=3)}")
    story.answer(DECISION)
    assert story.waiting == [COURSE]
    assert family().approved_from is None
    assert story.finish() == "Approved"


@pytest.mark.parametrize("region", [None, "", "Region Midt", "Hovedstaden", "Øst for Storebælt"])
def test_where_no_authority_is_known_for_the_region_the_case_is_held_up_and_says_why(
    sqlite_database: Settings, region: str | None
) -> None:
    applicants(region)
    story = approval_case()
    assert story.waiting == []
    assert "family HJ-F001: its region isn't one whose supervision authority is known" in story.case.waits_for
    applicants("Midtjylland")
    story.pass_days(1)
    assert story.waiting == [COURSE]


@pytest.mark.parametrize(("fast_track", "weeks"), [(False, 12), (True, 6)])
def test_when_the_case_time_is_exceeded_the_consultant_chases_once_and_the_case_waits_on(
    story: Story, fast_track: bool, weeks: int
) -> None:
    story.answer(COURSE)
    story.answer(APPLY, fast_track=fast_track)
    last_day = story.today + timedelta(weeks=weeks)
    assert story.tasks[DECISION].due_on == last_day
    story.come_to(last_day)
    assert story.waiting == [DECISION]
    story.pass_days(1)
    assert story.waiting == [DECISION, CHASE]
    assert story.tasks[CHASE].assignee == CONSULTANT
    story.answer(CHASE)
    story.pass_days(100)
    assert story.waiting == [DECISION]
    assert story.finish() == "Approved"


def test_on_the_last_day_of_the_case_time_nobody_is_chased_yet(sqlite_database: Settings) -> None:
    applicants("Nordjylland")
    story = approval_case()
    story.answer(APPLY)
    story.come_to(story.today + timedelta(weeks=12))
    story.answer(COURSE)
    assert story.waiting == [DECISION]


def test_a_decision_that_comes_makes_chasing_needless(story: Story) -> None:
    story.go_to(DECISION)
    story.pass_days(7 * 12 + 1)
    assert story.waiting == [DECISION, CHASE]
    story.answer(DECISION)
    assert story.tasks[CHASE].state == TaskState.WITHDRAWN


def test_a_refusal_ends_the_case_and_approves_nothing(story: Story) -> None:
    story.go_to(DECISION)
    story.answer(DECISION, **REFUSAL)
    assert (story.case.outcome, story.case.because) == ("Refused", "by Socialtilsyn Midt")
    assert family().approved_from is None
    [letter] = letters(story)
    assert "Socialtilsyn Midt har ikke godkendt jer" in letter
    assert "Too little room." in letter


@pytest.mark.parametrize("at", [COURSE, APPLY, DECISION])
def test_the_family_may_withdraw_at_any_time_until_the_decision(story: Story, at: str) -> None:
    story.go_to(at)
    story.answer(WITHDRAW)
    assert story.case.outcome == "Withdrawn"
    assert story.waiting == []


def test_once_approved_there_is_nothing_left_to_withdraw_from(story: Story) -> None:
    story.go_to(QUALITY)
    with pytest.raises(Refusal, match="was taken back"):
        story.answer(WITHDRAW)


def test_a_family_is_assessed_by_the_eight_themes_of_the_handbook(story: Story) -> None:
    story.go_to(QUALITY)
    assert set(story.tasks[QUALITY].demands["themes"]) == HANDBOOK
    assert story.tasks[QUALITY].demands["apart"] == []
    seven = dict.fromkeys(HANDBOOK - {"economy"}, "Good.")
    with pytest.raises(AnswerInvalid, match="themes: economy isn't assessed"):
        story.answer(QUALITY, themes=seven)
    newer = dict.fromkeys(HANDBOOK, "Good.") | {"Anders Ånd": "secret"}
    with pytest.raises(AnswerInvalid, match="themes: 1 of them weren't in force") as refused:
        story.answer(QUALITY, themes=newer)
    assert "Anders" not in str(refused.value)


NEWER_FROM_MARCH = """
[respite_approval]
quality_model = [
  { value = { themes = ["organisation_and_management"], apart = [] }, valid_from = 2019-01-01, source = "R2" },
  { value = { themes = ["family_structure"], apart = ["economy"] }, valid_from = 2023-03-01, source = "R2" },
]
"""


@pytest.fixture
def newer_model_from_march(sqlite_database: Settings, tmp_path: Path) -> Iterator[None]:
    """The municipality has given the day from which the newer quality model holds."""
    (tmp_path / "own").mkdir()
    shipped = (FOLDER / "hjoerring.toml").read_text(encoding="utf-8")
    (tmp_path / "own" / "hjoerring.toml").write_text(shipped + NEWER_FROM_MARCH, encoding="utf-8")
    use_policies(tmp_path / "own")
    yield
    use_policies(None)


@pytest.mark.usefixtures("newer_model_from_march")
@pytest.mark.parametrize(
    ("assessed_on", "theme", "apart"),
    [("2023-02-28", "organisation_and_management", []), ("2023-03-01", "family_structure", ["economy"])],
)
def test_the_model_in_force_on_the_day_of_the_assessment_is_used(
    assessed_on: str, theme: str, apart: list[str]
) -> None:
    applicants()
    story = approval_case()
    story.answer(COURSE, completed_on="2023-01-31")
    story.answer(APPLY, sent_on="2023-02-01")
    story.answer(DECISION, assessed_on=assessed_on)
    demands = story.tasks[QUALITY].demands
    assert (demands["themes"], demands["apart"]) == ([theme], apart)
    assert story.finish() == "Approved"


def test_the_letter_says_who_approved_what_and_spells_every_name(sqlite_database: Settings) -> None:
    names = {"name": "Familien Ægir-Öström & Ñandú <Łukasz> 李", "address": "Åløkken 3, 8900 Randers C"}
    applicants(**names)
    story = approval_case()
    assert story.finish() == "Approved"
    [letter] = letters(story)
    assert "Familien Ægir-Öström & Ñandú <Łukasz> 李\nÅløkken 3, 8900 Randers C" in letter
    for words in ("Socialtilsyn Midt har godkendt jer", "1. marts 2023", "Antal børn: 2", "Alder: 0 til 12 år"):
        assert words in letter
    assert "serviceloven § 52, stk. 3, nr. 5" in letter


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"children": None}, "an approval also says children"),
        ({"children": 0}, "children: Input should be greater than or equal to 1"),
        ({"age_from": 13}, "the youngest age is above the oldest"),
        ({"decided_on": "2023-02-28"}, "decided_on: the application was sent on 2023-03-01"),
        ({"approved_from": "2023-02-28"}, "approved_from: an approval can't hold from a day before it was decided"),
        ({"assessed_on": "2023-03-01", "decided_on": "2023-02-28"}, "assessed_on: the assessment can't come after"),
        ({"decided_on": "2023-03-02"}, "2023-03-02 is still to come"),
        ({**REFUSAL, "reason": None}, "a refusal says its reason"),
        ({**REFUSAL, "children": 2}, "nothing of an approval"),
        ({"needs": "x" * 1_000_000}, "needs: String should have at most 2000 characters"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_in_short_words(
    story: Story, instead: dict[str, Any], said: str
) -> None:
    story.go_to(DECISION)
    with pytest.raises(AnswerInvalid, match="AuthorityDecision") as refused:
        story.answer(DECISION, **instead)
    assert said in str(refused.value)
    assert all(len(line) < 250 for line in refused.value.lines)
    assert story.waiting == [DECISION]


def test_an_answer_after_the_case_has_ended_is_refused(story: Story) -> None:
    story.go_to(DECISION)
    story.answer(WITHDRAW)
    with pytest.raises(Refusal, match=r"has ended \(Withdrawn\); there is nothing to answer any more"):
        story.answer(DECISION)


def test_an_approval_that_goes_on_keeps_its_first_day_and_one_that_ended_begins_anew(
    sqlite_database: Settings,
) -> None:
    applicants(approved_from=date(2021, 11, 1))
    assert approval_case().finish() == "Approved"
    with reading() as s:
        assert spells(periods_of(s, FAMILY)) == [(date(2021, 11, 1), None)]
    applicants(approved_from=date(2021, 11, 1), approved_to=date(2022, 6, 30))
    assert approval_case().finish() == "Approved"
    assert (family().approved_from, family().approved_to) == (people.WEDNESDAY, None)
