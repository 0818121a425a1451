"""Where the tests keep their files: in memory where there is room, since a disk takes most of a new database's time."""

import shutil
from pathlib import Path

SHARED = Path("/dev/shm")
ROOM = 4 * 2**30
"""Bytes; three workers and an installation take a quarter of it."""


def in_memory() -> str | None:
    """None is the usual place for temporary files."""
    return str(SHARED) if SHARED.is_dir() and shutil.disk_usage(SHARED).free > ROOM else None
