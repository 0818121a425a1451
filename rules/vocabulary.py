"""The field's closed lists of words, as workbooks, policies and the command line spell them."""

from enum import StrEnum


class Role(StrEnum):
    NETWORK_ADVISER = "network_adviser"
    MATCH_CONSULTANT = "match_consultant"
    FAMILY_CARE_CONSULTANT = "family_care_consultant"
    CHILD_ADVISER = "child_adviser"
    ADMINISTRATION = "administration"
    LEADER = "leader"
    INSTITUTION_SPECIALIST = "institution_specialist"
    CHILD_WELFARE_CONTACT = "child_welfare_contact"
    SUPERVISOR = "supervisor"
    ASSESSMENT_UNIT = "assessment_unit"
    PAYROLL = "payroll"
    FAMILY = "family"


CONSULTS = (
    Role.FAMILY_CARE_CONSULTANT,
    Role.MATCH_CONSULTANT,
    Role.NETWORK_ADVISER,
    Role.CHILD_WELFARE_CONTACT,
    Role.SUPERVISOR,
)
"""Roles in which a family's consultant may follow a call up."""
STAFF_ROLES = tuple(role for role in Role if role is not Role.FAMILY)


class FamilyKind(StrEnum):
    FOSTER = "foster"
    RESPITE = "respite"
    NETWORK = "network"
    RESOURCE_RESPITE = "resource_respite"
    RESOURCE_NETWORK = "resource_network"


class PlacementKind(StrEnum):
    FULL_TIME = "full_time"
    RESPITE = "respite"
    NETWORK = "network"


class EndReason(StrEnum):
    AGREED_MOVE = "agreed_move"
    GROWN_UP = "grown_up"
    PARENTS_WANT_HOME = "parents_want_home"
    MUNICIPALITY_DECIDES = "municipality_decides"
    CHILD_WANTS_TO_MOVE = "child_wants_to_move"
    PARENTS_END = "parents_end"
    FAMILY_ENDS = "family_ends"


class Benefit(StrEnum):
    CAR_SEAT = "car_seat"
    BOOSTER = "booster"
    INCONTINENCE = "incontinence"
    DIET = "diet"
    HOLIDAY = "holiday"
    LOST_EARNINGS = "lost_earnings"
    FREE_COSTS = "free_costs"
    ENROLMENT_FEE = "enrolment_fee"
    OTHER = "other"


class Regime(StrEnum):
    GRANT = "grant"
    FULL = "full"
    INVOICE = "invoice"
    NONE = "none"


class Purpose(StrEnum):
    CONTACT_VISIT = "contact_visit"
    HOME = "home"
    TREATMENT = "treatment"
    MEETING = "meeting"
    SPECIAL_SCHOOL = "special_school"
    BOARDING_SCHOOL = "boarding_school"
    SUPERVISION = "supervision"
    COURSE = "course"
    OTHER = "other"


class CourseKind(StrEnum):
    BASIC = "basic"
    ANNUAL = "annual"
    MODULE = "module"
    SPECIALIST = "specialist"


class GatheringKind(StrEnum):
    ORDINARY = "ordinary"
    CHRISTMAS = "christmas"
    SUMMER = "summer"


class Component(StrEnum):
    FEE = "fee"
    BOARD_LODGING = "board_lodging"
    POCKET_MONEY = "pocket_money"
    CLOTHING_MONEY = "clothing_money"
    TRAVEL = "travel"
    SUPPLEMENT = "supplement"
    FOSTER_SUPPORT = "foster_support"
    EXPENSE_COVER = "expense_cover"
    RESPITE_PAY = "respite_pay"
    RESPITE_EXPENSE = "respite_expense"
    GATHERING = "gathering"
    OUTLAY = "outlay"
    LOST_EARNINGS = "lost_earnings"
    FREE_COSTS = "free_costs"
