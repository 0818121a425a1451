"""What docs/contributing.md adds, added to a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from rules.vocabulary import Role
from tasks.cases.assign import NobodyToAsk

ROOT = Path(__file__).parents[1]
TREE = ("commands", "data", "docs", "flows", "rules", "tasks", "templates", "tests", "web")
FILES = ("plejeflow.py", "prefect.yaml", "pyproject.toml")
PART = re.compile(
    r"^`(?P<path>[^`\n]+)`(?P<end>, at its end)?(, below `(?P<below>[^`\n]+)`)?\n\n```\w*\n(?P<text>.*?)^```$",
    re.M | re.S,
)
STAND_BY = (
    "tests/tasks/mail/test_mail_texts.py",
    "tests/tasks/cases/test_errands.py::test_every_effect_is_there",
    "tests/rules/test_answer_faults.py",
    "tests/test_policy_needs.py::test_every_process_and_every_job_says_what_it_needs",
    "tests/test_procedures.py::test_every_process_has_the_deployment_that_runs_it",
    "tests/test_policy_needs.py::test_everything_that_a_shipped_municipality_has_set_up_runs",
)
"""Tests of ours that name what was forgotten."""


class Part(NamedTuple):
    path: str
    text: str
    at_its_end: bool
    below: str

    def put(self, tree: Path) -> None:
        file = tree / self.path
        if not self.at_its_end and not self.below:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as new:
                new.write(self.text)
            return
        there = file.read_text(encoding="utf-8").splitlines(keepends=True)
        at = len(there)
        if self.below:
            [at] = [number for number, line in enumerate(there, 1) if line == f"{self.below}\n"]
        file.write_text("".join([*there[:at], self.text, *there[at:]]), encoding="utf-8")


def parts() -> Iterator[Part]:
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    for found in PART.finditer(page):
        yield Part(found["path"], found["text"], bool(found["end"]), found["below"] or "")


def run(tree: Path, *words: str) -> None:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run([sys.executable, "-m", *words], cwd=tree, env=outside, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(300)
def test_every_walk_through_works_as_it_is_written(tmp_path: Path) -> None:
    for folder in TREE:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in FILES:
        shutil.copy2(ROOT / file, tmp_path)
    for part in parts():
        part.put(tmp_path)
    new = sorted({part.path for part in parts() if part.path.endswith(".py") and not (ROOT / part.path).exists()})
    run(tmp_path, "ruff", "check", *new)
    run(tmp_path, "ruff", "format", "--check", *new)
    tests = [path for path in new if Path(path).name.startswith("test_")]
    assert len(tests) == 6
    run(tmp_path, "pytest", "-n", "0", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'inner'}", *tests, *STAND_BY)


def test_what_contributing_shows_is_what_stands_in_the_code() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [shape] = re.findall(r"```python\n(.*?)```", page, re.S)
    assert shape in (ROOT / "flows" / "cases" / "contact_decision.py").read_text(encoding="utf-8")
    assert f"| great | `{NobodyToAsk(Role.LEADER, 'randers', ())}` |" in page


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/contributing.md"])
def test_a_link_of_these_pages_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target, heading in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", text):
        file = (ROOT / page).parent / target
        assert file.exists(), target
        if heading:
            titles = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M)
            assert heading in {title.lower().replace(" ", "-") for title in titles}, heading
