"""The caseload workbook: its sheets, their columns in order, and the table and attribute each column fills."""

from dataclasses import replace
from functools import partial

from data.caseload.sheet import Column, Kind, Sheet, Span, amount, choice, code, date, link, moment, text, whole, yes_no
from data.tables import (
    Approval,
    Child,
    Course,
    ExpenseClaim,
    Family,
    Gathering,
    Happening,
    HouseholdMember,
    Municipality,
    Network,
    NetworkHome,
    NightStay,
    Placement,
    Staff,
    Team,
    TeamHome,
    Terms,
    TravelClaim,
)
from rules import vocabulary as words

ref = Column(
    "ref", Kind.REF, "The municipality's own reference; unique in this sheet, never a CPR number.", required=True
)
municipality = Column(
    "municipality", Kind.MUNICIPALITY, "Key of a municipality with a policy, such as randers.", required=True
)
name = text("name", "Full name.")
birth_date = Column("birth_date", Kind.DATE, "Birth date; ages and rates follow from it.", personal=True)
id_number = Column("id_number", Kind.ID_NUMBER, "CPR number or fødselsnummer, as text.", personal=True, longest=20)
email = Column("email", Kind.EMAIL, "E-mail address.", personal=True, longest=254)
placement = link("placement", "placements", "Which placement it belongs to.", required=True)
reported_on = date("reported_on", "The day the family reported it.")
withdrawn_on = date("withdrawn_on", "The day it was taken back; empty while it holds.")
roles = Column(
    "roles",
    Kind.ROLES,
    f"One or more, separated by commas: {', '.join(words.STAFF_ROLES)}.",
    choices=tuple(role.value for role in words.STAFF_ROLES),
)
to_staff = partial(link, to="staff")

MUNICIPALITIES = Sheet(
    "municipalities",
    Municipality,
    (
        municipality,
        date(
            "duties_begin",
            "The day from which what recurs is judged here. Of those who were there before, nothing before it is late, "
            "and what comes first is spread over the time after it; empty: everything is judged from its start.",
        ),
        withdrawn_on,
    ),
)
STAFF = Sheet(
    "staff",
    Staff,
    (
        ref,
        municipality,
        name,
        replace(email, note="E-mail address by which this person is known; one person each."),
        roles,
        date("absent_from", "First day of absence."),
        date("absent_to", "Last day of absence; empty means until further notice."),
        to_staff("substitute", note="Who answers meanwhile."),
        date("left_on", "The last day of work."),
        withdrawn_on,
    ),
    (Span("absent_from", "absent_to"),),
)
FAMILIES = Sheet(
    "families",
    Family,
    (
        ref,
        municipality,
        choice("kind", words.FamilyKind, "What the family is.", required=True),
        text("name", "The family's name."),
        email,
        code("phone", "Telephone number."),
        text("address", "Postal address.", 300),
        text("contract_holder", "Who signs and is paid."),
        code("payroll_number", "Number in the payroll system."),
        code("account", "Bank account."),
        text("region", "Region whose supervision authority approves.", 60, personal=False),
        date("approved_from", "First day of the latest approval; empty while there is none: then nothing is paid."),
        date("approved_to", "Last day of the latest approval; empty while it holds."),
        whole("approved_children", "How many children at a time.", 20),
        whole("approved_age_from", "Youngest age approved for, in years.", 25),
        whole("approved_age_to", "Oldest age approved for, in years.", 25),
        text("approved_needs", "Support needs approved for.", 2000),
        to_staff("consultant", note="The family's own consultant."),
        withdrawn_on,
    ),
    (Span("approved_from", "approved_to"), Span("approved_age_from", "approved_age_to")),
)
LATEST_APPROVAL = {
    "approved_from": "valid_from",
    "approved_to": "valid_to",
    "approved_children": "children",
    "approved_age_from": "age_from",
    "approved_age_to": "age_to",
    "approved_needs": "needs",
}
"""Columns of the sheet families that say a family's latest approval, and its attributes."""
APPROVALS = Sheet(
    "approvals",
    Approval,
    (
        ref,
        link("family", "families", "Who is approved.", required=True),
        date("from", "First day of the approval; empty is not known: then it covers nothing.", "valid_from"),
        date("to", "Last day of the approval; empty while it holds.", "valid_to"),
        whole("children", "How many children at a time.", 20),
        whole("age_from", "Youngest age approved for, in years.", 25),
        whole("age_to", "Oldest age approved for, in years.", 25),
        text("needs", "Support needs approved for.", 2000),
        text("authority", "Who approved.", 120, personal=False),
        text("number", "The authority's own number of the approval.", 60, personal=False),
        withdrawn_on,
    ),
    (Span("from", "to"), Span("age_from", "age_to")),
)
HOUSEHOLD = Sheet(
    "household",
    HouseholdMember,
    (
        ref,
        link("family", "families", "Whose household.", required=True),
        name,
        birth_date,
        id_number,
        yes_no("carer", "Cares for the child as foster parent."),
        withdrawn_on,
    ),
)
CHILDREN = Sheet(
    "children",
    Child,
    (
        ref,
        municipality,
        name,
        birth_date,
        id_number,
        to_staff("adviser", note="The child's adviser."),
        text("needs", "What the child needs.", 2000),
        withdrawn_on,
    ),
)
PLACEMENTS = Sheet(
    "placements",
    Placement,
    (
        ref,
        link("child", "children", "Who is placed.", required=True),
        link("family", "families", "With whom.", required=True),
        choice("kind", words.PlacementKind, "How.", required=True),
        date("start", "The day the child comes."),
        date("end", "The day the child leaves: no night on it; empty while it goes on."),
        choice("end_reason", words.EndReason, "Why it ended."),
        date(
            "aftercare_until",
            "The last day of the aftercare that is decided; without it nights from the 18th birthday on are held.",
        ),
        replace(
            municipality,
            note="Who decides and pays; empty: the child's municipality when the placement was first known.",
            required=False,
        ),
        withdrawn_on,
    ),
    (Span("start", "end"),),
)
TERMS = Sheet(
    "terms",
    Terms,
    (
        placement,
        date("valid_from", "First day of these terms.", required=True),
        Column(
            "fees",
            Kind.NUMBER,
            "Number of fees agreed, whole or half, such as 2.5.",
            "fees_tenths",
            scale=10,
            step=5,
            most=50,
        ),
        amount("board_lodging", "Agreed amount a night; empty means the statutory rate.", 10_000),
        whole("nights_per_month", "Nights agreed a month.", 31),
        whole("supervision_interval", "Months between supervisions.", 12, least=1),
        date("recorded_on", "The day it became known, at noon; empty means when imported.", "recorded_at"),
        withdrawn_on,
    ),
)
NIGHTS = Sheet(
    "nights",
    NightStay,
    (
        ref,
        placement,
        moment("arrival", "When the child came."),
        moment("departure", "When the child left."),
        reported_on,
        withdrawn_on,
    ),
    (Span("arrival", "departure", apart=True, longest_days=366),),
)
TRAVEL = Sheet(
    "travel",
    TravelClaim,
    (
        ref,
        placement,
        date("date", "The day it was driven.", "driven_on"),
        Column("km", Kind.NUMBER, "Kilometres.", "metres", scale=1000, most=5000),
        choice("purpose", words.Purpose, "What for."),
        yes_no("agreed", "Agreed beforehand."),
        reported_on,
        withdrawn_on,
    ),
)
EXPENSES = Sheet(
    "expenses",
    ExpenseClaim,
    (
        ref,
        placement,
        choice("benefit", words.Benefit, "What is applied for.", required=True),
        date("applied_on", "The day it was applied for."),
        amount("amount", "Amount applied for."),
        choice("regime", words.Regime, "How it is documented."),
        date("granted_on", "The day it was granted."),
        amount("granted_amount", "Amount granted."),
        date("spent_on", "The day of the expense; empty: that of the application."),
        date("documentation_on", "The day documentation arrived."),
        withdrawn_on,
    ),
)
NETWORKS = Sheet(
    "networks",
    Network,
    (
        ref,
        link("resource_family", "families", "The family that leads the network.", required=True),
        municipality,
        date("started_on", "First day of the network."),
        to_staff("contact_1", note="First child-welfare contact."),
        to_staff("contact_2", note="Second child-welfare contact."),
        date("ended_on", "Last day of the network; empty while it goes on."),
        withdrawn_on,
    ),
    (Span("started_on", "ended_on"),),
)
NETWORK_HOMES = Sheet(
    "network_homes",
    NetworkHome,
    (
        link("network", "networks", "Which network.", required=True),
        link("family", "families", "Which home.", required=True),
        date("joined_on", "First day in the network.", required=True),
        date("left_on", "Last day in the network; empty while it takes part."),
        withdrawn_on,
    ),
    (Span("joined_on", "left_on"),),
)
GATHERINGS = Sheet(
    "gatherings",
    Gathering,
    (
        ref,
        link("network", "networks", "Which network.", required=True),
        date("date", "The day it was held.", "held_on"),
        choice("kind", words.GatheringKind, "Christmas and summer gatherings are reimbursed once a year each."),
        amount("amount", "Receipts."),
        whole("homes", "How many homes took part.", 50),
        withdrawn_on,
    ),
)
HAPPENINGS = Sheet(
    "happenings",
    Happening,
    (
        ref,
        Column(
            "subject",
            Kind.LINK,
            "Whom it was held for. A reference of placements, families, children, networks or staff.",
            links=("placements", "families", "children", "networks", "staff"),
            required=True,
        ),
        replace(text("duty", "Key of the duty in the municipality's policy.", 80, personal=False), required=True),
        date("date", "The day it was held.", "held_on"),
        withdrawn_on,
    ),
)

COURSES = Sheet(
    "courses",
    Course,
    (
        ref,
        municipality,
        replace(text("title", "What the course is called.", 120, personal=False), required=True),
        choice("kind", words.CourseKind, "What it counts towards.", required=True),
        date("date", "Its first day.", "held_on", required=True),
        replace(whole("days", "How many days it takes.", 30, least=1), required=True),
        replace(whole("places", "How many people can come.", 1000, least=1), required=True),
        amount("price", "What one person costs."),
        text("theme", "Its theme.", 120, personal=False),
        to_staff("specialist", note="The institution specialist who gives it."),
        withdrawn_on,
    ),
)
TEAMS = Sheet(
    "teams",
    Team,
    (
        ref,
        municipality,
        to_staff("family_care_consultant", note="Who plans the team's group supervision."),
        to_staff("family_consultant", note="Who takes part in it."),
        withdrawn_on,
    ),
)
TEAM_HOMES = Sheet(
    "team_homes",
    TeamHome,
    (
        link("team", "teams", "Which team.", required=True),
        link("family", "families", "Which family.", required=True),
        date("joined_on", "First day in the team.", required=True),
        date("left_on", "Last day in the team; empty while it takes part."),
        withdrawn_on,
    ),
    (Span("joined_on", "left_on"),),
)

SHEETS = (
    MUNICIPALITIES,
    STAFF,
    FAMILIES,
    HOUSEHOLD,
    CHILDREN,
    PLACEMENTS,
    TERMS,
    NIGHTS,
    TRAVEL,
    EXPENSES,
    NETWORKS,
    NETWORK_HOMES,
    GATHERINGS,
    HAPPENINGS,
    COURSES,
    TEAMS,
    TEAM_HOMES,
    APPROVALS,
)
"""A sheet stands after those it links to, but for subjects and substitutes."""


def sheet(of: str) -> Sheet:
    return next(sheet for sheet in SHEETS if sheet.name == of)
