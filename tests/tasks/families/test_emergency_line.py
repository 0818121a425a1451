"""V1: calls to the emergency line, their follow-up and the month's usage."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from data.settings import Settings
from data.store.session import reading, writing
from data.tables import AuditEntry, EmergencyCall, Family, GeneratedTask, OutboxMail, Staff
from plejeflow import main
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tasks.cases.answers import answer_task
from tasks.families.emergency_line import Usage, log_call, report_usage
from tests import people
from tests.letters import in_words, opened, part

FAMILY, CONSULTANT, COLLEAGUE, LEADER = "VJ-F001", "VJ-S01", "VJ-S02", "VJ-S03"
SATURDAY_NIGHT = datetime(2023, 3, 4, 22, 40, tzinfo=UTC)
MONDAY = date(2023, 3, 6)
CALL = {"topic": "conflict", "about": "Ægir råbte ad Łukasz; 李 græd.", "advice": "Gå hver til sit, ring igen."}


def email(ref: str) -> str:
    return f"{ref.lower()}@vejle.example"


def person(ref: str, roles: str) -> Staff:
    given = {"municipality": "vejle", "roles": roles, "email": email(ref)}
    return Staff(ref=ref, recorded_at=people.NOW, **given)


def home(consultant: str | None = CONSULTANT, municipality: str = "vejle", ref: str = FAMILY) -> Family:
    given = {"municipality": municipality, "kind": "foster", "consultant": consultant, "email": email(ref)}
    return Family(ref=ref, recorded_at=people.NOW, **given)


def vejle() -> None:
    people.move_in()
    people.move_in(
        person(CONSULTANT, "family_care_consultant"),
        person(COLLEAGUE, "family_care_consultant,institution_specialist"),
        person(LEADER, "leader"),
        home(),
    )


@pytest.fixture
def line(sqlite_database: Settings) -> None:
    vejle()


def log(now: datetime = SATURDAY_NIGHT, *, family: str = FAMILY, by: str = COLLEAGUE, **said: Any) -> EmergencyCall:
    with writing() as s:
        return log_call(s, family, {**CALL, **said}, email=email(by), os_account="tests", now=now)


def follow_up() -> GeneratedTask:
    with reading() as s:
        return s.exec(select(GeneratedTask)).one()


def calls() -> list[EmergencyCall]:
    with reading() as s:
        return list(s.exec(select(EmergencyCall)))


def test_a_call_is_logged_and_followed_up_by_the_familys_consultant_the_same_working_day(database: Settings) -> None:
    vejle()
    log()
    [call] = calls()
    assert (call.family, call.topic, call.taken_by, call.called_at) == (FAMILY, "conflict", COLLEAGUE, SATURDAY_NIGHT)
    assert (call.about, call.advice) == (CALL["about"], CALL["advice"])
    task = follow_up()
    assert (task.form, task.about, task.assignee, task.due_on) == ("FollowUpCall", call.ref, CONSULTANT, MONDAY)
    with writing() as s:
        answer = {"talked_on": "2023-03-06", "outcome": "Roligt igen."}
        answer_task(
            s, task.ref, answer, email=email(CONSULTANT), os_account="tests", now=SATURDAY_NIGHT + timedelta(days=2)
        )
    with reading() as s:
        entry = s.exec(select(AuditEntry).where(AuditEntry.action == "emergency call followed up")).one()
    assert (entry.actor, entry.subject) == (CONSULTANT, call.ref)
    assert "Roligt" in (follow_up().answer or "")


@pytest.mark.usefixtures("line")
def test_on_a_working_day_it_is_followed_up_that_day() -> None:
    log(datetime(2023, 3, 7, 3, tzinfo=UTC))
    assert follow_up().due_on == date(2023, 3, 7)


@pytest.mark.usefixtures("line")
def test_nothing_that_was_said_is_readable_in_the_database_or_goes_out_by_mail() -> None:
    log()
    with reading() as s:
        raw = s.connection().exec_driver_sql("SELECT about, advice FROM emergency_call").all()
        [mail] = s.exec(select(OutboxMail)).all()
    assert "Ægir" not in str(raw)
    assert "Ægir" not in in_words(opened(mail))
    assert "Følg op på et opkald til akuttelefonen" in part(opened(mail), "plain")


@pytest.mark.usefixtures("line")
@pytest.mark.parametrize(
    ("consultant", "roles", "role", "asked"),
    [
        (None, {}, "family_care_consultant", CONSULTANT),
        (LEADER, {}, "family_care_consultant", CONSULTANT),
        (COLLEAGUE, {COLLEAGUE: "supervisor"}, "supervisor", COLLEAGUE),
        (None, {CONSULTANT: "payroll", COLLEAGUE: "payroll"}, "leader", LEADER),
    ],
)
def test_a_call_is_always_logged_whoever_is_there_to_follow_it_up(
    consultant: str | None, roles: dict[str, str], role: str, asked: str
) -> None:
    people.move_in(home(consultant), *(person(ref, given) for ref, given in roles.items()))
    log()
    assert (follow_up().role, follow_up().assignee) == (role, asked)


@pytest.mark.usefixtures("line")
@pytest.mark.parametrize(
    ("said", "called_at"),
    [
        ("2023-03-04T23:40", SATURDAY_NIGHT),
        ("2023-03-04T22:40:00Z", SATURDAY_NIGHT),
        ("2022-10-30T02:30", datetime(2022, 10, 30, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_time_of_a_call_is_the_municipalitys_own(said: str, called_at: datetime) -> None:
    assert log(called_at=said).called_at == called_at


@pytest.mark.usefixtures("line")
@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ({"topic": "Ægir er væk"}, "topic: give one of conflict, behaviour"),
        ({"about": ""}, "about: String should have at least 1 character"),
        ({"about": "x" * 1_000_000}, "about: String should have at most 4000 characters"),
        ({"advice": None}, "advice: Input should be a valid string"),
        ({"called_at": "i nat"}, "called_at: Input should be a valid datetime"),
        ({"called_at": "2023-03-04T23:41"}, "the call is still to come"),
        ({"called_at": "2021-03-04T23:40"}, "more than a year ago"),
        ({"called_at": "2022-03-27T02:30"}, "2022-03-27 02:30 never was"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_and_nothing_is_written(instead: dict[str, Any], words: str) -> None:
    with pytest.raises(Refusal) as refused:
        log(**instead)
    assert words in str(refused.value)
    assert "Ægir" not in str(refused.value)
    assert len(str(refused.value)) < 300
    assert calls() == []


@pytest.mark.usefixtures("line")
def test_an_unknown_family_an_outsider_and_the_family_itself_cannot_log_a_call() -> None:
    with pytest.raises(Refusal, match="family 'VJ-F999' is not known"):
        log(family="VJ-F999")
    for outsider in (people.email(people.LEADER), email(FAMILY)):
        with writing() as s, pytest.raises(Refusal, match="nobody with that e-mail address works for vejle"):
            log_call(s, FAMILY, CALL, email=outsider, os_account="tests", now=SATURDAY_NIGHT)
    assert calls() == []


@pytest.mark.usefixtures("line")
def test_where_no_line_is_open_no_call_is_logged() -> None:
    by = people.email(people.LEADER)
    with writing() as s, pytest.raises(Refusal, match="hjoerring has no emergency line on 2023-03-04"):
        log_call(s, people.FAMILY, CALL, email=by, os_account="tests", now=SATURDAY_NIGHT)
    with pytest.raises(Refusal, match="vejle has no emergency line on 2019-10-31"):
        log(datetime(2019, 10, 31, 9, tzinfo=UTC))


def usage(today: date = date(2023, 4, 1), municipality: str = "vejle") -> Usage | None:
    return report_usage(municipality, today, datetime(today.year, today.month, today.day, 4, tzinfo=UTC))


def usage_mails() -> list[OutboxMail]:
    with reading() as s:
        return list(s.exec(select(OutboxMail).where(OutboxMail.template == "emergency_usage")))


def test_calls_are_counted_by_topic_for_the_local_month_before_and_told_to_the_leader_once(
    database: Settings,
) -> None:
    vejle()
    log(datetime(2023, 3, 31, 21, 59, tzinfo=UTC))
    log(datetime(2023, 3, 31, 22, 0, tzinfo=UTC))  # midnight in Denmark: April
    log(datetime(2023, 2, 28, 23, 0, tzinfo=UTC), topic="health")
    log(datetime(2023, 2, 28, 22, 59, tzinfo=UTC))
    for _ in range(2):
        found = usage()
    assert found is not None
    assert (found.about, found.calls) == ("VJ-2023-03", 2)
    assert {topic: number for topic, number in found.topics.items() if number} == {"conflict": 1, "health": 1}
    [mail] = usage_mails()
    assert (mail.recipient, mail.about) == (LEADER, "VJ-2023-03")
    text = part(opened(mail), "plain")
    for words in ("Opkald til akuttelefonen i marts 2023: 2", "Konflikt: 1", "Sundhed: 1"):
        assert words in text


@pytest.mark.usefixtures("line")
def test_a_month_without_calls_is_reported_as_zero() -> None:
    found = usage()
    assert found is not None
    assert set(found.topics.values()) == {0}
    [mail] = usage_mails()
    assert "Ingen ringede til akuttelefonen i marts 2023" in part(opened(mail), "plain")


@pytest.mark.usefixtures("line")
def test_usage_is_reported_from_the_month_in_which_the_line_opened_and_only_where_there_is_one() -> None:
    assert usage(municipality="hjoerring") is None
    assert usage(date(2019, 11, 1)) is None
    assert usage(date(2019, 12, 1)) is not None
    assert [mail.about for mail in usage_mails()] == ["VJ-2019-11"]


@pytest.fixture
def command(sqlite_database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLEJEFLOW_VAR", str(sqlite_database.var))
    monkeypatch.setenv("PLEJEFLOW_ENCRYPTION_KEYS", sqlite_database.encryption_keys.get_secret_value())
    monkeypatch.setenv("PLEJEFLOW_TODAY", "2023-03-06")
    vejle()


def plejeflow_call(*words: object) -> Result:
    given = ["call", "log", "--family", FAMILY, "--as", email(COLLEAGUE), *map(str, words)]
    return CliRunner().invoke(main, given, catch_exceptions=False)


@pytest.mark.usefixtures("command")
def test_a_call_is_logged_from_the_command_line_in_words_or_as_a_file(tmp_path: Path) -> None:
    words = [part for key in ("topic", "about", "advice") for part in (f"--{key}", CALL[key])]
    assert plejeflow_call(*words, "--at", "2023-03-04T23:40").stdout == "VJ-2023-A00001\n"
    file = tmp_path / "call.json"
    file.write_text(json.dumps(CALL))
    assert plejeflow_call("--file", file).stdout == "VJ-2023-A00002\n"
    assert [call.about for call in calls()] == [CALL["about"]] * 2
    assert plejeflow_call("--file", file, "--topic", "other").exit_code == 2
    refused = plejeflow_call("--topic", "conflict")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("plejeflow: about: Field required")


def test_what_is_refused_names_every_fault_at_once(line: None) -> None:
    with pytest.raises(AnswerInvalid) as refused:
        log(about="", advice="")
    assert len(refused.value.faults) == 2
