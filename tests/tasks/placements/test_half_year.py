import re
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from data.cases import open_tasks
from data.documents import find_document, list_documents
from data.duties import standings
from data.policies import municipalities, policy_of
from data.settings import Settings
from data.store import session
from data.store.session import reading, writing
from data.tables import Child, DutyChange, Family, Gathering, GeneratedTask, Happening, OutboxMail, Placement
from rules.duties.standing import State
from rules.forms.base import AnswerInvalid
from tasks.cases.answers import answer_task
from tasks.placements.half_year import collect_experiences, collect_reports
from tasks.rehearsal.answers import usual_answer
from tasks.words.language import translator
from tests import lillehammer as cast
from tests import people
from tests.letters import opened, part
from tests.lillehammer import HOMES, NETWORK, RESOURCE, network
from tests.people import CHILD, CHILD_ADVISER, FAMILY, NOW, at

OPENED = date(2025, 6, 1)


def asked(form: str) -> list[GeneratedTask]:
    with reading() as s:
        return [task for task in open_tasks(s) if task.form == form]


def answer(task: GeneratedTask, today: date, **instead: Any) -> None:
    with writing() as s:
        raw = usual_answer(task, today) | instead
        answer_task(s, task.ref, raw, email=people.email(task.assignee), os_account="tests", now=at(today))


def written(about: str) -> str:
    with reading() as s:
        [found] = list_documents(s, about=about)
    with reading() as s:
        content = find_document(s, found.ref).content
    return re.sub("<[^>]+>", " ", zipfile.ZipFile(BytesIO(content)).read("word/document.xml").decode())


def happenings(subject: str, duty: str) -> list[date | None]:
    with reading() as s:
        return list(s.exec(select(col(Happening.held_on)).where(Happening.subject == subject, Happening.duty == duty)))


def gathered(ref: str, on: date, kind: str = "ordinary") -> Gathering:
    return Gathering(ref=ref, recorded_at=NOW, network=NETWORK, held_on=on, kind=kind, homes=3)


def experiences() -> int:
    return collect_experiences("lillehammer", OPENED, at(OPENED))


@pytest.fixture
def met(sqlite_database: Settings) -> None:
    talks = [
        Happening(
            ref=f"{NETWORK}-T{day}", recorded_at=NOW, subject=NETWORK, duty="contact_talk", held_on=date(2025, 2, day)
        )
        for day in (3, 17)
    ]
    cast.move_in(*network(), gathered("G1", date(2025, 2, 8)), gathered("G0", date(2024, 12, 8)), *talks)


def test_each_resource_family_is_asked_once_for_its_half_year_with_what_is_known(met: None) -> None:
    assert collect_experiences("lillehammer", date(2025, 5, 31), at(date(2025, 5, 31))) == 0
    assert experiences() == 1
    assert collect_experiences("lillehammer", date(2025, 6, 2), at(date(2025, 6, 2))) == 0
    [task] = asked("Experiences")
    assert (task.about, task.assignee) == (NETWORK, RESOURCE)
    assert task.demands == {
        "period_from": "2025-01-01",
        "period_to": "2025-06-30",
        "gatherings": [{"held_on": "2025-02-08", "kind": "ordinary", "homes": 3}],
        "homes": sorted(HOMES),
        "held": {"contact_talk": 2},
    }
    with reading() as s:
        [mail] = s.exec(select(OutboxMail).where(OutboxMail.about == task.ref)).all()
    text = part(opened(mail), "plain")
    assert "Erfaringer fra siste halvår" in text
    assert "rapport" not in text.lower()


def test_who_is_asked_late_in_the_half_year_answers_within_it(sqlite_database: Settings) -> None:
    cast.move_in(*network())
    paused: dict[str, Any] = {"kind": "pause", "starts_on": date(2025, 5, 1), "ends_on": date(2025, 6, 19)}
    people.move_in(DutyChange(ref="D1", recorded_at=NOW, subject=NETWORK, decided_by=cast.LEADER, **paused))
    assert experiences() == 0
    assert collect_experiences("lillehammer", date(2025, 6, 20), at(date(2025, 6, 20))) == 1
    assert [task.due_on for task in asked("Experiences")] == [date(2025, 6, 30)]


def test_what_the_family_tells_becomes_a_document_and_counts_for_the_duty(met: None) -> None:
    experiences()
    [task] = asked("Experiences")
    answer(task, date(2025, 6, 10))
    text = written(NETWORK)
    assert "8. februar 2025: A good day" in text
    assert "omtrent 6 ganger" in text
    assert happenings(NETWORK, "experiences") == [date(2025, 6, 10)]
    december = date(2025, 12, 1)
    assert collect_experiences("lillehammer", december, at(december)) == 1


def test_every_gathering_and_every_home_is_told_of(met: None) -> None:
    experiences()
    [task] = asked("Experiences")
    with pytest.raises(AnswerInvalid, match="the one of 2025-02-08 is missing"):
        answer(task, OPENED, gatherings={})
    with pytest.raises(AnswerInvalid, match="2024-12-08 is outside"):
        answer(task, OPENED, gatherings={"2025-02-08": "Fine.", "2024-12-08": "Fine."})
    with pytest.raises(AnswerInvalid, match=f"contacts: {HOMES[0]} is missing"):
        answer(task, OPENED, contacts=dict.fromkeys(HOMES[1:], 3))
    with pytest.raises(AnswerInvalid, match="1 of them aren't asked for"):
        answer(task, OPENED, contacts=dict.fromkeys([*HOMES, "LI-F999"], 3))


@pytest.fixture
def home(sqlite_database: Settings) -> None:
    live_at_home()


def live_at_home() -> None:
    people.move_in()
    live_here("HJ-P001", date(2022, 6, 20))


def live_here(ref: str, start: date, **more: Any) -> None:
    given: dict[str, Any] = {"child": CHILD, "family": FAMILY, "kind": "network", "start": start, **more}
    people.move_in(Placement(ref=ref, recorded_at=NOW, **given))


def reports(today: date = date(2023, 6, 1)) -> int:
    return collect_reports("hjoerring", today, at(today))


def test_a_report_is_asked_for_each_half_year_and_due_while_it_counts(database: Settings) -> None:
    live_at_home()
    assert [reports(day) for day in (date(2023, 5, 31), date(2023, 6, 1), date(2023, 6, 2))] == [0, 1, 0]
    [task] = asked("StatusReport")
    assert (task.assignee, task.due_on, len(task.demands["headings"])) == (FAMILY, date(2023, 6, 19), 9)
    assert reports(date(2023, 12, 4)) == 1


def test_the_childs_own_adviser_receives_the_report(home: None) -> None:
    people.move_in(people.staff("HJ-S00", "child_adviser"))
    reports()
    [task] = asked("StatusReport")
    answer(task, date(2023, 6, 8))
    assert "Følelsesmæssig og adfærdsmæssig udvikling" in written("HJ-P001")
    assert happenings("HJ-P001", "report") == [date(2023, 6, 8)]
    [read] = asked("ReadStatusReport")
    assert (read.assignee, read.demands["document"]) == (CHILD_ADVISER, "HJ-P001-2023-H1-status_report-1")
    with pytest.raises(AnswerInvalid, match="once you have read it"):
        answer(read, date(2023, 6, 9), read=False)
    answer(read, date(2023, 6, 9))
    assert asked("ReadStatusReport") == []


def handed_in(on: date) -> Happening:
    return Happening(ref=f"HJ-P001/report/{on}", recorded_at=NOW, subject="HJ-P001", duty="report", held_on=on)


def test_reports_of_two_half_years_handed_in_on_one_day_are_two(home: None) -> None:
    people.move_in(*(handed_in(on) for on in (date(2022, 12, 5), date(2023, 6, 5))))
    reports()
    reports(date(2023, 12, 4))
    last_day = date(2023, 12, 31)
    for task in asked("StatusReport"):
        answer(task, last_day)
    with reading() as s:
        [standing] = [
            one for one in standings(s, policy_of("hjoerring"), last_day) if one.duty.key == "report" and one.count
        ]
    assert (standing.count, standing.wanted, standing.state) == (2, 2, State.DONE)


def test_every_heading_is_answered_and_no_other(home: None) -> None:
    reports()
    [task] = asked("StatusReport")
    texts = dict.fromkeys(task.demands["headings"], "Good.")
    with pytest.raises(AnswerInvalid, match="sections: health is missing"):
        answer(task, date(2023, 6, 1), sections={head: text for head, text in texts.items() if head != "health"})
    with pytest.raises(AnswerInvalid, match="1 of them aren't asked for"):
        answer(task, date(2023, 6, 1), sections=texts | {"horoscope": "Leo."})
    with pytest.raises(AnswerInvalid, match="at most 4000"):
        answer(task, date(2023, 6, 1), sections=texts | {"health": "x" * 1_000_000})


def statements(job: Callable[[], object]) -> list[str]:
    said: list[str] = []
    note = lambda *called: said.append(called[2])  # noqa: E731
    event.listen(session.engine(), "before_cursor_execute", note)
    job()
    event.remove(session.engine(), "before_cursor_execute", note)
    return said


def test_who_was_asked_before_takes_no_more_queries_however_many_they_are(home: None) -> None:
    reports()
    few = statements(lambda: reports(date(2023, 6, 2)))
    for n in range(10):
        people.move_in(Child(ref=f"HJ-B1{n}", recorded_at=NOW, municipality="hjoerring", adviser=None))
        live_here(f"HJ-P1{n}", date(2023, 1, 1), child=f"HJ-B1{n}")
    first = statements(lambda: reports(date(2023, 6, 3)))
    assert len(asked("StatusReport")) == 11
    assert sum("FROM happening" in said for said in first) == 1
    assert statements(lambda: reports(date(2023, 6, 4))) == few


def test_a_network_that_was_asked_before_is_not_looked_into_again(met: None) -> None:
    experiences()
    few = statements(experiences)
    cast.move_in(*network((), "LI-W2"), *network((), "LI-W3"))
    assert experiences() == 2
    assert statements(experiences) == few


@pytest.mark.parametrize(
    "more",
    [{"end": date(2023, 5, 1)}, {"start": date(2023, 6, 2)}, {"kind": "respite"}],
    ids=["ended", "came after the day", "respite"],
)
def test_no_report_on_a_child_who_does_not_live_there(sqlite_database: Settings, more: dict[str, Any]) -> None:
    people.move_in()
    live_here("HJ-P001", **{"start": date(2022, 6, 20), **more})
    assert reports() == 0


def test_no_report_while_the_placement_is_paused(home: None) -> None:
    paused: dict[str, Any] = {
        "kind": "pause",
        "starts_on": date(2023, 5, 1),
        "ends_on": date(2023, 6, 5),
        "decided_by": CHILD_ADVISER,
    }
    people.move_in(DutyChange(ref="HJ-P001-D1", recorded_at=NOW, subject="HJ-P001", **paused))
    assert reports(date(2023, 6, 5)) == 0
    assert reports(date(2023, 6, 6)) == 1


def test_a_family_elsewhere_reports_to_the_childs_municipality(sqlite_database: Settings) -> None:
    people.move_in()
    far: dict[str, Any] = {"municipality": "randers", "kind": "network", "email": people.email(FAMILY)}
    people.move_in(Family(ref=FAMILY, recorded_at=NOW, **far))
    live_here("HJ-P001", date(2022, 6, 20))
    assert collect_reports("randers", date(2023, 6, 1), at(date(2023, 6, 1))) == 0
    assert reports() == 1
    [task] = asked("StatusReport")
    answer(task, date(2023, 6, 8))


def test_what_is_not_known_of_a_person_is_left_blank_in_the_report(sqlite_database: Settings) -> None:
    people.move_in()
    people.move_in(Child(ref="HJ-B002", recorded_at=NOW, municipality="hjoerring", adviser=None))
    live_here("HJ-P002", date(2023, 1, 1), child="HJ-B002")
    reports()
    [task] = asked("StatusReport")
    answer(task, date(2023, 6, 8))
    assert "______" in written("HJ-P002")


@pytest.mark.parametrize("language", ["da", "nb"])
def test_every_heading_that_a_policy_gives_has_its_words(language: str) -> None:
    headings = {
        heading.replace("_", " ")
        for key in municipalities()
        for dated in policy_of(key).values.get("half_year.headings", ())
        for heading in dated.value
    }
    assert headings
    assert [heading for heading in headings if translator(language).gettext(heading) == heading] == []
