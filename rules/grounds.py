"""Why an application for a benefit is refused."""

from enum import StrEnum


class Ground(StrEnum):
    COST_SHARE = "cost_share"
    LOAN_FIRST = "loan_first"
    SEAT_STANDARD = "seat_standard"
    ENROLMENT_FEE = "enrolment_fee"
    TOO_YOUNG = "too_young"
    DOCTORS_ADVICE = "doctors_advice"
    DOCTORS_ORDER = "doctors_order"
    PARENTS_GRANT = "parents_grant"
    ALREADY_BOOKED = "already_booked"
    FREE_COSTS_USED_UP = "free_costs_used_up"
    NOT_NEEDED = "not_needed"
    LATE_DOCUMENTATION = "late_documentation"
    PUBLIC_TRANSPORT = "public_transport"
    ALREADY_DRIVEN = "already_driven"


JUDGED = (Ground.COST_SHARE, Ground.NOT_NEEDED)
"""Those that a person finds; all others but late documentation follow from the application and the facts."""

SAYS = {
    Ground.COST_SHARE: "The cost share that you receive covers this already.",
    Ground.LOAN_FIRST: "A loan from the municipality has to be tried first.",
    Ground.SEAT_STANDARD: "The equipment has to be approved after one of the standards that the rules name.",
    Ground.ENROLMENT_FEE: "An enrolment fee was granted, and this has to be paid out of it.",
    Ground.TOO_YOUNG: "This benefit is given from a certain age on.",
    Ground.DOCTORS_ADVICE: "A doctor's advice has to be sought first.",
    Ground.DOCTORS_ORDER: "This benefit is given on a doctor's order only.",
    Ground.PARENTS_GRANT: "A grant that the parents can apply for covers the extra cost.",
    Ground.ALREADY_BOOKED: "It has to be applied for before it is planned, booked or bought.",
    Ground.FREE_COSTS_USED_UP: "What can be granted without documentation in a calendar year is used up.",
    Ground.NOT_NEEDED: "After a concrete assessment the municipality doesn't find the conditions met.",
    Ground.LATE_DOCUMENTATION: "The documentation for the year before arrived too late, or not at all.",
    Ground.PUBLIC_TRANSPORT: "The child can reasonably go by public transport.",
    Ground.ALREADY_DRIVEN: "Driving of this kind has to be agreed before it takes place.",
}
"""Message ids."""
