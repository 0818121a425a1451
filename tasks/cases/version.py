"""Which plejeflow runs here."""

from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("data", "flows", "rules", "tasks", "templates")


@cache
def running_version() -> str:
    """The release, and a mark of its files: a mend may come without a new number. Ask when the process starts."""
    mark = sha256()
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            mark.update(f"{path.relative_to(ROOT)}\0".encode())
            mark.update(path.read_bytes())
    try:
        release = version("plejeflow")
    except PackageNotFoundError:
        release = "unreleased"
    return f"{release}+{mark.hexdigest()[:12]}"
