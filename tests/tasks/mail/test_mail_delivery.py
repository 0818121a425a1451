import asyncio
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
import trustme
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from data.installation import carried
from data.outbox import claim, give_up, list_mails
from data.settings import Settings
from data.store.session import engine, reading, writing
from data.tables import MailState, OutboxMail
from rules.refusal import Refusal
from tasks.mail import postman
from tasks.mail.postman import MOST_ATTEMPTS, Delivered, Postman, deliver_due, wake_postman
from tasks.mail.queue import configure, queue_task_mail
from tasks.mail.smtp_line import Line, transport
from tests import people
from tests.letters import task
from tests.people import ADMINISTRATION, LEADER, NETWORK_ADVISER, NOW, email
from tests.smtp_server import ACCEPTED, MailServer, mail_server

ELSEWHERE = "127.0.0.2"
"""This machine, under an address that isn't known to be."""


@pytest.fixture(autouse=True)
def _cast(request: pytest.FixtureRequest) -> None:
    name = "database" if "database" in request.fixturenames else "sqlite_database"
    configure(request.getfixturevalue(name))
    people.move_in()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certificate(authority: trustme.CA, name: str = ELSEWHERE) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def trusting(settings: Settings, authority: trustme.CA, server: MailServer, **more: object) -> Settings:
    """Settings for a server elsewhere, whose certificate this authority signs."""
    path = settings.var / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return to(server, settings, smtp_host=ELSEWHERE, smtp_ca_file=path, **more)


def to(server: MailServer, settings: Settings, **more: object) -> Settings:
    return settings.model_copy(update={"smtp_port": server.port, **more})


def queue(count: int = 1) -> list[OutboxMail]:
    with writing() as s:
        queued = [queue_task_mail(s, task(f"HJ-2023-0001-{number:02}"), "issued", NOW) for number in range(count)]
    return [mail for mail in queued if mail is not None]


def queue_one(number: int) -> OutboxMail:
    with writing() as s:
        mail = queue_task_mail(s, task(f"HJ-2023-0002-{number:02}"), "issued", NOW)
    assert mail is not None
    return mail


def rows() -> list[OutboxMail]:
    with reading() as s:
        return list(s.exec(select(OutboxMail).order_by(OutboxMail.id)))  # type: ignore[arg-type]


async def deliver(server: MailServer, settings: Settings, seconds: float = 0, owner: str = "tests") -> Delivered:
    return await deliver_due(to(server, settings), NOW + timedelta(seconds=seconds), owner)


def test_a_mail_is_sent_once_and_the_servers_answer_kept(database: Settings) -> None:
    async def story() -> MailServer:
        async with mail_server() as server:
            assert await deliver(server, database) == Delivered(sent=1)
            assert await deliver(server, database, 600) == Delivered()
        return server

    [mail] = queue()
    server = asyncio.run(story())
    assert [(found.message_id, found.to) for found in server.received] == [(mail.message_id, email(NETWORK_ADVISER))]
    [row] = rows()
    assert (row.state, row.sent_at, row.attempts) == (MailState.SENT, NOW, 1)
    assert row.server_said == ACCEPTED.partition(" ")[2]


def test_a_mail_waits_for_a_server_that_is_down_for_its_first_three_attempts(database: Settings) -> None:
    async def story() -> MailServer:
        async with mail_server() as server:
            pass
        waits = []
        for seconds in (0, 10, 20):
            assert await deliver(server, database, seconds) == Delivered(put_back=1)
            waits.append((rows()[0].next_attempt_at - NOW).total_seconds() - seconds)
        assert all(low <= wait <= high for wait, (low, high) in zip(waits, [(1.5, 2), (3, 4), (6, 8)], strict=True)), (
            waits
        )
        async with mail_server(server):
            assert await deliver(server, database, 21) == Delivered(), "not before its time"
            assert await deliver(server, database, 30) == Delivered(sent=1)
            assert await deliver(server, database, 600) == Delivered()
        return server

    [mail] = queue()
    assert asyncio.run(story()).message_ids == [mail.message_id]
    assert rows()[0].attempts == 4


def test_what_was_sent_by_a_postman_who_died_before_saying_so_is_sent_again_under_the_same_message_id(
    database: Settings,
) -> None:
    async def story() -> MailServer:
        async with mail_server() as server:
            with writing() as s:
                [mail] = claim(s, "one who dies", NOW, 1)
            line = Line(to(server, database), transport(database))
            await line.deliver(mail.address or "", mail.message or b"")
            await line.close()
            assert await deliver(server, database, 60) == Delivered(), "the claim still holds"
            assert await deliver(server, database, 121) == Delivered(sent=1)
        return server

    [mail] = queue()
    assert asyncio.run(story()).message_ids == [mail.message_id, mail.message_id]


def test_two_postmen_at_once_never_send_the_same_mail(database: Settings) -> None:
    async def story() -> tuple[MailServer, list[Delivered]]:
        async with mail_server() as server:
            done = await asyncio.gather(
                *(deliver(server, database, owner=owner) for owner in ("first", "second", "third"))
            )
        return server, done

    mails = queue(70)
    server, done = asyncio.run(story())
    assert sorted(server.message_ids) == sorted(mail.message_id for mail in mails)
    assert sum(each.sent for each in done) == 70
    assert sum(each.sent > 0 for each in done) > 1, "or they weren't at it at once"


def test_a_mail_that_another_is_just_claiming_is_left_to_them(database: Settings) -> None:
    second: list[str] = []

    def claim_too() -> None:
        with writing() as s:
            second.extend(mail.ref for mail in claim(s, "second", NOW, 10))

    queue(3)
    late = Thread(target=carried(claim_too))
    with writing() as s:
        first = [mail.ref for mail in claim(s, "first", NOW, 10)]
        late.start()
        late.join(0.3)
        assert late.is_alive(), "it looks while the first hasn't committed"
    late.join()
    assert (len(first), second) == (3, [])


def test_a_claim_that_lapsed_and_is_anothers_is_not_closed_by_the_first(sqlite_database: Settings) -> None:
    queue()
    with writing() as s:
        [first] = claim(s, "first", NOW, 1)
        s.expunge_all()
    with writing() as s:
        claim(s, "second", NOW + timedelta(minutes=3), 1)
    with writing() as s:
        assert not give_up(s, first, "550 no")
    assert rows()[0].state == MailState.CLAIMED


def test_a_lasting_refusal_ends_the_mail_and_administration_and_leader_are_told_once(database: Settings) -> None:
    async def story() -> MailServer:
        async with mail_server() as server:
            server.answers[email(NETWORK_ADVISER)] = "550 No such user"
            assert await deliver(server, database) == Delivered(sent=2, given_up=1)
            assert await deliver(server, database, 4000) == Delivered()
        return server

    [mail] = queue()
    server = asyncio.run(story())
    assert sorted(found.to for found in server.received) == sorted([email(ADMINISTRATION), email(LEADER)])
    first, *told = rows()
    assert (first.state, first.server_said) == (MailState.GIVEN_UP, "550 No such user")
    assert {row.template for row in told} == {"undeliverable"}
    assert {row.about for row in told} == {mail.about}
    assert all(NETWORK_ADVISER in row.subject and "No such user" not in row.subject for row in told)


SAID = [
    ("2.0.0 Modtaget på kø", "iso-8859-1", "2.0.0 Modtaget på kø"),
    ("2.0.0 Modtaget på kø", "utf-8", "2.0.0 Modtaget på kø"),
    ("2.0.0 „Sådan“ – €5", "cp1252", "2.0.0 „Sådan“ – €5"),
    ("2.0.0 queued\0as 4F", "ascii", "2.0.0 queued\ufffdas 4F"),
    ("2.0.0 \x1b[31mred\x07", "ascii", "2.0.0 \ufffd[31mred\ufffd"),
    ("2.0.0 Принято", "koi8-r", None),
]


@pytest.mark.parametrize(("said", "letters", "kept"), SAID)
def test_a_server_that_accepts_in_any_letters_is_sent_the_mail_once(
    database: Settings, said: str, letters: str, kept: str | None
) -> None:
    async def story() -> MailServer:
        async with mail_server(MailServer(accepted=f"250 {said}", letters=letters)) as server:
            assert await deliver(server, database) == Delivered(sent=1)
            assert await deliver(server, database, 600) == Delivered()
        return server

    [mail] = queue()
    assert asyncio.run(story()).message_ids == [mail.message_id]
    [row] = rows()
    assert row.state == MailState.SENT
    assert row.server_said is not None
    assert kept is None or row.server_said == kept


@pytest.mark.parametrize("letters", ["iso-8859-1", "utf-8"])
def test_a_refusal_in_the_letters_of_the_country_is_final_as_any_other(database: Settings, letters: str) -> None:
    async def story() -> MailServer:
        async with mail_server(MailServer(letters=letters)) as server:
            server.answers[email(NETWORK_ADVISER)] = "550 5.1.1 Ukendt modtager på kø"
            assert await deliver(server, database) == Delivered(sent=2, given_up=1)
            assert await deliver(server, database, 4000) == Delivered()
        return server

    queue()
    asyncio.run(story())
    first, *_ = rows()
    assert (first.state, first.server_said) == (MailState.GIVEN_UP, "550 5.1.1 Ukendt modtager på kø")


def test_a_refusal_for_now_in_latin_1_is_tried_again(sqlite_database: Settings) -> None:
    async def story() -> Delivered:
        async with mail_server(MailServer(letters="iso-8859-1")) as server:
            server.answers[email(NETWORK_ADVISER)] = "451 Prøv igen på et andet tidspunkt"
            return await deliver(server, sqlite_database)

    queue()
    assert asyncio.run(story()) == Delivered(put_back=1)
    assert rows()[0].server_said == "451 Prøv igen på et andet tidspunkt"


def test_what_was_sent_and_could_not_be_recorded_is_recorded_later_and_not_sent_again(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> MailServer:
        async with mail_server() as server:
            postman = Postman(to(server, database), clock=lambda: clock[0])
            with monkeypatch.context() as broken:
                broken.setattr("tasks.mail.postman.record_sent", fails)
                with pytest.raises(SQLAlchemyError):
                    await postman.round()
            clock[0] += seconds
            await postman.round()
            await postman.close()
        return server

    def fails(*_: object) -> None:
        raise SQLAlchemyError("no record")

    for minutes in (1, 5):  # while the claim holds, and after it lapsed
        seconds, clock = timedelta(minutes=minutes), [NOW]
        [mail] = [queue_one(minutes)]
        assert asyncio.run(story()).message_ids == [mail.message_id]
        assert {row.state for row in rows()} == {MailState.SENT}


def test_a_notice_that_cannot_be_delivered_either_gives_no_notice(sqlite_database: Settings) -> None:
    async def story() -> Delivered:
        async with mail_server() as server:
            server.answers = dict.fromkeys(map(email, (NETWORK_ADVISER, ADMINISTRATION, LEADER)), "550 No such user")
            return await deliver(server, sqlite_database)

    queue()
    assert asyncio.run(story()) == Delivered(given_up=3)


def test_an_address_that_no_server_could_be_told_is_given_up_and_the_others_go_on(sqlite_database: Settings) -> None:
    async def story() -> Delivered:
        async with mail_server() as server:
            return await deliver(server, sqlite_database)

    [bad, _good] = queue(2)
    with writing() as s:
        s.get_one(OutboxMail, bad.id).address = "søren@example.dk"
    assert asyncio.run(story()) == Delivered(given_up=1, sent=3)


def test_a_refusal_for_now_is_tried_again_and_given_up_after_about_a_day(sqlite_database: Settings) -> None:
    async def story() -> list[Delivered]:
        async with mail_server() as server:
            server.answers[email(NETWORK_ADVISER)] = "451 Try again later"
            first = await deliver(server, sqlite_database)
            with writing() as s:
                for row in list_mails(s):
                    row.attempts = MOST_ATTEMPTS - 1
            return [first, await deliver(server, sqlite_database, 60)]

    queue()
    assert asyncio.run(story()) == [Delivered(put_back=1), Delivered(given_up=1, sent=2)]


def test_a_long_outage_gives_no_mail_up_and_leaves_it_its_attempts(sqlite_database: Settings) -> None:
    async def story() -> Delivered:
        async with mail_server() as server:
            pass
        with writing() as s:
            for row in list_mails(s):
                row.attempts = MOST_ATTEMPTS + 10
        return await deliver(server, sqlite_database)

    queue()
    assert asyncio.run(story()) == Delivered(put_back=1)
    [row] = rows()
    assert row.attempts < MOST_ATTEMPTS
    assert row.next_attempt_at - NOW <= timedelta(hours=1)


def test_connections_are_kept_and_never_more_than_four(sqlite_database: Settings) -> None:
    async def story() -> MailServer:
        async with mail_server() as server:
            await deliver(server, sqlite_database)
        return server

    queue(40)
    server = asyncio.run(story())
    assert len(server.received) == 40
    assert server.connections <= 4


def test_where_the_server_takes_fewer_connections_the_others_wait_for_those_it_takes(sqlite_database: Settings) -> None:
    async def story() -> Delivered:
        async with mail_server(MailServer(most_connections=1)) as server:
            return await deliver(server, sqlite_database)

    queue(12)
    assert asyncio.run(story()).sent >= 9


async def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def test_a_woken_postman_sends_at_once_over_the_connection_it_kept(
    sqlite_database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postman, "POLL_SECONDS", 60)
    server = MailServer()

    async def story() -> None:
        for number in range(3):
            await asyncio.sleep(0.1)
            with writing() as s:
                queue_task_mail(s, task(f"HJ-2023-0001-{number:02}"), "issued", NOW)
            await asyncio.to_thread(wake_postman)
            await until(lambda sent=number: len(server.received) > sent)  # type: ignore[misc]

    async def with_server() -> None:
        async with mail_server(server):
            stop = asyncio.Event()
            working = asyncio.create_task(Postman(to(server, sqlite_database), clock=lambda: NOW).run(stop))
            await story()
            stop.set()
            await asyncio.wait_for(working, 5)

    asyncio.run(with_server())
    assert len(server.received) == 3
    assert server.connections == 1
    wake_postman()


def test_the_postman_works_on_after_the_database_was_away(sqlite_database: Settings) -> None:
    def rename(this: str, that: str) -> None:
        with engine().begin() as connection:
            connection.execute(text(f"ALTER TABLE {this} RENAME TO {that}"))

    async def story() -> MailServer:
        async with mail_server() as server:
            rename("outbox", "outbox_away")
            stop = asyncio.Event()
            working = asyncio.create_task(Postman(to(server, sqlite_database), clock=lambda: NOW).run(stop))
            await asyncio.sleep(0.3)
            rename("outbox_away", "outbox")
            await until(lambda: len(server.received) == 1)
            stop.set()
            await asyncio.wait_for(working, 5)
        return server

    queue()
    assert asyncio.run(story()).connections == 1


def test_mails_leave_this_machine_only_encrypted(sqlite_database: Settings, authority: trustme.CA) -> None:
    async def story() -> tuple[Delivered, MailServer]:
        async with mail_server() as server:
            settings = trusting(sqlite_database, authority, server)
            return await deliver_due(settings, NOW, "tests"), server

    queue()
    done, server = asyncio.run(story())
    assert done == Delivered(put_back=1)
    assert server.received == []


@pytest.mark.parametrize("how", ["starttls", "implicit"])
def test_an_encrypted_connection_to_the_right_server_is_used(
    sqlite_database: Settings, authority: trustme.CA, how: str
) -> None:
    async def story() -> MailServer:
        tls = {"starttls" if how == "starttls" else "implicit_tls": certificate(authority)}
        async with mail_server(**tls) as server:
            settings = trusting(sqlite_database, authority, server, smtp_tls=how)
            assert await deliver_due(settings, NOW, "tests") == Delivered(sent=1)
        return server

    queue()
    assert [found.encrypted for found in asyncio.run(story()).received] == [how == "starttls"]


@pytest.mark.parametrize("wrong", ["name", "authority"])
@pytest.mark.parametrize("how", ["starttls", "implicit"])
def test_a_certificate_of_another_name_or_authority_is_refused(
    sqlite_database: Settings, authority: trustme.CA, wrong: str, how: str
) -> None:
    async def story() -> MailServer:
        tls = certificate(authority, "mail.example") if wrong == "name" else certificate(trustme.CA())
        async with mail_server(**{"starttls" if how == "starttls" else "implicit_tls": tls}) as server:
            settings = trusting(sqlite_database, authority, server, smtp_tls=how)
            assert await deliver_due(settings, NOW, "tests") == Delivered(put_back=1)
        return server

    queue()
    assert asyncio.run(story()).received == []


def test_sending_in_the_clear_to_another_machine_is_refused_at_the_start(sqlite_database: Settings) -> None:
    settings = sqlite_database.model_copy(update={"smtp_host": "mail.kommune.example", "smtp_tls": "none"})
    with pytest.raises(Refusal, match="PLEJEFLOW_SMTP_TLS"):
        Postman(settings)


def test_a_file_of_certificates_that_cannot_be_read_is_refused_at_the_start(
    sqlite_database: Settings, tmp_path: Path
) -> None:
    (tmp_path / "empty.pem").touch()
    for path in (tmp_path / "not there.pem", tmp_path / "empty.pem"):
        with pytest.raises(Refusal, match="PLEJEFLOW_SMTP_CA_FILE"):
            Postman(sqlite_database.model_copy(update={"smtp_ca_file": path}))
