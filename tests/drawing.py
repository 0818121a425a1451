"""The drawing in docs/architecture.md: who imports whom, by rooms. `python -m tests.drawing` draws it anew."""

from collections.abc import Iterator
from pathlib import Path

from grimp import ImportGraph, build_graph

PAGE = Path(__file__).parents[1] / "docs" / "architecture.md"
BEGINS, ENDS = "<!-- drawn from the imports by `make docs` -->", "<!-- the drawing ends -->"
HOUSE = ("commands", "flows", "web", "tasks", "data", "rules")
SELDOM = {("commands", "web")}
"""Let through by import-linter for a few modules: a dotted arrow."""

Arrows = set[tuple[str, str]]


def drawing() -> str:
    graph = build_graph(*HOUSE, cache_dir=None)
    found = {
        (module, imported) for module in graph.modules for imported in graph.find_modules_directly_imported_by(module)
    }
    houses = {(_house(a), _house(b)) for a, b in found}
    inside = {(_room(graph, a), _room(graph, b)) for a, b in found if _house(a) == _house(b)}
    within = {(a, b) for a, b in inside if "." in a and "." in b and a != b}
    return "\n".join(_lines(graph, {(a, b) for a, b in houses if a != b}, within))


def _lines(graph: ImportGraph, houses: Arrows, within: Arrows) -> Iterator[str]:
    yield from ("```mermaid", "flowchart TD")
    for house in HOUSE:
        if rooms := [room for room in sorted(graph.find_children(house)) if graph.find_children(room)]:
            yield f"  subgraph {house}"
            yield from (f"    {_named(room)}[{room.partition('.')[2]}]" for room in rooms)
            yield "  end"
    seldom = SELDOM & houses
    yield from (f"  {_named(a)} --> {_named(b)}" for a, b in sorted(shortest(houses - seldom) | _in_each_house(within)))
    yield from (f"  {a} -.-> {b}" for a, b in sorted(seldom))
    yield "```"


def _in_each_house(arrows: Arrows) -> Arrows:
    return {arrow for house in HOUSE for arrow in shortest({(a, b) for a, b in arrows if _house(a) == house})}


def shortest(arrows: Arrows) -> Arrows:
    """Without those that a longer way says already."""
    return {
        (a, b) for a, b in arrows if not any(_leads(mid, b, arrows, {a}) for x, mid in arrows if x == a != mid != b)
    }


def _leads(start: str, goal: str, arrows: Arrows, been: set[str]) -> bool:
    after = {b for a, b in arrows if a == start} - been
    return goal in after or any(_leads(each, goal, arrows, been | {start}) for each in sorted(after))


def _named(room: str) -> str:
    return room.replace(".", "_")


def _house(module: str) -> str:
    return module.partition(".")[0]


def _room(graph: ImportGraph, module: str) -> str:
    """Its folder below the house; the house itself for a file that lies there."""
    room = ".".join(module.split(".")[:2])
    return room if graph.find_children(room) else _house(module)


def drawn(page: str) -> str:
    before, _, rest = page.partition(BEGINS)
    after = rest.partition(ENDS)[2]
    return f"{before}{BEGINS}\n{drawing()}\n{ENDS}{after}"


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
