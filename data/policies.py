"""Reads the policy files: one a municipality, over what is national."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from data.from_outside import read_text
from data.installation import change, installation
from rules.duties.duty import duty_from, faults_of
from rules.policy import DUTIES, Policy, PolicyValue
from rules.policy_keys import KEYS
from rules.refusal import Refusal, Refusals

FOLDER = Path(__file__).parent / "policies"
HEAD = {
    "name": "the municipality's name",
    "country": "DK or NO",
    "language": "da or nb",
    "timezone": "a place such as Europe/Copenhagen",
    "prefix": "two or three capital letters from A to Z that no other municipality uses (references begin with it, and "
    "they stand in links and file names)",
}
KEY, DUTY_KEY = re.compile(r"[a-z][a-z0-9-]*"), re.compile(r"[a-z][a-z0-9_]*")
MOST_BYTES, MOST_DEEP = 1_000_000, 20
DATING = ("valid_from", "source", "status")
SOURCE = re.compile(r"[HRVNJX]\d+\b")
UNCONFIRMED = "unconfirmed"
"""Status of a value whose first day no source gives: it never takes force until somebody writes a valid_from."""


def use_policies(folder: Path | None) -> None:
    """The installation's own files, beside the shipped ones; one of the same name goes before. Raises Refusals."""
    if folder is not None and not folder.is_dir():
        raise Refusal(f"PLEJEFLOW_POLICIES: {folder} is no folder; name the one that holds the policy files")
    _in_force(folder)
    change(policies=folder)


def policy_of(municipality: str) -> Policy:
    known = _in_force(installation().policies)
    if municipality not in known:
        raise Refusal(f"no municipality {municipality!r}; known are {', '.join(known)}")
    return known[municipality]


def municipalities() -> list[str]:
    return list(_in_force(installation().policies))


@cache
def _in_force(own: Path | None) -> dict[str, Policy]:
    return read_policies(*_files(own) if own else ())


def read_policies(*more: Path) -> dict[str, Policy]:
    """Every policy by its municipality's key: the shipped files, and these in the place of those of the same name.

    Raises Refusals with the faults of all files at once.
    """
    faults: list[str] = []
    national = {path.stem.upper(): _values(path, _toml(path, faults), faults) for path in _files(FOLDER / "national")}
    policies: dict[str, Policy] = {}
    for path in sorted({path.stem: path for path in (*_files(FOLDER), *more)}.values(), key=lambda path: path.stem):
        faults += _key_faults(path)
        content = _toml(path, faults)
        head = _head(path, content, faults)
        own = _values(path, content, faults)
        if len(head) == len(HEAD):
            values = {**national.get(head["country"], {}), **own}
            policies[path.stem] = Policy(key=path.stem, values=values, own=frozenset(own), **head)
            faults += _no_limit(path, policies[path.stem], faults)
    faults += _shared_prefixes(policies)
    if faults:
        raise Refusals(faults)
    return policies


@cache
def examples() -> dict[str, str]:
    """By key, the shipped file that shows how it is written and the row it comes from there; a municipality's first."""
    faults: list[str] = []
    found: dict[str, str] = {}
    for path in (*_files(FOLDER), *_files(FOLDER / "national")):
        for key, rows in _values(path, _toml(path, faults), faults).items():
            found.setdefault(key, f"{path.relative_to(FOLDER)} ({rows[-1].source})")
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.casefold() == ".toml")


def _key_faults(path: Path) -> Iterator[str]:
    if KEY.fullmatch(path.stem) is None:
        yield (
            f"{path.name}: the file's name is the municipality's key: a to z, digits and hyphens, a letter first, such "
            "as nord-fron (capitals are lost in the workbook, and Prefect's artifacts take no other letter and no "
            "underscore); rename the file"
        )


def _toml(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        content = tomllib.loads(read_text(path, MOST_BYTES))
        if _depth(content) > MOST_DEEP:
            raise RecursionError
        return content
    except Refusal as unreadable:
        faults.append(str(unreadable))
    except RecursionError:
        faults.append(f"{path.name}: its tables or lists are nested too deep; write each key as the shipped files do")
    except ValueError as error:
        faults.append(f"{path.name}: can't be read as TOML: {error}")
    return dict.fromkeys(HEAD, None)


def _depth(value: Any) -> int:
    if isinstance(value, dict | list):
        return 1 + max(map(_depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


def _head(path: Path, content: dict[str, Any], faults: list[str]) -> dict[str, str]:
    fits = {
        "name": lambda text: bool(text.strip()),
        "country": lambda text: text in ("DK", "NO"),
        "language": lambda text: text in ("da", "nb"),
        "timezone": lambda text: text in available_timezones(),
        "prefix": lambda text: re.fullmatch(r"[A-Z]{2,3}", text) is not None,
    }
    head = {}
    for key, must_be in HEAD.items():
        given = content.get(key)
        if isinstance(given, str) and fits[key](given):
            head[key] = given
        elif given is not None or key not in content:
            faults.append(f"{path.name}: {key} must be {must_be}; write it at the top of the file")
    return head


def _values(path: Path, content: dict[str, Any], faults: list[str]) -> dict[str, tuple[PolicyValue, ...]]:
    values = {}
    for key, rows in _flat({key: value for key, value in content.items() if key not in HEAD}):
        found = _faults(key, rows)
        dates = [row["valid_from"] for row in rows if isinstance(row, dict) and "valid_from" in row]
        if not found and len(set(dates)) < len(dates):
            found = ["two values take force on the same day; keep one"]
        faults += [f"{path.name}: {key}: {fault}" for fault in found]
        ordered = sorted((row for row in rows if not found and not _undated(row)), key=lambda row: row["valid_from"])
        if ordered:
            values[key] = tuple(_duties(key, ordered) if key.startswith(DUTIES) else map(_dated, ordered))
    return values


def _faults(key: str, rows: list[Any]) -> list[str]:
    if key.startswith(DUTIES):
        return [*_duty_key_faults(key), *(fault for row in rows for fault in _duty_faults(row))]
    return [fault for row in rows for fault in _row_faults(key, row)] if key in KEYS else [_unknown(key)]


def _duty_key_faults(key: str) -> Iterator[str]:
    if DUTY_KEY.fullmatch(key.removeprefix(DUTIES)) is None:
        yield (
            "the key of a duty is a to z, digits and underscores, a letter first (happenings of the workbook name it); "
            "how people call it is its name"
        )


def _duty_faults(row: Any) -> Iterator[str]:
    if not isinstance(row, dict) or not {"valid_from", "source"} <= row.keys() or _undated(row):
        yield "a duty is written under [[duties.<key>]] with valid_from and source"
        return
    yield from _dating_faults(row)
    yield from faults_of({field: value for field, value in row.items() if field not in DATING})


def _duties(key: str, rows: list[dict[str, Any]]) -> Iterator[PolicyValue]:
    """Each row knows the one before it."""
    duty = None
    for row in rows:
        duty = duty_from(key.removeprefix(DUTIES), row, duty)
        yield PolicyValue(duty, duty.valid_from, row["source"], duty.assumed)


def _flat(tables: dict[str, Any], above: str = "") -> Iterator[tuple[str, list[Any]]]:
    for key, value in tables.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value if isinstance(value, list) else [value]


def _unknown(key: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, KEYS, n=1)
    listed = "the known keys are listed in rules/policy_keys.py and rules/processes"
    hint = f"did you mean {near[0]}?" if near else listed
    return f"there is no such key; {hint}"


def _row_faults(key: str, row: Any) -> Iterator[str]:
    if not isinstance(row, dict) or not {"value", "source"} <= row.keys() or _undated(row) == ("valid_from" in row):
        yield (
            'each value is written { value = …, valid_from = 2024-01-01, source = "J1" }; '
            'only one with status = "unconfirmed" has no valid_from'
        )
        return
    if not KEYS[key].fits(row["value"]):
        yield f"the value must be {KEYS[key].must_be}; it is {row['value']!r}"
    yield from _dating_faults(row)
    if more := row.keys() - {"value", *DATING}:
        yield f"has something nobody reads: {', '.join(sorted(more))}; take it out"


def _dating_faults(row: dict[str, Any]) -> Iterator[str]:
    if not _undated(row) and type(row["valid_from"]) is not date:
        yield f"valid_from must be a date such as 2024-01-01; it is {row['valid_from']!r}"
    if not isinstance(row["source"], str) or not SOURCE.match(row["source"]):
        yield f"source must begin with the procedure row it comes from, such as J1; it is {row['source']!r}"
    if row.get("status", "assumed") not in ("assumed", UNCONFIRMED):
        yield (
            'status may only be "assumed", "unconfirmed" (without valid_from), or left out where the source states '
            f"the value; it is {row['status']!r}"
        )


def _undated(row: dict[str, Any]) -> bool:
    return row.get("status") == UNCONFIRMED


def _dated(row: dict[str, Any]) -> PolicyValue:
    return PolicyValue(row["value"], row["valid_from"], row["source"], row.get("status") == "assumed")


def _no_limit(path: Path, policy: Policy, faults: list[str]) -> list[str]:
    """R9: who counts noon to noon says how many days of a month are a placement."""
    rule, limit = "payout.nights_rule", "payout.placement_from_nights"
    since = [dated.valid_from for dated in policy.values.get(rule, ()) if dated.value == "noon_to_noon"]
    if not since or policy.has(limit, since[0]) or any(fault.startswith(f"{path.name}: {limit}:") for fault in faults):
        return []
    fault = f"{path.name}: {rule} is noon_to_noon from {since[0]} on, and {limit} says nothing that day"
    return [f"{fault}; add how many days of a month are a placement, with valid_from and source"]


def _shared_prefixes(policies: dict[str, Policy]) -> list[str]:
    by_prefix: dict[str, list[str]] = {}
    for key, found in policies.items():
        by_prefix.setdefault(found.prefix, []).append(f"{key}.toml")
    return [
        f"{' and '.join(files)}: prefix {prefix} is used twice; references would collide, give one another prefix"
        for prefix, files in by_prefix.items()
        if len(files) > 1
    ]
