"""Files that somebody else made, read without trust: never more than was said, and a Refusal for what can't be read."""

import zipfile
import zlib
from io import BytesIO
from pathlib import Path, PurePosixPath

from rules.refusal import Refusal

PART_MARK = b"PK\x01\x02"
PACKED_AS_OFFICE_DOES = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LOCKED = 0x1


def read_file(path: Path, most: int) -> bytes:
    """Raises Refusal for a file of more than `most` bytes, and for one that can't be read."""
    try:
        if path.exists() and not path.is_file():
            raise Refusal(f"{path} can't be read: it is a folder or a device; name a file")
        with path.open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:  # a ValueError is a name with a NUL in it
        raise Refusal(f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > most:
        raise Refusal(f"{path} is larger than {most:,} bytes, the most that is read; check which file it is")
    return content


def read_text(path: Path, most: int) -> str:
    """UTF-8, with or without the mark that Windows puts first. Raises Refusal."""
    try:
        return read_file(path, most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"{path} isn't UTF-8 text; save it as UTF-8") from None


class Unpackable(Exception):
    """Why a packed file isn't read; no sentence."""


class Damaged(Unpackable):
    pass


class Locked(Unpackable):
    pass


class TooMuch(Unpackable):
    pass


def unpacked(content: bytes, *, most_bytes: int, most_parts: int) -> dict[str, bytes]:
    """A zip file's parts by name. Two parts of one name, or a name that leaves the file, are damage: programs differ
    in what they make of them, so that one would be checked and another one used. Raises Unpackable.
    """
    if content.count(PART_MARK) > most_parts:
        raise TooMuch
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = [part for part in packed.infolist() if not part.is_dir()]
            _refuse_strange(parts, most_bytes)
            return {part.filename: packed.read(part) for part in parts}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise Damaged from error


def _refuse_strange(parts: list[zipfile.ZipInfo], most_bytes: int) -> None:
    if any(part.flag_bits & LOCKED for part in parts):
        raise Locked
    if sum(part.file_size for part in parts) > most_bytes:
        raise TooMuch
    names = [part.filename.casefold() for part in parts]
    if len(set(names)) < len(names) or not all(map(_is_plain, parts)):
        raise Damaged


def _is_plain(part: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(part.filename)
    inside = not path.is_absolute() and ".." not in path.parts and "\\" not in part.orig_filename
    return inside and "\0" not in part.orig_filename and part.compress_type in PACKED_AS_OFFICE_DOES
