"""Words that documents use for what the processes hold as keys; translated where they are said."""

from rules.processes.network_family_approval import No
from rules.vocabulary import EndReason, Regime


def N_(text: str) -> str:  # noqa: N802
    return text


YES_NO = {True: N_("yes"), False: N_("no")}
MATTER = {"network_approval": N_("approval as a network family")}
GROUNDS = {
    No.CONSENT: N_("An approval needs everyone's consent to obtain attests. One consent was not given."),
    No.ATTEST: N_("The attests don't meet what an approval asks for."),
}
CONTRACT_ITEMS = {
    "daily_responsibilities": N_("Daily responsibilities"),
    "school_or_day_care": N_("School or day care"),
    "doctor_and_dentist": N_("Doctor and dentist"),
    "contact_with_parents": N_("Contact with the parents"),
    "confidentiality": N_("Confidentiality"),
    "costs_covered": N_("Costs that are covered"),
    "no_fee": N_("No fee"),
    "notice": N_("Notice"),
    "duties": N_("Duties"),
    "nights_agreed": N_("Nights agreed"),
    "cooperation_with_parents": N_("Cooperation with the parents"),
    "guidance_of_parents_or_child": N_("Guidance of the parents or the child"),
    "taxable_fee": N_("Taxable fee"),
    "fee_not_pensionable": N_("The fee isn't pensionable"),
    "board_and_lodging": N_("Tax-free board and lodging"),
    "mileage": N_("Mileage allowance"),
    "special_agreements": N_("Special agreements"),
    "insurance": N_("Insurance"),
    "consultant_visits": N_("Visits by the consultant"),
}
LETTER_RULES = {
    "J1": N_("approval of network families"),
    "J2": N_("supervision of the child"),
    "J3": N_("courses for the families"),
    "J4": N_("intensive start-up"),
    "J5": N_("follow-up meetings in the first year"),
    "J6": N_("reports on the placement"),
    "J7": N_("supervision of the family"),
    "J8": N_("reinforced support"),
    "J9": N_("the end of a placement"),
    "J10": N_("the economy of network families"),
    "J11": N_("contact with parents and relatives"),
    "R1": N_("approval of respite families"),
    "R2": N_("the quality model"),
    "R3": N_("operational supervision"),
    "R4": N_("matching of child and family"),
    "R5": N_("the action plan"),
    "R6": N_("the end of respite"),
    "R7": N_("confidentiality and the duty to report"),
    "R8": N_("damage"),
    "R9": N_("the monthly payout"),
    "R10": N_("supplementary benefits"),
    "R11": N_("documentation at the end of the year"),
    "H1": N_("resource families of children who live at home"),
    "H2": N_("the duties of a resource family"),
    "H3": N_("the competences of a resource family"),
    "H4": N_("the contract of a resource family"),
    "H6": N_("meetings with the family-care consultant"),
    "H7": N_("courses arranged by the consultant"),
    "N1": N_("the network of a resource family"),
    "N2": N_("the network's gatherings"),
    "N3": N_("experiences of the half-year"),
    "N4": N_("talks with the contacts"),
    "N5": N_("the joint meeting of resource families"),
    "N6": N_("the duty to report concern"),
    "V1": N_("the emergency line"),
    "V2": N_("themes and group supervision"),
    "V3": N_("the development plan"),
    "V4": N_("courses by institution specialists"),
    "X1": N_("reminders and escalation"),
    "X3": N_("rates that end"),
    "X4": N_("what families are entitled to and haven't been paid"),
    "X5": N_("how long a case is kept"),
}
"""By the row that a decision or a task rests on: whoever reads of it reads the rule in words."""
OTHER_BENEFIT = N_("another extra cost")
REGIMES = {
    Regime.GRANT: N_(
        "It is a grant. Keep the proof of what it was used for for %(years)s years, and show it when you are asked to."
    ),
    Regime.FULL: N_(
        "Your expense is covered in full, and paid at the latest in the month after its documentation arrived. "
        "You get a task to send the receipts. If you send copies, keep the originals for %(years)s years."
    ),
    Regime.INVOICE: N_("Have the invoice sent to the municipality, which pays it and keeps the documentation."),
    Regime.NONE: N_("You don't have to document what it is used for."),
}
DRIVING = N_("driving (%(purpose)s)")
OTHER_PURPOSE = N_("another purpose")
DRIVING_AMOUNT = N_("at most %(km)s km a month")
DRIVING_REGIME = N_(
    "The agreement holds from %(first)s to %(last)s. "
    "Report your journeys once a month; they are paid at the low rate of the day they were driven."
)
END_REASONS = {
    EndReason.AGREED_MOVE: N_("an agreed move"),
    EndReason.GROWN_UP: N_("the child has grown up"),
    EndReason.PARENTS_WANT_HOME: N_("the parents want the child home"),
    EndReason.MUNICIPALITY_DECIDES: N_("the municipality decided it"),
    EndReason.CHILD_WANTS_TO_MOVE: N_("the child wants to move"),
    EndReason.PARENTS_END: N_("the parents ended it"),
    EndReason.FAMILY_ENDS: N_("the family ended it"),
}
