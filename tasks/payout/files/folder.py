"""All files of an export appear together, or none: written aside in the folder, then renamed."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rules.refusal import Refusal


class FolderUnusable(Refusal):
    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"{folder}: {why}; give a folder that exists and can be written to with --to")


class OtherFilesThere(Refusal):
    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        super().__init__(
            f"{folder} holds other contents already under {', '.join(names[:3])}{more}; nothing was written. "
            "Choose an empty folder, or move those files away"
        )


@contextmanager
def aside(folder: Path, run: str) -> Iterator[Path]:
    """A hidden folder in the folder, gone afterwards whatever happens. Raises FolderUnusable."""
    if not folder.is_dir():
        raise FolderUnusable(folder, "is not a folder")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{run}-", dir=folder) as made:
            yield Path(made)
    except OSError as error:
        raise FolderUnusable(folder, f"can't be written to ({error.strerror})") from None


def put_in_place(staged: Path, folder: Path, names: Sequence[str]) -> None:
    """Raises OtherFilesThere, and OSError when the disk refuses; nothing new stays in the folder then."""
    there = [name for name in names if (folder / name).exists()]
    if other := [name for name in there if (folder / name).read_bytes() != (staged / name).read_bytes()]:
        raise OtherFilesThere(folder, other)
    placed: list[Path] = []
    try:
        for name in sorted(set(names) - set(there)):
            target = folder / name
            if not target.parent.exists():
                target.parent.mkdir(mode=0o700)
                placed.append(target.parent)
            (staged / name).chmod(0o600)
            (staged / name).rename(target)
            placed.append(target)
    except OSError:
        for path in reversed(placed):
            path.rmdir() if path.is_dir() else path.unlink()
        raise
