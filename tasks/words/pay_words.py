"""Words for what a pay line holds; translated where they are said."""

from rules.holds import Hold
from rules.vocabulary import Benefit, Component, GatheringKind, Purpose


def N_(text: str) -> str:  # noqa: N802
    return text


COMPONENTS = {
    Component.FEE: N_("Fee"),
    Component.BOARD_LODGING: N_("Board and lodging"),
    Component.POCKET_MONEY: N_("Pocket money"),
    Component.CLOTHING_MONEY: N_("Clothing money"),
    Component.TRAVEL: N_("Driving"),
    Component.SUPPLEMENT: N_("Supplementary benefit"),
    Component.FOSTER_SUPPORT: N_("Foster-home support"),
    Component.EXPENSE_COVER: N_("Expense cover"),
    Component.RESPITE_PAY: N_("Respite pay"),
    Component.RESPITE_EXPENSE: N_("Respite expense cover"),
    Component.GATHERING: N_("Network gathering"),
    Component.OUTLAY: N_("Agreed outlay"),
    Component.LOST_EARNINGS: N_("Lost earnings"),
    Component.FREE_COSTS: N_("Costs without receipts"),
}
BANDS = {
    "age 0-5": N_("for children aged 0 to 5"),
    "age 0-9": N_("for children aged 0 to 9"),
    "age 0-10": N_("for children aged 0 to 10"),
    "age 3-10": N_("for children aged 3 to 10"),
    "age 6-10": N_("for children aged 6 to 10"),
    "age 10+": N_("for children aged 10 or more"),
    "age 11-13": N_("for children aged 11 to 13"),
    "age 11-14": N_("for children aged 11 to 14"),
    "age 14-15": N_("for children aged 14 to 15"),
    "age 15+": N_("for children aged 15 or more"),
    "age 16+": N_("for children aged 16 or more"),
    "third child+": N_("for the third child and later ones in the family that night"),
}
RATES = {
    "board_lodging": N_("Board and lodging"),
    "clothing": N_("Clothing money"),
    "expense_cover": N_("Expense cover"),
    "fee": N_("Fee"),
    "foster_support": N_("Foster-home support"),
    "mileage_high": N_("Driving at the high rate"),
    "mileage_low": N_("Driving at the low rate"),
    "pocket_money": N_("Pocket money"),
    "respite_expense": N_("Respite expense cover"),
    "respite_pay": N_("Respite pay"),
}
"""By a rate's name without its unit."""
PER = {
    "night": N_("a night"),
    "week": N_("a week"),
    "month": N_("a month"),
    "km": N_("a km"),
}
HOLDS = {
    Hold.REPORTED_TWICE: N_("the night is reported twice for this placement"),
    Hold.OUTSIDE_PLACEMENT: N_("it lies outside the placement: before its start or after the day of departure"),
    Hold.NO_APPROVAL: N_("no approval of the family is registered"),
    Hold.BEFORE_APPROVAL: N_("it lies before the family was approved"),
    Hold.AFTER_APPROVAL: N_("it lies after the family's approval ended, or between two approvals"),
    Hold.NO_AFTERCARE: N_("it lies after the child's 18th birthday, and no aftercare is decided for that day"),
    Hold.OTHER_RESPITE_STAY: N_("another respite family reports the same child for the same night"),
    Hold.IN_FUTURE: N_("it lay in the future when the payout was prepared"),
    Hold.MORE_THAN_AGREED: N_("there are more nights than the contract agrees for a month"),
    Hold.NO_TERMS: N_("no contract terms are registered for these nights"),
    Hold.NO_FEES: N_("the contract terms don't say how many fees are agreed"),
    Hold.NO_BIRTH_DATE: N_("the child's birth date isn't registered, so what goes by age isn't known"),
    Hold.NOT_AGREED: N_("nobody has recorded that this driving was agreed"),
    Hold.NO_DISTANCE: N_("the kilometres aren't known"),
    Hold.NO_RATE: N_("no rate is known for it on that day"),
    Hold.NOT_IN_POLICY: N_("the municipality's policy doesn't say how much of it is covered"),
    Hold.NO_DEPARTURE: N_("the stay's arrival or departure isn't reported"),
    Hold.NO_REGIME: N_("nobody has recorded how the expense is to be documented"),
    Hold.NO_AMOUNT: N_("the amount isn't known"),
    Hold.TOO_YOUNG: N_("the child hadn't reached the age from which this is covered"),
    Hold.ENROLMENT_FEE_GRANTED: N_("an enrolment fee was granted before, which rules out a seat or cushion"),
    Hold.LATE_DOCUMENTATION: N_("it belongs to the year before, and was documented or reported after the year-end day"),
    Hold.ABOVE_FREE_COSTS: N_("it is above the year's sum for costs without receipts"),
    Hold.AFTER_NETWORK: N_("the network had ended"),
    Hold.SECOND_GATHERING: N_("the network has had its gathering of this kind this year"),
    Hold.NO_LONGER_KNOWN: N_("something it was paid by isn't known any more; what was paid stands until it is"),
    Hold.OVERPAID: N_("more was paid than is owed by what is known now"),
}
ABOUT = {
    Benefit.CAR_SEAT: N_("car seat"),
    Benefit.BOOSTER: N_("booster cushion"),
    Benefit.INCONTINENCE: N_("diapers and incontinence"),
    Benefit.DIET: N_("diet"),
    Benefit.HOLIDAY: N_("holiday"),
    Benefit.LOST_EARNINGS: N_("lost earnings"),
    Benefit.FREE_COSTS: N_("costs without receipts"),
    Benefit.ENROLMENT_FEE: N_("enrolment fee"),
    Purpose.CONTACT_VISIT: N_("contact visit"),
    Purpose.HOME: N_("to or from home"),
    Purpose.TREATMENT: N_("treatment"),
    Purpose.MEETING: N_("meeting"),
    Purpose.SPECIAL_SCHOOL: N_("special school"),
    Purpose.BOARDING_SCHOOL: N_("boarding school"),
    Purpose.SUPERVISION: N_("supervision"),
    Purpose.COURSE: N_("course"),
    GatheringKind.CHRISTMAS: N_("Christmas gathering"),
    GatheringKind.SUMMER: N_("summer gathering"),
}
SOURCES = {
    "H": N_("Herning's rules for resource families"),
    "J": N_("Hjørring's rules for network families"),
    "N": N_("the resource-family project of Lillehammer, Asker and SOS Children's Villages"),
    "R": N_("Randers' handbook for respite families"),
    "V": N_("the support that Vejle and Vesthimmerland give foster families"),
    "X": N_("the municipality's own way of working"),
}
"""Documents that procedures are taken from, by the first letter of their rows."""
MODELLED_ON = N_("the municipality's own way of working, modelled on {source}")
BY_THE_NIGHT = N_("An overnight stay is one night, whatever the hour of arrival and departure.")
BY_NOON = N_("A day is counted from noon to noon the next day, and each that has begun counts.")
BY_THE_MONTH = N_("A month is paid by its days; a new age counts from the month after the birthday.")
ON_APPLICATION = N_("Paid when granted and, where receipts are asked for, when they have arrived.")
RULES = {
    Component.POCKET_MONEY: N_("A seventh of the week's rate a day, by the child's age that day."),
    Component.CLOTHING_MONEY: N_("A seventh of the week's rate a day, by the child's age that day."),
    Component.TRAVEL: N_("Agreed driving is paid at the low rate of the day it was driven."),
    Component.SUPPLEMENT: ON_APPLICATION,
    Component.FOSTER_SUPPORT: BY_THE_MONTH,
    Component.EXPENSE_COVER: BY_THE_MONTH,
    Component.GATHERING: N_("One Christmas and one summer gathering a year, up to a sum for each home."),
    Component.OUTLAY: ON_APPLICATION,
    Component.LOST_EARNINGS: ON_APPLICATION,
    Component.FREE_COSTS: N_("When granted, up to a sum each calendar year without receipts."),
}
MONTHS_FEE = N_(
    "A month is the night rate × 365 / 12, rounded to whole kroner; a started or ended month is paid by the night."
)
