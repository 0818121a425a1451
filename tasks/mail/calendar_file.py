"""Calendar files: a day or a meeting, with references and nothing personal."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address
from typing import Literal

from icalendar import Calendar, Event, vCalAddress


@dataclass(frozen=True)
class Entry:
    """`starts` is a whole day, or an instant with its offset; then `minutes` is how long it takes."""

    uid: str
    """The same for every version of this entry."""
    title: str
    description: str
    link: str
    starts: date | datetime
    minutes: int = 0
    sequence: int = 0
    """Rises with every change."""
    cancelled: bool = False
    place: str | None = None
    """A link or a reference."""
    invites: bool = False
    """A meeting that its readers say yes or no to; else a day, published with neither organiser nor attendee."""

    @property
    def method(self) -> Literal["PUBLISH", "REQUEST", "CANCEL"]:
        if not self.invites:
            return "PUBLISH"
        return "CANCEL" if self.cancelled else "REQUEST"


@dataclass(frozen=True)
class Parties:
    """Who invites whom: the mail's own sender and recipient, and nobody else."""

    organizer: Address
    attendee: str
    called: str
    """The attendee's reference."""


def calendar_file(entry: Entry, now: datetime, language: str, parties: Parties | None = None) -> bytes:
    """iCalendar (RFC 5545); an invitation with its parties as RFC 5546 asks.

    Instants are in UTC, which is right on both sides of a change to summer time.
    """
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("description", entry.description)
    event.add("url", entry.link)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.place:
        event.add("location", entry.place)
    if entry.invites and parties is not None:
        _add_parties(event, parties)
    if isinstance(entry.starts, datetime):
        starts = entry.starts.astimezone(UTC)
        event.add("dtstart", starts)
        event.add("dtend", starts + timedelta(minutes=entry.minutes))
    else:
        event.add("dtstart", entry.starts)
        event.add("dtend", entry.starts + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    calendar = Calendar()
    calendar.add("prodid", f"-//plejeflow//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", entry.method)
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _add_parties(event: Event, parties: Parties) -> None:
    organizer = vCalAddress(f"mailto:{parties.organizer.addr_spec}")
    organizer.params["CN"] = parties.organizer.display_name
    attendee = vCalAddress(f"mailto:{parties.attendee}")
    # nobody reads replies to the sender's address
    attendee.params.update(CN=parties.called, ROLE="REQ-PARTICIPANT", PARTSTAT="NEEDS-ACTION", RSVP="FALSE")
    event.add("organizer", organizer)
    event.add("attendee", attendee)
