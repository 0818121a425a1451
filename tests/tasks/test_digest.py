from datetime import date, timedelta

from sqlmodel import select

from data.session import reading, writing
from data.settings import Settings
from data.tables import OutboxMail, Placement
from tasks.digest import send_digests
from tests import people
from tests.letters import opened, part
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
    assert f"{people.NETWORK_ADVISER}: 1 åbne, heraf 1 over fristen" in text
    assert task.ref in text
    assert "0 åbne" not in text
    assert "Går over fristen inden for fire uger" in text
    assert "HJ-P9" in text


def test_whoever_has_nothing_to_do_gets_no_mail(sqlite_database: Settings) -> None:
    people.move_in()
    assert set(sent()) == {(people.LEADER, "leader_overview")}
