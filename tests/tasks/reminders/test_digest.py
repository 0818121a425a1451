from datetime import date, timedelta
from typing import Any

from sqlmodel import select

from data.cases import stuck
from data.settings import Settings
from data.store.session import reading, writing
from data.tables import Child, GeneratedTask, HouseholdMember, OutboxMail, Placement
from tasks.reminders.digest import send_digests
from tasks.words.language import long_date
from tests import people
from tests.letters import opened, part, task
from tests.people import at
from tests.story import Story

MONDAY = date(2023, 3, 13)


def sent(today: date = MONDAY) -> dict[tuple[str, str], str]:
    """The texts, by recipient and template."""
    send_digests("hjoerring", today, at(today))
    with reading() as s:
        mails = s.exec(select(OutboxMail).where(OutboxMail.template.in_(["weekly_digest", "leader_overview"])))
        return {(mail.recipient, mail.template): part(opened(mail), "plain") for mail in mails}


def test_a_caseworker_has_the_week_in_one_mail(database: Settings) -> None:
    people.move_in()
    story = Story()
    [task] = [task for step, task in story.tasks.items() if step == "first_visit"]
    assert task.due_on == date(2023, 3, 15)
    texts = sent()
    assert set(texts) == {(people.NETWORK_ADVISER, "weekly_digest"), (people.LEADER, "leader_overview")}
    text = texts[people.NETWORK_ADVISER, "weekly_digest"]
    assert "Frist i denne uge" in text
    assert task.ref in text
    assert "onsdag den 15. marts 2023" in text
    assert send_digests("hjoerring", MONDAY, at(MONDAY)) == 0


def test_the_leader_sees_what_is_late_and_what_will_be(database: Settings) -> None:
    people.move_in()
    task = Story().tasks["first_visit"]
    later = MONDAY + timedelta(weeks=1)
    with writing() as s:
        s.add(
            Placement(
                ref="HJ-P9",
                recorded_at=at(MONDAY),
                child=people.CHILD,
                family=people.FAMILY,
                municipality="hjoerring",
                kind="network",
                start=date(2023, 2, 20),
            )
        )
    text = sent(later)[people.LEADER, "leader_overview"]
    assert f"{people.NETWORK_ADVISER}: 1 i alt, heraf 1 over fristen" in text
    assert f"({task.ref}, {people.NETWORK_ADVISER})" in text, "with whom it is"
    assert ": 0 i alt" not in text
    assert "supervision" not in text
    assert "(HJ-P9)" in text, "what is owed is said by name and placement, without its key"
    assert "Går over fristen inden for fire uger" in text
    assert "HJ-P9" in text


def late_tasks(count: int, **more: Any) -> None:
    with writing() as s:
        s.add_all(
            task(f"HJ-2023-{number:04}-01", **{"due_on": MONDAY - timedelta(days=number), **more})
            for number in range(1, count + 1)
        )


def duty_task(ref: str, about: str, due_on: date) -> GeneratedTask:
    demands = {"duty": "child_visit", "called": "Tilsyn med barnet", "occurrence": "1"}
    return task(ref, case=None, form="DutyHeld", row="J2", about=about, due_on=due_on, demands=demands)


def test_a_digest_names_each_duty_and_says_how_many_more_there_are(sqlite_database: Settings) -> None:
    people.move_in()
    late_tasks(34)
    with writing() as s:
        s.add(duty_task("HJ-2023-T00001", people.CHILD, MONDAY - timedelta(days=90)))
    text = sent()[people.NETWORK_ADVISER, "weekly_digest"]
    assert "Tilsyn med barnet (HJ-2023-T00001" in text
    assert "og 5 til" in text
    with reading() as s:
        [mail] = s.exec(select(OutboxMail).where(OutboxMail.template == "weekly_digest"))
        assert "35" in mail.subject
        assert part(opened(mail), "html").count("<li") == 31


def test_the_leaders_list_is_in_order_of_lateness_counts_once_and_says_how_many_more(sqlite_database: Settings) -> None:
    people.move_in()
    placed = {"child": people.CHILD, "family": people.FAMILY, "municipality": "hjoerring", "kind": "network"}
    with writing() as s:
        s.add(Placement(ref="HJ-P9", recorded_at=at(date(2022, 1, 3)), start=date(2022, 1, 3), **placed))
    duties = late_lines()
    assert any("HJ-P9" in line for line in duties), "what a year without a happening owes is late"
    late_tasks(40)
    *lines, more = late_lines(MONDAY + timedelta(weeks=1))
    assert more == f"og {40 + len(duties) - 30} til"
    days = [DAYS[line.partition(": ")[0].removeprefix("- ")] for line in lines]
    assert days == sorted(days)
    assert any("HJ-P9" in line for line in lines), "duties stand among the tasks"


def test_a_duty_whose_task_is_late_is_late_once(sqlite_database: Settings) -> None:
    people.move_in()
    placed = {"child": people.CHILD, "family": people.FAMILY, "municipality": "hjoerring", "kind": "network"}
    with writing() as s:
        s.add(Placement(ref="HJ-P9", recorded_at=at(date(2022, 1, 3)), start=date(2022, 1, 3), **placed))
    [duty] = [line for line in late_lines() if "Tilsyn" in line]
    with writing() as s:
        s.add(duty_task("HJ-2023-T00001", "HJ-P9", MONDAY - timedelta(days=3)))
    after = late_lines(MONDAY + timedelta(weeks=1))
    assert len([line for line in after if "HJ-P9" in line and "Tilsyn" in line]) == 1, (duty, after)
    with reading() as s:
        first, second = s.exec(select(OutboxMail.subject).where(OutboxMail.template == "leader_overview"))
    assert first.startswith("Overblik, uge 11 – over fristen: ")
    assert first.replace("uge 11", "uge 12").rpartition(",")[0] == second.rpartition(",")[0], "as many as before"


def test_what_siblings_have_together_is_late_once_with_its_task_and_without(sqlite_database: Settings) -> None:
    people.move_in()
    placed = {"family": people.FAMILY, "municipality": "hjoerring", "kind": "network"}
    began = {"recorded_at": at(date(2022, 12, 1)), "start": date(2022, 12, 1)}
    people.move_in(
        Child(ref="HJ-B9", recorded_at=people.NOW, municipality="hjoerring"),
        Placement(ref="HJ-P8", child=people.CHILD, **placed, **began),
        Placement(ref="HJ-P9", child="HJ-B9", **placed, **began),
    )
    [before] = [line for line in late_lines() if "Opfølgningsmøde" in line]
    assert people.FAMILY in before
    meeting = duty_task("HJ-2023-T00001", people.FAMILY, MONDAY - timedelta(days=3))
    meeting.demands = {"duty": "follow_up_meeting", "called": "Opfølgningsmøde", "occurrence": "1"}
    with writing() as s:
        s.add(meeting)
    [after] = [line for line in late_lines(MONDAY + timedelta(weeks=1)) if "Opfølgningsmøde" in line]
    assert "HJ-2023-T00001" in after


DAYS = {long_date(MONDAY - timedelta(days=number), "da"): MONDAY - timedelta(days=number) for number in range(-60, 800)}


def late_lines(today: date = MONDAY) -> list[str]:
    text = sent(today)[people.LEADER, "leader_overview"].replace("\r\n", "\n")
    return [line for line in text.partition("Længst over fristen")[2].split("\n\n")[0].splitlines() if line]


def test_whoever_has_nothing_to_do_gets_no_mail_and_the_leader_reads_that_nobody_has(sqlite_database: Settings) -> None:
    people.move_in()
    [(reader, text)] = sent().items()
    assert reader == (people.LEADER, "leader_overview")
    assert "Ingen har åbne opgaver." in text


def test_the_leader_reads_of_a_case_that_is_held_up_until_it_goes_on(database: Settings) -> None:
    people.move_in()
    people.move_in(HouseholdMember(ref=people.TEENAGER, recorded_at=people.NOW, family=people.FAMILY))
    story = Story()
    with reading() as s:
        assert stuck(s, "hjoerring", at_most=9) == []
    story.answer("first_visit")
    assert story.case.held_up, story.case.waits_for
    with reading() as s:
        assert stuck(s, "hjoerring", at_most=9) == [story.ref]
    assert f"gået i stå: {story.ref}" in sent()[people.LEADER, "leader_overview"]
    known = {"family": people.FAMILY, "birth_date": date(2006, 6, 1)}
    people.move_in(HouseholdMember(ref=people.TEENAGER, recorded_at=people.NOW, **known))
    story.pass_days(1)
    assert not story.case.held_up, story.case.waits_for
    with reading() as s:
        assert stuck(s, "hjoerring", at_most=9) == []
