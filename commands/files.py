"""Files that a command is given, and those it writes."""

import json
import os
from pathlib import Path

from data.from_outside import read_file
from rules.refusal import Refusal

MOST_ANSWER = 5_000_000
"""Bytes."""


def read_json(path: Path) -> object:
    try:
        return json.loads(read_file(path, MOST_ANSWER).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refusal(f"{path} isn't JSON in UTF-8; save it as UTF-8") from None
    except RecursionError:
        raise Refusal(f"{path} isn't JSON that can be an answer: it is nested too deep; write it anew") from None
    except ValueError as error:
        raise Refusal(f"{path} isn't JSON: {error}") from None


def write_file(path: Path, content: bytes) -> None:
    """For its owner's eyes. Raises Refusal, and never puts it in another file's place."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise Refusal(f"{path} can't be written: {error.strerror}; name another file") from None
