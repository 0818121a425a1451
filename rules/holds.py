"""Why a line waits for a person."""

from enum import StrEnum


class Hold(StrEnum):
    REPORTED_TWICE = "reported_twice"
    OUTSIDE_PLACEMENT = "outside_placement"
    BEFORE_APPROVAL = "before_approval"
    AFTER_APPROVAL = "after_approval"
    MORE_THAN_AGREED = "more_than_agreed"
    NO_TERMS = "no_terms"
    NO_FEES = "no_fees"
    NO_BIRTH_DATE = "no_birth_date"
