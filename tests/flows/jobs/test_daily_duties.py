from datetime import date

from flows.jobs.daily_duties import counted
from tests.rules.duties import START, duty, seen


def test_a_municipalitys_table_says_how_many_are_late_and_from_when_the_next_one_is() -> None:
    talk = duty("lillehammer", "contact_talk")
    day, started = date(2025, 4, 1), date(2025, 2, 1)
    standings = [
        seen(talk, day, start=started),
        seen(talk, day, date(2025, 3, 25), start=started),
        seen(talk, day, date(2025, 3, 20), start=started),
        seen(duty("lillehammer", "gathering"), day, start=started),
    ]
    talks, gatherings = counted(standings)
    assert talks == {
        "duty": "contact_talk",
        "row": "N4",
        "owed by": 3,
        "done": 0,
        "coming": 0,
        "due": 2,
        "late": 1,
        "impossible": 0,
        "falling short is": "a breach",
        "next one late from": "2025-04-04",
    }
    assert gatherings["falling short is"] == "a notice"


def test_where_everything_is_late_there_is_no_next_one() -> None:
    [row] = counted([seen(duty("randers", "joint_visit"), date(2024, 1, 1), start=START)])
    assert (row["late"], row["next one late from"]) == (1, "")
