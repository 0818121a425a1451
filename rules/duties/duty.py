"""A duty as the policy writes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal

from rules.duties.span import Span, is_span, span
from rules.policy_kinds import COUNT, TEXT, YES_NO, Kind, one_of
from rules.vocabulary import FamilyKind, PlacementKind, Role

About = Literal["placement", "family", "network"]
Window = Literal["calendar_year", "placement_year"]
KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "placement": tuple(PlacementKind),
    "family": tuple(FamilyKind),
    "network": (),
}


@dataclass(frozen=True)
class Duty:
    """One dated row. `first` alone is a duty that comes once, `times` in all, within that interval of the start."""

    key: str
    row: str
    """Source row, such as J5."""
    valid_from: date
    assumed: bool
    name: str
    """In the municipality's language."""
    asked: Role
    about: About
    kinds: frozenset[str] = frozenset()
    """Of placement or of family; empty for networks."""
    starts_with: Literal["placement", "approval"] = "placement"
    """A family's first day: its first child's, or its approval's."""
    first: Span | None = None
    times: int = 1
    every: Span | None = None
    least: int | None = None
    most: int | None = None
    window: Window | Span | None = None
    """A Span is any stretch of that length."""
    first_year_only: bool = False
    grace_days: int = 0
    """After the due day, before it is late: for "about two months"."""
    exempt_by: str | None = None
    """What frees from the first year: a process under way, by its policy keys' prefix, or a happening, by its key."""
    agreed_interval: bool = False
    """The interval agreed in the placement's terms goes first."""
    together: bool = False
    """Held once for all the children who are placed with the same family."""
    collected: bool = False
    """A scheduled flow of its own asks for it."""
    binding: bool = True
    """Else falling short is a notice and no breach."""
    before: "Duty | None" = None
    """The row that held until `valid_from`."""

    @property
    def since(self) -> date:
        return self.before.since if self.before else self.valid_from

    @property
    def comes_once(self) -> bool:
        return self.every is None and self.window is None

    def written(self) -> dict[str, Any]:
        """The fields that are set, as the policy file writes them."""
        usual = {field.name: field.default for field in fields(self)}
        given = {name: getattr(self, name) for name in FIELDS}
        return {name: _as_written(value) for name, value in given.items() if value != usual[name]}

    def on(self, day: date) -> "Duty":
        """The row in force that day; the first one before any was."""
        return self if self.before is None or self.valid_from <= day else self.before.on(day)


def _as_written(value: Any) -> Any:
    if isinstance(value, Span):
        return {unit: n for unit, n in value._asdict().items() if n}
    if isinstance(value, Role):
        return value.value
    return sorted(value) if isinstance(value, frozenset) else value


SPAN = Kind("an interval of one unit, such as { weeks = 6 } or { months = 3 }", is_span)
FIELDS: dict[str, Kind] = {
    "name": TEXT,
    "asked": one_of(*Role),
    "about": one_of(*KINDS_OF),
    "kinds": Kind(
        "a list of different kinds of placement or family",
        lambda value: isinstance(value, list) and bool(value) and len({str(kind) for kind in value}) == len(value),
    ),
    "starts_with": one_of("placement", "approval"),
    "first": SPAN,
    "times": COUNT,
    "every": SPAN,
    "least": COUNT,
    "most": COUNT,
    "window": Kind(
        '"calendar_year", "placement_year" or a stretch such as { months = 12 }',
        lambda value: value in ("calendar_year", "placement_year") or is_span(value),
    ),
    "first_year_only": YES_NO,
    "grace_days": COUNT,
    "exempt_by": TEXT,
    "agreed_interval": YES_NO,
    "together": YES_NO,
    "collected": YES_NO,
    "binding": YES_NO,
}
NEEDED = ("name", "asked", "about")
SPANS = ("first", "every")


def faults_of(row: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a duty's own fields, a line each, as a municipal officer would say it."""
    for field in row.keys() - FIELDS.keys():
        yield f"there is no field {field} in a duty; it may have {', '.join(FIELDS)}"
    wrong = [field for field in FIELDS if field in row and not FIELDS[field].fits(row[field])]
    for field in wrong:
        yield f"{field} must be {FIELDS[field].must_be}; it is {row[field]!r}"
    missing = [field for field in NEEDED if field not in row]
    for field in missing:
        yield f"{field} is missing; it must be {FIELDS[field].must_be}"
    if not wrong and not missing:
        yield from _kinds(row)
        yield from _rhythm(row)


def _kinds(row: Mapping[str, Any]) -> Iterator[str]:
    about, kinds = row["about"], row.get("kinds", [])
    possible = KINDS_OF[about]
    for kind in kinds:
        if kind not in possible:
            known = f"it may be {', '.join(possible)}" if possible else "leave kinds out"
            yield f"a {about} has no kind {kind!r}; {known}"
    if possible and not kinds:
        yield f"kinds is missing; say which kinds of {about} owe it: {', '.join(possible)}"
    if "starts_with" in row and about != "family":
        yield "starts_with is said of families only; take it out"
    if row.get("together") and (about != "placement" or row["asked"] == Role.FAMILY):
        yield "together is said of what staff hold for placements only; take it out"
    if row.get("agreed_interval") and about == "network":
        yield "agreed_interval is said of placements and families only; take it out"


def _rhythm(row: Mapping[str, Any]) -> Iterator[str]:
    if not row.keys() & {"first", "every", "least"}:
        yield "it doesn't say how often; give every, first, or least with window"
    if ("least" in row) != ("window" in row):
        yield "least and window belong together: how many times, in what stretch of time"
    if "most" in row and row["most"] < row.get("least", 0):
        yield f"the minimum is above the maximum: least is {row['least']}, most is {row['most']}"
    if "most" in row and "least" not in row:
        yield "most needs least and window beside it"
    if "first" in row and "least" in row:
        yield "first goes with every, or stands alone; take it or least out"
    if "times" in row and ("every" in row or "first" not in row):
        yield "times is said of what comes once, with first; take it out"
    if row.get("first_year_only") and row.get("window", "placement_year") != "placement_year":
        yield 'first_year_only counts from the start; write window = "placement_year"'
    if "exempt_by" in row and row.get("window") != "placement_year":
        yield 'exempt_by frees from the first placement year; write window = "placement_year"'
    if row.get("agreed_interval") and "every" not in row:
        yield "agreed_interval needs every: the interval where none was agreed"


def duty_from(key: str, row: Mapping[str, Any], before: Duty | None) -> Duty:
    """From a row without faults, its valid_from, source and status among its fields."""
    fields = {field: row[field] for field in FIELDS if field in row}
    spans = {field: span(fields[field]) for field in SPANS if field in fields}
    if is_span(fields.get("window")):
        spans["window"] = span(fields["window"])
    return Duty(
        **{
            **fields,
            **spans,
            "asked": Role(row["asked"]),
            "kinds": frozenset(row.get("kinds", ())),
            "key": key,
            "row": row["source"].split()[0].rstrip(",;:."),
            "valid_from": row["valid_from"],
            "assumed": row.get("status") == "assumed",
            "before": before,
        }
    )
