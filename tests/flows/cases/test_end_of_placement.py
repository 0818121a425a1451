from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from data.documents import list_documents
from data.settings import Settings
from data.store.facts import current
from data.store.session import reading
from data.tables import Family, OutboxMail, Placement
from rules.refusal import Refusal
from rules.vocabulary import FamilyKind, PlacementKind
from tests import people
from tests.letters import opened, part
from tests.people import ADMINISTRATION, CHILD, CHILD_ADVISER, FAMILY, MATCH_CONSULTANT
from tests.story import Story

PLACEMENT, END = "HJ-P001", "end_placement"
EQUIPMENT, CONFIDENTIAL, TALK, REPORT = (
    f"{step}:{PLACEMENT}" for step in ("check_equipment", "still_confidential", "closing_talk", "final_report")
)
FIVE = ["agreed_move", "grown_up", "parents_want_home", "municipality_decides", "child_wants_to_move"]


def live_together(kind: str = "network", **more: Any) -> None:
    people.move_in()
    given = {"child": CHILD, "family": FAMILY, "kind": kind, "start": date(2022, 1, 1), **more}
    people.move_in(Placement(ref=PLACEMENT, recorded_at=people.NOW, **given))


def ending(kind: str = "network", **more: Any) -> Story:
    live_together(kind, **more)
    return Story("end-of-placement")


def placement() -> Placement:
    with reading() as s:
        return current(s, Placement, PLACEMENT)


def due(story: Story, step: str) -> date:
    return story.tasks[step].due_on or date.min


def letter(story: Story) -> str:
    with reading() as s:
        [mail] = s.exec(select(OutboxMail).where(OutboxMail.template == "placement_end", OutboxMail.about == story.ref))
    assert mail.recipient == FAMILY
    return part(opened(mail), "plain")


def test_a_placement_ends_with_its_day_and_reason_and_all_closing_steps_at_once(database: Settings) -> None:
    story = ending()
    assert story.tasks[END].assignee == CHILD_ADVISER
    story.answer(END, reason="parents_want_home")
    leaves = story.today + timedelta(days=30)
    assert (placement().end, placement().end_reason) == (leaves, "parents_want_home")
    asked = {step: story.tasks[step].assignee for step in story.waiting}
    assert asked == {
        EQUIPMENT: ADMINISTRATION, CONFIDENTIAL: FAMILY, TALK: MATCH_CONSULTANT, REPORT: FAMILY,
    }  # fmt: skip
    assert min(due(story, step) for step in story.waiting) > leaves
    story.come_to(leaves)
    assert story.finish() == "Completed"
    with reading() as s:
        assert [row.kind for row in list_documents(s, about=story.ref)] == ["final_report"]


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [
        ("respite", ["parents_end", "municipality_decides", "family_ends"]),
        ("full_time", FIVE),
        ("network", FIVE),
    ],
)
def test_each_kind_of_placement_has_its_own_reasons(sqlite_database: Settings, kind: str, reasons: list[str]) -> None:
    story = ending(kind)
    assert story.tasks[END].demands["placements"][PLACEMENT]["reasons"] == reasons


def test_respite_ends_without_a_final_report(sqlite_database: Settings) -> None:
    story = ending("respite")
    story.answer(END, departure=f"{story.today}")
    assert story.waiting == [EQUIPMENT, CONFIDENTIAL, TALK]
    assert story.finish() == "Completed"


def test_the_family_is_told_what_is_left_and_that_there_is_no_appeal(sqlite_database: Settings) -> None:
    story = ending("respite")
    story.answer(END, departure="2023-04-01")
    text = letter(story)
    # the last night is in March, whose pay comes at the end of April; claims for thirty days more
    for said in (
        "1. april 2023", "28. april 2023", "1. maj 2023",
        "Jeres tavshedspligt fortsætter", "kan ikke klage over", "Aflever venligst", "afsluttende samtale",
    ):  # fmt: skip
        assert said in text
    assert "afsluttende udtalelse" not in text


def test_a_family_that_gave_notice_itself_reads_nothing_of_appeals(sqlite_database: Settings) -> None:
    story = ending("respite")
    story.answer(END, reason="family_ends")
    assert "klage" not in letter(story)


def test_the_letter_tells_no_reason(sqlite_database: Settings) -> None:
    story = ending("respite")
    story.answer(END, because="The mother has moved to Ærø with Søren.")
    assert "Søren" not in letter(story)


def test_the_case_stays_open_until_the_child_has_left(sqlite_database: Settings) -> None:
    story = ending("respite")
    story.answer(END, departure="2023-03-20")
    for step in list(story.waiting):
        story.answer(step)
    assert story.case.outcome is None
    story.come_to(date(2023, 3, 20))
    assert story.case.outcome == "Completed"


def test_a_closing_talk_may_be_declined(sqlite_database: Settings) -> None:
    story = ending("respite")
    story.answer(END, departure=f"{story.today}")
    story.answer(TALK, outcome="declined")
    assert story.finish() == "Completed"


@pytest.mark.parametrize("process", ["contact-decision", "action-plan"])
def test_what_accompanies_the_placement_ends_on_the_day_of_departure(sqlite_database: Settings, process: str) -> None:
    live_together()
    other = Story(process)
    [step] = other.waiting
    story = Story("end-of-placement")
    story.answer(END, departure="2023-03-20")
    other.replay()
    assert (other.case.outcome, other.waiting) == (None, [step])
    other.come_to(date(2023, 3, 20))
    assert (other.case.outcome, other.case.because) == ("Withdrawn", "the placement has ended")
    with pytest.raises(Refusal, match=r"has ended \(Withdrawn\)"):
        other.answer(step)


def test_a_child_that_is_not_placed_there_has_nothing_to_end(sqlite_database: Settings) -> None:
    people.move_in()
    assert f"{CHILD} isn't placed with {FAMILY}" in Story("end-of-placement").case.waits_for


def test_a_placement_that_ended_long_ago_is_not_ended_again(sqlite_database: Settings) -> None:
    assert "isn't placed with" in ending(end=date(2023, 1, 1)).case.waits_for


def test_a_back_dated_end_gives_time_for_claims_from_today(sqlite_database: Settings) -> None:
    story = ending("respite")
    story.answer(END, departure="2022-12-15")
    text = letter(story)
    assert "31. marts 2023" in text
    assert "Sidste udbetaling" not in text
    assert due(story, EQUIPMENT) > story.today


def test_an_answer_after_the_case_has_ended_is_refused(sqlite_database: Settings) -> None:
    story = ending("respite")
    story.answer(END, departure=f"{story.today}")
    story.finish()
    with pytest.raises(Refusal, match="was answered"):
        story.answer(TALK)


def test_every_kind_of_family_a_child_is_placed_with_can_be_left(sqlite_database: Settings) -> None:
    people.move_in()
    for kind, number in zip((FamilyKind.FOSTER, FamilyKind.RESPITE, FamilyKind.RESOURCE_RESPITE), "123", strict=True):
        home = Family(ref=f"HJ-F10{number}", recorded_at=people.NOW, municipality="hjoerring", kind=kind)
        given: dict[str, Any] = {
            "child": CHILD,
            "family": home.ref,
            "kind": PlacementKind.RESPITE,
            "start": date(2022, 1, 1),
        }
        people.move_in(home, Placement(ref=f"HJ-P10{number}", recorded_at=people.NOW, **given))
        assert Story("end-of-placement", family=home.ref).waiting == [END]
