"""Workbooks as other programs pack them: the same caseload under other names, with other marks in its XML."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

Parts = dict[str, bytes]


def repacked(path: Path, change: Callable[[Parts], Parts], name: str = "repacked.xlsx") -> Path:
    """The workbook with its parts changed."""
    with zipfile.ZipFile(path) as packed:
        parts = {each: packed.read(each) for each in packed.namelist()}
    target = path.with_name(name)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for each, part in change(parts).items():
            packed.writestr(each, part)
    return target


def moved(parts: Parts, names: dict[str, str]) -> Parts:
    """Parts under other names; relationships and content types are left to the caller."""
    return {names.get(name, name): part for name, part in parts.items()}


def written_over(parts: Parts, name: str, old: bytes, new: bytes) -> Parts:
    assert old in parts[name], f"{old!r} isn't in {name}"
    return parts | {name: parts[name].replace(old, new)}


def sheet_part(parts: Parts, title: str) -> str:
    """Where a sheet stands."""
    found = re.search(rf'<sheet [^>]*name="{title}"[^>]*r:id="(\w+)"'.encode(), parts["xl/workbook.xml"])
    assert found, title
    ties = parts["xl/_rels/workbook.xml.rels"]
    (tie,) = [each for each in re.findall(rb"<Relationship [^>]*>", ties) if b'Id="' + found[1] + b'"' in each]
    target = re.search(rb'Target="/?(?:xl/)?([^"]+)"', tie)
    assert target
    return f"xl/{target[1].decode()}"
