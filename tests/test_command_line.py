"""The command line as a person types it: exit codes, one clear line for a refusal, never a traceback."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from data.cases import find_case
from data.settings import Settings
from data.store.session import reading, writing
from data.tables import AuditEntry, GeneratedTask
from plejeflow import main
from tasks.rehearsal.answers import usual_answer
from tests import people
from tests.story import Story

KEY = {"PLEJEFLOW_ENCRYPTION_KEYS": Fernet.generate_key().decode()}


@pytest.fixture
def story(sqlite_database: Settings, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setenv("PLEJEFLOW_VAR", str(sqlite_database.var))
    monkeypatch.setenv("PLEJEFLOW_ENCRYPTION_KEYS", sqlite_database.encryption_keys.get_secret_value())
    monkeypatch.setenv("PLEJEFLOW_TODAY", str(people.WEDNESDAY))
    monkeypatch.setenv("PLEJEFLOW_PREFECT_API_URL", "http://127.0.0.1:9/api")
    people.move_in()
    return Story()


def plejeflow(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def refused(result: Result) -> str:
    """The refusal's text; it ended with 1 and printed nothing else."""
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("plejeflow: ")
    return result.stderr


def first_visit(story: Story, tmp_path: Path, **instead: object) -> tuple[str, Path]:
    task = story.tasks["first_visit"]
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(usual_answer(task, story.today) | instead))
    return task.ref, file


@pytest.mark.parametrize("typed", ["HJ-S\udcf8ren", "HJ-\0", "HJ-\x1b[31m", "\ud800"])
def test_words_that_no_database_keeps_are_refused_by_name(story: Story, typed: str) -> None:
    for command in (["mail", "show", typed], ["mail", "list", "--about", typed], ["case", "show", typed]):
        assert "can't be kept" in refused(plejeflow(*command))


def test_an_answer_by_the_person_asked_is_taken_and_the_trail_names_them_and_the_account(
    story: Story, tmp_path: Path
) -> None:
    ref, file = first_visit(story, tmp_path)
    result = plejeflow("task", "answer", ref, "--file", file, "--as", people.email(people.NETWORK_ADVISER).upper())
    assert result.exit_code == 0
    assert "the case goes on when it is back" in result.stderr
    with reading() as s:
        entry = s.get(AuditEntry, 2)
    assert entry is not None
    assert (entry.actor, entry.action, entry.subject) == (people.NETWORK_ADVISER, "task answered", ref)
    assert entry.os_account


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (people.OUTSIDER, "not HJ-S09's"),
        (people.FAMILY, "not HJ-F001's"),
        ("HJ-S99", "nobody with that e-mail address"),
    ],
)
def test_an_answer_by_somebody_who_may_not_is_refused(story: Story, tmp_path: Path, who: str, said: str) -> None:
    ref, file = first_visit(story, tmp_path)
    assert said in refused(plejeflow("task", "answer", ref, "--file", file, "--as", people.email(who)))


def test_the_substitute_answers_only_while_somebody_is_away(story: Story, tmp_path: Path) -> None:
    ref, file = first_visit(story, tmp_path)
    answer = ("task", "answer", ref, "--file", file, "--as")
    assert plejeflow(*answer, people.email(people.MATCH_CONSULTANT)).exit_code == 1
    away = {"absent_from": people.WEDNESDAY, "substitute": people.MATCH_CONSULTANT}
    people.move_in(people.staff(people.NETWORK_ADVISER, "network_adviser", **away))
    assert plejeflow(*answer, people.email(people.MATCH_CONSULTANT)).exit_code == 0


@pytest.mark.parametrize(("who", "code"), [(people.LEADER, 1), (people.NETWORK_ADVISER, 0), (people.FAMILY, 0)])
def test_a_consent_is_the_familys_or_comes_on_paper_to_the_cases_own_adviser(
    story: Story, tmp_path: Path, who: str, code: int
) -> None:
    story.answer("first_visit", by=people.LEADER)
    ref, file = story.tasks[f"consent:{people.MOTHER}:1"].ref, tmp_path / "answer.json"
    file.write_text(json.dumps({"given": True, "signed_on": f"{story.today}"}))
    assert plejeflow("task", "answer", ref, "--file", file, "--as", people.email(who)).exit_code == code


def test_everything_wrong_with_an_answer_is_said_at_once(story: Story, tmp_path: Path) -> None:
    ref, file = first_visit(story, tmp_path, held_on="2023-02-31", both_sides_go_on="perhaps", mood="good")
    said = refused(plejeflow("task", "answer", ref, "--file", file, "--as", people.email(people.NETWORK_ADVISER)))
    for wrong in ("held_on: ", "both_sides_go_on: ", "mood: ", "FirstVisit has the fields held_on, both_sides_go_on"):
        assert wrong in said


def test_a_day_that_lies_ahead_is_not_when_something_was_held(story: Story, tmp_path: Path) -> None:
    ref, file = first_visit(story, tmp_path, held_on="2023-03-02")
    said = refused(plejeflow("task", "answer", ref, "--file", file, "--as", people.email(people.NETWORK_ADVISER)))
    assert "2023-03-02 is still to come" in said


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("HJ-S99", "nobody is known as 'HJ-S99'; did you mean HJ-S0"),
        ("hj-s01", "did you mean HJ-S01?"),
        (people.email(people.LEADER), "give a reference of the sheet staff or families"),
        ("", "nobody is known as ''"),
        ("x" * 9_999, "nobody is known as 'xxx"),
    ],
)
def test_tasks_of_somebody_unknown_are_refused_and_not_none(story: Story, of: str, said: str) -> None:
    assert said in refused(plejeflow("task", "list", "--of", of))


def test_tasks_of_people_who_have_none_are_none_and_families_have_theirs(story: Story, tmp_path: Path) -> None:
    assert plejeflow("task", "list", "--of", people.OUTSIDER).stdout == "nothing waits for an answer\n"
    assert plejeflow("task", "list", "--of", people.FAMILY).stdout == "nothing waits for an answer\n"
    ref = story.tasks["first_visit"].ref
    assert ref in plejeflow("task", "list", "--of", f" {people.NETWORK_ADVISER}\u00a0").stdout


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_an_answer_file_that_is_not_json_is_refused(story: Story, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(content)
    ref = story.tasks["first_visit"].ref
    assert "isn't JSON" in refused(plejeflow("task", "answer", ref, "--file", file, "--as", "x@y.example"))


def test_a_byte_order_mark_before_an_answer_is_no_fault(story: Story, tmp_path: Path) -> None:
    ref, file = first_visit(story, tmp_path)
    file.write_text(file.read_text(), encoding="utf-8-sig")
    assert plejeflow("task", "answer", ref, "--file", file, "--as", people.email(people.NETWORK_ADVISER)).exit_code == 0


def test_an_answer_in_another_encoding_is_told_in_our_words(story: Story, tmp_path: Path) -> None:
    ref, file = first_visit(story, tmp_path, held_on="æøå")
    for encoding in ("utf-16", "cp1252"):
        file.write_text('{"held_on": "æøå"}', encoding=encoding)
        said = refused(plejeflow("task", "answer", ref, "--file", file, "--as", "x@y.example"))
        assert "isn't JSON in UTF-8; save it as UTF-8" in said


def test_a_file_that_is_not_there_is_refused(story: Story, tmp_path: Path) -> None:
    ref = story.tasks["first_visit"].ref
    said = refused(plejeflow("task", "answer", ref, "--file", tmp_path / "none.json", "--as", "x@y.example"))
    assert "can't be read: No such file" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("task", "answer", "HJ-1", "--file", __file__, "--as", "x@y.example"), "isn't JSON"),
        (("case", "show", "HJ-1"), "there is no case 'HJ-1'"),
        (("case", "open", "adoption", "--family", "HJ-F001"), "there is no process 'adoption'"),
        (("case", "open", "network-family-approval", "--family", "HJ-F001"), "say which with --child"),
        (("case", "open", "network-family-approval", "--family", "HJ-F9", "--child", "HJ-B001"), "family 'HJ-F9'"),
        (
            ("case", "open", "network-family-approval", "--family", "HJ-F001", "--child", "HJ-B001"),
            "HJ-2023-0001 is open already for HJ-F001 and HJ-B001",
        ),
        (("case", "reassign", "HJ-2023-0001", "--to", people.LEADER), "has none of the roles"),
        (
            ("staff", "hand-over", people.NETWORK_ADVISER, "--to", people.LEADER, "--as", people.email(people.LEADER)),
            f"{people.LEADER} lacks network_adviser for HJ-2023-0001-",
        ),
        (("mail", "show", "M-99"), "there is no mail 'M-99'"),
        (("payout", "prepare", "2023-13", "--municipality", "randers", "--as", "x@y.example"), "'2023-13'"),
        (("payout", "show", "May", "--municipality", "randers"), "'May'"),
        (("payout", "show", "2023-05", "--municipality", "atlantis"), "no municipality 'atlantis'"),
        (("payout", "explain", "RA-1"), "there is no ledger line 'RA-1'"),
        (("rates", "check", "--on", "2024-06-01"), "DK fee_night"),
        (("import", "none.xlsx"), "none.xlsx"),
        (("reconcile",), "Prefect's server at http://127.0.0.1:9/api doesn't answer"),
    ],
)
def test_what_can_not_be_done_is_one_clear_line(story: Story, words: tuple[str, ...], said: str) -> None:
    assert said in refused(plejeflow(*words))


def test_wrong_usage_ends_with_two(story: Story) -> None:
    assert plejeflow("task", "list", "--today", "2023-02-31").exit_code == 2
    assert plejeflow("task", "answer").exit_code == 2
    assert plejeflow("nonsense").exit_code == 2


def test_a_case_handed_on_takes_its_open_tasks_along(story: Story) -> None:
    people.move_in(people.staff("HJ-S20", "network_adviser"))
    result = plejeflow("case", "reassign", story.ref, "--to", "HJ-S20")
    assert (result.exit_code, "HJ-S20's now" in result.stdout) == (0, True)
    assert story.tasks["first_visit"].assignee == "HJ-S20"
    mails = json.loads(plejeflow("mail", "list", "--json", "--about", story.tasks["first_visit"].ref).stdout)
    assert sorted(mail["recipient"] for mail in mails) == [people.NETWORK_ADVISER, "HJ-S20"]


def test_everything_that_is_with_a_leaver_is_handed_over_in_one_command(story: Story) -> None:
    people.move_in(people.staff("HJ-S20", "network_adviser"))
    hand = ("staff", "hand-over", people.NETWORK_ADVISER, "--to", "HJ-S20", "--as", people.email(people.LEADER))
    result = plejeflow(*hand)
    assert (result.exit_code, story.tasks["first_visit"].assignee) == (0, "HJ-S20")
    assert result.stdout.startswith(f"from {people.NETWORK_ADVISER} to HJ-S20: ")
    assert f"cases (1): {story.ref}" in result.stdout
    assert "nothing was with them" in plejeflow(*hand).stdout
    assert json.loads(plejeflow(*hand, "--json").stdout) == {}


def test_whoever_answers_for_a_colleague_is_named_with_them(story: Story, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(usual_answer(story.tasks["first_visit"], people.WEDNESDAY)))
    task = story.tasks["first_visit"].ref
    result = plejeflow("task", "answer", task, "--file", file, "--as", people.email(people.LEADER))
    assert f"{task} answered by {people.LEADER} for {people.NETWORK_ADVISER}" in result.stdout


def test_who_has_left_gets_nothing_handed_on(story: Story) -> None:
    people.move_in(people.staff("HJ-S20", "network_adviser", left_on=date(2023, 2, 28)))
    for words in (("case", "reassign", story.ref), ("task", "reassign", story.tasks["first_visit"].ref)):
        assert "HJ-S20 left on 2023-02-28" in refused(plejeflow(*words, "--to", "HJ-S20"))


def test_late_tasks_are_those_past_their_day(story: Story) -> None:
    assert json.loads(plejeflow("task", "list", "--late", "--json", "--today", "2023-03-15").stdout) == []
    (late,) = json.loads(plejeflow("task", "list", "--late", "--json", "--today", "2023-03-16").stdout)
    assert (late["step"], late["due_on"]) == ("first_visit", "2023-03-15")


def test_an_ended_case_takes_no_answer(story: Story, tmp_path: Path) -> None:
    offer = story.tasks["withdrawal"].ref
    story.answer("first_visit", both_sides_go_on=False)
    file = tmp_path / "answer.json"
    file.write_text(json.dumps({"withdrawn_by": "family", "withdrawn_on": "2023-03-01"}))
    said = refused(plejeflow("task", "answer", offer, "--file", file, "--as", people.email(people.NETWORK_ADVISER)))
    assert "has ended (Withdrawn)" in said


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "plejeflow", *words],
        env={"PATH": "", **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    key = plejeflow("new-key").stdout.strip()
    address = "postgresql+psycopg://me:secret@127.0.0.1:9/none"
    done = run("task", "list", PLEJEFLOW_DATABASE_URL=address, PLEJEFLOW_ENCRYPTION_KEYS=key)
    assert done.returncode == 1
    assert done.stderr.startswith("plejeflow: the database none on 127.0.0.1 says: ")
    assert "secret" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PLEJEFLOW_DATABASE_URL": "mysql://x/y"}, "PLEJEFLOW_ENCRYPTION_KEYS is not set"),
        ({"PLEJEFLOW_DATABASE_URL": "nonsense", "PLEJEFLOW_ENCRYPTION_KEYS": "x"}, "PLEJEFLOW_ENCRYPTION_KEYS"),
        ({"PLEJEFLOW_SMTP_PORT": "99999"}, "PLEJEFLOW_SMTP_PORT"),
        ({"PLEJEFLOW_TODAY": "yesterday"}, "PLEJEFLOW_TODAY"),
        ({"PLEJEFLOW_TODAY": "2203-03-01"}, "PLEJEFLOW_TODAY: Value error, lies ahead"),
        ({"PLEJEFLOW_VAR": "/dev/null/x"}, "PLEJEFLOW_VAR"),
        ({"PLEJEFLOW_DATABASE_URL": "postgresql+psycopg://u:pw@host:notaport/db", **KEY}, "isn't a database address"),
        ({"PLEJEFLOW_DATABASE_URL": f"sqlite:///{__file__}", **KEY}, "file is not a database"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    done = run("task", "list", **{"PLEJEFLOW_VAR": str(tmp_path), **environment})
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert said in done.stderr


def test_before_init_a_command_says_to_run_it(tmp_path: Path) -> None:
    done = run("case", "list", PLEJEFLOW_VAR=str(tmp_path / "new"))
    assert done.returncode == 1
    assert "plejeflow init" in done.stderr


def test_reading_commands_load_neither_prefect_nor_pandas() -> None:
    words = "import sys, plejeflow, data.cases, data.outbox, data.store.session, data.tables"
    code = f"{words}; sys.exit(any(name in sys.modules for name in ('prefect', 'pandas', 'babel', 'openpyxl')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_answers_are_not_readable_in_the_database(story: Story, sqlite_database: Settings) -> None:
    story.answer("first_visit", remark="Hunden hedder Trofast")
    with writing() as s:
        task = s.get(GeneratedTask, story.tasks["first_visit"].ref)
    assert task is not None
    assert "Trofast" in (task.answer or "")
    stored = b"".join(path.read_bytes() for path in sqlite_database.var.glob("plejeflow.db*"))
    assert b"Trofast" not in stored


def test_a_family_opens_a_case_of_its_own_only_where_the_process_lets_it(story: Story) -> None:
    opening = ("case", "open", "--family", people.FAMILY, "--as", people.email(people.FAMILY))
    opened = plejeflow(*opening, "incident")
    assert opened.exit_code == 0
    with reading() as s:
        assert find_case(s, opened.stdout.strip()).opened_by == people.FAMILY
    again = plejeflow(*opening, "network-family-approval", "--child", people.CHILD)
    assert "isn't opened by the family itself; ask its consultant" in refused(again)
    stranger = plejeflow(*opening[:-1], "x@y.example", "incident")
    assert "nobody with that e-mail address works for hjoerring" in refused(stranger)
