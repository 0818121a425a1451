"""Commands are found when they are typed: what lists and help don't need isn't loaded for them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import grimp
import pytest

import plejeflow
from commands.table import COMMANDS
from data.settings import Settings
from tests.databases import KEY

ROOT = Path(plejeflow.__file__).parent
HEAVY = frozenset(
    {"aiosmtplib", "alembic", "babel", "docxtpl", "fastapi", "httpx", "jinja2", "openpyxl", "pandas", "prefect"}
)
"""Takes a tenth of a second or more, and is needed by a few commands."""


def loaded(*words: str, **environment: str) -> set[str]:
    """The modules that one call of the command line leaves loaded."""
    code = "import sys, plejeflow; plejeflow.main(sys.argv[1:], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env={"PATH": "", **environment}, cwd=ROOT, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return set(done.stdout.splitlines()[-1].split())


def imports_inside_functions() -> Iterator[tuple[str, str]]:
    """File and module."""
    for path in sorted((ROOT / "commands").glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.ImportFrom):
                        yield path.name, node.module or ""
                    elif isinstance(node, ast.Import):
                        yield from ((path.name, each.name) for each in node.names)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_beside_a_command_is_its_own(name: str) -> None:
    command = plejeflow.main.get_command(click.Context(plejeflow.main), name)
    assert command is not None
    assert (COMMANDS[name].help, COMMANDS[name].hidden) == (command.help, command.hidden)


def test_every_file_of_commands_is_reached_from_the_table() -> None:
    known = {place.at.partition(":")[0] for place in COMMANDS.values()}
    with_commands = {
        f"commands.{path.stem}"
        for path in (ROOT / "commands").glob("*.py")
        if "@click." in path.read_text(encoding="utf-8")
    }
    assert with_commands - known == {"commands.template"}, "a group of its own inside document"


def test_help_loads_no_command_and_no_database() -> None:
    names = loaded("--help")
    assert {name for name in names if name.startswith("commands.")} == {"commands.grammar", "commands.table"}
    assert not names & {"data", "tasks", "web", "sqlmodel", "pydantic"}


@pytest.mark.parametrize("words", [("task", "list"), ("mail", "list"), ("case", "list"), ("payout", "--help")])
def test_lists_load_nothing_heavy(sqlite_database: Settings, words: tuple[str, ...]) -> None:
    here = {"PLEJEFLOW_VAR": str(sqlite_database.var), "PLEJEFLOW_ENCRYPTION_KEYS": KEY}
    assert loaded(*words, **here) & HEAVY == set()


def test_no_command_loads_anything_heavy_before_it_is_called() -> None:
    modules = sorted({place.at.partition(":")[0] for place in COMMANDS.values()})
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & HEAVY == set()


def test_what_is_imported_inside_a_function_is_heavy() -> None:
    graph = grimp.build_graph("commands", "data", "rules", "tasks", "web", include_external_packages=True)
    found = list(imports_inside_functions())
    assert found
    assert [each for each in found if not graph.find_upstream_modules(each[1]) & HEAVY] == []
