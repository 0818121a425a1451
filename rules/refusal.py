"""What a person is told when something can't be done."""


class Refusal(Exception):
    """One clear line (what, where, how to mend); nothing was changed. The command line prints it and ends with 1."""

    def __init__(self, said: str) -> None:
        if not said.strip():
            raise ValueError("a refusal that says nothing helps nobody")
        super().__init__(said)


class Refusals(Refusal):
    """Several at once, a line each, so that all can be mended in one go."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))
