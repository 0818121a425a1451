"""Before anything runs, what was forgotten is named, a line each."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rules
from rules.refusal import Refusals
from rules.register import FORMS, PROCESS_NEEDS
from tasks.runs import complete, schedules
from tasks.runs.complete import flows_missing, refuse_incomplete, texts_missing, types_missing


class Forgotten:
    """Of a form, what is looked at."""

    title, what, why = "Title that nobody translated", "", "Reason that nobody translated"


@pytest.fixture
def yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "prefect.yaml"
    own.write_text(schedules.PREFECT_YAML.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(schedules, "PREFECT_YAML", own)
    return own


def test_nothing_is_missing() -> None:
    refuse_incomplete()


def test_a_form_that_nobody_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    Forgotten.__name__ = "Forgotten"
    monkeypatch.setitem(FORMS, "Forgotten", Forgotten)  # type: ignore[arg-type]
    assert list(texts_missing()) == [
        f"the form Forgotten has no title, why in {language}; add them to templates/locale" for language in ("da", "nb")
    ]


def test_a_key_without_a_type(monkeypatch: pytest.MonkeyPatch) -> None:
    key = PROCESS_NEEDS["gathering"].keys[0]
    monkeypatch.delitem(complete.KEYS, key)
    assert list(types_missing()) == [
        f"gathering needs the policy key {key}, which has no type; add it to KEYS in its file of rules/processes"
    ]


def test_deployments_and_flows_that_do_not_find_each_other(yaml: Path) -> None:
    text = yaml.read_text(encoding="utf-8")
    text = text.replace("flows.cases.gathering:gathering", "flows.cases.gathering:party")
    text = text.replace("flows.jobs.retention:retention", "flows.jobs.reminders:reminders")
    yaml.write_text(text.replace("name: action-plan\n", "name: plan-of-action\n"), encoding="utf-8")
    *found, lacks = flows_missing()
    assert [line.partition(";")[0].partition(" (")[0] for line in found] == [
        "the deployment plan-of-action runs the flow action-plan",
        "the deployment gathering has no flow: flows.cases.gathering:party isn't there",
        "the deployment retention runs the flow reminders",
    ]
    assert lacks == "action-plan has no deployment; add it to prefect.yaml"


def test_all_is_told_at_once(yaml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yaml.write_text(yaml.read_text(encoding="utf-8").replace("name: action-plan\n", "name: plan\n"), encoding="utf-8")
    monkeypatch.delitem(complete.KEYS, PROCESS_NEEDS["gathering"].keys[0])
    with pytest.raises(Refusals) as refused:
        refuse_incomplete()
    assert len(str(refused.value).splitlines()) == 3


def test_two_files_of_one_name(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(Path(rules.__file__).parent, tree / "rules")
    processes = tree / "rules" / "processes"
    shutil.copy(processes / "gathering.py", processes / "party.py")
    begun = [sys.executable, "-c", "import rules.register"]
    done = subprocess.run(begun, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "have the process gathering; give one of them another name" in done.stderr
