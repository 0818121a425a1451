from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from threading import Barrier, Thread
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import Session, select

from data.installation import carried
from data.outbox import find_mail, list_mails
from data.people import person_by_email
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import Family, OutboxMail, Staff
from rules.refusal import Refusal
from tasks.mail.invitations import queue_invitation
from tasks.mail.queue import configure, queue_case_ended, queue_task_mail
from tasks.reminders.escalation import escalate
from tests import people
from tests.letters import case, event, opened, part, task
from tests.people import ADMINISTRATION, FAMILY, LEADER, MATCH_CONSULTANT, NETWORK_ADVISER, NOW, email


@pytest.fixture
def s(sqlite_database: Settings) -> Iterator[Session]:
    configure(sqlite_database)
    people.move_in()
    with writing() as s:
        yield s


def change(s: Session, ref: str, **changes: object) -> None:
    revise(s, current(s, Family if ref == FAMILY else Staff, ref), NOW + timedelta(hours=1), **changes)
    s.flush()


def absent(s: Session, ref: str, substitute: str | None) -> None:
    change(s, ref, absent_from=date(2023, 2, 27), absent_to=date(2023, 3, 3), substitute=substitute)


def invite(s: Session, starts_at: datetime, sequence: int = 0, **more: Any) -> list[OutboxMail]:
    return queue_invitation(
        s,
        case_ref="HJ-2023-0001",
        about="matching_visit",
        recipients=[NETWORK_ADVISER, MATCH_CONSULTANT, FAMILY],
        title="Matching visit",
        starts_at=starts_at,
        minutes=90,
        municipality="hjoerring",
        sequence=sequence,
        now=NOW,
        **more,
    )


def test_a_task_mail_says_what_to_do_why_by_when_and_where(s: Session) -> None:
    mail = opened(queue_task_mail(s, task(), "issued", NOW))
    assert mail["Subject"] == "Ny opgave – Første besøg hos familien (HJ-2023-0001-01)"
    for kind in ("plain", "html"):
        text = part(mail, kind)
        for needed in (
            "Besøg familien, fortæl",
            "enige om at gå videre",
            "J1",
            "serviceloven § 66",
            "onsdag den 15. marts 2023",
            "http://127.0.0.1:8080/tasks/HJ-2023-0001-01",
        ):
            assert needed in text, (kind, needed)


def test_the_law_named_is_the_one_in_force_that_day(s: Session) -> None:
    next_year = datetime(2024, 1, 2, 9, tzinfo=UTC)
    assert "barnets lov § 43" in part(opened(queue_task_mail(s, task(), "overdue", next_year)), "plain")


def test_a_mail_goes_out_in_the_municipalitys_name_and_in_its_language(s: Session) -> None:
    s.add(people.staff("LI-S01", "network_adviser", municipality="lillehammer"))
    mail = opened(queue_task_mail(s, task(municipality="lillehammer", assignee="LI-S01"), "issued", NOW))
    assert str(mail["From"]) == "Lillehammer kommune <plejeflow@localhost>"
    assert mail["Subject"] == "Ny oppgave – Første besøk hos familien (HJ-2023-0001-01)"
    assert mail["Content-Language"] == "nb"


def test_the_same_reason_never_gives_a_second_mail(s: Session) -> None:
    assert queue_task_mail(s, task(), "issued", NOW)
    assert queue_task_mail(s, task(), "issued", NOW) is None
    assert queue_task_mail(s, task(), "due", NOW)


def test_a_task_that_is_handed_on_is_told_each_time(s: Session) -> None:
    first, second, third = (NOW + timedelta(hours=hour) for hour in range(3))
    told = [
        queue_task_mail(s, task(assignee=ref), "issued", now)
        for ref, now in [(NETWORK_ADVISER, first), (MATCH_CONSULTANT, second), (NETWORK_ADVISER, third)]
    ]
    assert [mail and mail.recipient for mail in told] == [NETWORK_ADVISER, MATCH_CONSULTANT, NETWORK_ADVISER]


def test_two_processes_with_the_same_reason_write_one_mail(database: Settings) -> None:
    configure(database)
    people.move_in()
    both_there, written = Barrier(2), []

    def replay() -> None:
        both_there.wait()
        with writing() as s:
            written.append(queue_task_mail(s, task(), "issued", NOW))

    threads = [Thread(target=carried(replay)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [mail is None for mail in sorted(written, key=lambda mail: mail is None)] == [False, True]


def test_a_mail_is_as_lasting_as_its_reason(database: Settings) -> None:
    configure(database)
    people.move_in()

    def reason_that_fails() -> None:
        with writing() as s:
            queue_task_mail(s, task(), "issued", NOW)
            raise Refusal("it didn't come about")

    with pytest.raises(Refusal, match="come about"):
        reason_that_fails()
    with reading() as s:
        assert not list_mails(s)


def test_the_substitute_of_the_day_gets_the_mail_and_is_told_why(s: Session) -> None:
    absent(s, NETWORK_ADVISER, MATCH_CONSULTANT)
    mail = queue_task_mail(s, task(), "issued", NOW)
    assert mail is not None
    assert mail.recipient == MATCH_CONSULTANT
    assert f"stedfortræder for {NETWORK_ADVISER}" in part(opened(mail), "plain")
    back = queue_task_mail(s, task("HJ-2023-0001-02"), "issued", NOW + timedelta(days=5))
    assert back is not None
    assert back.recipient == NETWORK_ADVISER


def test_where_substitutes_lead_in_a_circle_the_leader_gets_the_mail(s: Session) -> None:
    absent(s, NETWORK_ADVISER, MATCH_CONSULTANT)
    absent(s, MATCH_CONSULTANT, NETWORK_ADVISER)
    assert opened(queue_task_mail(s, task(), "issued", NOW))["To"] == email(LEADER)


AT_NOON = datetime(2023, 3, 20, 12)  # noqa: DTZ001


def read_by(mails: list[OutboxMail]) -> dict[str, str]:
    """Method of the calendar part, by reader."""
    return {mail.recipient: str(Calendar.from_ical(part(opened(mail), "calendar"))["METHOD"]) for mail in mails}


def test_a_meeting_moved_after_its_invitation_went_to_a_stand_in_is_cancelled_in_the_stand_ins_calendar(
    s: Session,
) -> None:
    absent(s, NETWORK_ADVISER, LEADER)
    first = invite(s, AT_NOON)
    assert read_by(first) == dict.fromkeys([LEADER, MATCH_CONSULTANT, FAMILY], "REQUEST")
    change(s, NETWORK_ADVISER, absent_from=None, absent_to=None)
    moved = invite(s, AT_NOON + timedelta(hours=1), 1)
    others = dict.fromkeys([NETWORK_ADVISER, MATCH_CONSULTANT, FAMILY], "REQUEST")
    assert read_by(moved) == {**others, LEADER: "CANCEL"}
    [to_leader] = [mail for mail in moved if mail.recipient == LEADER]
    assert str(event(to_leader)["UID"]) == str(event(first[0])["UID"])
    assert f"{NETWORK_ADVISER} er inviteret i dit sted" in part(opened(to_leader), "plain")
    assert read_by(invite(s, AT_NOON, 2)) == others, "who was told so isn't told again"


def test_who_goes_away_after_the_invitation_has_it_cancelled_and_the_stand_in_is_invited(s: Session) -> None:
    invite(s, AT_NOON)
    absent(s, NETWORK_ADVISER, LEADER)
    moved = invite(s, AT_NOON + timedelta(hours=1), 1)
    assert read_by(moved)[NETWORK_ADVISER] == "CANCEL"
    assert read_by(moved)[LEADER] == "REQUEST"


def test_a_stand_in_who_is_invited_beside_has_the_meeting_still(s: Session) -> None:
    absent(s, NETWORK_ADVISER, MATCH_CONSULTANT)
    invite(s, AT_NOON)
    change(s, NETWORK_ADVISER, absent_from=None, absent_to=None)
    moved = invite(s, AT_NOON + timedelta(hours=1), 1)
    assert read_by(moved) == dict.fromkeys([NETWORK_ADVISER, MATCH_CONSULTANT, FAMILY], "REQUEST")


def test_a_cancelled_meeting_is_cancelled_in_the_calendars_in_which_it_stands(s: Session) -> None:
    absent(s, NETWORK_ADVISER, LEADER)
    invite(s, AT_NOON)
    change(s, NETWORK_ADVISER, absent_from=None, absent_to=None)
    absent(s, MATCH_CONSULTANT, ADMINISTRATION)
    called_off = invite(s, AT_NOON, 1, cancelled=True)
    assert read_by(called_off) == dict.fromkeys([LEADER, MATCH_CONSULTANT, FAMILY], "CANCEL")


def test_who_has_left_hears_nothing_of_a_meeting_that_is_moved(s: Session) -> None:
    invite(s, AT_NOON)
    change(s, NETWORK_ADVISER, left_on=date(2023, 2, 28), substitute=LEADER)
    assert read_by(invite(s, AT_NOON, 1)) == dict.fromkeys([LEADER, MATCH_CONSULTANT, FAMILY], "REQUEST")


def test_who_has_left_hears_nothing_of_a_meeting_that_is_cancelled(s: Session) -> None:
    invite(s, AT_NOON)
    change(s, NETWORK_ADVISER, left_on=date(2023, 2, 28), substitute=ADMINISTRATION)
    called_off = invite(s, AT_NOON, 1, cancelled=True)
    assert read_by(called_off) == dict.fromkeys([ADMINISTRATION, MATCH_CONSULTANT, FAMILY], "CANCEL")


def test_a_task_that_is_taken_back_leaves_the_calendar_of_the_stand_in_who_had_it(s: Session) -> None:
    absent(s, NETWORK_ADVISER, LEADER)
    queue_task_mail(s, task(), "issued", NOW)
    queue_task_mail(s, task(), "withdrawn", NOW + timedelta(days=7))
    mails = s.exec(select(OutboxMail).where(OutboxMail.template == "task_withdrawn"))
    assert {mail.recipient: str(event(mail)["STATUS"]) for mail in mails} == {
        NETWORK_ADVISER: "CANCELLED",
        LEADER: "CANCELLED",
    }


def escalated(s: Session) -> OutboxMail:
    s.add(row := task())
    escalate(s, "hjoerring", [row], NOW.date(), NOW)
    return s.exec(select(OutboxMail).where(OutboxMail.template == "task_escalated")).one()


def test_an_escalation_goes_to_the_leader_and_names_whose_task_it_is(s: Session) -> None:
    mail = opened(escalated(s))
    assert mail["To"] == email(LEADER)
    assert NETWORK_ADVISER in mail["Subject"]


def test_without_a_leader_an_escalation_goes_to_administration(s: Session) -> None:
    change(s, LEADER, roles="payroll")
    assert opened(escalated(s))["To"] == email(ADMINISTRATION)


@pytest.mark.parametrize(
    "address", [None, "nobody", "søren@example.dk", "a@b.dk\r\nBcc: c@d.dk", "a b@example.dk", "a@b@c.dk"]
)
def test_administration_is_told_of_a_family_without_an_address_that_works(s: Session, address: str | None) -> None:
    change(s, FAMILY, email=address)
    asked = task(assignee=FAMILY, role="family", form="PreStudy")
    mail = queue_task_mail(s, asked, "issued", NOW)
    assert mail is not None
    assert (mail.recipient, mail.template, mail.about) == (ADMINISTRATION, "no_address", asked.ref)
    assert opened(mail)["To"] == email(ADMINISTRATION)
    assert FAMILY in mail.subject


@pytest.mark.parametrize(
    ("stored", "reached"),
    [
        ("r@blåbærgrød.example", "r@xn--blbrgrd-fxak7p.example"),
        ("mailto:anna@kommune.example", "anna@kommune.example"),
    ],
)
def test_an_address_that_was_stored_before_there_was_one_rule_gets_its_mails_and_may_answer(
    s: Session, stored: str, reached: str
) -> None:
    change(s, NETWORK_ADVISER, email=stored)
    mail = queue_task_mail(s, task(), "issued", NOW)
    assert mail is not None
    assert (mail.recipient, opened(mail)["To"]) == (NETWORK_ADVISER, reached)
    for said in (stored, reached.upper()):
        assert person_by_email(s, said, municipality="hjoerring", on=NOW.date()).ref == NETWORK_ADVISER


def test_where_nobody_has_an_address_the_case_goes_on_and_the_mail_stays_as_a_sign(s: Session) -> None:
    for ref in (NETWORK_ADVISER, ADMINISTRATION, LEADER):
        change(s, ref, email=None)
    mail = queue_task_mail(s, task(), "issued", NOW)
    assert mail is not None
    assert (mail.state, mail.message, mail.recipient) == ("given_up", None, NETWORK_ADVISER)


def test_a_family_is_never_taken_for_a_staff_member_with_the_same_reference(s: Session) -> None:
    s.add(people.staff(FAMILY, "supervisor", email="other@example.dk"))
    asked = task(assignee=FAMILY, role="family", form="PreStudy")
    assert opened(queue_task_mail(s, asked, "issued", NOW))["To"] == email(FAMILY)


def test_a_due_day_is_a_whole_day_in_the_calendar_the_same_entry_in_every_mail_about_it(s: Session) -> None:
    entries = [event(queue_task_mail(s, task(), kind, NOW)) for kind in ("issued", "reminder", "withdrawn")]  # type: ignore[arg-type]
    assert {str(entry["UID"]) for entry in entries} == {"HJ-2023-0001-01@localhost"}
    assert [(entry["DTSTART"].dt, entry["DTEND"].dt) for entry in entries] == [
        (date(2023, 3, 15), date(2023, 3, 16))
    ] * 3
    assert [entry["SEQUENCE"] for entry in entries] == [0, 0, 1]
    assert {str(entry["SUMMARY"]) for entry in entries} == {"Frist: Første besøg hos familien (HJ-2023-0001-01)"}
    assert [str(entry["STATUS"]) for entry in entries] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_a_task_without_a_day_has_no_calendar_file(s: Session) -> None:
    assert part(opened(queue_task_mail(s, task(due_on=None), "issued", NOW)), "calendar") == ""


@pytest.mark.parametrize(("day", "in_utc"), [(25, 13), (26, 12)])
def test_a_meeting_is_at_its_local_time_on_both_sides_of_summer_time(s: Session, day: int, in_utc: int) -> None:
    entry = event(invite(s, datetime(2023, 3, day, 14))[0])  # noqa: DTZ001
    assert entry["DTSTART"].dt == datetime(2023, 3, day, in_utc, tzinfo=UTC)
    assert entry["DTEND"].dt - entry["DTSTART"].dt == timedelta(minutes=90)


def test_everybody_is_invited_and_a_moved_meeting_replaces_the_entry(s: Session) -> None:
    first = invite(s, datetime(2023, 4, 5, 14))  # noqa: DTZ001
    moved = invite(s, datetime(2023, 4, 6, 10), sequence=1)  # noqa: DTZ001
    assert [opened(mail)["To"] for mail in first] == [email(NETWORK_ADVISER), email(MATCH_CONSULTANT), email(FAMILY)]
    assert {str(event(mail)["UID"]) for mail in first + moved} == {"HJ-2023-0001.matching_visit@localhost"}
    assert [event(mail)["SEQUENCE"] for mail in (first[0], moved[0])] == [0, 1]
    assert "torsdag den 6. april 2023 kl. 10.00" in part(opened(moved[0]), "plain")
    assert moved[0].subject == "Nyt tidspunkt, HJ-2023-0001: Matchbesøg"
    assert invite(s, datetime(2023, 4, 6, 10), sequence=1) == []  # noqa: DTZ001


def calendar_part(mail: OutboxMail) -> EmailMessage:
    [found] = [part for part in opened(mail).walk() if part.get_content_type() == "text/calendar"]
    assert isinstance(found, EmailMessage)
    return found


def test_an_invitation_asks_as_rfc_5546_says_so_that_a_mail_program_can_accept_it(s: Session) -> None:
    absent(s, MATCH_CONSULTANT, None)
    for mail in invite(s, datetime(2023, 4, 5, 14), place=FAMILY):  # noqa: DTZ001
        found, entry = calendar_part(mail), event(mail)
        assert (found.get_param("method"), found.get_content_disposition()) == ("REQUEST", None)
        assert Calendar.from_ical(part(opened(mail), "calendar"))["METHOD"] == "REQUEST"
        inside = [each.get_content_type() for each in opened(mail).iter_parts()]
        assert (opened(mail).get_content_type(), inside) == (
            "multipart/alternative",
            ["text/plain", "text/html", "text/calendar"],
        )
        [sender] = opened(mail)["From"].addresses
        assert entry["ORGANIZER"] == f"mailto:{sender.addr_spec}"
        assert entry["ORGANIZER"].params["CN"] == sender.display_name == "Hjørring Kommune"
        assert entry["ATTENDEE"] == f"mailto:{opened(mail)['To']}", "the one who got the mail, and nobody else"
        assert (entry["ATTENDEE"].params["CN"], entry["ATTENDEE"].params["PARTSTAT"]) == (
            mail.recipient,
            "NEEDS-ACTION",
        )
        assert all(entry[needed] for needed in ("DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "UID"))
        assert (str(entry["STATUS"]), str(entry["LOCATION"])) == ("CONFIRMED", FAMILY)
        assert f"Sted: {FAMILY}" in part(opened(mail), "plain")


def test_a_meeting_that_is_called_off_is_cancelled_under_its_own_name_with_a_higher_number(s: Session) -> None:
    when = datetime(2023, 4, 5, 14)  # noqa: DTZ001
    asked, moved = invite(s, when)[0], invite(s, when + timedelta(days=1), 1)[0]
    cancelled = invite(s, when + timedelta(days=1), 2, cancelled=True)[0]
    assert [calendar_part(mail).get_param("method") for mail in (asked, moved, cancelled)] == [
        "REQUEST",
        "REQUEST",
        "CANCEL",
    ]
    entries = [event(mail) for mail in (asked, moved, cancelled)]
    assert [entry["SEQUENCE"] for entry in entries] == [0, 1, 2]
    assert len({str(entry["UID"]) for entry in entries}) == 1
    assert str(entries[-1]["STATUS"]) == "CANCELLED"
    assert {str(entry["ORGANIZER"]) for entry in entries} == {"mailto:plejeflow@localhost"}
    assert cancelled.subject == "Aflyst, HJ-2023-0001: Matchbesøg"
    assert "Fjern det fra din kalender" in part(opened(cancelled), "plain")


@pytest.mark.parametrize(
    ("more", "location", "said"),
    [
        ({"online": "https://meet.example/x"}, "https://meet.example/x", "https://meet.example/x"),
        ({}, "HJ-2023-0001", "som noteret i HJ-2023-0001"),
        ({"place": FAMILY}, FAMILY, FAMILY),
    ],
)
def test_an_invitation_says_where_by_reference(s: Session, more: dict[str, str], location: str, said: str) -> None:
    mail = invite(s, datetime(2023, 4, 5, 14), **more)[0]  # noqa: DTZ001
    assert str(event(mail)["LOCATION"]) == location
    for kind in ("plain", "html"):
        assert said in part(opened(mail), kind)


def test_a_calendar_file_is_published_and_asks_nobody_for_an_answer(s: Session) -> None:
    text = part(opened(queue_task_mail(s, task(), "issued", NOW)), "calendar")
    assert "METHOD:PUBLISH" in text
    assert "mailto" not in text.lower()
    assert "ATTENDEE" not in text


def test_the_message_id_is_our_domains_and_stands_in_the_row_before_anything_is_sent(s: Session) -> None:
    configure(Settings(mail_from="plejeflow@hjoerring.example"))
    mail = queue_task_mail(s, task(), "issued", NOW)
    assert opened(mail)["Message-ID"] == mail.message_id  # type: ignore[union-attr]
    assert mail.message_id.endswith("@hjoerring.example>")  # type: ignore[union-attr]


def test_a_mail_is_found_by_its_reference_and_listed_with_its_case(s: Session) -> None:
    mail = queue_task_mail(s, task(), "issued", NOW)
    other = queue_task_mail(s, task("HJ-2023-0002-01"), "issued", NOW)
    assert mail is not None
    assert other is not None
    assert find_mail(s, mail.ref) == mail
    assert [found.ref for found in list_mails(s, about="HJ-2023-0001")] == [mail.ref]
    assert [found.ref for found in list_mails(s)] == [other.ref, mail.ref]
    for unknown in ("M-999", "M-x", "M-99999999999999999999", ""):
        with pytest.raises(Refusal, match="mail list"):
            find_mail(s, unknown)


@pytest.mark.parametrize("sender", ["plejeflow", "", "a@b@c", "plejeflow@hjørring.example", "a@b.dk\nBcc: x@y.dk"])
def test_a_sender_that_is_no_address_is_refused_by_the_settings_name(sender: str) -> None:
    with pytest.raises(Refusal, match="PLEJEFLOW_MAIL_FROM"):
        configure(Settings(mail_from="plejeflow@localhost").model_copy(update={"mail_from": sender}))


def test_the_end_of_a_case_is_told_to_its_responsible(s: Session) -> None:
    ended = case(outcome="Refused")
    mail = queue_case_ended(s, ended, NOW)
    assert opened(mail)["To"] == email(NETWORK_ADVISER)
    assert opened(mail)["Subject"] == (
        "Sag afsluttet – godkendelse af netværksplejefamilier: Ikke godkendt (HJ-2023-0001)"
    )
    assert queue_case_ended(s, ended, NOW) is None
