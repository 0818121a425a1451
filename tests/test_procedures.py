"""docs/procedures.md lists every row of the source documents with what does it and the tests that show it."""

import re
from pathlib import Path
from pkgutil import resolve_name
from typing import NamedTuple

import click
import pytest
import yaml

import plejeflow
from data.policies import municipalities, policy_of
from rules.policy import DUTIES
from rules.register import PROCESSES

ROOT = Path(__file__).parent.parent
ROWS = {
    *(f"H{n}" for n in (1, 2, 3, 4, 6, 7)),
    *(f"R{n}" for n in range(1, 12)),
    *(f"N{n}" for n in range(1, 7)),
    *(f"J{n}" for n in range(1, 12)),
    *(f"V{n}" for n in range(1, 5)),
    *(f"X{n}" for n in range(1, 12) if n != 9),
}
CODE = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    ref: str
    done_by: list[str]
    shown_by: list[str]


def listed() -> list[Row]:
    lines = (ROOT / "docs" / "procedures.md").read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| [HRVNJX]\d", line)
    ]
    return [Row(ref, CODE.findall(by), CODE.findall(tests)) for ref, _, by, tests in cells]


def deployments() -> set[str]:
    return {entry["name"] for entry in yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]}


def duties() -> set[str]:
    return {key for name in municipalities() for key in policy_of(name).values if key.startswith(DUTIES)}


def is_there(done_by: str) -> bool:
    kind, _, name = done_by.partition(" ")
    if kind == "duty":
        return f"{DUTIES}{name}" in duties()
    if kind == "plejeflow":
        command: click.Command | None = plejeflow.main
        for word in name.split():
            command = command.get_command(click.Context(command), word) if isinstance(command, click.Group) else None
        return command is not None
    return done_by in deployments()


def test_every_row_is_listed_once() -> None:
    refs = [row.ref for row in listed()]
    assert sorted(refs) == sorted(ROWS)


@pytest.mark.parametrize("row", listed(), ids=lambda row: row.ref)
def test_a_row_has_a_deployment_a_duty_or_a_command_behind_it(row: Row) -> None:
    assert row.done_by, row.ref
    assert [done_by for done_by in row.done_by if not is_there(done_by)] == []


@pytest.mark.parametrize("row", listed(), ids=lambda row: row.ref)
def test_a_row_has_a_test_that_shows_it(row: Row) -> None:
    assert row.shown_by, row.ref
    for shown in row.shown_by:
        path, _, name = shown.partition("::")
        assert f"def {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8"), shown


def test_every_process_and_every_duty_is_named_in_the_list() -> None:
    named = {done_by.removeprefix("duty ") for row in listed() for done_by in row.done_by}
    wanted = set(PROCESSES) | {key.removeprefix(DUTIES) for key in duties()} | deployments()
    assert sorted(wanted - named) == []


def test_every_process_has_the_deployment_that_runs_it() -> None:
    deployed = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    run_by = {entry["name"]: entry["entrypoint"] for entry in deployed if "case" in entry["tags"]}
    assert sorted(run_by) == sorted(PROCESSES)
    assert {resolve_name(entrypoint).name for entrypoint in run_by.values()} == set(PROCESSES)
