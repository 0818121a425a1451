"""What a field of an answer takes, in words, from its form's JSON schema."""

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

Schema = Mapping[str, Any]
DAY, MOMENT = 'a day such as "2024-01-31"', 'a day and time such as "2024-01-31T14:00"'


def expected(schema: Schema, place: Sequence[str | int]) -> str:
    """What stands at that place; "" where the schema has no such place."""
    node: Schema | None = schema
    for part in place:
        node = _below(_plain(node, schema), part)
        if node is None:
            return ""
    return kind(node or schema, schema)


def nearest(schema: Schema, place: Sequence[str | int]) -> str:
    """The field that was meant by a name that isn't one, else those there are; "" in what isn't a list of fields."""
    above: Schema | None = schema
    for part in place[:-1]:
        above = _below(_plain(above, schema), part)
    fields = list(_plain(above, schema).get("properties", {})) if above else []
    near = get_close_matches(str(place[-1])[:40], fields, n=1) if place else []
    if near:
        return f"did you mean {near[0]}?"
    return f"there is {', '.join(fields)}" if fields and len(place) > 1 else ""


def kind(node: Schema, schema: Schema) -> str:
    node = _resolved(node, schema)
    if options := node.get("anyOf"):
        first = kind(_plain(node, schema), schema)
        return f"{first}, or null" if {"type": "null"} in options else first
    if "const" in node:
        return json.dumps(node["const"])
    if "enum" in node:
        return f"one of {', '.join(map(str, node['enum']))}"
    of: Mapping[str, Any] = {
        "boolean": lambda: "true or false",
        "integer": lambda: f"a whole number{_bounds(node)}",
        "number": lambda: f"a number{_bounds(node)}",
        "string": lambda: _text(node),
        "array": lambda: f"a list{_size(node, 'Items', '')}, each of it {kind(node.get('items', {}), schema)}",
        "object": lambda: _table(node, schema),
    }
    return str(of.get(node.get("type", ""), lambda: "")())


def _text(node: Schema) -> str:
    if node.get("format") == "date":
        return DAY
    if node.get("format") == "date-time":
        return MOMENT
    return f"a text{_size(node, 'Length', ' characters')}"


def _table(node: Schema, schema: Schema) -> str:
    if fields := node.get("properties"):
        return f"the fields {', '.join(fields)}"
    each = node.get("additionalProperties")
    return (
        f"a name for each and its value: {kind(each, schema)}" if isinstance(each, dict) else "names and their values"
    )


def _bounds(node: Schema) -> str:
    said = [
        f"{word} {node[key]:g}"
        for key, word in (
            ("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to"), ("multipleOf", "in steps of"),
        )
        if key in node
    ]  # fmt: skip
    return f" {' '.join(said)}" if said else ""


def _size(node: Schema, what: str, unit: str) -> str:
    least, most = node.get(f"min{what}"), node.get(f"max{what}")
    if most is None:
        return f" of at least {least}{unit}" if least else ""
    return f" of {least} to {most}{unit}" if least else f" of at most {most}{unit}"


def _plain(node: Schema | None, schema: Schema) -> Schema:
    """Without the null beside it; a number that may be written as text is a number."""
    resolved = _resolved(node or {}, schema)
    options = [each for each in resolved.get("anyOf", ()) if each != {"type": "null"}]
    return _resolved(options[0], schema) if options else resolved


def _resolved(node: Schema, schema: Schema) -> Schema:
    name = str(node.get("$ref", "")).rpartition("/")[2]
    return schema.get("$defs", {}).get(name, {}) if name else node


def _below(node: Schema, part: str | int) -> Schema | None:
    found = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
    found = found or (node.get("additionalProperties") if isinstance(part, str) else None)
    return found if isinstance(found, dict) else None
