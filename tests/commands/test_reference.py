from pathlib import Path

import plejeflow
from commands.reference import written


def test_the_reference_is_what_help_says_today() -> None:
    page = Path(plejeflow.__file__).parent / "docs" / "commands.md"
    assert page.read_text(encoding="utf-8") == written(plejeflow.main), "write it anew with `make docs`"
