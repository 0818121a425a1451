"""N3 and J6: what families tell of the last half-year."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from rules.forms.base import Form, Text

Contacts = Annotated[int, Field(ge=0, le=1000)]


class Experiences(Form):
    title = "Experiences from the last half-year"
    what = (
        "Tell briefly how the network has worked, how each gathering was, and about how often "
        "you were in contact with each home. What we know already is filled in."
    )
    why = "Twice a year the resource family sums up its experiences with the network in broad terms."
    row = "N3"

    how_the_network_worked: Text
    gatherings: dict[date, Text] = Field(max_length=100)
    """How each one was, by the day it was held; more than those known may be told of."""
    contacts: dict[str, Contacts] = Field(max_length=50)
    """Approximate number by home."""

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        known = [gathering["held_on"] for gathering in demands["gatherings"]]
        told = [on.isoformat() for on in self.gatherings]
        lines = [f"gatherings: the one of {on} is missing; say how it was" for on in known if on not in told]
        outside = (on for on in told if not demands["period_from"] <= on <= demands["period_to"])
        lines += [
            f"gatherings: {on} is outside {demands['period_from']} to {demands['period_to']}; check the day"
            for on in outside
        ]
        return [*lines, *_exactly("contacts", demands["homes"], self.contacts)]


class StatusReport(Form):
    title = "Half-yearly report on the child"
    what = (
        "Describe the child as well as you can under each heading: what goes well, what is hard, and what has changed."
    )
    why = (
        "The family hands in written reports through the year, so that the adviser can follow the child's development."
    )
    row = "J6"

    sections: dict[str, Text] = Field(max_length=40)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        return list(_exactly("sections", demands["headings"], self.sections))


def _exactly(field: str, wanted: Iterable[str], given: Iterable[str]) -> Iterator[str]:
    for item in wanted:
        if item not in given:
            yield f"{field}: {item} is missing; every one of them is answered"
    unknown = sum(item not in wanted for item in given)
    if unknown:
        yield f"{field}: {unknown} of them aren't asked for; leave them out"


class ReadStatusReport(Form):
    title = "Read the family's report"
    what = "Read the family's half-yearly report on the child, and record what you do about it, if anything."
    why = "The child's adviser follows the child's development through the family's reports."
    row = "J6"

    read: bool
    follow_up: Text | None = None

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        return [] if self.read else ["read: say true once you have read it"]
