"""Calendar files: a day or a meeting, with references and nothing personal."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event


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


def calendar_file(entry: Entry, now: datetime, language: str) -> bytes:
    """iCalendar, published: no organiser and no attendees, so no address.

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
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
