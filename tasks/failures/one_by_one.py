"""Items of a job, each for itself: one that fails doesn't hold up the others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from data.store.asking import batched
from data.store.session import DatabaseUnreachable, writing
from rules.refusal import Refusal, Refusals

T = TypeVar("T")
R = TypeVar("R")
NAMED = 5
"""References in a line; of more it says how many."""
AT_ONCE = 200
"""Items that share a transaction, and so the locks that it holds."""
SURROUNDINGS = (DatabaseUnreachable, OperationalError, InterfaceError)


class NotAll(Refusals):
    """Whatever could be done is done; these couldn't, a line for each reason."""

    def __init__(self, done: Any, refused: dict[str, list[str]]) -> None:
        self.done = done
        super().__init__([f"{_listed(refs)}: {reason}" for reason, refs in refused.items()])


class _Turns:
    """Remembers whose turn failed, and says so when all have had theirs."""

    def __init__(self) -> None:
        self.refused: dict[str, list[str]] = {}
        self.broken: list[Exception] = []

    @contextmanager
    def of(self, ref: str) -> Iterator[None]:
        try:
            yield
        except SURROUNDINGS:
            raise
        except Refusal as refusal:
            self.refused.setdefault(str(refusal), []).append(ref)
        except Exception as error:
            error.add_note(ref)
            self.broken.append(error)

    def alone(
        self, s: Session, act: Callable[[Session, Sequence[T]], Sequence[R | Refusal | None]], item: T, ref: str
    ) -> R | Refusal | None:
        with self.of(ref), s.begin_nested():
            [result] = act(s, [item])
            return result
        return None

    def over(self, done: list[R]) -> list[R]:
        if self.broken:
            raise ExceptionGroup("a fault of the program, with the others done", self.broken)
        if self.refused:
            raise NotAll(done, self.refused)
        return done


def one_by_one(items: Iterable[T], act: Callable[[T], R], *, called: Callable[[T], str]) -> list[R]:
    """What acting on each gave. Raises NotAll for refusals, with what the others gave, after all have had their turn.

    A fault of the program is raised then too, in a group. `called` is an item's reference.
    """
    turns, done = _Turns(), list[R]()
    for item in items:
        with turns.of(called(item)):
            done.append(act(item))
    return turns.over(done)


def written(items: Iterable[T], act: Callable[[Session, T], R | None], *, called: Callable[[T], str]) -> list[R]:
    """As one_by_one, many items to a transaction: what one that fails has written is undone, the others' stays.

    Where nothing was to be done, None says so and isn't in the list.
    """
    turns, done = _Turns(), list[R]()
    for batch in batched(items, AT_ONCE):
        with writing() as s:
            for item in batch:
                with turns.of(called(item)), s.begin_nested():
                    result = act(s, item)
                    if result is not None:
                        done.append(result)
    return turns.over(done)


def together(
    items: Iterable[T],
    act: Callable[[Session, Sequence[T]], Sequence[R | Refusal | None]],
    *,
    called: Callable[[T], str],
) -> list[R]:
    """As written, for an `act` that does many at once and says of each in its order what it gave or why it couldn't.

    Where it fails as a whole, each has its turn alone.
    """
    turns, done = _Turns(), list[R]()
    for batch in batched(items, AT_ONCE):
        with writing() as s:
            try:
                with s.begin_nested():
                    gave = list(act(s, batch))
            except SURROUNDINGS:
                raise
            except Exception:
                gave = [turns.alone(s, act, item, called(item)) for item in batch]
        for item, result in zip(batch, gave, strict=True):
            if isinstance(result, Refusal):
                turns.refused.setdefault(str(result), []).append(called(item))
            elif result is not None:
                done.append(result)
    return turns.over(done)


def fault_of(error: Exception) -> str:
    """Its kind and the references it is about; what it says may tell of a person."""
    if isinstance(error, ExceptionGroup):
        return "; ".join(fault_of(each) for each in error.exceptions)
    about = f" about {', '.join(error.__notes__)}" if hasattr(error, "__notes__") else ""
    return f"a fault of the program ({type(error).__name__}){about}"


def _listed(refs: list[str]) -> str:
    more = f" and {len(refs) - NAMED} more" if len(refs) > NAMED else ""
    return f"{', '.join(refs[:NAMED])}{more}"
