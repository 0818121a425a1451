"""After all that need the installation as it was: Prefect's database is lost."""

import shutil

import pytest

from data.settings import Settings
from tasks.runs.services import Services
from tests.on_prefect.installation import eventually, running
from tests.on_prefect.test_one_case import OnPrefect

pytestmark = pytest.mark.timeout(300)


def test_a_case_goes_on_when_prefects_database_was_lost_in_the_middle(home: Services, settings: Settings) -> None:
    case = OnPrefect(settings)
    eventually(case.at_rest)
    case.answer_all()
    eventually(case.at_rest)
    before = [task.ref for task in case.tasks]
    home.stop()
    shutil.rmtree(settings.var / "prefect")
    (settings.var / "prefect").mkdir()
    (settings.var / "prefect" / "prefect.db").touch()  # as an installation of before left it
    with running(settings) as again:
        [note] = again.notes
        assert "open cases were made again" in note
        assert "prefect.db isn't used any more" in note
        eventually(lambda: case.run_is("Suspended"))
        assert case.runs()[0]["state"]["message"] == case.case.waits_for
        assert [task.ref for task in case.tasks] == before
        case.answer_all()
        eventually(lambda: [task.form for task in case.waiting()] == ["OrderAttests"])
        assert case.told_once()
