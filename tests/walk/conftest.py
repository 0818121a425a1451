from pathlib import Path

import pytest

from data.settings import Settings
from tests.people import payroll_goes_to


@pytest.fixture
def payroll_folder(sqlite_database: Settings, tmp_path: Path) -> Path:
    """Of an installation on SQLite."""
    folder = tmp_path / "payroll"
    folder.mkdir()
    payroll_goes_to(folder)
    return folder
