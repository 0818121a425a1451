"""What a usual answer is made from."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from data.tables import GeneratedTask

Answer = dict[str, Any]
Usual = Mapping[str, Callable[[GeneratedTask, date], Answer]]
"""By form: the answer to this task on that day."""
