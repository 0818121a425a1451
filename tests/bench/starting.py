"""How long the command line takes until it answers, beside a Python that does nothing; the best of a few starts."""

import os
import subprocess
import sys
import tempfile
import time

import click

from tests.databases import KEY

STARTS = 5
WORDS = ("--help", "task --help", "task list", "mail list", "payout --help")


def main() -> None:
    click.echo(
        f"the command line answers, seconds (best of {STARTS}; --help within 0.4), beside a Python that does nothing"
    )
    with tempfile.TemporaryDirectory() as var:
        where = {**os.environ, "PLEJEFLOW_VAR": var, "PLEJEFLOW_ENCRYPTION_KEYS": KEY}
        bare = _seconds(["-c", ""], where)
        _seconds(["-m", "plejeflow", "init"], where, starts=1)
        for words in WORDS:
            took = _seconds(["-m", "plejeflow", *words.split()], where)
            click.echo(f"  plejeflow {words:30} {took:6.2f} {took / bare:8.1f} x")


def _seconds(words: list[str], where: dict[str, str], *, starts: int = STARTS) -> float:
    took = []
    for _ in range(starts):
        began = time.monotonic()
        subprocess.run([sys.executable, *words], env=where, check=True, stdout=subprocess.DEVNULL)
        took.append(time.monotonic() - began)
    return min(took)
