from datetime import date
from typing import TypedDict

from data.duties import Found
from rules.duties.standing import Standing

# "from" is no name that a class can have
DutyRow = TypedDict(
    "DutyRow",
    {
        "subject": str,
        "duty": str,
        "row": str,
        "state": str,
        "due_on": date | None,
        "late_from": date | None,
        "last": date | None,
        "count": int | None,
        "least": int | None,
        "most": int | None,
        "from": date | None,
        "to": date | None,
        "asked": str,
        "binding": bool,
    },
)
BrokenRow = TypedDict(
    "BrokenRow",
    {
        "subject": str,
        "duty": str,
        "row": str,
        "due_on": date,
        "held_on": date | None,
        "count": int | None,
        "least": int | None,
        "from": date | None,
        "to": date | None,
        "asked": str,
        "known_since": date,
    },
)


def duty_row(standing: Standing) -> DutyRow:
    first, last = standing.window or (None, None)
    return {
        "subject": standing.subject,
        "duty": standing.duty.key,
        "row": standing.duty.row,
        "state": standing.state,
        "due_on": standing.due_on,
        "late_from": standing.late_from,
        "last": standing.last,
        "count": None if standing.wanted is None else standing.count,
        "least": standing.wanted,
        "most": standing.most,
        "from": first,
        "to": last,
        "asked": standing.duty.asked,
        "binding": standing.duty.binding,
    }


def broken_row(found: Found) -> BrokenRow:
    each = found.deadline
    first, last = each.window or (None, None)
    return {
        "subject": each.subject,
        "duty": each.duty.key,
        "row": each.duty.row,
        "due_on": each.due_on,
        "held_on": each.held_on,
        "count": each.count,
        "least": each.wanted,
        "from": first,
        "to": last,
        "asked": each.duty.asked,
        "known_since": found.known_since,
    }
