"""README's first case, typed word by word in an empty folder."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shlex import split

import pytest
from click.testing import CliRunner, Result

import plejeflow
from data.demo.caseload import write_demo
from data.installation import apart
from data.store.session import engine
from tasks.rehearsal.player import Here
from tasks.runs.loaded import load_flows

README = Path(__file__).parents[1] / "README.md"
FENCE = re.compile(r"## A first case by hand\n.*?\n```\n(.*?)```", re.DOTALL)


def lines() -> list[str]:
    [fence] = FENCE.findall(README.read_text(encoding="utf-8"))
    return [str(line) for line in fence.splitlines()]


def typed(*words: str) -> Result:
    return CliRunner().invoke(plejeflow.main, words, catch_exceptions=False)


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """But for what `make demo` leaves."""
    monkeypatch.chdir(tmp_path)
    for name in ("PLEJEFLOW_VAR", "PLEJEFLOW_DATABASE_URL", "PLEJEFLOW_ENCRYPTION_KEYS", "PLEJEFLOW_TODAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PLEJEFLOW_PREFECT_API_URL", "http://127.0.0.1:9/api")
    (tmp_path / "var" / "demo").mkdir(parents=True)
    load_flows()
    with apart():
        write_demo(Path("var/demo/caseload.xlsx"))
        yield
        engine().dispose()


@pytest.mark.usefixtures("empty_folder")
def test_the_first_case_by_hand_works_word_by_word(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = ""
    for line in lines():
        words = split(line, comments=True)
        if words[0] == "plejeflow":
            done = typed(*words[1:])
            assert done.exit_code == 0, f"{line}\n{done.stderr}"
            printed += done.stdout
            Here().carry_on()  # what the worker does
        elif words == ["make", "up"]:
            assert typed("init").exit_code == 0  # what it does beside starting Prefect
        elif words[0] == "export":
            monkeypatch.setenv(*words[1].split("="))
        elif words[0] == "echo":
            subprocess.run(line, shell=True, check=True)
        else:
            assert words == [".", ".venv/bin/activate"]
    assert "HJ-2023-0001-03 answered by HJ-S01" in printed
    assert "consent:HJ-F001-1:1" in printed
    assert "Kost og logi for maj 2023" in printed
