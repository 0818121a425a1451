"""What a context works in: its settings, database, keys, policies and mail. Beside it another may work in its own.

A thread that is started by hand begins without: `carried` gives it the one of whoever starts it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ParamSpec, TypeVar

from cryptography.fernet import MultiFernet
from sqlalchemy import Engine

from data.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Installation:
    settings: Settings | None = None
    engine: Engine | None = None
    keys: MultiFernet | None = None
    policies: Path | None = None
    """Folder of its own files, beside the shipped ones."""
    mail: Settings | None = None
    tried: set[Engine] = field(default_factory=set)
    """Databases that the keys are known to fit."""


_ours: ContextVar[Installation] = ContextVar("installation", default=Installation())  # noqa: B039 - it is frozen


def installation() -> Installation:
    return _ours.get()


def settings() -> Settings:
    return needed(installation().settings)


def needed(part: T | None, made_by: str = "connect(settings)") -> T:
    if part is None:
        raise RuntimeError(f"{made_by} comes first, in this context")
    return part


def change(**parts: object) -> None:
    """For this context and those that are copied from it later."""
    _ours.set(replace(_ours.get(), **parts))  # type: ignore[arg-type]


@contextmanager
def apart() -> Iterator[None]:
    """Inside, nothing is connected yet, and what is connected there is let go at the end."""
    before = _ours.set(Installation())
    try:
        yield
    finally:
        opened = _ours.get().engine
        _ours.reset(before)
        if opened is not None:
            opened.dispose()


def carried(work: Callable[P, T]) -> Callable[P, T]:
    """The work, to be done in another thread, in the installation that is ours now."""
    ours = _ours.get()

    def done(*args: P.args, **how: P.kwargs) -> T:
        before = _ours.set(ours)
        try:
            return work(*args, **how)
        finally:
            _ours.reset(before)

    return done
