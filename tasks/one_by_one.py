"""Items of a job, each for itself: one that fails doesn't hold up the others."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from data.session import DatabaseUnreachable
from rules.refusal import Refusal, Refusals

T = TypeVar("T")
R = TypeVar("R")
NAMED = 5
"""References in a line; of more it says how many."""


class NotAll(Refusals):
    """Whatever could be done is done; these couldn't, a line for each reason."""

    def __init__(self, done: Any, refused: dict[str, list[str]]) -> None:
        self.done = done
        super().__init__([f"{_listed(refs)}: {reason}" for reason, refs in refused.items()])


def one_by_one(items: Iterable[T], act: Callable[[T], R], *, called: Callable[[T], str]) -> list[R]:
    """What acting on each gave. Raises NotAll for refusals, with what the others gave, after all have had their turn.

    A fault of the program is raised then too, in a group. `called` is an item's reference.
    """
    done: list[R] = []
    refused: dict[str, list[str]] = {}
    broken: list[Exception] = []
    for item in items:
        try:
            done.append(act(item))
        except DatabaseUnreachable:
            raise
        except Refusal as refusal:
            refused.setdefault(str(refusal), []).append(called(item))
        except Exception as error:
            error.add_note(called(item))
            broken.append(error)
    if broken:
        raise ExceptionGroup("a fault of the program, with the others done", broken)
    if refused:
        raise NotAll(done, refused)
    return done


def fault_of(error: Exception) -> str:
    """Its kind and the references it is about; what it says may tell of a person."""
    if isinstance(error, ExceptionGroup):
        return "; ".join(fault_of(each) for each in error.exceptions)
    about = f" about {', '.join(error.__notes__)}" if hasattr(error, "__notes__") else ""
    return f"a fault of the program ({type(error).__name__}){about}"


def _listed(refs: list[str]) -> str:
    more = f" and {len(refs) - NAMED} more" if len(refs) > NAMED else ""
    return f"{', '.join(refs[:NAMED])}{more}"
