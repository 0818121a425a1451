from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from data.courses import enrolments
from data.installation import carried
from data.settings import Settings
from data.store.audit import Actor
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import Child, Course, Family, Happening, OutboxMail, Placement
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal, Refusals
from tasks.families.courses import add_course, costs, enrol
from tests import people
from tests.letters import event, opened, part
from tests.people import CHILD, FAMILY, at
from tests.story import Story
from web.shown.courses import course_row

COURSE, DAY = "HJ-K01", date(2023, 3, 6)
ASK, CANCEL, ATTENDED = "course_request", "cancel_enrolment", f"course_attendance:{COURSE}"
SECOND, THIRD, CONSULTANT = "HJ-F002", "HJ-F003", "HJ-S07"


def course(**more: Any) -> Course:
    given: dict[str, Any] = {
        "ref": COURSE,
        "municipality": "hjoerring",
        "title": "Low Arousal",
        "kind": "annual",
        "held_on": DAY,
        "days": 2,
        "places": 2,
        **more,
    }
    return Course(recorded_at=people.NOW, **given)


def offered(*courses: Course) -> None:
    people.move_in()
    placement: dict[str, Any] = {"child": CHILD, "kind": "network", "start": date(2022, 1, 1)}
    people.move_in(
        people.staff(CONSULTANT, "family_care_consultant"),
        Placement(ref="HJ-P001", recorded_at=people.NOW, family=FAMILY, **placement),
        *(
            Family(
                ref=ref,
                recorded_at=people.NOW,
                municipality="hjoerring",
                kind="foster",
                email=people.email(ref),
            )
            for ref in (SECOND, THIRD)
        ),
    )
    with writing() as s:
        for one in courses or (course(),):
            add_course(s, one, actor=Actor("os:tests", "tests"), now=people.NOW)


@pytest.fixture
def _catalogue(sqlite_database: Settings) -> None:
    offered()


def asks(family: str = FAMILY, persons: int = 1, **more: Any) -> Story:
    story = Story("course-enrolment", family=family, child=None)
    story.answer(ASK, persons=persons, **more)
    return story


def states() -> dict[str, str]:
    with reading() as s:
        return {row.family: row.state for row in enrolments(s, COURSE)}


def news(story: Story) -> list[OutboxMail]:
    with reading() as s:
        rows = select(OutboxMail).where(OutboxMail.template == "course_place", OutboxMail.about == story.ref)
        return list(s.exec(rows))


def counted() -> list[tuple[str, str, str]]:
    with reading() as s:
        return sorted((row.duty, row.subject, f"{row.held_on}") for row in s.exec(select(Happening)))


def test_a_family_gets_a_place_goes_and_its_days_count_for_its_placement(database: Settings) -> None:
    offered()
    story = asks(persons=2)
    assert states() == {FAMILY: "enrolled"}
    [told] = news(story)
    assert opened(told)["Subject"] == f"Kursus, {story.ref}: I har fået plads"
    assert "Low Arousal" in part(opened(told), "plain")
    assert event(told).start == DAY
    story.come_to(DAY)
    assert (story.waiting, story.tasks[ATTENDED].assignee) == ([ATTENDED], CONSULTANT)
    story.pass_days(1)
    story.answer(ATTENDED, attended_on=["2023-03-06", "2023-03-07"])
    assert story.case.outcome == "Completed"
    assert counted() == [("course_day", "HJ-P001", "2023-03-06"), ("course_day", "HJ-P001", "2023-03-07")]
    with reading() as s:
        assert course_row(current(s, Course, COURSE), enrolments(s, COURSE))["attended"] == 2


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        ("basic", [("basic_course_day", FAMILY, "2023-03-06")]),
        ("specialist", [("course_day", "HJ-P001", "2023-03-06")]),
        ("module", []),
    ],
)
def test_what_a_day_counts_towards_follows_from_the_kind_of_course(
    sqlite_database: Settings, kind: str, counts: list[tuple[str, str, str]]
) -> None:
    people.move_in(people.staff("HJ-S11", "institution_specialist"))
    offered(course(kind=kind, specialist="HJ-S11" if kind == "specialist" else None))
    story = asks()
    story.come_to(DAY)
    story.answer(ATTENDED)
    assert counted() == counts


@pytest.mark.usefixtures("_catalogue")
def test_a_family_that_stays_away_is_recorded_as_absent() -> None:
    story = asks()
    story.come_to(DAY)
    story.answer(ATTENDED, attended_on=[])
    assert (states(), counted(), story.case.outcome) == ({FAMILY: "absent"}, [], "Completed")


@pytest.mark.usefixtures("_catalogue")
def test_a_full_course_has_a_waiting_list_and_a_cancellation_moves_up_the_first_that_fits() -> None:
    first, second, third = asks(persons=2), asks(SECOND, persons=2), asks(THIRD, persons=1)
    assert states() == {FAMILY: "enrolled", SECOND: "waiting", THIRD: "waiting"}
    assert "venteliste" in opened(news(second)[0])["Subject"]
    first.answer(CANCEL)
    assert first.case.outcome == "Withdrawn"
    assert states() == {FAMILY: "cancelled", SECOND: "enrolled", THIRD: "waiting"}
    assert [opened(mail)["Subject"].split(": ")[1] for mail in news(second)] == [
        "I står på venteliste",
        "I har fået plads",
    ]
    assert len(news(third)) == 1
    with reading() as s:
        row = course_row(current(s, Course, COURSE), enrolments(s, COURSE))
    assert (row["enrolled"], row["waiting"]) == (2, 1)


@pytest.mark.usefixtures("_catalogue")
def test_who_still_waits_on_the_day_is_told_and_counts_nothing() -> None:
    asks(persons=2)
    waiting = asks(SECOND)
    waiting.come_to(DAY)
    assert waiting.case.outcome == "Refused"
    assert "Der blev ikke plads" in opened(news(waiting)[-1])["Subject"]


@pytest.mark.usefixtures("_catalogue")
def test_the_place_can_be_given_back_until_the_course_begins() -> None:
    story = asks()
    story.come_to(DAY)
    with pytest.raises(Refusal, match="was taken back"):
        story.answer(CANCEL)


@pytest.mark.usefixtures("_catalogue")
def test_a_case_that_waits_for_a_day_says_which() -> None:
    assert asks().case.waits_for == f"until {DAY}"


@pytest.mark.usefixtures("_catalogue")
def test_a_course_that_is_moved_is_waited_for_until_its_new_day() -> None:
    story = asks()
    with writing() as s:
        revise(s, current(s, Course, COURSE), at(story.today), held_on=date(2023, 3, 13))
    story.come_to(DAY)
    assert story.waiting == []
    story.come_to(date(2023, 3, 13))
    assert story.waiting == [ATTENDED]


@pytest.mark.usefixtures("_catalogue")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"persons": 0}, "persons"),
        ({"persons": -1}, "persons"),
        ({"course": "HJ-K99"}, "course: give one of HJ-K01"),
        ({"course": ""}, "course"),
    ],
)
def test_a_wrong_request_is_refused(wrong: dict[str, Any], says: str) -> None:
    story = Story("course-enrolment", child=None)
    with pytest.raises(AnswerInvalid, match=says):
        story.answer(ASK, **wrong)
    assert states() == {}


@pytest.mark.usefixtures("_catalogue")
def test_a_course_that_has_begun_is_refused_in_one_line() -> None:
    story = Story("course-enrolment", child=None)
    story.come_to(DAY)
    with pytest.raises(AnswerInvalid, match="HJ-K01 began on 2023-03-06; give one that is still to come") as refused:
        story.answer(ASK)
    assert len(refused.value.faults) == 1


@pytest.mark.usefixtures("_catalogue")
@pytest.mark.parametrize("days", [["2023-03-05"], ["2023-03-06", "2023-03-06"], ["2023-03-07"]])
def test_attendance_on_days_that_can_not_be_is_refused(days: list[str]) -> None:
    story = asks()
    story.come_to(DAY)
    with pytest.raises(AnswerInvalid, match="attended_on"):
        story.answer(ATTENDED, attended_on=days)


@pytest.mark.usefixtures("_catalogue")
def test_a_family_that_has_asked_is_not_offered_the_course_again() -> None:
    both = [Story("course-enrolment", child=None), Story("course-enrolment", child=None)]
    for story in both:
        story.answer(ASK)
    assert [story.case.outcome for story in both] == [None, "Refused"]
    assert "no course of hjoerring is open to HJ-F001" in Story("course-enrolment", child=None).case.waits_for


@pytest.mark.usefixtures("_catalogue")
def test_a_place_that_was_given_back_can_be_asked_for_again() -> None:
    asks().answer(CANCEL)
    asks()
    assert states() == {FAMILY: "enrolled"}


@pytest.mark.usefixtures("_catalogue")
def test_after_it_has_ended_nothing_can_be_answered() -> None:
    story = asks()
    story.come_to(DAY)
    story.answer(ATTENDED)
    with pytest.raises(Refusal, match="was answered"):
        story.answer(ATTENDED)


def test_two_that_ask_for_the_last_place_at_once_do_not_both_get_it(database: Settings) -> None:
    offered(course(places=1))

    def ask(family: str) -> str | None:
        with writing() as s:
            return enrol(s, course=COURSE, family=family, persons=1, case=f"case of {family}", now=people.NOW)

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(carried(ask), (SECOND, THIRD)))
    assert sorted(map(str, got)) == ["enrolled", "waiting"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"held_on": people.WEDNESDAY}, "give a day to come"),
        ({"title": " "}, "needs a title"),
        ({"kind": "specialist"}, "an institution specialist is named"),
        ({"specialist": "HJ-S05"}, "and for no other"),
        ({"kind": "specialist", "specialist": "HJ-S05"}, "HJ-S05 isn't institution_specialist"),
        ({"ref": "010119-1234"}, "no identity number"),
    ],
)
def test_a_course_that_can_not_be_is_not_added(sqlite_database: Settings, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(Refusals, match=says):
        offered(course(**wrong))


def test_a_reference_is_one_course(sqlite_database: Settings) -> None:
    with pytest.raises(Refusals, match="there is a course HJ-K01 already"):
        offered(course(), course())


def test_placing_municipalities_share_what_a_place_costs(sqlite_database: Settings) -> None:
    offered(course(price_ore=100_001))
    more = [
        Child(ref=ref, recorded_at=people.NOW, municipality=home, birth_date=date(2015, 1, 1))
        for ref, home in (("HE-B1", "herning"), ("HE-B2", "herning"))
    ]
    lives: dict[str, Any] = {"kind": "full_time", "start": date(2022, 1, 1), "family": FAMILY}
    people.move_in(
        *more, *(Placement(ref=f"P-{one.ref}", recorded_at=people.NOW, child=one.ref, **lives) for one in more)
    )
    asks(persons=1)
    asks(SECOND)
    with reading() as s:
        found = costs(s, current(s, Course, COURSE))
    assert found == {FAMILY: {"herning": 66_668, "hjoerring": 33_333}, SECOND: {"hjoerring": 100_001}}


@pytest.mark.usefixtures("_catalogue")
def test_a_mail_about_a_place_names_the_course_and_nobody() -> None:
    story = asks()
    text = part(opened(news(story)[0]), "plain")
    assert "mandag den 6. marts 2023" in text
    assert f"/cases/{story.ref}" in text
