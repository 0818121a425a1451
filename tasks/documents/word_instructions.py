"""The {{ }}, {% %} and {# #} of a Word text, held to what a letter needs before anything is made of them.

What reads them looks for each one's end from its beginning: without an end that is the whole text, again and again.
"""

import re

OPENING = {"{{": "}}", "{%": "%}"}
PIECE = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
PULLED_APART = re.compile(r"(?<=\{)(?:<[^>]*>)+(?=[{%#])|(?<=[%}#])(?:<[^>]*>)+(?=\})")
TAG = re.compile(r"<[^>]+>")
WORD = re.compile(r"\{%[-+]?(?:tr|tc|p|r)?\s+(\w+)")
LOOKS = re.compile(r"\{%\s*(?:colspan|cellbg|vm|hm)\b")
MOST_CHARACTERS, MOST_INSTRUCTIONS, MOST_DEEP, MOST_BRACKETS = 200, 2_000, 20, 12
SPACES = re.compile(r"\s{10}")


class BadInstruction(ValueError):
    """What is wrong, and where as Word shows it."""


def check_instructions(xml: str) -> None:
    """Raises BadInstruction."""
    text = PULLED_APART.sub("", xml)
    found = _found(text)
    if len(found) > MOST_INSTRUCTIONS:
        raise BadInstruction(f"it has more than {MOST_INSTRUCTIONS} fields and instructions; make it shorter")
    deep = 0
    for said in found:
        if len(said) > MOST_CHARACTERS or SPACES.search(said) or sum(map(said.count, "([{")) > MOST_BRACKETS:
            raise BadInstruction(f'in "{said[:80]}": too long or too much in one; write {{{{ field }}}} plainly')
        if LOOKS.match(said):
            raise BadInstruction(f'in "{said[:80]}": this isn\'t possible here; a template has fields, if and for')
        if word := WORD.match(said):
            deep += -1 if word[1].startswith("end") else word[1] not in ("else", "elif")
        if deep > MOST_DEEP:
            raise BadInstruction(
                f'in "{said[:80]}": more than {MOST_DEEP} if and for inside each other; write it flatter'
            )


def _found(text: str) -> list[str]:
    """Each without Word's own tags."""
    found: list[str] = []
    inner: re.Match[str] | None = None
    comment: re.Match[str] | None = None
    for piece in PIECE.finditer(text):
        if piece[0] in OPENING or (piece[0] == "{#" and not comment):
            if inner:
                raise _unclosed(text, inner)
            inner, comment = (piece, comment) if piece[0] in OPENING else (None, piece)
        elif inner and piece[0] == OPENING[inner[0]]:
            found.append(TAG.sub("", text[inner.start() : piece.end()]))
            inner = None
        elif piece[0] == "#}" and not inner:
            comment = None
    if left := inner or comment:
        raise _unclosed(text, left)
    return found


def _unclosed(text: str, at: re.Match[str]) -> BadInstruction:
    begin = max(text.rfind("<w:p>", 0, at.start()), text.rfind("<w:p ", 0, at.start()), at.start() - 2_000, 0)
    said = TAG.sub("", text[begin : at.start() + 2_000].removeprefix("<w:p>"))
    return BadInstruction(f'in "{said.partition("<")[0].strip()[:80]}": {at[0]} has no end; write {{{{ field }}}}')
