"""What a person is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from rules.forms.base import Form
from rules.vocabulary import Role

F = TypeVar("F", bound=Form)


@dataclass(frozen=True)
class Question(Generic[F]):
    form: type[F]
    of: Role
    about: str | None = None
    part: str = ""
    """Tells a step apart that is asked more than once."""
    to: str | None = None
    """The person, where the process has chosen one."""
    due: date | None = None
    """Day by which it should be answered; else the policy's working days for this step."""
    apart_from: str | None = None
    demands: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    """Source row, where it isn't the form's own."""

    @property
    def step(self) -> str:
        return ":".join(part for part in (self.form.key(), self.about, self.part) if part)

    @property
    def row(self) -> str:
        return self.source or self.form.row

    @property
    def deadline(self) -> str:
        """Last part of its policy key."""
        return self.form.deadline or self.form.key()

    @property
    def shown(self) -> str:
        """How the dashboard may name the step."""
        return self.form.deadline if self.form.discreet else self.step
