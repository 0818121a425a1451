"""Why a line waits for a person."""

from enum import StrEnum


class Hold(StrEnum):
    REPORTED_TWICE = "reported_twice"
    OUTSIDE_PLACEMENT = "outside_placement"
    NO_APPROVAL = "no_approval"
    BEFORE_APPROVAL = "before_approval"
    AFTER_APPROVAL = "after_approval"
    NO_AFTERCARE = "no_aftercare"
    """From the 18th birthday on, unless aftercare is decided."""
    OTHER_RESPITE_STAY = "other_respite_stay"
    IN_FUTURE = "in_future"
    MORE_THAN_AGREED = "more_than_agreed"
    NO_TERMS = "no_terms"
    NO_FEES = "no_fees"
    NO_BIRTH_DATE = "no_birth_date"
    NO_DEPARTURE = "no_departure"
    NOT_AGREED = "not_agreed"
    NO_DISTANCE = "no_distance"
    NO_RATE = "no_rate"
    NOT_IN_POLICY = "not_in_policy"
    NO_REGIME = "no_regime"
    NO_AMOUNT = "no_amount"
    TOO_YOUNG = "too_young"
    ENROLMENT_FEE_GRANTED = "enrolment_fee_granted"
    LATE_DOCUMENTATION = "late_documentation"
    ABOVE_FREE_COSTS = "above_free_costs"
    AFTER_NETWORK = "after_network"
    SECOND_GATHERING = "second_gathering"
    NO_LONGER_KNOWN = "no_longer_known"
    OVERPAID = "overpaid"


UNKNOWN_DAYS = (Hold.NO_TERMS, Hold.NO_FEES, Hold.NO_BIRTH_DATE)
"""Reasons that leave the amount of days open as well."""
OPEN = (
    *UNKNOWN_DAYS,
    Hold.NO_DEPARTURE,
    Hold.NO_DISTANCE,
    Hold.NO_AMOUNT,
    Hold.NO_RATE,
    Hold.NOT_IN_POLICY,
    Hold.NO_LONGER_KNOWN,
)
"""Reasons that leave the amount open as well."""
SAID = (*OPEN, Hold.NO_REGIME, Hold.NOT_AGREED)
"""Reasons of lines that say themselves what isn't known."""
HELD = ("", *sorted(Hold))
"""A column holds the number of the reason in here; 0 is payable."""
CODE = {hold: HELD.index(hold) for hold in Hold}
