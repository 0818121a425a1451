"""Words for facts that a payout rests on, and for what may change about them; translated where they are said."""

from tasks.words.pay_words import N_

SECRET = frozenset({"birth_date", "emergency_reason", "kind", "regime"})
"""Said to be another one, without the values; nothing of what is new."""
ELSEWHERE = N_("elsewhere")
"""Instead of a reference that the reader isn't to know."""
WITHDRAWN = {"withdrawn_on": N_("taken back on")}
LET_THROUGH = {"let_through_on": N_("let through on")}
ONCE = frozenset({*WITHDRAWN, *LET_THROUGH})
"""Said without what was there before."""

FACTS: dict[str, tuple[str, dict[str, str]]] = {
    "placement": (
        N_("placement {ref}"),
        {
            "family": N_("family"),
            "child": N_("child"),
            "kind": N_("kind"),
            "start": N_("start"),
            "end": N_("day of departure"),
            "aftercare_until": N_("aftercare until"),
            "emergency_reason": N_("reason for an emergency move-in"),
            "municipality": N_("municipality"),
            **WITHDRAWN,
        },
    ),
    "child": (N_("child {ref}"), {"birth_date": N_("birth date"), **WITHDRAWN}),
    "approval": (
        N_("approval {ref}"),
        {
            "family": N_("family"),
            "valid_from": N_("approved from"),
            "valid_to": N_("approved until"),
            **WITHDRAWN,
        },
    ),
    "terms": (
        N_("contract terms {ref}"),
        {
            "placement": N_("placement"),
            "valid_from": N_("in force from"),
            "fees_tenths": N_("fees agreed"),
            "board_lodging_ore": N_("agreed board and lodging a night"),
            "nights_per_month": N_("nights agreed a month"),
            **WITHDRAWN,
        },
    ),
    "night_stay": (
        N_("stay {ref}"),
        {"placement": N_("placement"), "arrival": N_("arrival"), "departure": N_("departure"), **WITHDRAWN},
    ),
    "travel_claim": (
        N_("driving {ref}"),
        {
            "placement": N_("placement"),
            "driven_on": N_("driven on"),
            "reported_on": N_("reported on"),
            "metres": N_("distance"),
            "purpose": N_("purpose"),
            "agreed": N_("agreed"),
            **LET_THROUGH,
            **WITHDRAWN,
        },
    ),
    "expense_claim": (
        N_("claim {ref}"),
        {
            "placement": N_("placement"),
            "benefit": N_("benefit"),
            "regime": N_("way of documenting"),
            "amount_ore": N_("amount"),
            "granted_amount_ore": N_("granted amount"),
            "applied_on": N_("applied for on"),
            "granted_on": N_("granted on"),
            "spent_on": N_("spent on"),
            "documentation_on": N_("documented on"),
            **LET_THROUGH,
            **WITHDRAWN,
        },
    ),
    "network": (
        N_("network {ref}"),
        {
            "resource_family": N_("family"),
            "started_on": N_("start"),
            "ended_on": N_("end"),
            "municipality": N_("municipality"),
            **WITHDRAWN,
        },
    ),
    "network_home": (
        N_("home {ref} of the network"),
        {"family": N_("family"), "joined_on": N_("joined on"), "left_on": N_("left on"), **WITHDRAWN},
    ),
    "gathering": (
        N_("gathering {ref}"),
        {"held_on": N_("held on"), "kind": N_("kind"), "amount_ore": N_("amount"), "homes": N_("homes"), **WITHDRAWN},
    ),
    "rate": (
        N_("the rate in force from {day}"),
        {"amount": N_("amount"), "valid_from": N_("in force from"), "valid_to": N_("in force until")},
    ),
}
"""By table, what such a fact is called and its columns that matter to what is paid."""
APPROVAL_OF = N_("the family's approval")
TERMS_FROM = N_("the contract terms from {day}")
TERMS_OF = N_("the contract terms of placement {placement} from {day}")
"""What the program has numbered itself is told without its number."""
IN_THOSE_WORDS = {"approval": "family", "terms": "placement", "network_home": "family"}
"""Columns that such words say already."""
