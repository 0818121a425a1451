from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlmodel import select

from data import policies
from data.settings import Settings
from data.store.session import reading
from data.tables import Happening, OutboxMail
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tasks.families.group_supervision import open_for_teams
from tasks.mail.notices import Site, task_notice
from tests import people
from tests.letters import event, opened, part, task
from tests.people import at
from tests.story import Story
from tests.vesthimmerland import COLLEAGUE, CONSULTANT, FIRST, MUNICIPALITY, RESPITE, SECOND, TEAM, home, settle

APRIL = date(2023, 4, 3)
PLAN, MOVE = f"plan_group_supervision:{TEAM}", "move_group_supervision:{}"
HELD = f"group_supervision:{TEAM}:{{}}"


def quarter(day: date = APRIL) -> list[str]:
    return open_for_teams(MUNICIPALITY, day, at(day))


def meeting(day: date = APRIL) -> Story:
    """The quarter's case of the team, as a story of its own."""
    [ref] = quarter(day)
    return Story.taken_up(ref, "group-supervision", day)


@pytest.fixture
def _team(sqlite_database: Settings) -> None:
    settle()


def invitations(story: Story) -> list[OutboxMail]:
    with reading() as s:
        rows = select(OutboxMail).where(OutboxMail.template == "invitation", OutboxMail.about == story.ref)
        return list(s.exec(rows.order_by(OutboxMail.id)))  # type: ignore[arg-type]


def counted() -> list[tuple[str, str]]:
    with reading() as s:
        rows = s.exec(select(Happening).where(Happening.duty == "group_supervision"))
        return sorted((row.subject, f"{row.held_on}") for row in rows)


@pytest.mark.usefixtures("_team")
def test_a_family_that_pauses_is_not_invited_and_a_team_of_such_families_has_none() -> None:
    people.move_in(people.pause(FIRST, date(2023, 3, 1)))
    story = meeting()
    story.answer(PLAN, starts_at="2023-04-20T13:00:00")
    assert [mail.recipient for mail in invitations(story)] == [SECOND, CONSULTANT, COLLEAGUE]
    people.move_in(people.pause(SECOND, date(2023, 6, 1)))
    assert quarter(date(2023, 7, 3)) == []


def test_each_quarter_the_team_is_planned_for_invited_and_counted(database: Settings) -> None:
    settle()
    story = meeting()
    assert quarter() == []
    assert story.tasks[PLAN].assignee == CONSULTANT
    story.answer(PLAN, starts_at="2023-04-20T13:00:00")
    invited = invitations(story)
    assert [mail.recipient for mail in invited] == [FIRST, SECOND, CONSULTANT, COLLEAGUE]
    assert "Gruppesupervision: mentalisering" in opened(invited[0])["Subject"]
    assert f"{event(invited[0]).start:%Y-%m-%d %H:%M %Z}" == "2023-04-20 11:00 UTC"
    assert story.tasks[HELD.format(0)].due_on == date(2023, 4, 20)
    story.come_to(date(2023, 4, 20))
    story.answer(HELD.format(0), attended=[SECOND])
    assert story.case.outcome == "Completed"
    assert counted() == [(SECOND, "2023-04-20")]
    assert len(quarter(date(2023, 7, 1))) == 1


@pytest.mark.usefixtures("_team")
def test_the_task_tells_the_quarters_theme() -> None:
    story = meeting()
    with reading() as s:
        mail = s.exec(select(OutboxMail).where(OutboxMail.about == story.tasks[PLAN].ref)).one()
    assert "Tema: mentalisering" in part(opened(mail), "plain")


def test_individual_supervision_has_the_quarters_theme_too() -> None:
    asked: dict[str, Any] = {
        "form": "DutyHeld",
        "role": "supervisor",
        "demands": {"duty": "supervision", "called": "Supervision"},
    }
    site = Site("https://pleje.example", "pleje.example")
    for municipality, theme in ((MUNICIPALITY, "mentalisering"), ("hjoerring", None)):
        told = task_notice(task(**asked), "issued", policies.policy_of(municipality), APRIL, site)
        assert told.context["topic"] == theme


@pytest.mark.usefixtures("_team")
def test_a_meeting_that_is_moved_is_told_to_everybody_and_held_on_its_new_day() -> None:
    story = meeting()
    story.answer(PLAN, starts_at="2023-04-20T13:00:00")
    story.answer(MOVE.format(0), starts_at="2023-04-27T10:00:00")
    assert story.waiting == [HELD.format(1)]
    story.replay()
    assert story.waiting == [HELD.format(1)]
    assert len(invitations(story)) == 8
    assert event(invitations(story)[-1])["SEQUENCE"] == 1
    story.come_to(date(2023, 4, 27))
    story.answer(HELD.format(1))
    assert counted() == [(FIRST, "2023-04-27"), (SECOND, "2023-04-27")]


@pytest.mark.usefixtures("_team")
def test_a_meeting_that_is_cancelled_counts_for_nobody() -> None:
    story = meeting()
    story.answer(PLAN)
    story.answer(MOVE.format(0), starts_at=None, cancelled=True)
    assert (story.case.outcome, counted()) == ("Withdrawn", [])


@pytest.mark.usefixtures("_team")
def test_after_a_cancelled_meeting_another_one_is_planned_the_next_day_and_no_more_than_one() -> None:
    story = meeting()
    story.answer(PLAN)
    story.answer(MOVE.format(0), starts_at=None, cancelled=True)
    assert [len(quarter(date(2023, 4, day))) for day in (4, 5)] == [1, 0]


@pytest.mark.usefixtures("_team")
@pytest.mark.parametrize(("founded", "opened"), [(date(2023, 4, 2), 1), (date(2023, 6, 9), 1), (date(2023, 6, 10), 0)])
def test_a_new_team_meets_in_its_first_quarter_where_there_is_time_to_plan_it(founded: date, opened: int) -> None:
    assert len(quarter(founded)) == opened
    assert len(quarter(date(2023, 7, 1))) == 1


def test_whether_a_meeting_is_to_be_planned_is_looked_at_daily() -> None:
    prefect = yaml.safe_load(Path("prefect.yaml").read_text(encoding="utf-8"))
    [found] = [each for each in prefect["deployments"] if each["name"] == "quarterly-group-supervision"]
    assert [schedule["cron"] for schedule in found["schedules"]] == ["0 7 * * *"]


@pytest.mark.usefixtures("_team")
def test_a_family_that_has_left_the_team_is_not_invited() -> None:
    people.move_in(home(FIRST, left_on=date(2023, 3, 31)))
    story = meeting()
    story.answer(PLAN)
    assert [mail.recipient for mail in invitations(story)] == [SECOND, CONSULTANT, COLLEAGUE]


@pytest.fixture
def _respite_too(tmp_path: Path) -> Iterator[None]:
    policy = (policies.FOLDER / "vesthimmerland.toml").read_text(encoding="utf-8")
    wider = policy.replace('kinds = ["foster"]', 'kinds = ["foster", "respite"]')
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "vesthimmerland.toml").write_text(wider, encoding="utf-8")
    policies.use_policies(tmp_path / "own")
    yield
    policies.use_policies(None)


@pytest.mark.usefixtures("_team", "_respite_too")
def test_respite_families_take_part_where_policy_says_so() -> None:
    story = meeting()
    story.answer(PLAN)
    assert RESPITE in [mail.recipient for mail in invitations(story)]


@pytest.mark.usefixtures("_team")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"attended": [RESPITE]}, "attended: number 1 isn't of this team; it may be VH-F1, VH-F2"),
        ({"attended": [FIRST, FIRST]}, "given twice"),
        ({"held_on": "2023-04-04"}, "still to come"),
    ],
)
def test_attendance_that_can_not_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    story = meeting()
    story.answer(PLAN)
    with pytest.raises(AnswerInvalid, match=says):
        story.answer(HELD.format(0), **wrong)


@pytest.mark.usefixtures("_team")
def test_a_plan_needs_a_day_to_come_and_somewhere() -> None:
    story = meeting()
    with pytest.raises(AnswerInvalid, match="either link"):
        story.answer(PLAN, place=None)
    with pytest.raises(AnswerInvalid, match="starts_at"):
        story.answer(PLAN, starts_at="2023-04-03T13:00:00")


def test_a_municipality_without_group_supervision_has_none(sqlite_database: Settings) -> None:
    people.move_in()
    assert open_for_teams("hjoerring", APRIL, at(APRIL)) == []


def test_it_is_not_opened_by_hand_for_nobody_could_say_which_team(sqlite_database: Settings) -> None:
    people.move_in()
    with pytest.raises(Refusal, match="quarterly-group-supervision"):
        Story("group-supervision", family=None, child=None, municipality="hjoerring")
