from pathlib import Path

import pytest

from data.settings import Settings


@pytest.fixture
def payroll_folder(sqlite_database: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of an installation on SQLite."""
    folder = tmp_path / "payroll"
    folder.mkdir()
    monkeypatch.setenv("PLEJEFLOW_PAYROLL_FOLDER", str(folder))
    return folder
