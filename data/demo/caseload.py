"""The demo caseload: three municipalities in the spring of 2023, made up from a seed, payable by the rates of 2023."""

from pathlib import Path
from random import Random

from data.demo.book import Book
from data.demo.hjoerring import add_hjoerring
from data.demo.lillehammer import add_lillehammer
from data.demo.randers import add_randers


def write_demo(path: Path, seed: int = 2023) -> None:
    """The same workbook for the same seed. Raises Refusal where the file stands already."""
    demo_book(seed).write(path)


def demo_book(seed: int = 2023) -> Book:
    book, random = Book(), Random(seed)  # noqa: S311
    add_hjoerring(book, random)
    add_randers(book, random)
    add_lillehammer(book, random)
    return book
